package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// pooling slides over one channel of one image at a time. Padding is no value:
// the maximum never sees it, and an average counts it only on request, and then
// only as far as it was asked for (rounding up can make windows hang over).
func (r *runner) pooling(op trt.Pooling, x *trt.Value, out trt.Info) (*trt.Value, error) {
	w := newWindow(x.Dims, out.Dims, op.Window, op.Stride, op.PrePadding, nil)
	w.dilation = [3]int{1, 1, 1}
	post := depth3(op.PostPadding, 0)
	y := r.result(out)
	in, positions := size(w.in), size(w.out)
	parallel.RangeContext(r.ctx, r.workers, int(x.Dims[0]*x.Dims[1]), max(1, grain/(positions*size(w.kernel))), func(from, to int) {
		for plane := from; plane < to; plane++ {
			src, dst := x.Floats[plane*in:][:in], y.Floats[plane*positions:][:positions]
			for o := range dst {
				dst[o] = w.pool(src, split(o, w.out), post, op)
			}
		}
	})
	return y, nil
}

func (w window) pool(src []float32, at, post [3]int, op trt.Pooling) float32 {
	var lo, hi [3]int
	covered := 1
	for i := range lo {
		start := at[i]*w.stride[i] - w.pad[i]
		end := min(start+w.kernel[i], w.in[i]+post[i])
		covered *= end - start
		lo[i], hi[i] = max(start, 0), min(end, w.in[i])
	}
	sum, greatest := 0.0, float32(math.Inf(-1))
	for d := lo[0]; d < hi[0]; d++ {
		for h := lo[1]; h < hi[1]; h++ {
			line := src[(d*w.in[1]+h)*w.in[2]:]
			for _, v := range line[lo[2]:max(lo[2], hi[2])] {
				sum += float64(v)
				greatest = max(greatest, v)
			}
		}
	}
	if op.Type == trt.MaxPool {
		return greatest
	}
	if !op.CountIncludesPadding {
		covered = max(0, hi[0]-lo[0]) * max(0, hi[1]-lo[1]) * max(0, hi[2]-lo[2])
	}
	average := 0.0
	if covered > 0 {
		average = sum / float64(covered)
	}
	if op.Type == trt.BlendPool {
		b := float64(op.Blend)
		return float32((1-b)*float64(greatest) + b*average)
	}
	return float32(average)
}
