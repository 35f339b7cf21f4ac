package backendtest

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// recorded records a body: inputs x0, x1, …, and what f returns as y0, y1, ….
func recorded(f func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor, in ...trt.Info) *trt.Network {
	n := trt.NewNetwork("body", trt.Target{})
	x := make([]*trt.Tensor, len(in))
	for i, info := range in {
		x[i] = n.AddInput(fmt.Sprintf("x%d", i), info.Type, info.Dims)
	}
	for i, y := range f(n, x) {
		n.MarkOutput(y, fmt.Sprintf("y%d", i))
	}
	return n
}

// copied is a body that returns what it reads.
func copied(in ...trt.Info) *trt.Network {
	return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		y := make([]*trt.Tensor, len(x))
		for i := range x {
			y[i] = n.AddIdentity(fmt.Sprintf("copy%d", i), x[i])
		}
		return y
	}, in...)
}

// convolved is a body with weights.
func convolved(in trt.Info) *trt.Network {
	return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		return []*trt.Tensor{n.AddConvolution("conv", x[0], trt.Convolution{OutChannels: 3, Kernel: trt.Dims{1, 1}, Weight: values(in.Type, 3, 3, 1, 1), Bias: values(in.Type, 3)})}
	}, in)
}

// unaryBody is a body of one unary layer.
func unaryBody(op trt.UnaryOperation, in trt.Info) *trt.Network {
	return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		return []*trt.Tensor{n.AddUnary("unary", x[0], op)}
	}, in)
}

func conditionals() []Case {
	c := tensor(dtype.Bool)
	op := func(then, els *trt.Network) trt.If { return trt.If{Then: then, Else: els} }
	constant := func(t dtype.Type, dims ...int64) *trt.Network {
		return recorded(func(n *trt.Network, _ []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddConstant("value", values(t, dims...))}
		})
	}
	cases := sweep("if of", anyPlain, true, func(name string, t dtype.Type) Case {
		x := tensor(t, 2, 3)
		return accept(name, op(copied(x), copied(x)), x, c, x, x)
	})
	x, image := f32(2, 3), f32(2, 3, 4, 4)
	two := accept("if of two outputs", op(copied(x, image), copied(x, image)), x, c, x, image, x, image)
	two.Want = []trt.Info{x, image}
	inner := recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		return n.AddIf("inner", in[0], op(unaryBody(trt.Exp, x), unaryBody(trt.Abs, x)), in[1:], in[1:])
	}, c, x)
	return append(
		cases, two,
		accept("if with weights", op(convolved(image), unaryBody(trt.Abs, image)), image, c, image, image),
		accept("if of constants", op(constant(dtype.Float32, 2, 3), constant(dtype.Float32, 2, 3)), x, c),
		accept("if of one constant", op(copied(x), constant(dtype.Float32, 4, 3)), f32(-1, 3), c, x),
		accept("if of other dimensions", op(copied(x), copied(f32(4, 5))), f32(-1, -1), c, x, f32(4, 5)),
		accept("if of scalars", op(copied(f32()), copied(f32())), f32(), c, f32(), f32()),
		accept("if dynamic", op(copied(f32(-1, 3)), unaryBody(trt.Exp, f32(-1, 3))), f32(-1, 3), c, f32(-1, 3), f32(-1, 3)),
		accept("if dynamic beside static", op(copied(f32(-1, 3)), copied(f32(4, 3))), f32(-1, 3), c, f32(-1, 3), f32(4, 3)),
		accept("if in an if", op(inner, copied(x)), x, c, c, x, x),
		refuse("if on int32", op(copied(x), copied(x)), "condition: has a type", tensor(dtype.Int32), x, x),
		refuse("if on rank 1", op(copied(x), copied(x)), "condition: must have rank 0", tensor(dtype.Bool, 1), x, x),
		refuse("if of two types", op(copied(x), copied(tensor(dtype.Float16, 2, 3))), "else y0: must have the type of then y0", c, x, tensor(dtype.Float16, 2, 3)),
		refuse("if of two ranks", op(copied(x), copied(f32(2, 3, 1))), "else y0: must have the rank of then y0", c, x, f32(2, 3, 1)),
		refuse("if of one and two outputs", op(copied(x), copied(x, x)), "else: must have as many outputs as then", c, x, x, x),
		refuse("if that reads another type", op(copied(x), copied(x)), "then x0: is not what the body reads", c, tensor(dtype.Float16, 2, 3), x),
		refuse("if that reads other dimensions", op(copied(x), unaryBody(trt.Exp, x)), "else x0: is not what the body reads", c, x, f32(2, 4)),
	)
}
