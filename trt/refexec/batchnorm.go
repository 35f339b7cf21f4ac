package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) batchNorm(op trt.BatchNorm, x *trt.Value, out trt.Info) (*trt.Value, error) {
	var stats [4][]float32
	for i, o := range op.Weights() {
		v, err := r.floats(o.Weights)
		if err != nil {
			return nil, err
		}
		stats[i] = v
	}
	gamma, beta, mean, variance := stats[0], stats[1], stats[2], stats[3]
	scale, shift := make([]float64, len(mean)), make([]float64, len(mean))
	for c := range scale {
		scale[c] = 1 / math.Sqrt(float64(variance[c])+op.Eps)
		if gamma != nil {
			scale[c] *= float64(gamma[c])
		}
		shift[c] = -float64(mean[c]) * scale[c]
		if beta != nil {
			shift[c] += float64(beta[c])
		}
	}
	y := r.result(out, x)
	inner := volume(x.Dims[2:])
	r.each(len(x.Floats), func(from, to int) {
		for i := from; i < to; i++ {
			c := i / inner % len(scale)
			y.Floats[i] = float32(float64(x.Floats[i])*scale[c] + shift[c])
		}
	})
	return y, nil
}
