package agree

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// list draws a number for each of n dimensions, or none for all.
func (g *gen) list(n, low, high int) trt.Dims {
	if g.chance(25) {
		return nil
	}
	d := make(trt.Dims, n)
	for i := range d {
		d[i] = int64(g.between(low, high))
	}
	return d
}

// window draws the geometry of a sliding window and an input for it.
func (g *gen) window(channels int64, pad int) (kernel, stride, pre, post trt.Dims, x trt.Dims) {
	n := pick(g, 2, 2, 3)
	kernel = make(trt.Dims, n)
	x = trt.Dims{g.extent(), channels}
	for i := range kernel {
		kernel[i] = int64(g.between(1, 3))
		x = append(x, pick[int64](g, 1, 3, 4, 5, 7, 8, 11, 13))
	}
	return kernel, g.list(n, 1, 3), g.list(n, 0, pad), g.list(n, 0, pad), x
}

func convolution(g *gen) (trt.Op, []trt.Info) {
	groups := pick[int64](g, 1, 1, 1, 2, 3)
	in, out := groups*int64(g.between(1, 3)), groups*int64(g.between(1, 3))
	t := pick(g, floats...)
	op := trt.Convolution{OutChannels: out, Groups: groups}
	var d trt.Dims
	op.Kernel, op.Stride, op.PrePadding, op.PostPadding, d = g.window(in, 2)
	if g.chance(30) {
		op.Dilation = g.list(len(op.Kernel), 1, 2)
	}
	op.Weight, op.Bias = weights(t, append(trt.Dims{out, in / groups}, op.Kernel...)...), g.bias(t, out)
	tensors := g.operands(&op.Weight, &op.Bias)
	return op, append(one(t, d), tensors...)
}

func deconvolution(g *gen) (trt.Op, []trt.Info) {
	groups := pick[int64](g, 1, 1, 1, 2, 3)
	in, out := groups*int64(g.between(1, 3)), groups*int64(g.between(1, 3))
	t := pick(g, floats...)
	op := trt.Deconvolution{OutChannels: out, Groups: groups}
	var d trt.Dims
	op.Kernel, op.Stride, op.PrePadding, op.PostPadding, d = g.window(in, 1)
	if g.chance(30) {
		op.Dilation = g.list(len(op.Kernel), 1, 2)
	}
	op.Weight, op.Bias = weights(t, append(trt.Dims{in, out / groups}, op.Kernel...)...), g.bias(t, out)
	tensors := g.operands(&op.Weight, &op.Bias)
	return op, append(one(t, d), tensors...)
}

// operands makes tensors of some weights.
func (g *gen) operands(all ...**trt.Weights) []trt.Info {
	var in []trt.Info
	for _, w := range all {
		if *w != nil && g.chance(25) {
			in, *w = append(in, trt.Info{Type: (*w).Type, Dims: (*w).Dims}), nil
		}
	}
	return in
}

func (g *gen) bias(t dtype.Type, n int64) *trt.Weights {
	if g.coin() {
		return nil
	}
	return weights(t, n)
}

func pooling(g *gen) (trt.Op, []trt.Info) {
	op := trt.Pooling{Type: choice[trt.PoolingType](g), RoundUp: g.coin(), CountIncludesPadding: g.coin()}
	var d trt.Dims
	op.Window, op.Stride, op.PrePadding, op.PostPadding, d = g.window(g.extent(), 1)
	return op, one(pick(g, floats...), d)
}

func padding(g *gen) (trt.Op, []trt.Info) {
	pair := func() trt.Dims { return trt.Dims{int64(g.between(-1, 3)), int64(g.between(-1, 3))} }
	return trt.Padding{PrePadding: pair(), PostPadding: pair()}, one(pick(g, floats...), g.dims(g.rank(4, 8)))
}
