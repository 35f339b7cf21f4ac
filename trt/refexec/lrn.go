package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) lrn(op trt.LRN, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	channels, plane, half := int(x.Dims[1]), volume(x.Dims[2:]), int(op.Window/2)
	r.each(len(x.Floats), func(from, to int) {
		for i := from; i < to; i++ {
			c := i / plane % channels
			squares := 0.0
			for j := max(0, c-half); j <= min(channels-1, c+half); j++ {
				v := float64(x.Floats[i+(j-c)*plane])
				squares += v * v
			}
			y.Floats[i] = float32(float64(x.Floats[i]) / math.Pow(float64(op.K)+float64(op.Alpha)*squares/float64(op.Window), float64(op.Beta)))
		}
	})
	return y, nil
}
