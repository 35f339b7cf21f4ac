package trt

import "fmt"

// window is the spatial geometry shared by convolution, deconvolution and
// pooling. Its fields are the ops' own, with defaults filled in.
type window struct {
	kernel, stride, pre, post, dilation Dims
}

// fill returns d, or n times v when d is empty.
func fill(d Dims, n int, v int64) Dims {
	if len(d) > 0 {
		return d
	}
	out := make(Dims, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func newWindow(kernel, stride, pre, post, dilation Dims) (window, error) {
	n := len(kernel)
	w := window{kernel, fill(stride, n, 1), fill(pre, n, 0), fill(post, n, 0), fill(dilation, n, 1)}
	if n != 2 && n != 3 {
		return w, &Error{Operand: "kernel", Msg: "must be 2-D or 3-D", Found: kernel.String()}
	}
	for _, p := range []struct {
		name string
		d    Dims
		min  int64
	}{{"kernel", kernel, 1}, {"stride", w.stride, 1}, {"pre-padding", w.pre, 0}, {"post-padding", w.post, 0}, {"dilation", w.dilation, 1}} {
		if len(p.d) != n {
			return w, &Error{Operand: p.name, Msg: "must have the rank of the kernel", Expected: fmt.Sprint(n), Found: p.d.String()}
		}
		for _, e := range p.d {
			if e < p.min || e > maxExtent {
				return w, &Error{Operand: p.name, Msg: fmt.Sprintf("must be at least %d and at most %d", p.min, maxExtent), Found: p.d.String()}
			}
		}
	}
	return w, nil
}

// forward returns the output extents of a sliding window over the spatial
// dimensions in: floor((in+pre+post-dilation*(k-1)-1)/stride)+1.
func (w window) forward(in Dims, ceil bool) (Dims, error) {
	out := make(Dims, len(in))
	for i, e := range in {
		if e == Dynamic {
			out[i] = Dynamic
			continue
		}
		span := e + w.pre[i] + w.post[i] - w.dilation[i]*(w.kernel[i]-1) - 1
		if span < 0 {
			return nil, &Error{Operand: "input", Msg: "is smaller than the window", Expected: fmt.Sprintf("at least %d in spatial dimension %d", e-span, i), Found: fmt.Sprint(e)}
		}
		if ceil {
			span += w.stride[i] - 1
		}
		out[i] = span/w.stride[i] + 1
	}
	return out, nil
}

// backward returns the extents that forward would have come from:
// (in-1)*stride + dilation*(k-1) + 1 - pre - post.
func (w window) backward(in Dims) (Dims, error) {
	out := make(Dims, len(in))
	for i, e := range in {
		if e == Dynamic {
			out[i] = Dynamic
			continue
		}
		out[i] = (e-1)*w.stride[i] + w.dilation[i]*(w.kernel[i]-1) + 1 - w.pre[i] - w.post[i]
		if out[i] < 1 {
			return nil, &Error{Operand: "padding", Msg: fmt.Sprintf("leaves nothing of spatial dimension %d", i), Found: fmt.Sprintf("%d + %d", w.pre[i], w.post[i])}
		}
	}
	return out, nil
}

// spatial splits the dimensions of an activation [N,C,spatial…] for a window
// of n dimensions.
func spatial(x Info, n int) (Dims, error) {
	if len(x.Dims) != n+2 {
		return nil, &Error{Operand: "input", Msg: fmt.Sprintf("must have rank %d for a %d-D window", n+2, n), Found: x.Dims.String()}
	}
	return x.Dims[2:], nil
}
