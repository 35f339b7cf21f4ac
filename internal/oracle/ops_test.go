package oracle_test

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/half"
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
	if err != nil && strings.Contains(err.Error(), "mode only supports") {
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
				}
			}
			c.compare(t, n, in)
		})
	}
	t.Logf("%+v", c)
	require.Greater(t, c.compared, 200, "the oracle has become blind")
}

// fixture is a case of testdata/refexec; see refexec's own test.
type fixture struct {
	Name    string          `json:"name"`
	Op      trt.Kind        `json:"op"`
	Params  json.RawMessage `json:"params"`
	Inputs  []*array        `json:"inputs"`
	Weights []*array        `json:"weights"`
}

type array struct {
	Type   dtype.Type `json:"type"`
	Dims   trt.Dims   `json:"dims"`
	Values []number   `json:"values"`
}

type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*n = number(v)
	return err
}

func (a *array) value() *trt.Value {
	v := &trt.Value{Type: a.Type, Dims: a.Dims}
	for _, x := range a.Values {
		if a.Type.IsFloat() {
			v.Floats = append(v.Floats, float32(x))
		} else {
			v.Ints = append(v.Ints, int64(x))
		}
	}
	return v
}

func (a *array) weights() *trt.Weights {
	if a == nil {
		return nil
	}
	raw := []byte{}
	for _, x := range a.Values {
		var one []byte
		switch a.Type {
		case dtype.Float32:
			one = binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(x)))
		case dtype.Float16:
			one = binary.LittleEndian.AppendUint16(nil, half.Float16(float32(x)))
		case dtype.BFloat16:
			one = binary.LittleEndian.AppendUint16(nil, half.BFloat16(float32(x)))
		default:
			one = binary.LittleEndian.AppendUint64(nil, uint64(int64(x)))[:a.Type.Size()]
		}
		raw = append(raw, one...)
	}
	return trt.RawWeights(a.Type, a.Dims, raw)
}

func (f *fixture) network(t *testing.T) (*trt.Network, map[string]*trt.Value) {
	op, err := trt.UnmarshalOp(f.Op, f.Params)
	require.NoError(t, err)
	if len(f.Weights) > 0 {
		weights := make([]*trt.Weights, len(f.Weights))
		for i, w := range f.Weights {
			weights[i] = w.weights()
		}
		op = op.WithWeights(weights)
	}
	n := trt.NewNetwork("case", trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}})
	in := map[string]*trt.Value{}
	var tensors []*trt.Tensor
	for i, x := range f.Inputs {
		name := "x" + strconv.Itoa(i)
		tensors = append(tensors, n.AddInput(name, x.Type, x.Dims))
		in[name] = x.value()
	}
	for i, y := range n.Add("layer", op, tensors...) {
		n.MarkOutput(y, "y"+strconv.Itoa(i))
	}
	require.NoError(t, n.Err())
	return n, in
}

// open are fixtures of which ONNX says nothing, and ONNX Runtime something else
// than PyTorch.
var open = map[string]string{
	"topk/no numbers, greatest": "the place of a NaN in the order",
	"topk/no numbers, least":    "the place of a NaN in the order",
}

func TestFixtures(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/refexec/*.json")
	require.NoError(t, err)
	var c counts
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		var file struct{ Cases []*fixture }
		require.NoError(t, json.Unmarshal(raw, &file), path)
		for _, f := range file.Cases {
			t.Run(f.Name, func(t *testing.T) {
				if why, ok := open[f.Name]; ok {
					t.Skip(why)
				}
				n, in := f.network(t)
				c.compare(t, n, in)
			})
		}
	}
	t.Logf("%+v", c)
	require.Greater(t, c.compared, 100, "the oracle has become blind")
}
