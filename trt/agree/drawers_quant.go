package agree

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

var lowTypes = []dtype.Type{dtype.Int8, dtype.Int4, dtype.Float8E4M3FN, dtype.Float4E2M1FN}

func quantize(g *gen) (trt.Op, []trt.Info) {
	op := trt.Quantize{To: pick(g, lowTypes...)}
	x, scale := g.scaled(&op.Axis, &op.BlockShape)
	t := pick(g, floats...)
	in := []trt.Info{{Type: t, Dims: x}, {Type: pick(g, t, t, dtype.Float32, dtype.Float8E8M0FNU), Dims: scale}}
	return op, g.withZeros(in, numbers)
}

func dequantize(g *gen) (trt.Op, []trt.Info) {
	op := trt.Dequantize{To: pick(g, floats...)}
	x, scale := g.scaled(&op.Axis, &op.BlockShape)
	in := []trt.Info{
		{Type: pick(g, lowTypes...), Dims: x},
		{Type: pick(g, op.To, op.To, dtype.Float32, dtype.Float8E8M0FNU, dtype.Float8E4M3FN), Dims: scale},
	}
	return op, g.withZeros(in, append([]dtype.Type{dtype.Int8, dtype.Int4}, numbers...))
}

// withZeros may add a zero point, seldom one that is not zero.
func (g *gen) withZeros(in []trt.Info, types []dtype.Type) []trt.Info {
	if g.chance(70) {
		return in
	}
	z := trt.Info{Type: pick(g, types...), Dims: in[1].Dims.Clone(), Values: []trt.Element{}}
	for range min(64, z.Dims.Count()) {
		z.Values = append(z.Values, trt.Element{Known: true})
	}
	if n := len(z.Values); n > 0 && g.chance(10) {
		z.Values[g.IntN(n)] = trt.Element{Known: true, Int: 1, Float: 1}
	}
	return append(in, z)
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

// dynamicQuantize draws blocks along one of the last two axes or, in float8,
// rectangles of both.
func dynamicQuantize(g *gen) (trt.Op, []trt.Info) {
	op := trt.DynamicQuantize{To: dtype.Float8E4M3FN, ScaleType: pick(g, dtype.Float32, dtype.Float8E8M0FNU)}
	x := trt.Info{Type: pick(g, floats...), Dims: g.dims(pick(g, 2, 2, 3))}
	in := []trt.Info{x}
	if g.coin() {
		op.To, op.ScaleType = dtype.Float4E2M1FN, pick(g, dtype.Float8E4M3FN, dtype.Float8E8M0FNU)
	}
	if op.ScaleType == dtype.Float8E4M3FN {
		in = append(in, trt.Info{Type: pick(g, dtype.Float32, x.Type), Dims: trt.Dims{}, Values: []trt.Element{{Known: true, Int: 1, Float: 0.5}}})
	}
	op.BlockShape = make(trt.Dims, len(x.Dims))
	for i := range op.BlockShape {
		op.BlockShape[i] = 1
	}
	rows, columns := len(x.Dims)-2, len(x.Dims)-1
	if op.To == dtype.Float8E4M3FN && g.coin() {
		op.BlockShape[rows], op.BlockShape[columns] = pick[int64](g, 2, 3, 16, trt.Dynamic), pick[int64](g, 2, 5, 32, trt.Dynamic)
		return op, in
	}
	axis := pick(g, rows, columns)
	op.BlockShape[axis] = 16
	if op.ScaleType == dtype.Float8E8M0FNU {
		op.BlockShape[axis] = pick[int64](g, 16, 32)
	}
	x.Dims[axis] = op.BlockShape[axis] * int64(g.between(2, 4))
	return op, in
}
