package refexec

import (
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// lanes visits the lines of a tensor of extents d along an axis: element j of
// line i lies at from + j*step.
func (r *runner) lanes(d trt.Dims, axis int, f func(i, from, step int)) {
	length, step := int(d[axis]), strides(d)[axis]
	if length == 0 {
		return
	}
	parallel.RangeContext(r.ctx, r.workers, volume(d)/length, max(1, grain/length), func(first, end int) {
		for i := first; i < end; i++ {
			f(i, laneStart(i, length, step), step)
		}
	})
}

// laneStart is where line i of an axis begins that has length entries, step
// apart.
func laneStart(i, length, step int) int { return i/step*step*length + i%step }
