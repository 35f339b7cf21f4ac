package precision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// What is inside of a layer is not typed, so it gets what it was recorded for.
func TestBodiesKeepTheirTypes(t *testing.T) {
	body := func(f func(n *trt.Network, x *trt.Tensor) *trt.Tensor) *trt.Network {
		n := trt.NewNetwork("body", trt.Target{})
		n.MarkOutput(f(n, n.AddInput("x", dtype.Float32, trt.Dims{1, 64, 16, 16})), "y")
		return n
	}
	op := trt.If{
		Then: body(func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return conv(n, "inside", x, kernel(gaussian(1)), nil)
		}),
		Else: body(func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return n.AddUnary("abs", x, trt.Abs) }),
	}
	n := trt.NewNetwork("flow", trt.Target{})
	x, c := image(n), n.AddInput("c", dtype.Bool, trt.Dims{})
	a := conv(n, "a", x, kernel(gaussian(0.06)), nil)
	y := n.AddIf("if", c, op, []*trt.Tensor{a}, []*trt.Tensor{a})
	n.MarkOutput(conv(n, "b", y[0], kernel(gaussian(0.06)), nil), "y")
	p, typed := plan(t, n, precision.Options{FP16: true})
	require.Equal(t, codes{"if": {precision.ControlFlow}}, found(p))
	l, _ := typed.Layer("if")
	require.Equal(t, dtype.Float32, l.Inputs[1].Type)
	require.Equal(t, dtype.Float32, l.Op.(trt.If).Then.Layers()[0].Op.Weights()[0].Weights.Type)
	l, _ = typed.Layer("b")
	require.Equal(t, dtype.Float16, l.Inputs[0].Type)
}
