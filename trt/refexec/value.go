package refexec

import (
	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// grain is the fewest elements worth a goroutine of their own.
const grain = 8 << 10

// newValue allocates a tensor of zeros.
func newValue(i trt.Info) *trt.Value {
	v := &trt.Value{Type: i.Type, Dims: i.Dims}
	if n := i.Dims.Count(); i.Type.IsFloat() {
		v.Floats = make([]float32, n)
	} else {
		v.Ints = make([]int64, n)
	}
	return v
}

// view is x under another type or other dimensions, sharing its elements.
func view(x *trt.Value, i trt.Info) *trt.Value {
	return &trt.Value{Type: i.Type, Dims: i.Dims, Floats: x.Floats, Ints: x.Ints}
}

// elements counts those that v holds in the slice its type calls for.
func elements(v *trt.Value) int {
	if v.Type.IsFloat() {
		return len(v.Floats)
	}
	return len(v.Ints)
}

// round makes the elements of v values of its type: floats to the nearest,
// ties to even; int32 as the low 32 bits. The old slice is not changed, as
// others may share it. Scales, which are powers of two, round up.
func (r *runner) round(v *trt.Value) {
	switch v.Type {
	case dtype.Float16:
		r.roundFloats(v, half.RoundFloat16s)
	case dtype.BFloat16:
		r.roundFloats(v, half.RoundBFloat16s)
	case dtype.Float8E4M3FN:
		r.roundFloats(v, half.RoundFloat8s)
	case dtype.Float4E2M1FN:
		r.roundFloats(v, half.RoundFloat4s)
	case dtype.Float8E8M0FNU:
		r.roundFloats(v, half.CeilScale8s)
	case dtype.Int32:
		wrapped := make([]int64, len(v.Ints))
		for i, x := range v.Ints {
			wrapped[i] = int64(int32(x))
		}
		v.Ints = wrapped
	}
}

func (r *runner) roundFloats(v *trt.Value, round func([]float32)) {
	rounded := r.rounded(v)
	r.each(len(rounded), func(from, to int) {
		copy(rounded[from:to], v.Floats[from:to])
		round(rounded[from:to])
	})
	v.Floats = rounded
}

// each splits [0,n) over the workers.
func (r *runner) each(n int, f func(from, to int)) {
	parallel.RangeContext(r.ctx, r.workers, n, grain, f)
}

// volume multiplies extents.
func volume(d []int64) int { return int(trt.Dims(d).Count()) }
