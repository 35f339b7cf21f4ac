package refexec

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) slice(op trt.Slice, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	x := in[0]
	axes, start, stride := wide(op.Axes), []int64(op.Start), []int64(op.Stride)
	value := &trt.Value{Floats: []float32{0}, Ints: []int64{0}}
	for i, what := range op.Inputs {
		switch v := in[i+1]; what {
		case trt.SliceAxes:
			axes = v.Ints
		case trt.SliceStart:
			start = v.Ints
		case trt.SliceStride:
			stride = v.Ints
		case trt.SliceValue:
			value = v
		}
	}
	offset, steps := 0, strides(x.Dims)
	starts, by := make([]int, len(steps)), make([]int, len(steps))
	for axis := range by {
		by[axis] = 1
	}
	for i, axis := range axes {
		if axis < 0 {
			axis += int64(len(steps))
		}
		starts[axis], by[axis] = int(start[i]), int(stride[i])
	}
	if op.Mode != trt.SliceStrict {
		for axis, e := range x.Dims {
			if e == 0 && out.Dims[axis] > 0 && op.Mode != trt.SliceFill {
				return nil, &Error{Kind: fault.BadInput, Msg: fmt.Sprintf("has nothing to repeat along axis %d", axis), Found: x.Dims.String()}
			}
		}
		return r.sampled(op.Mode, x, value, out, starts, by), nil
	}
	for axis := range steps {
		offset += starts[axis] * steps[axis]
		steps[axis] *= by[axis]
	}
	return r.strided(x, out, offset, steps), nil
}

// sampled finds each element of a slice by the index along every axis.
func (r *runner) sampled(mode trt.SliceMode, x, value *trt.Value, out trt.Info, start, by []int) *trt.Value {
	steps := strides(x.Dims)
	at := make([][]int, len(steps))
	for axis := range steps {
		at[axis] = make([]int, out.Dims[axis])
		for i := range at[axis] {
			at[axis][i] = sample(mode, start[axis]+i*by[axis], int(x.Dims[axis])) * steps[axis]
		}
	}
	y := newValue(out)
	each := strides(out.Dims)
	r.each(elements(y), func(from, to int) {
		for o := from; o < to; o++ {
			place, rest, outside := 0, o, false
			for axis, n := range each {
				p := at[axis][rest/n]
				rest %= n
				place, outside = place+p, outside || p < 0
			}
			switch {
			case outside && y.Floats != nil:
				y.Floats[o] = value.Floats[0]
			case outside:
				y.Ints[o] = value.Ints[0]
			case y.Floats != nil:
				y.Floats[o] = x.Floats[place]
			default:
				y.Ints[o] = x.Ints[place]
			}
		}
	})
	return y
}

// sample returns which of n elements stands at an index, -1 for none.
func sample(mode trt.SliceMode, i, n int) int {
	switch mode {
	case trt.SliceClamp:
		return max(0, min(n-1, i))
	case trt.SliceWrap:
		return (i%n + n) % n
	case trt.SliceReflect:
		if n == 1 {
			return 0
		}
		period := 2 * (n - 1)
		i = (i%period + period) % period
		return min(i, period-i)
	}
	if i < 0 || i >= n {
		return -1
	}
	return i
}

func wide(list []int) []int64 {
	out := make([]int64, len(list))
	for i, v := range list {
		out[i] = int64(v)
	}
	return out
}
