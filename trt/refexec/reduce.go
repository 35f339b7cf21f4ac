package refexec

import (
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) reduce(op trt.Reduce, x *trt.Value, out trt.Info) (*trt.Value, error) {
	all := strides(x.Dims)
	kept, reduced := trt.Dims{}, trt.Dims{}
	var keptSteps, reducedSteps []int
	for i, e := range x.Dims {
		if slices.Contains(op.Axes, i) {
			reduced, reducedSteps = append(reduced, e), append(reducedSteps, all[i])
		} else {
			kept, keptSteps = append(kept, e), append(keptSteps, all[i])
		}
	}
	offsets := positions(reduced, reducedSteps)
	y := newValue(out)
	length, step := last(kept, keptSteps)
	r.rows(kept, [][]int{keptSteps}, func(o int, at []int) {
		for i := range length {
			from := at[0] + i*step
			if x.Type.IsFloat() {
				y.Floats[o+i] = reduceFloats(op.Operation, x.Floats[from:], offsets)
			} else {
				y.Ints[o+i] = reduceInts(op.Operation, x.Ints[from:], offsets)
			}
		}
	})
	return y, nil
}

// positions lists where the elements of extents d lie, steps apart.
func positions(d trt.Dims, steps []int) []int {
	at := []int{0}
	for i, e := range d {
		next := make([]int, 0, len(at)*int(e))
		for _, base := range at {
			for c := range int(e) {
				next = append(next, base+c*steps[i])
			}
		}
		at = next
	}
	return at
}

func reduceFloats(op trt.ReduceOperation, x []float32, offsets []int) float32 {
	sum, product, least, greatest := 0.0, 1.0, math.Inf(1), math.Inf(-1)
	switch op {
	case trt.ReduceMax:
		for _, o := range offsets {
			greatest = max(greatest, float64(x[o]))
		}
		return float32(greatest)
	case trt.ReduceMin:
		for _, o := range offsets {
			least = min(least, float64(x[o]))
		}
		return float32(least)
	case trt.ReduceProd:
		for _, o := range offsets {
			product *= float64(x[o])
		}
		return float32(product)
	}
	for _, o := range offsets {
		sum += float64(x[o])
	}
	if op == trt.ReduceMean {
		sum /= float64(len(offsets))
	}
	return float32(sum)
}

// reduceInts truncates means towards zero; the mean of nothing is 0.
func reduceInts(op trt.ReduceOperation, x []int64, offsets []int) int64 {
	y := map[trt.ReduceOperation]int64{trt.ReduceProd: 1, trt.ReduceMax: math.MinInt64, trt.ReduceMin: math.MaxInt64}[op]
	for _, o := range offsets {
		switch op {
		case trt.ReduceMax:
			y = max(y, x[o])
		case trt.ReduceMin:
			y = min(y, x[o])
		case trt.ReduceProd:
			y *= x[o]
		default:
			y += x[o]
		}
	}
	if op == trt.ReduceMean && len(offsets) > 0 {
		y /= int64(len(offsets))
	}
	return y
}
