package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) slice(op trt.Slice, x *trt.Value, out trt.Info) (*trt.Value, error) {
	offset, steps := 0, strides(x.Dims)
	for i, axis := range op.Axes {
		offset += int(op.Start[i]) * steps[axis]
		steps[axis] *= int(op.Stride[i])
	}
	return r.strided(x, out, offset, steps), nil
}
