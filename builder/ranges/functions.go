package ranges

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

// The grid on which a function of a normal variable is averaged: every half
// standard deviation, as far as bounds go. For smooth functions such sums are
// as good as exact, and within a few per cent where there is a kink.
const (
	gridStep  = 0.5
	gridReach = deviations
)

// through returns the moments and bound of f(x) for a normal x that keeps to
// its certified interval. Certified bounds are the caller's.
func through(x Channel, f func(float64) float64) Channel {
	std := x.Std()
	var sum, mean, square, bound float64
	for z := -float64(gridReach); z <= gridReach; z += gridStep {
		y := f(min(max(x.Mean+z*std, x.Low), x.High))
		p := math.Exp(-z * z / 2)
		sum += p
		mean += p * y
		square += p * y * y
		bound = max(bound, math.Abs(y))
	}
	mean /= sum
	y := normal(mean, max(0, square/sum-mean*mean))
	y.Bound = bound
	return y
}

// gain returns the mean square of the slope of f for a normal x: by how much
// the energy of a small error grows.
func gain(x Channel, f func(float64) float64) float64 {
	std := x.Std()
	h := max(std, math.Abs(x.Mean)*1e-6, 1e-30) * gridStep / 2
	var sum, square float64
	for z := -float64(gridReach); z <= gridReach; z += gridStep {
		at := x.Mean + z*std
		slope := (f(at+h) - f(at-h)) / (2 * h)
		p := math.Exp(-z * z / 2)
		sum += p
		square += p * slope * slope
	}
	return square / sum
}

// relu is max(0,x) of a normal x, in closed form. With a = mean/std,
//
//	E y  = mean Phi(a) + std phi(a)
//	E y² = (mean² + var) Phi(a) + mean std phi(a)
func relu(x Channel) Channel {
	low, high := max(0, x.Low), max(0, x.High)
	std := x.Std()
	if std == 0 {
		y := normal(max(0, x.Mean), 0)
		return y.within(low, high)
	}
	a := x.Mean / std
	below, density := 0.5*math.Erfc(-a/math.Sqrt2), math.Exp(-a*a/2)/math.Sqrt(2*math.Pi)
	mean := max(0, x.Mean*below+std*density)
	square := max(mean*mean, x.MeanSquare()*below+x.Mean*std*density)
	y := Channel{Mean: mean, Var: square - mean*mean, Bound: min(x.Bound, max(0, x.Mean+deviations*std)), Low: math.Inf(-1), High: math.Inf(1)}
	return y.within(low, high)
}

// function is a scalar function with what is certain of its values.
type function struct {
	f         func(float64) float64
	low, high float64 // of any value
	monotone  bool    // grows with its argument
}

func activationFunction(op trt.Activation) function {
	alpha, beta := float64(op.Alpha), float64(op.Beta)
	inf := math.Inf(1)
	switch op.Type {
	case trt.ReLU:
		return function{func(x float64) float64 { return max(0, x) }, 0, inf, true}
	case trt.Sigmoid:
		return function{func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 0, 1, true}
	case trt.Tanh:
		return function{math.Tanh, -1, 1, true}
	case trt.LeakyReLU:
		return function{func(x float64) float64 { return max(0, x) + alpha*min(0, x) }, -inf, inf, alpha >= 0}
	case trt.ELU:
		return function{func(x float64) float64 { return max(0, x) + alpha*math.Expm1(min(0, x)) }, -inf, inf, alpha >= 0}
	case trt.SELU:
		return function{func(x float64) float64 { return beta * (max(0, x) + alpha*math.Expm1(min(0, x))) }, -inf, inf, alpha >= 0 && beta >= 0}
	case trt.Softsign:
		return function{func(x float64) float64 { return x / (1 + math.Abs(x)) }, -1, 1, true}
	case trt.Softplus:
		return function{func(x float64) float64 { return alpha * (max(0, beta*x) + math.Log1p(math.Exp(-math.Abs(beta*x)))) }, -inf, inf, alpha >= 0 && beta >= 0}
	case trt.Clip:
		return function{func(x float64) float64 { return max(alpha, min(beta, x)) }, alpha, max(alpha, beta), true}
	case trt.HardSigmoid:
		return function{func(x float64) float64 { return max(0, min(1, alpha*x+beta)) }, 0, 1, alpha >= 0}
	case trt.ScaledTanh:
		return function{func(x float64) float64 { return alpha * math.Tanh(beta*x) }, -math.Abs(alpha), math.Abs(alpha), alpha*beta >= 0}
	case trt.Thresholded:
		return function{func(x float64) float64 {
			if x > alpha {
				return x
			}
			return 0
		}, -inf, inf, alpha >= 0}
	case trt.GELUErf:
		// Its least value is -0.16997 at -0.7518.
		return function{func(x float64) float64 { return x * 0.5 * math.Erfc(-x/math.Sqrt2) }, -0.17, inf, false}
	case trt.GELUTanh:
		return function{func(x float64) float64 {
			return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}, -0.1701, inf, false}
	}
	return function{}
}

func unaryFunction(op trt.Unary) function {
	inf := math.Inf(1)
	switch op.Operation {
	case trt.Exp:
		return function{math.Exp, 0, inf, true}
	case trt.Log:
		return function{math.Log, -inf, inf, true}
	case trt.Sqrt:
		return function{math.Sqrt, 0, inf, true}
	case trt.Recip:
		return function{func(x float64) float64 { return 1 / x }, -inf, inf, false}
	case trt.Abs:
		return function{math.Abs, 0, inf, false}
	case trt.Neg:
		return function{func(x float64) float64 { return -x }, -inf, inf, false}
	case trt.Sin:
		return function{math.Sin, -1, 1, false}
	case trt.Cos:
		return function{math.Cos, -1, 1, false}
	case trt.Tan:
		return function{math.Tan, -inf, inf, false}
	case trt.Sinh:
		return function{math.Sinh, -inf, inf, true}
	case trt.Cosh:
		return function{math.Cosh, 1, inf, false}
	case trt.Asin:
		return function{math.Asin, -math.Pi / 2, math.Pi / 2, true}
	case trt.Acos:
		return function{math.Acos, 0, math.Pi, false}
	case trt.Atan:
		return function{math.Atan, -math.Pi / 2, math.Pi / 2, true}
	case trt.Asinh:
		return function{math.Asinh, -inf, inf, true}
	case trt.Acosh:
		return function{math.Acosh, 0, inf, true}
	case trt.Atanh:
		return function{math.Atanh, -inf, inf, true}
	case trt.Ceil:
		return function{math.Ceil, -inf, inf, true}
	case trt.Floor:
		return function{math.Floor, -inf, inf, true}
	case trt.Round:
		return function{math.RoundToEven, -inf, inf, true}
	case trt.Erf:
		return function{math.Erf, -1, 1, true}
	case trt.Sign:
		return function{func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return 0
		}, -1, 1, true}
	}
	return function{}
}

// apply returns f(x), with what is certain.
func (f function) apply(x Channel) Channel {
	if f.f == nil {
		return nothing
	}
	y := through(x, f.f).within(f.low, f.high)
	if low, high := f.f(x.Low), f.f(x.High); f.monotone && low <= high {
		y = y.within(low, high)
	}
	return y
}

func activation(op trt.Activation) func(Channel) Channel {
	if op.Type == trt.ReLU {
		return relu
	}
	return activationFunction(op).apply
}

func unary(op trt.Unary) func(Channel) Channel { return unaryFunction(op).apply }
