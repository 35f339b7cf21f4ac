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
	return r.affine(x, out, 1, scale, shift), nil
}

// affine returns x*scale + shift, each of them one for every index of axis.
func (r *runner) affine(x *trt.Value, out trt.Info, axis int, scale, shift []float64) *trt.Value {
	y := newValue(out)
	inner := volume(x.Dims[axis+1:])
	r.each(len(x.Floats), func(from, to int) {
		for i := from; i < to; {
			c := i / inner % len(scale)
			end := min(to, (i/inner+1)*inner)
			for ; i < end; i++ {
				y.Floats[i] = float32(float64(x.Floats[i])*scale[c] + shift[c])
			}
		}
	})
	return y
}
