package precision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// A scale of int4 and float4 has the type of what is made with it.
func TestScalesStayAsTheyAre(t *testing.T) {
	for _, t4 := range []dtype.Type{dtype.Int4, dtype.Float4E2M1FN} {
		n := trt.NewNetwork("scaled", trt.Target{})
		scale := n.AddConstant("scale", trt.NewWeights(trt.Dims{2, 2}, trt.Float32s{0.125, 1, 2, 3}).As(dtype.Float16))
		w := n.AddConstant("w", trt.RawWeights(t4, trt.Dims{2, 32}, make([]byte, 32)))
		y := n.AddDequantize("dq", w, scale, trt.Dequantize{To: dtype.Float16})
		n.MarkOutput(n.AddUnary("exp", y, trt.Exp), "y")
		require.NoError(t, n.Err())
		for _, fp16 := range []bool{false, true} {
			_, typed := plan(t, n, precision.Options{FP16: fp16})
			l, ok := typed.Layer("dq")
			require.True(t, ok)
			require.Equal(t, dtype.Float16, l.Inputs[1].Type)
			require.Equal(t, dtype.Float16, l.Outputs[0].Type)
		}
	}
}

// What is quantized keeps its types, and what reads it stays FP32: nothing is
// known of its values.
func TestQuantizedLayersStayAsTheyAre(t *testing.T) {
	for _, t8 := range []dtype.Type{dtype.Int8, dtype.Float8E4M3FN} {
		n := trt.NewNetwork("quantized", trt.Target{})
		one := n.AddConstant("scale", trt.NewWeights(trt.Dims{}, trt.Float32s{0.125}))
		dq := func(name string, x *trt.Tensor) *trt.Tensor {
			return n.AddDequantize(name, x, one, trt.Dequantize{To: dtype.Float32})
		}
		x := n.AddInput("x", dtype.Float32, trt.Dims{1, 1, 8, 8})
		q := dq("x/dq", n.AddQuantize("x/q", x, one, trt.Quantize{To: t8}))
		k := dq("kernel/dq", n.AddConstant("kernel", trt.RawWeights(t8, trt.Dims{1, 1, 3, 3}, make([]byte, 9))))
		y := n.AddConvolution("conv", q, trt.Convolution{OutChannels: 1, Kernel: trt.Dims{3, 3}}, k)
		n.MarkOutput(n.AddActivation("relu", y, trt.Activation{Type: trt.ReLU}), "y")
		require.NoError(t, n.Err())

		p, typed := plan(t, n, precision.Options{FP16: true})
		require.NoError(t, typed.Validate())
		for _, name := range []string{"x/q", "x/dq", "kernel/dq", "conv"} {
			l, ok := p.Layer(name)
			require.True(t, ok)
			require.Equal(t, precision.FP32, l.Precision, name)
			require.NotEmpty(t, l.Why, name)
		}
		before, _ := n.Layer("x/q")
		after, _ := typed.Layer("x/q")
		require.Equal(t, before.Outputs[0].Type, after.Outputs[0].Type)
	}
}
