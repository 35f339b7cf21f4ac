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
		f := op.Function()
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
