package oracle_test

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/opcase"
	"github.com/trtbuild/trtbuild/internal/oracle"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// counts says what became of the cases of a table.
type counts struct{ compared, inexpressible, notImplemented int }

// compare runs a network on both. What ONNX cannot say or ONNX Runtime does not
// implement is counted and left.
func (c *counts) compare(t *testing.T, n *trt.Network, in map[string]*trt.Value) {
	model, err := oracle.Model(t.Context(), n)
	var unsupported *oracle.UnsupportedError
	if errors.As(err, &unsupported) {
		c.inexpressible++
		t.Skip(err)
	}
	require.NoError(t, err)
	s, err := oracle.NewSession(n, model, 1)
	if err != nil && slices.ContainsFunc(lacks, func(text string) bool { return strings.Contains(err.Error(), text) }) {
		c.notImplemented++
		t.Skip(err)
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	want, err := s.Run(in)
	if err != nil && slices.ContainsFunc(refuses, func(text string) bool { return strings.Contains(err.Error(), text) }) {
		c.notImplemented++
		t.Skip(err)
	}
	require.NoError(t, err)
	got, err := refexec.Run(t.Context(), n, in, refexec.Options{})
	require.NoError(t, err)
	for i, y := range n.Outputs() {
		requireClose(t, want[i], got[y.Name])
	}
	c.compared++
}

// lacks are how ONNX Runtime says that it does not implement what ONNX defines,
// or not for a type.
var lacks = []string{"Could not find an implementation", "of operator", "only supports"}

// refuses are how it says so when it has begun: modes of Resize, and updates of a
// cache beyond its ends.
var refuses = []string{"mode only supports", "wi <= max_sequence_length - sequence_length", "wi >= 0"}

// tolerances are relative to the largest value: the networks' own for float32,
// for the others two roundings, one of theirs and one of ours.
var tolerances = map[dtype.Type]float64{dtype.Float32: 1e-4, dtype.Float16: 0x1p-9, dtype.BFloat16: 0x1p-6}

func requireClose(t *testing.T, want, got *trt.Value) {
	t.Helper()
	require.Equal(t, want.Type, got.Type)
	require.Equal(t, want.Dims, got.Dims)
	require.Len(t, got.Ints, len(want.Ints))
	for i, v := range want.Ints {
		require.Equal(t, v, got.Ints[i], "element %d", i)
	}
	require.Len(t, got.Floats, len(want.Floats))
	largest := 1e-6
	for _, v := range want.Floats {
		if a := math.Abs(float64(v)); a <= math.MaxFloat32 {
			largest = max(largest, a)
		}
	}
	for i, v := range want.Floats {
		switch {
		case math.IsNaN(float64(v)):
			require.True(t, math.IsNaN(float64(got.Floats[i])), "element %d", i)
		case math.IsInf(float64(v), 0):
			require.Equal(t, v, got.Floats[i], "element %d", i)
		default:
			require.InDelta(t, v, got.Floats[i], tolerances[want.Type]*largest, "element %d", i)
		}
	}
}

// static is a case whose dynamic dimensions have the extent of its profile's
// upper end.
func static(c backendtest.Case) backendtest.Case {
	inputs := append([]trt.Info(nil), c.Inputs...)
	for i := range inputs {
		inputs[i].Dims = inputs[i].Dims.Clone()
		for axis, e := range inputs[i].Dims {
			if e == trt.Dynamic {
				inputs[i].Dims[axis] = cmp.Or(c.Extents[2], 4)
			}
		}
	}
	c.Inputs = inputs
	return c
}

// values are in the domain of every function; integers are 1, which is in the
// range of every index.
func values(i trt.Info) *trt.Value {
	v := &trt.Value{Type: i.Type, Dims: i.Dims}
	for e := range i.Dims.Count() {
		if i.Type.IsFloat() {
			v.Floats = append(v.Floats, float32(e*7%13+1)/16)
		} else {
			v.Ints = append(v.Ints, 1)
		}
	}
	return v
}

func TestBackendCases(t *testing.T) {
	var c counts
	for _, test := range backendtest.Cases() {
		if test.Want == nil {
			continue
		}
		t.Run(test.Name, func(t *testing.T) {
			test = static(test)
			n := test.Network(test.Target())
			require.NoError(t, n.Validate())
			in := map[string]*trt.Value{}
			for i, x := range test.Inputs {
				if test.Constant(i) == nil {
					in[test.InputName(i)] = values(x)
					if list := test.Values[i]; list != nil {
						in[test.InputName(i)].Ints = list
					}
				}
			}
			c.compare(t, n, in)
		})
	}
	t.Logf("%+v", c)
	require.GreaterOrEqual(t, c.compared, 900, "the oracle has become blind")
}

// open are fixtures of which ONNX says nothing, and ONNX Runtime something else
// than PyTorch.
var open = map[string]string{
	"topk/no numbers, greatest": "the place of a NaN in the order",
	"topk/no numbers, least":    "the place of a NaN in the order",
}

func TestFixtures(t *testing.T) {
	cases, err := opcase.Read("../../testdata/refexec")
	require.NoError(t, err)
	var c counts
	for _, f := range cases {
		t.Run(f.Name, func(t *testing.T) {
			if why, ok := open[f.Name]; ok {
				t.Skip(why)
			}
			n, in, err := f.Network(trt.Dims.Clone)
			require.NoError(t, err)
			c.compare(t, n, in)
		})
	}
	t.Logf("%+v", c)
	require.GreaterOrEqual(t, c.compared, 725, "the oracle has become blind")
}

// What ONNX cannot say is refused, also where nothing comes out.
func TestAssertionsAreRefused(t *testing.T) {
	n := trt.NewNetwork("asserted", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{2})
	n.AddAssertion("sized", n.AddElementWise("same", n.AddShape("a", x), n.AddShape("b", x), trt.Equal), "the size changed")
	n.MarkOutput(n.AddUnary("neg", x, trt.Neg), "y")
	_, err := oracle.Model(t.Context(), n)
	var unsupported *oracle.UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	require.EqualError(t, unsupported, "layer sized cannot be written as ONNX: there is no operator for assertion")
}
