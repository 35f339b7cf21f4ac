package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

const (
	i8 = dtype.Int8
	f8 = dtype.Float8E4M3FN
	e8 = dtype.Float8E8M0FNU
)

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
		accept("dequantize float8 by powers of two", op(f, 0), f32(2, 64), tensor(f8, 2, 64), tensor(e8, 2, 2)),
		refuse("dequantize int8 by powers of two", op(f, 0), "scale: has a type", tensor(i8, 2, 64), tensor(e8, 2, 2)),
	)
}
