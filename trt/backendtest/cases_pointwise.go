package backendtest

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// same sweeps an op of one input over the element types.
func same(name string, good []dtype.Type, lax bool, op trt.Op, dims ...int64) []Case {
	return sweep(name, good, lax, func(name string, t dtype.Type) Case {
		return accept(name, op, tensor(t, dims...), tensor(t, dims...))
	})
}

func activations() []Case {
	cases := same("activation relu", numbers, true, trt.Activation{Type: trt.ReLU}, 2, 3)
	for _, kind := range []trt.ActivationType{trt.Sigmoid, trt.Tanh, trt.LeakyReLU, trt.ELU, trt.SELU, trt.Softsign, trt.Softplus, trt.Clip, trt.HardSigmoid, trt.ScaledTanh, trt.Thresholded, trt.GELUErf, trt.GELUTanh} {
		lax := slices.Contains([]trt.ActivationType{trt.LeakyReLU, trt.Softsign, trt.Clip, trt.HardSigmoid, trt.Thresholded}, kind)
		cases = append(cases, same("activation "+string(kind), floats, lax, trt.Activation{Type: kind, Alpha: 0.5, Beta: 1.5}, 2, 3)...)
	}
	return append(cases,
		accept("activation of a scalar", trt.Activation{Type: trt.ReLU}, f32(), f32()),
		accept("activation dynamic", trt.Activation{Type: trt.ReLU}, f32(-1, 3), f32(-1, 3)),
	)
}

func scales() []Case {
	f := dtype.Float32
	cases := sweep("scale", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: values(t, 3), Shift: values(t, 3), Power: values(t, 3)}, tensor(t, 2, 3, 4, 4), tensor(t, 2, 3, 4, 4))
	})
	return append(cases,
		accept("scale float16 without power", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: values(dtype.Float16, 3)}, tensor(dtype.Float16, 2, 3, 4, 4), tensor(dtype.Float16, 2, 3, 4, 4)),
		accept("scale uniform", trt.Scale{Mode: trt.ScaleUniform, Scale: values(f, 1)}, f32(2, 3, 4), f32(2, 3, 4)),
		accept("scale shift only", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Shift: values(f, 3)}, f32(2, 3), f32(2, 3)),
		accept("scale nothing", trt.Scale{Mode: trt.ScaleUniform}, f32(2, 3, 4, 4), f32(2, 3, 4, 4)),
		accept("scale dynamic", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: values(f, 3)}, f32(-1, 3, -1, 4), f32(-1, 3, -1, 4)),
		accept("scale along the first axis", trt.Scale{Mode: trt.ScaleChannel, Scale: values(f, 2), Shift: values(f, 2)}, f32(2, 3, 4), f32(2, 3, 4)),
		accept("scale along the last axis", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 3, Scale: values(f, 5), Power: values(f, 5)}, f32(2, 3, 4, 5), f32(2, 3, 4, 5)),
		accept("scale of a vector", trt.Scale{Mode: trt.ScaleChannel, Scale: values(f, 3)}, f32(3), f32(3)),
		accept("scale uniform scalar", trt.Scale{Mode: trt.ScaleUniform, Scale: values(f, 1)}, f32(), f32()),
		accept("scale elements", trt.Scale{Mode: trt.ScaleElementWise, Scale: values(f, 24), Shift: values(f, 24), Power: values(f, 24)}, f32(2, 3, 4), f32(2, 3, 4)),
		accept("scale elements of an image", trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 1, Scale: values(f, 60)}, f32(2, 3, 4, 5), f32(2, 3, 4, 5)),
		accept("scale elements of a row", trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 3, Shift: values(f, 5)}, f32(2, 3, 4, 5), f32(2, 3, 4, 5)),
		accept("scale the element of a scalar", trt.Scale{Mode: trt.ScaleElementWise, Scale: values(f, 1)}, f32(), f32()),
		accept("scale elements float16", trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 1, Scale: values(dtype.Float16, 12)}, tensor(dtype.Float16, 2, 3, 4), tensor(dtype.Float16, 2, 3, 4)),
		accept("scale elements, dynamic batch", trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 1, Scale: values(f, 12)}, f32(-1, 3, 4), f32(-1, 3, 4)),
		always(3, accept("scale a dynamic axis", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 2, Scale: values(f, 3)}, f32(2, 4, 3), f32(2, 4, -1))),
		refuse("scale rank 1", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: values(f, 3)}, "channel axis: is not an axis", f32(3)),
		refuse("scale channels of a scalar", trt.Scale{Mode: trt.ScaleChannel, Scale: values(f, 1)}, "channel axis: is not an axis", f32()),
		refuse("scale elements of no axis", trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 2, Scale: values(f, 12)}, "channel axis: is not an axis", f32(3, 4)),
		refuse("scale elements count", trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 1, Scale: values(f, 24)}, "scale weights: have the wrong count: expected 12", f32(2, 3, 4)),
		refuse("scale elements, one for all", trt.Scale{Mode: trt.ScaleElementWise, Shift: values(f, 1)}, "shift weights: have the wrong count", f32(2, 3, 4)),
		stricter("axes are counted from the front, as everywhere", "scale a negative axis", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: -1, Scale: values(f, 5)}, "channel axis: is not an axis", f32(2, 3, 4, 5)),
		stricter("the axis says nothing of one value", "scale uniform along an axis", trt.Scale{Mode: trt.ScaleUniform, ChannelAxis: 1, Scale: values(f, 1)}, "channel axis: is not an axis", f32(2, 3)),
		always(2, stricter("the weights' number would say nothing of each dimension", "scale dynamic elements", trt.Scale{Mode: trt.ScaleElementWise, Scale: values(f, 24)}, "must be static", f32(-1, 3, 4))),
		refuse("scale count", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: values(f, 4)}, "scale weights: have the wrong count", f32(2, 3, 4, 4)),
		refuse("scale uniform count", trt.Scale{Mode: trt.ScaleUniform, Shift: values(f, 3)}, "shift weights: have the wrong count", f32(2, 3, 4, 4)),
		refuse("scale type", trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: values(dtype.Float16, 3)}, "scale weights: must have the input's type", f32(2, 3, 4, 4)),
	)
}

func unaries() []Case {
	var cases []Case
	for _, op := range []trt.UnaryOperation{trt.Exp, trt.Log, trt.Sqrt, trt.Recip, trt.Sin, trt.Cos, trt.Tan, trt.Sinh, trt.Cosh, trt.Asin, trt.Acos, trt.Atan, trt.Asinh, trt.Acosh, trt.Atanh, trt.Ceil, trt.Floor, trt.Erf, trt.Round} {
		cases = append(cases, same("unary "+string(op), floats, op == trt.Recip || op == trt.Erf, trt.Unary{Operation: op}, 2, 3)...)
	}
	for _, op := range []trt.UnaryOperation{trt.Abs, trt.Neg, trt.Sign} {
		cases = append(cases, same("unary "+string(op), numbers, true, trt.Unary{Operation: op}, 2, 3)...)
	}
	cases = append(cases, same("unary not", bools, false, trt.Unary{Operation: trt.Not}, 2, 3)...)
	for _, op := range []trt.UnaryOperation{trt.IsInf, trt.IsNaN} {
		cases = append(cases, sweep("unary "+string(op), floats, false, func(name string, t dtype.Type) Case {
			return accept(name, trt.Unary{Operation: op}, tensor(dtype.Bool, 2, 3), tensor(t, 2, 3))
		})...)
	}
	return append(cases, accept("unary of a scalar", trt.Unary{Operation: trt.Exp}, f32(), f32()))
}

func elementwises() []Case {
	var cases []Case
	add := func(good []dtype.Type, lax, comparison bool, ops ...trt.ElementWiseOperation) {
		for _, op := range ops {
			cases = append(cases, sweep("elementwise "+string(op), good, lax && op != trt.Pow, func(name string, t dtype.Type) Case {
				out := t
				if comparison {
					out = dtype.Bool
				}
				return accept(name, trt.ElementWise{Operation: op}, tensor(out, 2, 3), tensor(t, 2, 3), tensor(t, 2, 1))
			})...)
		}
	}
	add(numbers, true, false, trt.Sum, trt.Prod, trt.Max, trt.Min, trt.Sub, trt.Div, trt.Pow, trt.FloorDiv)
	add(bools, false, false, trt.And, trt.Or, trt.Xor)
	add(append(slices.Clone(numbers), dtype.Bool, dtype.UInt8), true, true, trt.Equal)
	add(numbers, true, true, trt.Greater, trt.Less)
	sum := trt.ElementWise{Operation: trt.Sum}
	return append(cases,
		accept("elementwise outer", sum, f32(3, 4), f32(3, 1), f32(1, 4)),
		accept("elementwise scalars", sum, f32(), f32(), f32()),
		accept("elementwise dynamic with 1", sum, f32(-1, 3), f32(-1, 3), f32(1, 3)),
		accept("elementwise dynamic with dynamic", sum, f32(-1, 3), f32(-1, 3), f32(-1, 3)),
		always(4, accept("elementwise dynamic with 4", sum, f32(1, 4), f32(1, -1), f32(1, 4))),
		refuse("elementwise ranks", sum, "must have the rank of the first input", f32(2, 3), f32(3)),
		refuse("elementwise extents", sum, "does not broadcast", f32(2, 3), f32(2, 4)),
		refuse("elementwise types", sum, "must have the type of the first input", f32(2, 3), tensor(dtype.Float16, 2, 3)),
	)
}
