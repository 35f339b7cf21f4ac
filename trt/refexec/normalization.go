package refexec

import (
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) normalization(op trt.Normalization, x, scale, bias *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	// Groups split axis 1 in two, the second of which is normalized too.
	d, axes := x.Dims.Clone(), slices.Clone(op.Axes)
	if op.Groups > 1 {
		d = slices.Replace(d, 1, 2, op.Groups, d[1]/op.Groups)
		for i := range axes {
			axes[i]++
		}
		axes = slices.Insert(axes, 0, 2)
	}
	over := newOffsets(d, axes)
	among := newOffsets(d, rest(len(d), axes))
	parallel.RangeContext(r.ctx, r.workers, among.count, max(1, grain/max(over.count, 1)), func(from, to int) {
		for i := from; i < to; i++ {
			at := among.at(i)
			sum, squares := 0.0, 0.0
			for j := range over.count {
				sum += float64(x.Floats[at+over.at(j)])
			}
			mean := sum / float64(over.count)
			for j := range over.count {
				v := float64(x.Floats[at+over.at(j)]) - mean
				squares += v * v
			}
			deviation := math.Sqrt(squares/float64(over.count) + float64(op.Epsilon))
			for j := range over.count {
				o := at + over.at(j)
				y.Floats[o] = float32((float64(x.Floats[o]) - mean) / deviation)
			}
		}
	})
	// In float32 as it is: a typed network rounds after the layer, not inside.
	length, one := last(out.Dims, strides(out.Dims))
	s, b := broadcast(scale.Dims, out.Dims), broadcast(bias.Dims, out.Dims)
	_, stepS := last(out.Dims, s)
	_, stepB := last(out.Dims, b)
	r.rows(out.Dims, [][]int{s, b}, func(o int, at []int) {
		for i := range length {
			v := &y.Floats[o+i*one]
			*v = float32(float64(*v)*float64(scale.Floats[at[0]+i*stepS]) + float64(bias.Floats[at[1]+i*stepB]))
		}
	})
	return y, nil
}

// offsets lead from the first element of a tensor to all those along some of
// its axes.
type offsets struct {
	extents, steps []int
	count          int
}

func newOffsets(d trt.Dims, axes []int) offsets {
	o := offsets{count: 1}
	from := strides(d)
	for _, a := range axes {
		o.extents = append(o.extents, int(d[a]))
		o.steps = append(o.steps, from[a])
		o.count *= int(d[a])
	}
	return o
}

// at returns the i-th of count offsets.
func (o offsets) at(i int) int {
	at := 0
	for a := len(o.extents) - 1; a >= 0; a-- {
		at += i % o.extents[a] * o.steps[a]
		i /= o.extents[a]
	}
	return at
}

// rest returns the axes of a tensor that are not in a list.
func rest(rank int, axes []int) []int {
	var others []int
	for a := range rank {
		if !slices.Contains(axes, a) {
			others = append(others, a)
		}
	}
	return others
}
