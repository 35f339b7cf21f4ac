package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/vector"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) activation(op trt.Activation, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := r.result(out, x)
	if op.Type == trt.ReLU {
		for i, v := range x.Ints {
			y.Ints[i] = max(v, 0)
		}
		r.each(len(x.Floats), func(from, to int) {
			vector.ReLU(y.Floats[from:to], x.Floats[from:to])
		})
		return y, nil
	}
	if op.Type == trt.Sigmoid && !r.options.Float64 {
		r.each(len(x.Floats), func(from, to int) { vector.Sigmoid(y.Floats[from:to], x.Floats[from:to]) })
		return y, nil
	}
	f := activationFunc(op)
	r.each(len(x.Floats), func(from, to int) {
		for i := from; i < to; i++ {
			y.Floats[i] = float32(f(float64(x.Floats[i])))
		}
	})
	return y, nil
}

// activationFunc returns the function of every type but ReLU.
func activationFunc(op trt.Activation) func(x float64) float64 {
	alpha, beta := float64(op.Alpha), float64(op.Beta)
	negative := func(f func(x float64) float64) func(x float64) float64 {
		return func(x float64) float64 {
			if x < 0 {
				return f(x)
			}
			return x
		}
	}
	switch op.Type {
	case trt.Sigmoid:
		return func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	case trt.Tanh:
		return math.Tanh
	case trt.LeakyReLU:
		return negative(func(x float64) float64 { return alpha * x })
	case trt.ELU:
		return negative(func(x float64) float64 { return alpha * math.Expm1(x) })
	case trt.SELU:
		elu := negative(func(x float64) float64 { return alpha * math.Expm1(x) })
		return func(x float64) float64 { return beta * elu(x) }
	case trt.Softsign:
		return func(x float64) float64 { return x / (1 + math.Abs(x)) }
	case trt.Softplus:
		// log(exp(t)+1) without overflow for large t.
		return func(x float64) float64 {
			t := beta * x
			return alpha * (max(t, 0) + math.Log1p(math.Exp(-math.Abs(t))))
		}
	case trt.Clip:
		return func(x float64) float64 { return max(alpha, min(beta, x)) }
	case trt.HardSigmoid:
		return func(x float64) float64 { return max(0, min(1, alpha*x+beta)) }
	case trt.ScaledTanh:
		return func(x float64) float64 { return alpha * math.Tanh(beta*x) }
	case trt.Thresholded:
		return func(x float64) float64 {
			if x > alpha || x != x {
				return x
			}
			return 0
		}
	case trt.GELUErf:
		return func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }
	default: // GELUTanh, the last
		return func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}
	}
}
