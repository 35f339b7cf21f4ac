package refexec

import (
	"strings"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// einsum computes each element of the output from the definition: the sum over
// all letters that are not in the output of the products of the operands.
func (r *runner) einsum(op trt.Einsum, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	ranks := make([]int, len(in))
	for i, x := range in {
		ranks[i] = len(x.Dims)
	}
	labels, kept, err := op.Labels(ranks)
	if err != nil {
		return nil, err
	}
	letters := kept
	extents := map[rune]int64{}
	for i, x := range in {
		for axis, l := range labels[i] {
			extents[l] = max(extents[l], x.Dims[axis])
			if x.Dims[axis] == 0 {
				return newValue(out), nil // a sum of nothing, or no element
			}
			if !strings.ContainsRune(letters, l) {
				letters += string(l)
			}
		}
	}
	// One step an operand and a letter; letters of extent 1 stand still.
	all := make(trt.Dims, len(letters))
	steps := make([][]int, len(in))
	for i, x := range in {
		steps[i] = make([]int, len(letters))
		for axis, s := range strides(x.Dims) {
			if x.Dims[axis] > 1 {
				steps[i][strings.IndexByte(letters, labels[i][axis])] += s
			}
		}
	}
	for i, l := range letters {
		all[i] = extents[l]
	}
	y := newValue(out)
	outer, inner := all[:len(kept)], all[len(kept):]
	terms := volume(inner)
	parallel.RangeContext(r.ctx, r.workers, len(y.Floats), max(1, grain/terms), func(from, to int) {
		at := make([]int, len(in))
		for o := from; o < to; o++ {
			sum := 0.0
			for t := range terms {
				clear(at)
				walk(at, steps, outer, 0, o)
				walk(at, steps, inner, len(kept), t)
				product := 1.0
				for i, x := range in {
					product *= float64(x.Floats[at[i]])
				}
				sum += product
			}
			y.Floats[o] = float32(sum)
		}
	})
	return y, nil
}

// walk moves each operand to the i-th combination of the letters from first on.
func walk(at []int, steps [][]int, extents trt.Dims, first, i int) {
	for l := len(extents) - 1; l >= 0; l-- {
		c := i % int(extents[l])
		i /= int(extents[l])
		for operand := range at {
			at[operand] += c * steps[operand][first+l]
		}
	}
}
