package refexec_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// A case of a file of testdata/refexec: outputs of PyTorch or ONNX Runtime,
// written by a script of testdata/gen.
type opCase struct {
	Name      string          `json:"name"`
	Op        trt.Kind        `json:"op"`
	Params    json.RawMessage `json:"params"`
	Inputs    []*array        `json:"inputs"`
	Weights   []*array        `json:"weights"`
	Outputs   []*array        `json:"outputs"`
	Tolerance float64         `json:"tolerance"`
}

type array struct {
	Type   dtype.Type `json:"type"`
	Dims   trt.Dims   `json:"dims"`
	Values []number   `json:"values"`
}

// number is a JSON number, or a string for what JSON has no number for.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*n = number(v)
	return err
}

func (a *array) value() *trt.Value {
	v := &trt.Value{Type: a.Type, Dims: a.Dims}
	if a.Type.IsFloat() {
		v.Floats = []float32{}
	} else {
		v.Ints = []int64{}
	}
	for _, x := range a.Values {
		if a.Type.IsFloat() {
			v.Floats = append(v.Floats, float32(x))
		} else {
			v.Ints = append(v.Ints, int64(x))
		}
	}
	return v
}

// weights are raw bytes, but for float32: both ways of storing are played.
func (a *array) weights() *trt.Weights {
	if a == nil {
		return nil
	}
	if a.Type == dtype.Float32 {
		return trt.NewWeights(a.Dims, trt.Float32s(a.value().Floats))
	}
	raw := []byte{}
	for _, x := range a.Values {
		switch a.Type {
		case dtype.Float16:
			raw = binary.LittleEndian.AppendUint16(raw, float16.Fromfloat32(float32(x)).Bits())
		case dtype.BFloat16:
			raw = binary.LittleEndian.AppendUint16(raw, uint16(math.Float32bits(float32(x))>>16))
		case dtype.Int32:
			raw = binary.LittleEndian.AppendUint32(raw, uint32(int32(x)))
		case dtype.Int64:
			raw = binary.LittleEndian.AppendUint64(raw, uint64(int64(x)))
		default:
			raw = append(raw, byte(x))
		}
	}
	return trt.RawWeights(a.Type, a.Dims, raw)
}

func readCases(t *testing.T) []opCase {
	paths, err := filepath.Glob("../../testdata/refexec/*.json")
	require.NoError(t, err)
	var all []opCase
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		var file struct{ Cases []opCase }
		require.NoError(t, json.Unmarshal(raw, &file), path)
		require.NotEmpty(t, file.Cases, path)
		all = append(all, file.Cases...)
	}
	require.NotEmpty(t, all)
	return all
}

// network records the one layer of a case, reading inputs of the given
// dimensions.
func (c *opCase) network(t *testing.T, dims func(trt.Dims) trt.Dims) (*trt.Network, map[string]*trt.Value) {
	op, err := trt.UnmarshalOp(c.Op, c.Params)
	require.NoError(t, err)
	weights := make([]*trt.Weights, len(c.Weights))
	for i, w := range c.Weights {
		weights[i] = w.weights()
	}
	if len(weights) > 0 {
		op = op.WithWeights(weights)
	}
	// TensorRT has layers that TensorRT-RTX lacks.
	n := trt.NewNetwork("case", trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}})
	in := map[string]*trt.Value{}
	var tensors []*trt.Tensor
	for i, x := range c.Inputs {
		name := string(rune('a' + i))
		tensors = append(tensors, n.AddInput(name, x.Type, dims(x.Dims)))
		in[name] = x.value()
	}
	for i, y := range n.Add("layer", op, tensors...) {
		n.MarkOutput(y, outputName(i))
	}
	require.NoError(t, n.Err())
	return n, in
}

func outputName(i int) string { return "y" + []string{"", strconv.Itoa(i)}[min(i, 1)] }

func TestOpsAgainstPyTorch(t *testing.T) {
	for _, c := range readCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			n, in := c.network(t, trt.Dims.Clone)
			require.Len(t, n.Outputs(), len(c.Outputs))
			for _, o := range []refexec.Options{{Workers: 1}, {Workers: 3}, {Float64: true}} {
				out, err := refexec.Run(context.Background(), n, in, o)
				require.NoError(t, err)
				for i, y := range c.Outputs {
					want := y.value()
					requireFits(t, n.Outputs()[i].Dims, want.Dims)
					require.Equal(t, want.Type, n.Outputs()[i].Type)
					requireClose(t, want, out[outputName(i)], c.Tolerance)
				}
			}
		})
	}
}

// requireFits asserts that recorded dimensions are those found, or dynamic.
func requireFits(t *testing.T, recorded, found trt.Dims) {
	t.Helper()
	require.Len(t, found, len(recorded))
	for i, e := range recorded {
		require.True(t, e == found[i] || e == trt.Dynamic, "%v for %v", found, recorded)
	}
}

func requireClose(t *testing.T, want, got *trt.Value, tolerance float64) {
	t.Helper()
	require.Equal(t, want.Type, got.Type)
	require.Equal(t, want.Dims, got.Dims)
	require.Equal(t, want.Ints, got.Ints)
	require.Len(t, got.Floats, len(want.Floats))
	largest := 0.0
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
			require.InDelta(t, v, got.Floats[i], tolerance*largest, "element %d", i)
		}
	}
}
