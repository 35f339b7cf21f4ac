package agree

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// body draws a network that reads x and returns it changed, or a constant like
// it.
func (g *gen) body(x trt.Info) *trt.Network {
	n := trt.NewNetwork("body", trt.Target{})
	in := n.AddInput("in", x.Type, x.Dims)
	var y *trt.Tensor
	switch g.IntN(5) {
	case 0:
		y = n.AddIdentity("copy", in)
	case 1:
		y = n.AddUnary("abs", in, trt.Abs)
	case 2:
		y = n.AddElementWise("twice", in, in, trt.Sum)
	case 3:
		y = n.AddUnsqueeze("wide", in, 0)
	default:
		y = n.AddConstant("constant", weights(x.Type, x.Dims...))
	}
	n.MarkOutput(y, "out")
	return n
}

func conditional(g *gen) (trt.Op, []trt.Info) {
	x := trt.Info{Type: pick(g, numbers...), Dims: g.dims(g.rank(0, 4))}
	other := x
	if g.chance(40) {
		other.Dims = g.otherDims(x.Dims)
		if other.Dims.Count() < 0 {
			other.Dims = x.Dims
		}
	}
	if g.chance(10) {
		other.Type = pick(g, plain...)
	}
	return trt.If{Then: g.body(x), Else: g.body(other)}, []trt.Info{{Type: dtype.Bool, Dims: trt.Dims{}}, x, other}
}
