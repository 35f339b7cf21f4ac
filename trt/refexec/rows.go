package refexec

import (
	"slices"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// strides returns the row-major distance between neighbours along each axis.
func strides(d trt.Dims) []int {
	s := make([]int, len(d))
	n := 1
	for i := len(d) - 1; i >= 0; i-- {
		s[i] = n
		n *= int(d[i])
	}
	return s
}

// broadcast returns the strides of d read as if it had the extents of out:
// an axis of extent 1 is repeated.
func broadcast(d, out trt.Dims) []int {
	s := strides(d)
	for i, e := range d {
		if e == 1 && out[i] != 1 {
			s[i] = 0
		}
	}
	return s
}

// rows visits the rows (runs along the last axis) of a tensor of extents d: out
// is the position of a row's first element, at[i] where strides[i] lead from 0
// to the same element. A tensor of rank 0 is one row of one element.
func (r *runner) rows(d trt.Dims, strides [][]int, f func(out int, at []int)) {
	length := 1
	if len(d) > 0 {
		length = int(d[len(d)-1])
	}
	if length == 0 {
		return
	}
	n := volume(d) / length
	parallel.RangeContext(r.ctx, r.workers, n, max(1, grain/length), func(from, to int) {
		at := make([]int, len(strides))
		for row := from; row < to; row++ {
			clear(at)
			rest := row
			for axis := len(d) - 2; axis >= 0; axis-- {
				c := rest % int(d[axis])
				rest /= int(d[axis])
				for i, s := range strides {
					at[i] += c * s[axis]
				}
			}
			f(row*length, at)
		}
	})
}

// last returns the extent of the last axis and its stride, 1 and 0 for rank 0.
func last(d trt.Dims, s []int) (length, stride int) {
	if len(d) == 0 {
		return 1, 0
	}
	return int(d[len(d)-1]), s[len(s)-1]
}

// strided returns the tensor whose element at coordinates c is x's at
// offset + sum(c*steps).
func (r *runner) strided(x *trt.Value, out trt.Info, offset int, steps []int) *trt.Value {
	y := r.result(out)
	length, step := last(out.Dims, steps)
	r.rows(out.Dims, [][]int{steps}, func(o int, at []int) {
		pick(y.Floats, x.Floats, o, offset+at[0], length, step)
		pick(y.Ints, x.Ints, o, offset+at[0], length, step)
	})
	return y
}

// pick copies n elements of src from index from on, step apart, to dst[o:].
func pick[T any](dst, src []T, o, from, n, step int) {
	if len(dst) == 0 {
		return
	}
	dst = dst[o : o+n]
	if step == 1 {
		copy(dst, src[from:])
		return
	}
	for i := range dst {
		dst[i] = src[from+i*step]
	}
}

// transpose returns x with its axes in the order of perm.
func (r *runner) transpose(x *trt.Value, perm []int) *trt.Value {
	d, s := make(trt.Dims, len(perm)), make([]int, len(perm))
	from := strides(x.Dims)
	for i, p := range perm {
		d[i], s[i] = x.Dims[p], from[p]
	}
	if slices.IsSorted(perm) {
		return x
	}
	return r.strided(x, trt.Info{Type: x.Type, Dims: d}, 0, s)
}
