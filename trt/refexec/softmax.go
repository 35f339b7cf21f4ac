package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) softmax(op trt.Softmax, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := r.result(out)
	length, step := int(x.Dims[op.Axis]), strides(x.Dims)[op.Axis]
	parallel.RangeContext(r.ctx, r.workers, len(x.Floats)/max(length, 1), max(1, grain/max(length, 1)), func(from, to int) {
		e := make([]float64, length)
		for i := from; i < to; i++ {
			at := i/step*step*length + i%step
			greatest := math.Inf(-1)
			for j := range e {
				greatest = max(greatest, float64(x.Floats[at+j*step]))
			}
			sum := 0.0
			for j := range e {
				e[j] = math.Exp(float64(x.Floats[at+j*step]) - greatest)
				sum += e[j]
			}
			for j, v := range e {
				y.Floats[at+j*step] = float32(v / sum)
			}
		}
	})
	return y, nil
}
