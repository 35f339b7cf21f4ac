package refexec

import "github.com/trtbuild/trtbuild/trt"

// window is the geometry of a 2-D or 3-D sliding window, as 3-D: a missing
// depth is an extent of 1.
type window struct {
	channels                               int // of the whole input
	in, out, kernel, stride, pad, dilation [3]int
}

// newWindow takes the dimensions of input and output with batch and channels.
func newWindow(in, out, kernel, stride, pad, dilation trt.Dims) window {
	return window{
		channels: int(in[1]), in: depth3(in[2:], 1), out: depth3(out[2:], 1), kernel: depth3(kernel, 1),
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

// flat merges the spatial dimensions of a window that only looks at the
// position itself, so that runs of positions are long.
func (w window) flat() window {
	one, zero := [3]int{1, 1, 1}, [3]int{}
	if w.kernel == one && w.stride == one && w.pad == zero && w.in == w.out {
		w.in, w.out = [3]int{1, 1, size(w.in)}, [3]int{1, 1, size(w.out)}
	}
	return w
}

// gather fills dst with what one tap of the window sees of x at the output
// positions from n on, counted through the images of the batch. Row k of the
// patch matrix is tap k%taps of channel first+k/taps. What lies in the padding
// is 0.
func (w window) gather(dst, x []float32, first, k, n int) {
	taps := size(w.kernel)
	channel, tap := first+k/taps, split(k%taps, w.kernel)
	var shift [3]int
	for i := range shift {
		shift[i] = tap[i]*w.dilation[i] - w.pad[i]
	}
	from, to := inside(shift[2], w.stride[2], w.in[2], w.out[2])
	for len(dst) > 0 {
		image, at := n/size(w.out), split(n%size(w.out), w.out)
		run := min(len(dst), w.out[2]-at[2])
		row := dst[:run]
		dst, n = dst[run:], n+run
		d, h := at[0]*w.stride[0]+shift[0], at[1]*w.stride[1]+shift[1]
		if d < 0 || d >= w.in[0] || h < 0 || h >= w.in[1] {
			clear(row)
			continue
		}
		line := x[(((image*w.channels+channel)*w.in[0]+d)*w.in[1]+h)*w.in[2]:][:w.in[2]]
		lo := min(max(from-at[2], 0), run)
		hi := max(min(to-at[2], run), lo)
		clear(row[:lo])
		clear(row[hi:])
		if lo == hi { // all of it lies in the padding, perhaps behind the line
			continue
		}
		at0 := (at[2]+lo)*w.stride[2] + shift[2]
		if w.stride[2] == 1 {
			copy(row[lo:hi], line[at0:])
			continue
		}
		for i := lo; i < hi; i++ {
			row[i] = line[at0]
			at0 += w.stride[2]
		}
	}
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
