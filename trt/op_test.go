package trt_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// What TensorRT could not even be asked is not in the table of layers.
func TestParametersThatAreNone(t *testing.T) {
	two := trt.Dims{2, 2}
	for name, c := range map[string]struct {
		op   trt.Op
		in   int
		want string
	}{
		"activation":       {trt.Activation{Type: "nonsense"}, 1, `layer layer (activation): type: is none of TensorRT's: expected one of [relu sigmoid`},
		"alpha":            {trt.Activation{Type: trt.Clip, Beta: float32(math.Inf(1))}, 1, "must be finite"},
		"pooling":          {trt.Pooling{Type: "median", Window: two}, 1, `expected one of [max average max_average_blend], found "median"`},
		"scale":            {trt.Scale{Mode: "nonsense"}, 1, "mode: is none"},
		"unary":            {trt.Unary{}, 1, "operation: is none"},
		"element-wise":     {trt.ElementWise{}, 2, "operation: is none"},
		"reduce":           {trt.Reduce{Axes: []int{0}}, 1, "operation: is none"},
		"matrix multiply":  {trt.MatrixMultiply{OpA: trt.MatrixNone}, 2, "second input operation: is none"},
		"gather":           {trt.Gather{}, 2, "indices: has a type"},
		"resize":           {trt.Resize{Mode: "lanczos", Size: trt.Dims{1, 3, 8, 8}}, 1, "mode: is none"},
		"coordinates":      {trt.Resize{Coordinates: "x", Size: trt.Dims{1, 3, 8, 8}}, 1, "coordinates: is none"},
		"rounding":         {trt.Resize{Rounding: "x", Size: trt.Dims{1, 3, 8, 8}}, 1, "rounding: is none"},
		"scales and size":  {trt.Resize{Scales: []float32{1, 1, 2, 2}, Size: trt.Dims{1, 3, 8, 8}}, 1, "one of them"},
		"scale too large":  {trt.Resize{Scales: []float32{1, 1, 2, math.MaxFloat32}}, 1, "leave nothing"},
		"cast":             {trt.Cast{To: dtype.Float64}, 1, "to: has a type this op does not compute in"},
		"no value":         {trt.Constant{}, 0, "value weights: are missing"},
		"no kernel":        {trt.Convolution{OutChannels: 1, Kernel: two}, 1, "kernel weights: are missing"},
		"no inputs":        {trt.Concatenation{}, 0, "does not take 0 inputs"},
		"two inputs":       {trt.Softmax{Axis: 1}, 2, "does not take 2 inputs"},
		"eps":              {trt.BatchNorm{Eps: math.NaN(), Mean: ones(3), Var: ones(3)}, 1, "eps: must be finite"},
		"running variance": {trt.BatchNorm{Mean: ones(3)}, 1, "var weights: are missing"},
		"raw bytes":        {trt.Constant{Value: trt.RawWeights(dtype.Int32, trt.Dims{2}, []byte{1})}, 0, "hold the wrong number of bytes: expected 8, found 1"},
		"stride too long":  {trt.Slice{Start: trt.Dims{0, 0, 0, 0}, Size: trt.Dims{1, 3, 1, 3}, Stride: trt.Dims{1, 1, math.MaxInt64, math.MaxInt64}}, 1, "is too large"},
		"kernel too large": {trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{math.MaxInt64, 2}}, 1, "at most 2147483647"},
		"padding too wide": {trt.Padding{PrePadding: trt.Dims{math.MaxInt64, 0}, PostPadding: trt.Dims{math.MaxInt64, 0}}, 1, "is too large"},
		"output too large": {trt.Padding{PrePadding: trt.Dims{math.MaxInt32, 0}, PostPadding: trt.Dims{math.MaxInt32, 0}}, 1, "tensor layer: is too large"},
		"weights' extents": {trt.Constant{Value: ones().WithValues(nil)}, 0, "hold the wrong number of bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			n := trt.NewNetwork("n", trt.Target{})
			in := []*trt.Tensor{}
			for i := range c.in {
				in = append(in, n.AddInput(string(rune('a'+i)), dtype.Float32, trt.Dims{1, 3, 4, 4}))
			}
			n.Add("layer", c.op, in...)
			require.ErrorContains(t, n.Err(), c.want)
			require.Equal(t, fault.Unsupported, fault.Of(n.Err()))
		})
	}
}

func TestDefaults(t *testing.T) {
	n := trt.NewNetwork("n", enterprise)
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3, 4, 4})
	grid := n.AddInput("grid", dtype.Float32, trt.Dims{1, 2, 2, 2})
	indices := n.AddInput("indices", dtype.Int32, trt.Dims{2})
	scores := n.AddInput("scores", dtype.Float32, trt.Dims{1, 3, 4})
	for name, c := range map[string]struct {
		op, want trt.Op
		more     []*trt.Tensor
	}{
		"gather":      {trt.Gather{Axis: 1}, trt.Gather{Mode: trt.GatherDefault, Axis: 1}, []*trt.Tensor{indices}},
		"grid sample": {trt.GridSample{}, trt.GridSample{Mode: trt.ResizeLinear, Padding: trt.GridZeros}, []*trt.Tensor{grid}},
		"nms":         {trt.NMS{MaxPerClass: 1}, trt.NMS{Format: trt.BoxCorners, MaxPerClass: 1, BoxLimit: 5000, IndexType: dtype.Int32}, []*trt.Tensor{scores}},
		"pooling": {
			op:   trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{2, 2}},
			want: trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{2, 2}, Stride: trt.Dims{1, 1}, PrePadding: trt.Dims{0, 0}, PostPadding: trt.Dims{0, 0}},
		},
		"shuffle": {
			op:   trt.Shuffle{FirstTranspose: []int{}, Reshape: trt.Dims{0, -1}, SecondTranspose: []int{}},
			want: trt.Shuffle{Reshape: trt.Dims{0, -1}},
		},
		"slice": {
			op:   trt.Slice{Start: trt.Dims{0, 0, 1, 1}, Size: trt.Dims{1, 3, 2, 2}},
			want: trt.Slice{Mode: trt.SliceStrict, Axes: []int{0, 1, 2, 3}, Start: trt.Dims{0, 0, 1, 1}, Size: trt.Dims{1, 3, 2, 2}, Stride: trt.Dims{1, 1, 1, 1}},
		},
		"resize": {
			op:   trt.Resize{Size: trt.Dims{1, 3, 8, 8}},
			want: trt.Resize{Mode: trt.ResizeNearest, Coordinates: trt.Asymmetric, Rounding: trt.RoundFloor, Single: trt.SingleFormula, CubicCoefficient: new(float32(-0.75)), Size: trt.Dims{1, 3, 8, 8}},
		},
	} {
		n.Add(name, c.op, append([]*trt.Tensor{x}, c.more...)...)
		require.NoError(t, n.Err())
		l, ok := n.Layer(name)
		require.True(t, ok)
		require.Equal(t, c.want, l.Op)
	}
	n.AddConvolution("conv", x, trt.Convolution{OutChannels: 2, Kernel: trt.Dims{1, 1}, Weight: ones(2, 3, 1, 1)})
	n.AddDeconvolution("deconv", x, trt.Deconvolution{OutChannels: 2, Kernel: trt.Dims{1, 1}, Weight: ones(3, 2, 1, 1)})
	require.NoError(t, n.Err())
	layers := n.Layers()
	conv, deconv := layers[len(layers)-2].Op.(trt.Convolution), layers[len(layers)-1].Op.(trt.Deconvolution)
	require.EqualValues(t, 1, conv.Groups)
	require.Equal(t, conv.Dilation, deconv.Stride)
}

// The bfloat16 that TensorRT-RTX has no deconvolution in, TensorRT has.
func TestRulesDependOnTheTarget(t *testing.T) {
	deconv := func(target trt.Target) error {
		n := trt.NewNetwork("n", target)
		x := n.AddInput("x", dtype.BFloat16, trt.Dims{1, 3, 4, 4})
		n.AddDeconvolution("deconv", x, trt.Deconvolution{OutChannels: 2, Kernel: trt.Dims{1, 1}, Weight: ones(3, 2, 1, 1).As(dtype.BFloat16)})
		return n.Err()
	}
	require.ErrorContains(t, deconv(trt.Target{}), "layer deconv (deconvolution): input: has a type")
	enterprise := trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 10, Minor: 16}}
	require.NoError(t, deconv(enterprise))
	enterprise.ComputeCapabilities = []int{90, 75}
	require.ErrorContains(t, deconv(enterprise), "layer x (input): tensor x: is bfloat16, which needs compute capability 8.0 or later: [75 90]")
	require.ErrorContains(t, deconv(trt.Target{ComputeCapabilities: []int{90}}), "TensorRT-RTX has no such compute capability")
	require.ErrorContains(t, deconv(trt.Target{ComputeCapabilities: []int{75}}), "needs compute capability 8.0")
}

func TestUnmarshalOp(t *testing.T) {
	for _, l := range everyKind(t).Layers() {
		raw, err := json.Marshal(l.Op)
		require.NoError(t, err)
		op, err := trt.UnmarshalOp(l.Op.Kind(), raw)
		require.NoError(t, err)
		require.Equal(t, l.Op, op.WithWeights(operands(l.Op)))
	}
	_, err := trt.UnmarshalOp("nonsense", []byte("{}"))
	require.Equal(t, fault.Unsupported, fault.Of(err))
	_, err = trt.UnmarshalOp(trt.KindCast, []byte(`{"from":"float32"}`))
	require.ErrorContains(t, err, "layer of kind cast")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestExpand(t *testing.T) {
	for want, dims := range map[string]trt.Dims{
		"expand: must have an extent for each axis: expected 3, found []":     nil,
		"expand: must have an extent for each axis: expected 3, found [2,4]":  {2, 4},
		"expand: stretches only what is 1: expected [1,4,-1], found [2,3,-1]": {2, 3, trt.Dynamic},
		"expand: stretches only what is 1: expected [1,4,-1], found [2,4,5]":  {2, 4, 5},
		"size: is too large: [9223372036854775807]":                           {math.MaxInt64, 4, trt.Dynamic},
	} {
		n := trt.NewNetwork("n", trt.Target{})
		n.AddExpand("wide", n.AddInput("x", dtype.Float32, trt.Dims{1, 4, trt.Dynamic}), dims)
		require.ErrorContains(t, n.Err(), "layer wide (slice): "+want)
	}
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 4, trt.Dynamic})
	require.Equal(t, trt.Dims{7, 4, trt.Dynamic}, n.AddExpand("wide", x, trt.Dims{7, 4, trt.Dynamic}).Dims)
	require.Equal(t, x.Dims, n.AddExpand("same", x, trt.Dims{1, trt.Dynamic, trt.Dynamic}).Dims)
	require.NoError(t, n.Err())
}
