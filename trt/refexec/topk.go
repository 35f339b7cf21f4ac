package refexec

import (
	"cmp"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

// topK keeps equal values in their order, as ONNX wants, and takes NaN for the
// greatest of all, as PyTorch does. TensorRT says neither.
func (r *runner) topK(op trt.TopK, x *trt.Value, out []trt.Info) ([]*trt.Value, error) {
	values, indices := newValue(out[0]), newValue(out[1])
	length, k := int(x.Dims[op.Axis]), int(out[0].Dims[op.Axis])
	r.lanes(x.Dims, op.Axis, func(i, from, step int) {
		var order []int
		if x.Type.IsFloat() {
			order = ranked(x.Floats, from, step, length, op.Operation, compareFloats)
		} else {
			order = ranked(x.Ints, from, step, length, op.Operation, cmp.Compare)
		}
		to := laneStart(i, k, step)
		for j, best := range order[:k] {
			pick(values.Floats, x.Floats, to+j*step, from+best*step, 1, 1)
			pick(values.Ints, x.Ints, to+j*step, from+best*step, 1, 1)
			indices.Ints[to+j*step] = int64(best)
		}
	})
	return []*trt.Value{values, indices}, nil
}

// ranked returns the numbers of a line's entries, best first.
func ranked[T any](x []T, from, step, length int, op trt.TopKOperation, compare func(a, b T) int) []int {
	order := make([]int, length)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		c := compare(x[from+i*step], x[from+j*step])
		if op == trt.TopKMax {
			return -c
		}
		return c
	})
	return order
}

// compareFloats puts NaN behind all numbers.
func compareFloats(a, b float32) int {
	switch nan := math.IsNaN(float64(a)); {
	case nan != math.IsNaN(float64(b)):
		return map[bool]int{true: 1, false: -1}[nan]
	case nan:
		return 0
	}
	return cmp.Compare(a, b)
}
