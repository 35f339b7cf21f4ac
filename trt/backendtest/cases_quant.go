package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

const (
	i8 = dtype.Int8
	f8 = dtype.Float8E4M3FN
	e8 = dtype.Float8E8M0FNU
	i4 = dtype.Int4
	f4 = dtype.Float4E2M1FN
)

// fourBits are quantizations to and from 4 bits.
func fourBits() []Case {
	f, h, b := dtype.Float32, dtype.Float16, dtype.BFloat16
	q := func(to dtype.Type, axis int, block ...int64) trt.Quantize {
		return trt.Quantize{To: to, Axis: axis, BlockShape: block}
	}
	dq := func(to dtype.Type, axis int, block ...int64) trt.Dequantize {
		return trt.Dequantize{To: to, Axis: axis, BlockShape: block}
	}
	var cases []Case
	for _, t := range []dtype.Type{i4, f4} {
		name := t.String() + " "
		x := func(d ...int64) trt.Info { return tensor(t, d...) }
		cases = append(cases, sweep("quantize to "+name+"from", floats, false, func(name string, plain dtype.Type) Case {
			return accept(name, q(t, 0), x(2, 3), tensor(plain, 2, 3), tensor(plain))
		})...)
		for _, s := range []dtype.Type{f, h, b, f8, e8} {
			into := accept("quantize to "+name+"with a scale of "+s.String(), q(t, 0), x(2, 32), tensor(h, 2, 32), tensor(s, 2, 2))
			if s != h && (t != i4 || s != f) && (t != f4 || s != e8) {
				into.Want, into.Refusal = nil, "scale: has a type"
			}
			back := accept("dequantize "+name+"with a scale of "+s.String(), dq(h, 0), tensor(h, 2, 32), x(2, 32), tensor(s, 2, 2))
			if s != h && (t != f4 || s != e8 && s != f8) {
				back.Want, back.Refusal = nil, "scale: has a type"
			}
			cases = append(cases, into, back)
		}
		cases = append(cases,
			accept("quantize to "+name+"by channel", q(t, 1), x(2, 3, 4), f32(2, 3, 4), f32(3)),
			accept("quantize to "+name+"in blocks", q(t, 0), x(2, 32), f32(2, 32), f32(2, 2)),
			accept("quantize to "+name+"in blocks of the axis before", q(t, 0), x(3, 32, 2), f32(3, 32, 2), f32(3, 2, 2)),
			accept("quantize to "+name+"dynamic", q(t, 0), x(-1, 32), f32(-1, 32), f32()),
			always(2, accept("quantize to "+name+"dynamic, odd rows", q(t, 0), x(-1, 3), f32(-1, 3), f32())),
			zeroPoint(accept("quantize to "+name+"with a zero point", q(t, 0), x(2, 4), f32(2, 4), f32()), f),
			accept("dequantize "+name+"by channel", dq(f, 1), f32(2, 3, 4), x(2, 3, 4), f32(3)),
			accept("dequantize "+name+"in blocks", dq(f, 0), f32(2, 32), x(2, 32), f32(2, 2)),
			zeroPoint(accept("dequantize "+name+"with a zero point of int8", dq(f, 0), f32(2, 4), x(2, 4), f32()), i8),
			refuse("quantize to "+name+"an odd number", q(t, 0), "even number of elements", f32(3, 5), f32()),
			refuse("dequantize "+name+"of an odd number", dq(f, 0), "even number of elements", x(3, 5), f32()),
			refuse("quantize to "+name+"in blocks of a shape", q(t, 0, 1, 16), "block shape: is not for", f32(2, 32), f32(2, 2)),
			refuse("quantize to "+name+"in blocks of two axes", q(t, 0), "in one only", f32(4, 32), f32(2, 2)),
			Case{Name: "quantize to " + name + "before its compute capability", Op: q(t, 0), Inputs: []trt.Info{f32(2), f32()}, ComputeCapabilities: []int{75, 120}, Refusal: "which needs compute capability"},
			Case{Name: "quantize to " + name + "at compute capability 12.0", Op: q(t, 0), Inputs: []trt.Info{f32(2), f32()}, ComputeCapabilities: []int{120}, Want: []trt.Info{x(2)}},
		)
	}
	two := func(name string, scale dtype.Type, block trt.Dims, x trt.Info, scales trt.Dims, more ...trt.Info) Case {
		c := accept("dynamic quantize to float4 "+name, trt.DynamicQuantize{To: f4, ScaleType: scale, BlockShape: block}, tensor(f4, x.Dims...), append([]trt.Info{x}, more...)...)
		c.Want = append(c.Want, tensor(scale, scales...))
		return c
	}
	no := func(name, refusal string, scale dtype.Type, block trt.Dims, x trt.Info, more ...trt.Info) Case {
		return refuse("dynamic quantize to float4 "+name, trt.DynamicQuantize{To: f4, ScaleType: scale, BlockShape: block}, refusal, append([]trt.Info{x}, more...)...)
	}
	half := one(f, 0.5)
	return append(cases,
		accept("dequantize float4 in blocks of a shape", dq(f, 0, 2, 16), f32(4, 32), tensor(f4, 4, 32), f32(2, 2)),
		accept("dequantize float4 by float8 in blocks of a shape", dq(h, 0, 1, 16), tensor(h, 2, 32), tensor(f4, 2, 32), tensor(f8, 2, 2)),
		zeroPoint(accept("dequantize float4 by float8 with a zero point of int4", dq(f, 0), f32(2, 32), tensor(f4, 2, 32), tensor(f8)), i4),
		zeroPoint(refuse("dequantize float4 by float8 with a zero point of int8", dq(f, 0), "zero point: has a type", tensor(f4, 2, 32), tensor(f8)), i8),
		zeroPoint(accept("dequantize float8 with a zero point of int4", dq(f, 0), f32(2, 32), tensor(f8, 2, 32), f32()), i4),
		zeroPoint(accept("dequantize int8 with zero points of int4", dq(f, 1), f32(2, 4), tensor(i8, 2, 4), f32(4)), i4, 4),
		zeroPoint(refuse("dequantize int8 with an odd number of zero points of int4", dq(f, 1), "zero point: must have an even number", tensor(i8, 2, 3), f32(3)), i4, 3),
		refuse("dequantize int4 in blocks of a shape", dq(f, 0, 1, 16), "block shape: is not for", tensor(i4, 2, 32), f32(2, 2)),
		Case{Name: "quantize to int4 at compute capability 8.0", Op: q(i4, 0), Inputs: []trt.Info{f32(2), f32()}, ComputeCapabilities: []int{80}, Want: []trt.Info{tensor(i4, 2)}},
		Case{Name: "quantize to float4 at compute capability 8.9", Op: q(f4, 0), Inputs: []trt.Info{f32(2), f32()}, ComputeCapabilities: []int{89}, Refusal: "is float4, which needs compute capability 10.0"},

		two("by powers of two", e8, trt.Dims{1, 32}, f32(2, 64), trt.Dims{2, 2}),
		two("in blocks of 16", e8, trt.Dims{1, 16}, f32(2, 64), trt.Dims{2, 4}),
		two("along the axis before", e8, trt.Dims{32, 1}, f32(64, 2), trt.Dims{2, 2}),
		two("twice", f8, trt.Dims{1, 16}, f32(2, 64), trt.Dims{2, 4}, half),
		two("twice, of rank 3", f8, trt.Dims{1, 16, 1}, f32(2, 64, 3), trt.Dims{2, 4, 3}, half),
		two("twice, float16", f8, trt.Dims{1, 16}, tensor(h, 2, 64), trt.Dims{2, 4}, half),
		two("twice, bfloat16", f8, trt.Dims{1, 16}, tensor(b, 2, 64), trt.Dims{2, 4}, half),
		two("twice, dynamic", f8, trt.Dims{1, 16}, f32(-1, 64), trt.Dims{-1, 4}, half),
		two("twice, in one block", f8, trt.Dims{1, 16}, f32(2, 16), trt.Dims{2, 1}, half),
		no("twice in blocks of another rank", "an extent for each dimension", f8, trt.Dims{1, 16, 1}, f32(2, 64), half),
		no("in one block", "into several blocks", e8, trt.Dims{1, 32}, f32(2, 32)),
		no("with float32 scales", "scale type: has a type", f, trt.Dims{1, 16}, f32(2, 64)),
		no("in rectangles", "in float4 must extend along one axis", e8, trt.Dims{2, 32}, f32(2, 64)),
		no("twice in blocks of 32", "must be 16 or", f8, trt.Dims{1, 32}, f32(2, 64), half),
		no("twice without a scale of the scales", "double-quantization scale: is for scales of float8", f8, trt.Dims{1, 16}, f32(2, 64)),
		no("twice by an input", "double-quantization scale: must be a constant", f8, trt.Dims{1, 16}, f32(2, 64), f32()),
		no("twice by several", "double-quantization scale: must be one number", f8, trt.Dims{1, 16}, f32(2, 64), f32(2)),
		no("twice by another type", "double-quantization scale: has a type", f8, trt.Dims{1, 16}, f32(2, 64), one(h, 0.5)),
		Case{Name: "dynamic quantize to float8 with a scale of the scales", Op: trt.DynamicQuantize{To: f8, ScaleType: e8, BlockShape: trt.Dims{1, 32}}, Inputs: []trt.Info{f32(2, 64), half}, Refusal: "is for scales of float8"},
	)
}

func quantizations() []Case {
	op := func(to dtype.Type, axis int, block ...int64) trt.Quantize {
		return trt.Quantize{To: to, Axis: axis, BlockShape: block}
	}
	f := dtype.Float32
	var cases []Case
	for _, to := range []dtype.Type{i8, f8} {
		q := func(name string, op trt.Quantize, x, scale trt.Info) Case {
			return accept("quantize to "+to.String()+" "+name, op, tensor(to, x.Dims...), x, scale)
		}
		no := func(name, refusal string, op trt.Quantize, x, scale trt.Info) Case {
			return refuse("quantize to "+to.String()+" "+name, op, refusal, x, scale)
		}
		cases = append(cases, sweep("quantize to "+to.String()+" from", floats, false, func(name string, t dtype.Type) Case {
			return accept(name, op(to, 0), tensor(to, 2, 3), tensor(t, 2, 3), f32())
		})...)
		for _, t := range all {
			good := t == f || t == dtype.Float16 || to == i8 && t == dtype.BFloat16
			c := q("with a scale of "+t.String(), op(to, 0), tensor(dtype.Float16, 2, 3), tensor(t))
			if !good {
				c.Want, c.Refusal = nil, "scale: has a type"
			}
			cases = append(cases, c)
		}
		cases = append(cases,
			q("with one scale", op(to, 1), f32(2, 3), f32(1)),
			q("of one dimension", op(to, 0), f32(5), f32(5)),
			q("by channel", op(to, 1), f32(2, 3, 4), f32(3)),
			q("by the last axis", op(to, 2), f32(2, 3, 4), f32(4)),
			q("by channel, dynamic batch", op(to, 1), f32(-1, 3), f32(3)),
			q("in blocks of the last axis", op(to, 0), f32(2, 32), f32(2, 2)),
			q("in blocks of the axis before", op(to, 0), f32(3, 32, 2), f32(3, 2, 2)),
			q("in blocks of the whole axis", op(to, 0), f32(2, 32), f32(2, 1)),
			q("in blocks of a shape", op(to, 0, 2, 16), f32(4, 32), f32(2, 2)),
			q("in blocks of one element", op(to, 0, 1, 1), f32(2, 8), f32(2, 8)),
			q("in blocks along the first axis", op(to, 0, 3, 1, 1), f32(3, 2, 8), f32(1, 2, 8)),
			q("in blocks, the last of them smaller", op(to, 0, 1, 16), f32(2, 33), f32(2, 3)),
			q("in blocks, a whole axis", op(to, 0, 1, -1), f32(2, 32), f32(2, 1)),
			q("in blocks, dynamic", op(to, 0, 1, 16), f32(-1, 32), f32(-1, 2)),

			no("of a scalar", "too few dimensions", op(to, 0), f32(), f32()),
			no("by channel of another number", "one for each entry of axis 1", op(to, 1), f32(2, 3, 4), f32(4)),
			no("by a dynamic channel", "one for each entry of axis 0", op(to, 0), f32(-1, 3), f32(2)),
			no("by dynamic scales", "one for each entry of axis 1", op(to, 1), f32(2, 3), f32(-1)),
			no("by no axis", "is not an axis", op(to, 5), f32(2, 3), f32(3)),
			no("with a scale of another rank", "or the rank of the input", op(to, 0), f32(2, 3, 4), f32(2, 3)),
			no("with one scale of full rank", "must be more than one", op(to, 0), f32(2, 32), f32(1, 1)),
			no("in blocks of two axes", "in one only", op(to, 0), f32(4, 32), f32(2, 2)),
			no("in blocks of the first axis", "the last axis or the one before", op(to, 0), f32(3, 2, 32), f32(1, 2, 32)),
			no("in blocks of no axis", "must differ", op(to, 0), f32(2, 8), f32(2, 8)),
			no("in blocks of uneven extent", "of one extent", op(to, 0), f32(2, 33), f32(2, 2)),
			no("in dynamic blocks", "needs the blocks' shape", op(to, 0), f32(-1, 32), f32(-1, 2)),
			no("in blocks of a shape with one scale", "must have the rank of the input", op(to, 0, 1, 16), f32(2, 32), f32()),
			no("in blocks of a shape with scales by channel", "must have the rank of the input", op(to, 0, 1, 32), f32(2, 32), f32(2)),
			no("in more blocks than scales", "axis 1 has 4", op(to, 0, 1, 8), f32(2, 32), f32(2, 2)),
			no("in fewer blocks than scales", "axis 1 has 1", op(to, 0, 1, -1), f32(2, 32), f32(2, 2)),
			no("in blocks of another rank", "for each dimension", op(to, 0, 16), f32(2, 32), f32(2, 2)),
			no("in blocks of negative extent", "must be positive", op(to, 0, 1, -2), f32(2, 32), f32(2, 2)),

			stricter("axes are counted from the front, as everywhere", "quantize to "+to.String()+" by a negative axis", op(to, -1), "is not an axis", f32(2, 3, 4), f32(4)),
			stricter("there is no such axis", "quantize to "+to.String()+" one scale along the rank", op(to, 2), "is not an axis", f32(2, 3), f32(1)),
			stricter("the blocks' number would say nothing of the input", "quantize to "+to.String()+" in static blocks of a dynamic input", op(to, 0), "needs the blocks' shape", f32(-1, 32), f32(1, 2)),
			stricter("TensorRT infers an empty output", "quantize to "+to.String()+" in blocks of nothing", op(to, 0, 1, 0), "must be positive", f32(2, 32), f32(2, 2)),
		)
	}
	return append(cases,
		zeroPoint(accept("quantize to int8 with a zero point", op(i8, 0), tensor(i8, 2, 3), f32(2, 3), f32()), f),
		zeroPoint(accept("quantize to int8 with a zero point of float16", op(i8, 0), tensor(i8, 2, 3), f32(2, 3), f32()), dtype.Float16),
		zeroPoint(accept("quantize to int8 with a zero point of int32", op(i8, 0), tensor(i8, 2, 3), f32(2, 3), f32()), dtype.Int32),
		zeroPoint(accept("quantize to int8 with a zero point of bool", op(i8, 0), tensor(i8, 2, 3), f32(2, 3), f32()), dtype.Bool),
		zeroPoint(accept("quantize to int8 with zero points by channel", op(i8, 1), tensor(i8, 2, 3), f32(2, 3), f32(3)), f, 3),
		zeroPoint(accept("quantize to int8 with zero points in blocks", op(i8, 0), tensor(i8, 2, 32), f32(2, 32), f32(2, 2)), f, 2, 2),
		zeroPoint(accept("quantize to int8 with zero points in blocks of a shape", op(i8, 0, 2, 16), tensor(i8, 4, 32), f32(4, 32), f32(2, 2)), f, 2, 2),
		zeroPoint(accept("quantize to int8 with a zero point of one dimension", op(i8, 0), tensor(i8, 2, 3), f32(2, 3), f32()), f, 1),
		zeroPoint(accept("quantize to float8 with a zero point", op(f8, 0), tensor(f8, 2, 3), f32(2, 3), f32()), f),
		refuse("quantize with a zero point that is not zero", op(i8, 0), "zero point: must be zeros", f32(2, 3), f32(), one(f, 1)),
		refuse("quantize with a zero point that is an input", op(i8, 0), "zero point: must be a constant", f32(2, 3), f32(), f32()),
		zeroPoint(refuse("quantize with a zero point of int8", op(i8, 0), "only a dequantization reads", f32(2, 3), f32()), i8),
		zeroPoint(refuse("quantize with fewer zero points than scales", op(i8, 1), "zero point: must have the dimensions of the scale", f32(2, 3), f32(3)), f),
		zeroPoint(stricter("zero points are shaped like their scales", "quantize with a zero point of another rank", op(i8, 1), "zero point: must have the dimensions of the scale", f32(2, 3), f32(3)), f, 1, 3),
		zeroPoint(refuse("quantize with more zero points than scales", op(i8, 1), "zero point: must have the dimensions of the scale", f32(2, 3), f32()), f, 3),
		accept("quantize to float8 by powers of two", op(f8, 0), tensor(f8, 2, 64), f32(2, 64), tensor(e8, 2, 2)),
		accept("quantize to float8 by one power of two", op(f8, 0), tensor(f8, 2, 64), f32(2, 64), tensor(e8)),
		refuse("quantize to int8 by powers of two", op(i8, 0), "scale: has a type", f32(2, 64), tensor(e8, 2, 2)),
		refuse("quantize to float32", op(f, 0), "to: has a type", f32(2, 3), f32()),
		refuse("quantize to int32", op(dtype.Int32, 0), "to: has a type", f32(2, 3), f32()),
		refuse("quantize to uint8", op(dtype.UInt8, 0), "to: has a type", f32(2, 3), f32()),
		Case{Name: "quantize to int8 before compute capability 8.9", Op: op(i8, 0), Inputs: []trt.Info{f32(2), f32()}, ComputeCapabilities: []int{75, 86}, Want: []trt.Info{tensor(i8, 2)}},
		Case{Name: "quantize to float8 at compute capability 8.9", Op: op(f8, 0), Inputs: []trt.Info{f32(2), f32()}, ComputeCapabilities: []int{89, 120}, Want: []trt.Info{tensor(f8, 2)}},
		Case{Name: "quantize to float8 before compute capability 8.9", Op: op(f8, 0), Inputs: []trt.Info{f32(2), f32()}, ComputeCapabilities: []int{86, 89}, Refusal: "needs compute capability 8.9"},
	)
}

// zeroPoint gives a quantization a constant of zeros.
func zeroPoint(c Case, t dtype.Type, dims ...int64) Case {
	z := tensor(t, append(trt.Dims{}, dims...)...)
	for range z.Dims.Count() {
		z.Values = append(z.Values, trt.Element{Known: true})
	}
	c.Inputs = append(c.Inputs, z)
	return c
}

func dequantizations() []Case {
	op := func(to dtype.Type, axis int, block ...int64) trt.Dequantize {
		return trt.Dequantize{To: to, Axis: axis, BlockShape: block}
	}
	f := dtype.Float32
	var cases []Case
	for _, from := range []dtype.Type{i8, f8} {
		name := "dequantize " + from.String() + " "
		for _, to := range all {
			for _, s := range floats {
				c := accept(name+"to "+to.String()+" with a scale of "+s.String(), op(to, 0), tensor(to, 2, 3), tensor(from, 2, 3), tensor(s))
				switch {
				case !to.IsFloat():
					c.Want, c.Refusal = nil, "to: has a type"
				case from == f8 && s != f && s != to:
					c.Want, c.Refusal = nil, "scale: has a type"
				}
				cases = append(cases, c)
			}
		}
		x := func(d ...int64) trt.Info { return tensor(from, d...) }
		cases = append(cases,
			accept(name+"scalar", op(f, 0), f32(), x(), f32()),
			accept(name+"by channel", op(f, 1), f32(2, 3, 4), x(2, 3, 4), f32(3)),
			accept(name+"by channel, dynamic batch", op(f, 1), f32(-1, 3), x(-1, 3), f32(3)),
			accept(name+"in blocks", op(f, 0), f32(2, 32), x(2, 32), f32(2, 2)),
			accept(name+"in blocks of a shape", op(f, 0, 2, 16), f32(4, 32), x(4, 32), f32(2, 2)),
			accept(name+"in dynamic blocks", op(f, 0, 1, 16), f32(-1, 32), x(-1, 32), f32(-1, 2)),
			refuse(name+"scalar with one scale of one dimension", op(f, 0), "is not an axis", x(), f32(1)),
			refuse(name+"by channel of another number", op(f, 1), "one for each entry", x(2, 3, 4), f32(4)),
			refuse(name+"in blocks of two axes", op(f, 0), "in one only", x(4, 32), f32(2, 2)),
			refuse(name+"with an integer scale", op(f, 0), "scale: has a type", x(2, 3), tensor(dtype.Int32)),
		)
	}
	for _, t := range []dtype.Type{f, dtype.Int32, dtype.UInt8, dtype.Bool} {
		cases = append(cases, refuse("dequantize "+t.String(), op(f, 0), "input: has a type", tensor(t, 2, 3), f32()))
	}
	return append(cases,
		zeroPoint(accept("dequantize int8 with a zero point", op(f, 0), f32(2, 3), tensor(i8, 2, 3), f32()), i8),
		zeroPoint(accept("dequantize int8 with a zero point of float32", op(f, 0), f32(2, 3), tensor(i8, 2, 3), f32()), f),
		zeroPoint(accept("dequantize int8 with zero points by channel", op(f, 1), f32(2, 3), tensor(i8, 2, 3), f32(3)), i8, 3),
		zeroPoint(accept("dequantize int8 with zero points in blocks", op(f, 0), f32(2, 32), tensor(i8, 2, 32), f32(2, 2)), i8, 2, 2),
		zeroPoint(accept("dequantize float8 with a zero point", op(f, 0), f32(2, 3), tensor(f8, 2, 3), f32()), f),
		refuse("dequantize with a zero point that is not zero", op(f, 0), "zero point: must be zeros", tensor(i8, 2, 3), f32(), one(i8, 1)),
		refuse("dequantize with a zero point that is an input", op(f, 0), "zero point: must be a constant", tensor(i8, 2, 3), f32(), tensor(i8)),
		zeroPoint(refuse("dequantize float8 with a zero point of int8", op(f, 0), "zero point: has a type", tensor(f8, 2, 3), f32()), i8),
		zeroPoint(refuse("dequantize with a zero point of float8", op(f, 0), "zero point: has a type", tensor(f8, 2, 3), f32()), f8),
		accept("dequantize float8 by powers of two", op(f, 0), f32(2, 64), tensor(f8, 2, 64), tensor(e8, 2, 2)),
		refuse("dequantize int8 by powers of two", op(f, 0), "scale: has a type", tensor(i8, 2, 64), tensor(e8, 2, 2)),
	)
}

func dynamicQuantizations() []Case {
	op := func(scale dtype.Type, block ...int64) trt.DynamicQuantize {
		return trt.DynamicQuantize{To: f8, ScaleType: scale, BlockShape: block}
	}
	f := dtype.Float32
	two := func(name string, op trt.DynamicQuantize, x trt.Info, scales ...int64) Case {
		c := accept("dynamic quantize "+name, op, tensor(f8, x.Dims...), x)
		c.Want = append(c.Want, tensor(op.ScaleType, scales...))
		return c
	}
	no := func(name, refusal string, op trt.DynamicQuantize, x trt.Info) Case {
		return refuse("dynamic quantize "+name, op, refusal, x)
	}
	return append(sweep("dynamic quantize", floats, false, func(name string, t dtype.Type) Case {
		c := two("", op(e8, 1, 32), tensor(t, 2, 64), 2, 2)
		c.Name = name
		return c
	}),
		two("in blocks of 16", op(e8, 1, 16), f32(2, 64), 2, 4),
		two("with float32 scales", op(f, 1, 16), f32(2, 64), 2, 4),
		two("along the axis before", op(e8, 32, 1), f32(64, 2), 2, 2),
		two("of rank 3", op(e8, 1, 1, 32), f32(2, 3, 64), 2, 3, 2),
		two("in rectangles", op(e8, 2, 32), f32(2, 64), 1, 2),
		two("in rectangles with float32 scales", op(f, 1, 2, 3), f32(2, 4, 6), 2, 2, 2),
		two("in rectangles, the last of them smaller", op(e8, 2, 32), f32(3, 64), 2, 2),
		two("in whole rectangles", op(e8, 2, -1), f32(2, 64), 1, 1),
		two("dynamic", op(e8, 1, 16), f32(-1, 64), -1, 4),
		two("in rectangles, dynamic", op(f, 2, 32), f32(-1, 64), -1, 2),

		no("to int8", "to: has a type", trt.DynamicQuantize{To: i8, ScaleType: f, BlockShape: trt.Dims{1, 32}}, f32(2, 64)),
		no("with float8 scales", "scale type: has a type", op(f8, 1, 16), f32(2, 64)),
		no("with float16 scales", "scale type: has a type", op(dtype.Float16, 1, 16), f32(2, 64)),
		no("of rank 1", "must have 2 or 3 dimensions", op(e8, 32), f32(64)),
		no("of rank 4", "must have 2 or 3 dimensions", op(e8, 1, 1, 1, 32), f32(2, 2, 2, 64)),
		stricter("TensorRT documents 2 and 3", "dynamic quantize rectangles of rank 4", op(e8, 1, 1, 2, 32), "must have 2 or 3 dimensions", f32(2, 2, 2, 64)),
		no("in blocks of another rank", "an extent for each dimension", op(e8, 32), f32(2, 64)),
		no("in blocks of nothing", "must be positive", op(e8, 1, 0), f32(2, 64)),
		no("in blocks of 8", "must be 16 or", op(e8, 1, 8), f32(2, 64)),
		no("in blocks of 32 with float32 scales", "must be 16 or", op(f, 1, 32), f32(2, 64)),
		no("in blocks of one element", "one of the last two axes or both", op(e8, 1, 1), f32(2, 64)),
		no("in boxes", "one of the last two axes or both", op(e8, 2, 32, 32), f32(2, 64, 64)),
		no("along the first axis", "one of the last two axes or both", op(e8, 16, 1, 1), f32(16, 2, 64)),
		no("in uneven blocks", "into several blocks", op(e8, 1, 32), f32(2, 33)),
		no("in one block", "into several blocks", op(e8, 1, 32), f32(2, 32)),
		no("in blocks of a dynamic axis", "into several blocks", op(e8, 1, 32), f32(2, -1)),
		Case{Name: "dynamic quantize before compute capability 8.9", Op: op(e8, 1, 32), Inputs: []trt.Info{f32(2, 64)}, ComputeCapabilities: []int{86}, Refusal: "needs compute capability 8.9"},
	)
}

// operands are convolutions whose kernel and bias are tensors.
func operands() []Case {
	op := plain(6, trt.Dims{3, 3})
	grouped := op
	grouped.Groups = 2
	biased, given, single := op, op, op
	biased.Bias = values(dtype.Float32, 6)
	single.Bias = values(dtype.Float32, 1)
	given.Weight = values(dtype.Float32, 6, 4, 3, 3)
	x, k, d := f32(1, 4, 8, 8), f32(6, 4, 3, 3), f32(4, 6, 3, 3)
	cases := sweep("convolution of tensors", floats, true, func(name string, t dtype.Type) Case {
		return accept(name, op, tensor(t, 1, 6, 6, 6), tensor(t, x.Dims...), tensor(t, k.Dims...), tensor(t, 6))
	})
	return append(cases,
		accept("convolution of a kernel", op, f32(1, 6, 6, 6), x, k),
		accept("convolution of a kernel and bias weights", biased, f32(1, 6, 6, 6), x, k),
		accept("convolution of kernel weights and a bias", given, f32(1, 6, 6, 6), x, f32(6)),
		accept("convolution of kernel weights and a bias, dynamic", given, f32(-1, 6, 6, 6), f32(-1, 4, 8, 8), f32(6)),
		accept("deconvolution of kernel weights and a bias", trt.Deconvolution(given), f32(1, 6, 10, 10), x, f32(6)),
		accept("convolution of a kernel in groups", grouped, f32(1, 6, 6, 6), x, f32(6, 2, 3, 3)),
		accept("convolution 3-D of a kernel", plain(6, trt.Dims{2, 3, 3}), f32(1, 6, 3, 6, 6), f32(1, 4, 4, 8, 8), f32(6, 4, 2, 3, 3)),
		accept("convolution of a kernel, dynamic", op, f32(-1, 6, 6, 6), f32(-1, 4, 8, 8), k),
		always(8, accept("convolution of a kernel in groups, dynamic channels", grouped, f32(8, 6, 6, 6), f32(8, -1, 8, 8), f32(6, 4, 3, 3))),
		accept("deconvolution of a kernel", trt.Deconvolution(op), f32(1, 6, 10, 10), x, d),
		accept("deconvolution of a kernel and a bias", trt.Deconvolution(op), f32(1, 6, 10, 10), x, d, f32(6)),
		accept("deconvolution of a kernel in groups", trt.Deconvolution(grouped), f32(1, 6, 10, 10), x, f32(4, 3, 3, 3)),

		refuse("convolution of a kernel of another type", op, "kernel: must have the input's type", x, tensor(dtype.Float16, 6, 4, 3, 3)),
		refuse("convolution of a bias of another type", op, "bias: must have the input's type", x, k, tensor(dtype.Float16, 6)),
		refuse("convolution of a kernel of another window", op, "kernel: has the wrong dimensions", x, f32(6, 4, 5, 5)),
		refuse("convolution of a kernel of other inputs", op, "kernel: has the wrong dimensions", x, f32(6, 3, 3, 3)),
		refuse("convolution of a kernel of other outputs", op, "kernel: has the wrong dimensions", x, f32(5, 4, 3, 3)),
		refuse("convolution of a flat kernel", op, "kernel: has the wrong dimensions", x, f32(216)),
		refuse("convolution of a dynamic kernel", op, "kernel: has the wrong dimensions", x, f32(6, 4, -1, 3)),
		refuse("convolution of a kernel of dynamic channels", op, "kernel: must have a static channel dimension", f32(1, -1, 8, 8), f32(6, -1, 3, 3)),
		always(6, refuse("convolution of a kernel in groups that do not divide its channels, dynamic", grouped, "kernel: must have channels that the groups divide", f32(6, -1, 8, 8), f32(6, 3, 3, 3))),
		refuse("convolution of a bias of another length", op, "bias: has the wrong dimensions", x, k, f32(5)),
		refuse("convolution of a kernel and kernel weights", given, "does not take 3 inputs", x, k, f32(6)),
		refuse("convolution of kernel weights and a bias of another length", given, "bias: has the wrong dimensions", x, f32(5)),
		refuse("convolution of kernel weights and a bias of another type", given, "bias: must have the input's type", x, tensor(dtype.Float16, 6)),
		refuse("convolution of kernel weights and a dynamic bias", given, "bias: has the wrong dimensions", x, f32(-1)),
		refuse("convolution of kernel, bias and bias weights", biased, "bias: is given as weights and as a tensor", x, k, f32(6)),
		refuse("deconvolution of a kernel the other way round", trt.Deconvolution(op), "kernel: has the wrong dimensions", x, k),
		stricter("a bias has a weight for each output channel", "convolution of a kernel and one bias weight", single, "bias weights: have the wrong count", x, k),
		stricter("one shape of a bias is enough", "convolution of a bias of rank 4", op, "bias: has the wrong dimensions", x, k, f32(1, 6, 1, 1)),
	)
}

// quantized computes on what int8 and float8 tensors stand for: a convolution
// and a transposed one whose kernels are int8 constants with a scale for each
// output channel, then a matrix product in float8; and on matrices of int4 and
// float4 in blocks, one of which is quantized twice as it comes.
func quantized(name string, target trt.Target) *trt.Network {
	n := trt.NewNetwork(name, target)
	scale := func(name string, dims ...int64) *trt.Tensor {
		v := make(trt.Float32s, trt.Dims(dims).Count())
		for i := range v {
			v[i] = 1 / float32(int(8)<<(i%3))
		}
		return n.AddConstant(name, trt.NewWeights(dims, v))
	}
	through := func(name string, x *trt.Tensor, to dtype.Type) *trt.Tensor {
		s := scale(name + "/scale")
		return n.AddDequantize(name+"/dequantize", n.AddQuantize(name+"/quantize", x, s, trt.Quantize{To: to}), s, trt.Dequantize{To: dtype.Float32})
	}
	kernel := func(name string, axis int, dims ...int64) *trt.Tensor {
		raw := make([]byte, trt.Dims(dims).Count())
		for i := range raw {
			raw[i] = byte(i * 37)
		}
		k := n.AddConstant(name, trt.RawWeights(i8, dims, raw))
		return n.AddDequantize(name+"/dequantize", k, scale(name+"/scale", dims[axis]), trt.Dequantize{To: dtype.Float32, Axis: axis})
	}
	x := through("images", n.AddInput("images", dtype.Float32, trt.Dims{1, 3, 16, 16}), i8)
	op := trt.Convolution{OutChannels: 6, Kernel: trt.Dims{3, 3}, PrePadding: trt.Dims{1, 1}, PostPadding: trt.Dims{1, 1}}
	y := n.AddConvolution("conv", x, op, kernel("conv/kernel", 0, 6, 3, 3, 3))
	n.AddAssertion("always", n.AddConstant("truth", trt.RawWeights(dtype.Bool, trt.Dims{2}, []byte{1, 1})), "the truth must hold")
	op.OutChannels = 4
	up := n.AddDeconvolution("deconv", through("deconv/input", y, i8), trt.Deconvolution(op), kernel("deconv/kernel", 1, 6, 4, 3, 3))
	n.MarkOutput(up, "up")
	y = n.AddShuffle("flat", y, trt.Shuffle{Reshape: trt.Dims{6, 256}})
	y = n.AddMatrixMultiply("products", through("left", y, f8), trt.MatrixNone, through("right", y, f8), trt.MatrixTranspose)
	n.MarkOutput(y, "products of channels")
	packed := func(name string, t dtype.Type, dims ...int64) *trt.Tensor {
		raw := make([]byte, trt.Dims(dims).Count()/2)
		for i := range raw {
			raw[i] = byte(i * 37)
		}
		return n.AddConstant(name, trt.RawWeights(t, dims, raw))
	}
	rows := n.AddInput("rows", dtype.Float32, trt.Dims{4, 32})
	int4s := n.AddDequantize("int4/dequantize", packed("int4", i4, 32, 8), scale("int4/scale", 2, 8), trt.Dequantize{To: dtype.Float32})
	n.MarkOutput(n.AddMatrixMultiply("int4/product", rows, trt.MatrixNone, int4s, trt.MatrixNone), "by int4")
	double := scale("float4/double")
	low, scales := n.AddDynamicQuantize("float4", rows, trt.DynamicQuantize{To: f4, ScaleType: f8, BlockShape: trt.Dims{1, 16}}, double)
	left := n.AddDequantize("float4/dequantize", low, n.AddDequantize("float4/scales", scales, double, trt.Dequantize{To: dtype.Float32}), trt.Dequantize{To: dtype.Float32, BlockShape: trt.Dims{1, 16}})
	right := n.AddDequantize("float4/right/dequantize", packed("float4/right", f4, 32, 8), scale("float4/right/scale", 2, 8), trt.Dequantize{To: dtype.Float32})
	n.MarkOutput(n.AddMatrixMultiply("float4/product", left, trt.MatrixNone, right, trt.MatrixNone), "by float4")
	return n
}
