package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) padding(op trt.Padding, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	n := len(x.Dims)
	h, w := int(x.Dims[n-2]), int(x.Dims[n-1])
	oh, ow := int(out.Dims[n-2]), int(out.Dims[n-1])
	top, left := int(op.PrePadding[0]), int(op.PrePadding[1])
	// Input columns that are kept.
	from, to := max(0, -left), min(w, ow-left)
	for plane := range volume(x.Dims[:n-2]) {
		for row := max(0, -top); row < min(h, oh-top) && from < to; row++ {
			copy(y.Floats[(plane*oh+row+top)*ow+from+left:], x.Floats[(plane*h+row)*w+from:][:to-from])
		}
	}
	return y, nil
}
