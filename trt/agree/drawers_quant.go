package agree

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func quantize(g *gen) (trt.Op, []trt.Info) {
	op := trt.Quantize{To: pick(g, dtype.Int8, dtype.Float8E4M3FN)}
	x, scale := g.scaled(&op.Axis, &op.BlockShape)
	t := pick(g, floats...)
	return op, []trt.Info{{Type: t, Dims: x}, {Type: pick(g, t, t, dtype.Float32, dtype.Float8E8M0FNU), Dims: scale}}
}

func dequantize(g *gen) (trt.Op, []trt.Info) {
	op := trt.Dequantize{To: pick(g, floats...)}
	x, scale := g.scaled(&op.Axis, &op.BlockShape)
	return op, []trt.Info{
		{Type: pick(g, dtype.Int8, dtype.Float8E4M3FN), Dims: x},
		{Type: pick(g, op.To, op.To, dtype.Float32, dtype.Float8E8M0FNU), Dims: scale},
	}
}

// scaled draws dimensions and those of a scale for them: one, one for each entry
// of an axis, or one for each block.
func (g *gen) scaled(axis *int, blocks *trt.Dims) (x, scale trt.Dims) {
	x = g.dims(g.rank(1, 5))
	*axis = g.axis(len(x))
	switch g.IntN(5) {
	case 0:
		return x, trt.Dims{}
	case 1:
		return x, trt.Dims{1}
	case 2:
		return x, trt.Dims{x[*axis]}
	case 3:
		scale = x.Clone()
		i := len(x) - 1 - g.IntN(min(2, len(x)))
		x[i] = scale[i] * pick[int64](g, 2, 4, 16)
		return x, scale
	}
	scale = make(trt.Dims, len(x))
	*blocks = make(trt.Dims, len(x))
	for i, e := range x {
		b := 1 + g.Int64N(e)
		(*blocks)[i], scale[i] = b, (e+b-1)/b
		if b == e && g.coin() {
			(*blocks)[i] = trt.Dynamic
		}
	}
	return x, scale
}
