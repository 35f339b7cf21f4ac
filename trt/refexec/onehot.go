package refexec

import "github.com/trtbuild/trtbuild/trt"

// oneHot counts negative indices from the end and leaves all off for those out
// of range, as ONNX says and TensorRT's kernels do.
func (r *runner) oneHot(op trt.OneHot, indices, values *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	depth := int(op.Depth)
	r.lanes(out.Dims, op.Axis, func(i, from, step int) {
		on := indices.Ints[i]
		if on < 0 {
			on += op.Depth
		}
		for j := range depth {
			v := 0
			if int64(j) == on {
				v = 1
			}
			pick(y.Floats, values.Floats, from+j*step, v, 1, 1)
			pick(y.Ints, values.Ints, from+j*step, v, 1, 1)
		}
	})
	return y, nil
}
