package refexec_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// The cases of testdata/refexec/ops.json: PyTorch's outputs, written by
// testdata/gen/ops.py.
type opCase struct {
	Name      string          `json:"name"`
	Op        trt.Kind        `json:"op"`
	Params    json.RawMessage `json:"params"`
	Inputs    []*array        `json:"inputs"`
	Weights   []*array        `json:"weights"`
	Output    *array          `json:"output"`
	Tolerance float64         `json:"tolerance"`
}

type array struct {
	Type   dtype.Type `json:"type"`
	Dims   trt.Dims   `json:"dims"`
	Values []float64  `json:"values"`
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
	raw, err := os.ReadFile("../../testdata/refexec/ops.json")
	require.NoError(t, err)
	var file struct{ Cases []opCase }
	require.NoError(t, json.Unmarshal(raw, &file))
	require.NotEmpty(t, file.Cases)
	return file.Cases
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
	n := trt.NewNetwork("case", trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 10, Minor: 16}})
	in := map[string]*trt.Value{}
	var tensors []*trt.Tensor
	for i, x := range c.Inputs {
		name := string(rune('a' + i))
		tensors = append(tensors, n.AddInput(name, x.Type, dims(x.Dims)))
		in[name] = x.value()
	}
	n.MarkOutput(n.Add("layer", op, tensors...)[0], "y")
	require.NoError(t, n.Err())
	return n, in
}

func TestOpsAgainstPyTorch(t *testing.T) {
	for _, c := range readCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			n, in := c.network(t, trt.Dims.Clone)
			want := c.Output.value()
			require.Equal(t, want.Dims, n.Outputs()[0].Dims)
			require.Equal(t, want.Type, n.Outputs()[0].Type)
			for _, o := range []refexec.Options{{Workers: 1}, {Workers: 3}, {Float64: true}} {
				out, err := refexec.Run(context.Background(), n, in, o)
				require.NoError(t, err)
				requireClose(t, want, out["y"], c.Tolerance)
			}
		})
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
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range want.Floats {
		require.InDelta(t, v, got.Floats[i], tolerance*largest, "element %d", i)
	}
}
