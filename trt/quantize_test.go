package trt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// TensorRT says at build that constants of quantized types are for
// dequantizations, whatever lies between.
func TestQuantizedConstantsAreDequantized(t *testing.T) {
	for _, t8 := range []dtype.Type{dtype.Int8, dtype.Float8E4M3FN} {
		record := func(use func(n *trt.Network, c, scale *trt.Tensor)) error {
			n := trt.NewNetwork("n", trt.Target{})
			use(n, n.AddConstant("c", trt.RawWeights(t8, trt.Dims{2}, []byte{1, 2})), n.AddConstant("scale", trt.NewWeights(trt.Dims{}, trt.Float32s{2})))
			return n.Err()
		}
		require.NoError(t, record(func(n *trt.Network, c, scale *trt.Tensor) {
			n.AddDequantize("dq", c, scale, trt.Dequantize{To: dtype.Float32})
		}))
		for _, use := range []func(n *trt.Network, c, scale *trt.Tensor){
			func(n *trt.Network, c, _ *trt.Tensor) { n.AddIdentity("copy", c) },
			func(n *trt.Network, c, _ *trt.Tensor) { n.AddShuffle("turn", c, trt.Shuffle{Reshape: trt.Dims{2, 1}}) },
			func(n *trt.Network, c, _ *trt.Tensor) { n.MarkOutput(c, "y") },
		} {
			require.ErrorContains(t, record(use), "which only a dequantization reads")
		}
	}
}

func TestAssertionsOfWhatTensorRTCannotDecide(t *testing.T) {
	record := func(condition func(n *trt.Network) *trt.Tensor) error {
		n := trt.NewNetwork("n", trt.Target{})
		n.AddAssertion("holds", condition(n), "it must")
		return n.Err()
	}
	constant := func(dims trt.Dims, raw ...byte) func(n *trt.Network) *trt.Tensor {
		return func(n *trt.Network) *trt.Tensor {
			return n.AddConstant("c", trt.RawWeights(dtype.Bool, dims, raw))
		}
	}
	require.NoError(t, record(constant(trt.Dims{}, 1)))
	require.NoError(t, record(constant(trt.Dims{2}, 1, 1)))
	require.ErrorContains(t, record(constant(trt.Dims{2}, 1, 0)), "does not hold")
	require.ErrorContains(t, record(constant(trt.Dims{1, 1}, 1)), "rank 0 or 1")
	require.ErrorContains(t, record(func(n *trt.Network) *trt.Tensor { return n.AddInput("x", dtype.Bool, trt.Dims{}) }), "depends on the values of an input")
	require.ErrorContains(t, record(func(n *trt.Network) *trt.Tensor {
		x := n.AddInput("x", dtype.Float32, trt.Dims{})
		return n.AddElementWise("less", x, x, trt.Less)
	}), "depends on the values of an input")
	require.ErrorContains(t, record(func(n *trt.Network) *trt.Tensor { return n.AddInput("x", dtype.Int32, trt.Dims{}) }), "has a type")
}
