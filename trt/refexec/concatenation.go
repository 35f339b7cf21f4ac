package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) concatenation(op trt.Concatenation, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	y := r.result(out)
	outer, whole := volume(out.Dims[:op.Axis]), volume(out.Dims[op.Axis:])
	at := 0
	for _, x := range in {
		run := volume(x.Dims[op.Axis:])
		for i := range outer {
			pick(y.Floats, x.Floats, i*whole+at, i*run, run, 1)
			pick(y.Ints, x.Ints, i*whole+at, i*run, run, 1)
		}
		at += run
	}
	return y, nil
}
