package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func (r *runner) unary(op trt.Unary, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := r.result(out, x)
	switch {
	case !x.Type.IsFloat():
		f := unaryInt(op.Operation)
		for i, v := range x.Ints {
			y.Ints[i] = f(v)
		}
	case out.Type == dtype.Bool:
		for i, v := range x.Floats {
			if op.Operation == trt.IsInf && math.IsInf(float64(v), 0) || op.Operation == trt.IsNaN && v != v {
				y.Ints[i] = 1
			}
		}
	default:
		f := unaryFloat(op.Operation)
		r.each(len(x.Floats), func(from, to int) {
			for i := from; i < to; i++ {
				y.Floats[i] = float32(f(float64(x.Floats[i])))
			}
		})
	}
	return y, nil
}

func unaryInt(op trt.UnaryOperation) func(int64) int64 {
	sign := func(v int64) int64 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return 0
	}
	switch op {
	case trt.Abs:
		return func(v int64) int64 { return max(v, -v) }
	case trt.Neg:
		return func(v int64) int64 { return -v }
	case trt.Not:
		return func(v int64) int64 { return 1 - v }
	default: // Sign, the last that takes integers
		return sign
	}
}

func unaryFloat(op trt.UnaryOperation) func(float64) float64 {
	return map[trt.UnaryOperation]func(float64) float64{
		trt.Exp: math.Exp, trt.Log: math.Log, trt.Sqrt: math.Sqrt, trt.Abs: math.Abs,
		trt.Sin: math.Sin, trt.Cos: math.Cos, trt.Tan: math.Tan, trt.Sinh: math.Sinh, trt.Cosh: math.Cosh,
		trt.Asin: math.Asin, trt.Acos: math.Acos, trt.Atan: math.Atan,
		trt.Asinh: math.Asinh, trt.Acosh: math.Acosh, trt.Atanh: math.Atanh,
		trt.Ceil: math.Ceil, trt.Floor: math.Floor, trt.Erf: math.Erf, trt.Round: math.RoundToEven,
		trt.Recip: func(v float64) float64 { return 1 / v },
		trt.Neg:   func(v float64) float64 { return -v },
		trt.Sign: func(v float64) float64 {
			if v == 0 || v != v {
				return v
			}
			return math.Copysign(1, v)
		},
	}[op]
}
