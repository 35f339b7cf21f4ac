package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) parametricReLU(x, slope *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	from := broadcast(slope.Dims, out.Dims)
	length, step := last(out.Dims, from)
	r.rows(out.Dims, [][]int{from}, func(o int, at []int) {
		for i := range length {
			v := x.Floats[o+i]
			if v < 0 {
				v *= slope.Floats[at[0]+i*step]
			}
			y.Floats[o+i] = v
		}
	})
	return y, nil
}
