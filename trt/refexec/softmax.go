package refexec

import (
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) softmax(op trt.Softmax, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := r.result(out)
	length, step := int(x.Dims[op.Axis]), strides(x.Dims)[op.Axis]
	parallel.RangeContext(r.ctx, r.workers, len(x.Floats)/max(length, 1), max(1, grain/max(length, 1)), func(from, to int) {
		e := make([]float64, length)
		for i := from; i < to; i++ {
			at := laneStart(i, length, step)
			for j := range e {
				e[j] = float64(x.Floats[at+j*step])
			}
			softmax(e)
			for j, v := range e {
				y.Floats[at+j*step] = float32(v)
			}
		}
	})
	return y, nil
}
