package trt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// TensorRT-RTX 1.7.1 ends the process when it builds these.
func TestAttentionOfOneDequantizedTensor(t *testing.T) {
	record := func(product trt.Product, key func(n *trt.Network, d *trt.Tensor) *trt.Tensor) error {
		n := trt.NewNetwork("quantized", trt.Target{Product: product, Version: map[trt.Product]trt.Version{trt.Enterprise: {Major: 11, Minor: 4}}[product]})
		x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2, 4, 4})
		scale := n.AddConstant("scale", trt.NewWeights(trt.Dims{}, trt.Float32s{0.1}))
		d := n.AddDequantize("d", n.AddQuantize("q", x, scale, trt.Quantize{To: dtype.Int8}), scale, trt.Dequantize{To: dtype.Float32})
		k := key(n, d)
		n.MarkOutput(n.AddAttention("attention", d, k, k, nil, trt.Attention{Decomposable: true}), "y")
		return n.Err()
	}
	moved := func(n *trt.Network, d *trt.Tensor) *trt.Tensor {
		return n.AddShuffle("turned", n.AddUnary("abs", d, trt.Abs), trt.Shuffle{FirstTranspose: []int{0, 1, 3, 2}})
	}
	multiplied := func(n *trt.Network, d *trt.Tensor) *trt.Tensor {
		return n.AddMatrixMultiply("product", d, trt.MatrixNone, d, trt.MatrixTranspose)
	}
	require.ErrorContains(t, record(trt.RTX, moved), "layer attention (attention): key: comes from the dequantized tensor that the query comes from")
	require.NoError(t, record(trt.Enterprise, moved))
	require.NoError(t, record(trt.RTX, multiplied))
	apart := func(n *trt.Network, d *trt.Tensor) *trt.Tensor { return n.AddInput("k", d.Type, d.Dims) }
	require.NoError(t, record(trt.RTX, apart))
	require.ErrorContains(t, record(trt.RTX, func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
		scale := n.AddConstant("scale2", trt.NewWeights(trt.Dims{}, trt.Float32s{0.1}))
		q := n.AddQuantize("q2", n.AddInput("k", dtype.Float32, trt.Dims{1, 2, 4, 4}), scale, trt.Quantize{To: dtype.Int8})
		return n.AddDequantize("d2", q, scale, trt.Dequantize{To: dtype.Float32})
	}), "value: comes from the dequantized tensor that the key comes from")
}

// Scores are multiplied by what queries and keys were multiplied by: TensorRT-RTX
// sees the cast behind that, but not behind what multiplies a value. A key alone
// ends its process.
func TestAttentionOfScaledHalves(t *testing.T) {
	record := func(operand int) error {
		n := trt.NewNetwork("scaled", trt.Target{})
		dims := trt.Dims{1, 2, 4, 4}
		in := []*trt.Tensor{n.AddInput("query", dtype.Float32, dims), n.AddInput("key", dtype.Float32, dims), n.AddInput("value", dtype.Float32, dims)}
		two := trt.NewWeights(trt.Dims{}, trt.Float32s{2})
		x := n.AddCast("float", n.AddInput("half", dtype.Float16, dims), dtype.Float32)
		x = n.AddElementWise("divided", x, n.AddConstant("number", trt.NewWeights(trt.Dims{1, 1, 1, 1}, trt.Float32s{8})), trt.Div)
		in[operand] = n.Add("twice", trt.Scale{Mode: trt.ScaleUniform, Scale: two}, x)[0]
		n.MarkOutput(n.AddAttention("attention", in[0], in[1], in[2], nil, trt.Attention{Decomposable: true}), "y")
		return n.Err()
	}
	require.ErrorContains(t, record(0), "query: is float32 made of float16")
	require.ErrorContains(t, record(1), "key: is float32 made of float16")
	require.NoError(t, record(2))
}
