package refexec

import (
	"github.com/trtbuild/trtbuild/internal/vector"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) activation(op trt.Activation, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := r.result(out, x)
	if op.Type == trt.ReLU {
		for i, v := range x.Ints {
			y.Ints[i] = max(v, 0)
		}
		r.each(len(x.Floats), func(from, to int) {
			vector.ReLU(y.Floats[from:to], x.Floats[from:to])
		})
		return y, nil
	}
	if op.Type == trt.Sigmoid && !r.options.Float64 {
		r.each(len(x.Floats), func(from, to int) { vector.Sigmoid(y.Floats[from:to], x.Floats[from:to]) })
		return y, nil
	}
	f := op.Function()
	r.each(len(x.Floats), func(from, to int) {
		for i := from; i < to; i++ {
			y.Floats[i] = float32(f(float64(x.Floats[i])))
		}
	})
	return y, nil
}
