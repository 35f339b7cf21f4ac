package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/vector"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) elementWise(op trt.ElementWise, a, b *trt.Value, out trt.Info) (*trt.Value, error) {
	y := r.result(out, a, b)
	switch {
	case a.Type.IsFloat() && out.Type.IsFloat() && a.Dims.Equal(b.Dims) && vectors[op.Operation] != nil:
		f := vectors[op.Operation]
		r.each(len(y.Floats), func(from, to int) { f(y.Floats[from:to], a.Floats[from:to], b.Floats[from:to]) })
	case a.Type.IsFloat() && out.Type.IsFloat():
		combine(r, y.Floats, a.Floats, b.Floats, a, b, y, floatFunc(op.Operation))
	case a.Type.IsFloat():
		combine(r, y.Ints, a.Floats, b.Floats, a, b, y, compare[float32](op.Operation))
	default:
		combine(r, y.Ints, a.Ints, b.Ints, a, b, y, intFunc(op.Operation))
	}
	return y, nil
}

// vectors are the operations on floats of equal dimensions that networks spend
// time in.
var vectors = map[trt.ElementWiseOperation]func(dst, a, b []float32){
	trt.Sum: vector.Add, trt.Sub: vector.Sub, trt.Prod: vector.Mul,
}

// combine sets dst to f of the broadcast elements of p and q, which are those
// of a and b as dst are those of y.
func combine[T, U any](r *runner, dst []U, p, q []T, a, b, y *trt.Value, f func(T, T) U) {
	sa, sb := broadcast(a.Dims, y.Dims), broadcast(b.Dims, y.Dims)
	length, stepA := last(y.Dims, sa)
	_, stepB := last(y.Dims, sb)
	r.rows(y.Dims, [][]int{sa, sb}, func(out int, at []int) {
		i, j := at[0], at[1]
		for o := range dst[out : out+length] {
			dst[out+o] = f(p[i], q[j])
			i, j = i+stepA, j+stepB
		}
	})
}

// floatFunc returns the arithmetic, rounded once to float32.
func floatFunc(op trt.ElementWiseOperation) func(a, b float32) float32 {
	switch op {
	case trt.Sum:
		return func(a, b float32) float32 { return a + b }
	case trt.Prod:
		return func(a, b float32) float32 { return a * b }
	case trt.Sub:
		return func(a, b float32) float32 { return a - b }
	case trt.Div:
		return func(a, b float32) float32 { return a / b }
	case trt.Max:
		return func(a, b float32) float32 { return max(a, b) }
	case trt.Min:
		return func(a, b float32) float32 { return min(a, b) }
	case trt.Pow:
		return func(a, b float32) float32 { return float32(math.Pow(float64(a), float64(b))) }
	default: // FloorDiv, the last that computes
		return func(a, b float32) float32 { return float32(math.Floor(float64(a) / float64(b))) }
	}
}

func compare[T float32 | int64](op trt.ElementWiseOperation) func(a, b T) int64 {
	return func(a, b T) int64 {
		if op == trt.Equal && a == b || op == trt.Greater && a > b || op == trt.Less && a < b {
			return 1
		}
		return 0
	}
}

// intFunc returns the operation on integers and bools. Division by zero has no
// result that TensorRT promises; here it is 0.
func intFunc(op trt.ElementWiseOperation) func(a, b int64) int64 {
	switch op {
	case trt.Sum:
		return func(a, b int64) int64 { return a + b }
	case trt.Prod:
		return func(a, b int64) int64 { return a * b }
	case trt.Sub:
		return func(a, b int64) int64 { return a - b }
	case trt.Max:
		return func(a, b int64) int64 { return max(a, b) }
	case trt.Min:
		return func(a, b int64) int64 { return min(a, b) }
	case trt.Div:
		return func(a, b int64) int64 {
			if b == 0 {
				return 0
			}
			return a / b
		}
	case trt.FloorDiv:
		return func(a, b int64) int64 {
			if b == 0 {
				return 0
			}
			q := a / b
			if a%b != 0 && (a < 0) != (b < 0) {
				q--
			}
			return q
		}
	case trt.Pow:
		return power
	case trt.And:
		return func(a, b int64) int64 { return a & b }
	case trt.Or:
		return func(a, b int64) int64 { return a | b }
	case trt.Xor:
		return func(a, b int64) int64 { return a ^ b }
	}
	return compare[int64](op)
}

// power is exact modulo 2^64; negative exponents truncate to 0 but for bases
// 1 and -1.
func power(a, b int64) int64 {
	if b < 0 {
		switch {
		case a == 1, a == -1 && b%2 == 0:
			return 1
		case a == -1:
			return -1
		}
		return 0
	}
	y := int64(1)
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			y *= a
		}
		a *= a
	}
	return y
}
