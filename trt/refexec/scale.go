package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) scale(op trt.Scale, x *trt.Value, out trt.Info) (*trt.Value, error) {
	n := volume(op.Extents(x.Dims))
	var operands [3][]float64
	for i, o := range op.Weights() {
		operands[i] = make([]float64, n)
		v, err := r.floats(o.Weights)
		if err != nil {
			return nil, err
		}
		for c := range operands[i] {
			switch {
			case v != nil:
				operands[i][c] = float64(v[c])
			case i != 1: // scale and power; the shift is 0
				operands[i][c] = 1
			}
		}
	}
	scale, shift, power := operands[0], operands[1], operands[2]
	y := r.result(out, x)
	inner := 1 // elements behind the axes that the operands have
	if op.Mode == trt.ScaleChannel {
		inner = volume(x.Dims[op.ChannelAxis+1:])
	}
	r.each(len(x.Floats), func(from, to int) {
		for i := from; i < to; i++ {
			c := i / inner % n
			v := float64(x.Floats[i])*scale[c] + shift[c]
			if power[c] != 1 {
				v = math.Pow(v, power[c])
			}
			y.Floats[i] = float32(v)
		}
	})
	return y, nil
}
