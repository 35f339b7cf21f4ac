package trt

import "math"

// Function returns the activation of one element of a floating-point tensor.
func (op Activation) Function() func(x float64) float64 {
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
	case ReLU:
		return func(x float64) float64 { return max(x, 0) }
	case Sigmoid:
		return func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	case Tanh:
		return math.Tanh
	case LeakyReLU:
		return negative(func(x float64) float64 { return alpha * x })
	case ELU:
		return negative(func(x float64) float64 { return alpha * math.Expm1(x) })
	case SELU:
		elu := negative(func(x float64) float64 { return alpha * math.Expm1(x) })
		return func(x float64) float64 { return beta * elu(x) }
	case Softsign:
		return func(x float64) float64 { return x / (1 + math.Abs(x)) }
	case Softplus:
		// log(exp(t)+1) without overflow for large t.
		return func(x float64) float64 {
			t := beta * x
			return alpha * (max(t, 0) + math.Log1p(math.Exp(-math.Abs(t))))
		}
	case Clip:
		return func(x float64) float64 { return max(alpha, min(beta, x)) }
	case HardSigmoid:
		return func(x float64) float64 { return max(0, min(1, alpha*x+beta)) }
	case ScaledTanh:
		return func(x float64) float64 { return alpha * math.Tanh(beta*x) }
	case Thresholded:
		return func(x float64) float64 {
			if x > alpha || x != x {
				return x
			}
			return 0
		}
	case GELUErf:
		return func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }
	default: // GELUTanh, the last
		return func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}
	}
}

// Function returns the function of one element of a floating-point tensor, nil
// for Not, IsInf and IsNaN, which give no number.
func (op Unary) Function() func(x float64) float64 {
	return map[UnaryOperation]func(float64) float64{
		Exp: math.Exp, Log: math.Log, Sqrt: math.Sqrt, Abs: math.Abs,
		Sin: math.Sin, Cos: math.Cos, Tan: math.Tan, Sinh: math.Sinh, Cosh: math.Cosh,
		Asin: math.Asin, Acos: math.Acos, Atan: math.Atan,
		Asinh: math.Asinh, Acosh: math.Acosh, Atanh: math.Atanh,
		Ceil: math.Ceil, Floor: math.Floor, Erf: math.Erf, Round: math.RoundToEven,
		Recip: func(v float64) float64 { return 1 / v },
		Neg:   func(v float64) float64 { return -v },
		Sign: func(v float64) float64 {
			if v == 0 || v != v {
				return v
			}
			return math.Copysign(1, v)
		},
	}[op.Operation]
}
