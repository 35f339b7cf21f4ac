package refexec

import "github.com/trtbuild/trtbuild/trt"

// window is the geometry of a 2-D or 3-D sliding window, as 3-D: a missing
// depth is an extent of 1.
type window struct {
	in, out, kernel, stride, pad, dilation [3]int
}

// newWindow takes the dimensions of input and output with batch and channels.
func newWindow(in, out, kernel, stride, pad, dilation trt.Dims) window {
	return window{
		in: depth3(in[2:], 1), out: depth3(out[2:], 1), kernel: depth3(kernel, 1),
		stride: depth3(stride, 1), pad: depth3(pad, 0), dilation: depth3(dilation, 1),
	}
}

func depth3(d trt.Dims, missing int) (e [3]int) {
	e[0] = missing
	for i, x := range d {
		e[3-len(d)+i] = int(x)
	}
	return e
}

func size(e [3]int) int { return e[0] * e[1] * e[2] }

// split turns a position in extents e into coordinates.
func split(i int, e [3]int) (c [3]int) {
	c[2], i = i%e[2], i/e[2]
	c[1], c[0] = i%e[1], i/e[1]
	return c
}

// pointwise says that the window only looks at the position itself.
func (w window) pointwise() bool {
	one := [3]int{1, 1, 1}
	return w.kernel == one && w.stride == one && w.pad == [3]int{} && w.in == w.out
}

// inside returns the range of outputs o for which o*stride+shift lies in [0,in).
func inside(shift, stride, in, out int) (from, to int) {
	if shift < 0 {
		from = (-shift + stride - 1) / stride
	}
	if last := in - 1 - shift; last >= 0 {
		to = last/stride + 1
	}
	to = min(to, out)
	return min(from, to), to
}
