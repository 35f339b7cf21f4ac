package precision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Float16 counts to 2048, so dimensions stay in float32 whatever computes them.
func TestDimensionsStayExact(t *testing.T) {
	n := trt.NewNetwork("dimensions", trt.Target{})
	x := conv(n, "a", image(n), kernel(gaussian(0.06)), nil)
	size := n.AddCast("size/float", n.AddShape("shape", x), dtype.Float32)
	size = n.AddElementWise("size/scaled", size, n.AddConstant("factors", trt.NewWeights(trt.Dims{4}, trt.Float32s{1, 1, 1.5, 1.5})), trt.Prod)
	size = n.AddUnary("size/floor", size, trt.Floor)
	x = n.AddResizeTo("resize", x, n.AddCast("size", size, dtype.Int64), trt.Resize{Mode: trt.ResizeLinear})
	n.MarkOutput(conv(n, "b", x, kernel(gaussian(0.06)), nil), "y")
	_, typed := plan(t, n, precision.Options{FP16: true})
	for name, want := range map[string]dtype.Type{"size/scaled": dtype.Float32, "size/floor": dtype.Float32, "resize": dtype.Float16, "b": dtype.Float16} {
		l, _ := typed.Layer(name)
		require.Equal(t, want, l.Inputs[0].Type, name)
	}
	resize, _ := typed.Layer("resize")
	require.Equal(t, []int64{24, 24}, []int64(resize.Outputs[0].Dims[2:]))
}

// An assertion has no output that could be of a type, and is kept.
func TestAssertionsAreKept(t *testing.T) {
	n := trt.NewNetwork("asserted", trt.Target{})
	x := conv(n, "a", image(n), kernel(gaussian(0.06)), nil)
	n.AddAssertion("sized", n.AddElementWise("same", n.AddShape("before", n.Inputs()[0]), n.AddShape("after", x), trt.Equal), "the size changed")
	n.MarkOutput(conv(n, "b", x, kernel(gaussian(0.06)), nil), "y")
	_, typed := plan(t, n, precision.Options{FP16: true})
	l, ok := typed.Layer("sized")
	require.True(t, ok)
	require.Equal(t, dtype.Bool, l.Inputs[0].Type)
	b, _ := typed.Layer("b")
	require.Equal(t, dtype.Float16, b.Inputs[0].Type)
}
