package refexec

import (
	"github.com/trtbuild/trtbuild/internal/gemm"
	"github.com/trtbuild/trtbuild/trt"
)

// deconvolution is the convolution that reads, for each output position, the
// inputs whose windows cover it.
func (r *runner) deconvolution(op trt.Deconvolution, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	x := in[0]
	kernel, bias, err := r.kernelAndBias(in[1:], op.Weight, op.Bias)
	if err != nil {
		return nil, err
	}
	w := newWindow(x.Dims, out.Dims, op.Kernel, op.Stride, op.PrePadding, op.Dilation)
	y := r.result(out)
	g := grouped{
		groups: int(op.Groups), in: int(x.Dims[1]), out: int(op.OutChannels), taps: size(w.kernel),
		batch: int(x.Dims[0]), positions: size(w.out), bias: bias,
	}
	channels := g.in / g.groups * size(w.in)
	g.patches = func(part int) func() gemm.Packer {
		return gemm.Rows(func(dst []float32, k, n int) { w.scattered(dst, x.Floats[part*channels:], k, n) })
	}
	g.kernel = outFirst(r.temporary(len(kernel)), kernel, g)
	r.grouped(g, y.Floats)
	return y, nil
}

// outFirst turns a kernel [in, out/groups, taps] into [out, in/groups, taps],
// in the memory given.
func outFirst(turned, kernel []float32, g grouped) []float32 {
	in, out := g.in/g.groups, g.out/g.groups
	turned = turned[:0]
	for o := range g.out {
		for i := range in {
			from := ((o/out*in+i)*out + o%out) * g.taps
			turned = append(turned, kernel[from:from+g.taps]...)
		}
	}
	return turned
}

// scattered fills dst with row k of the patches of a transposed window over the
// channels x, from output position n on: input i reaches the outputs i*stride +
// tap*dilation - pad.
func (w window) scattered(dst, x []float32, k, n int) {
	taps := size(w.kernel)
	tap := split(k%taps, w.kernel)
	for j := range dst {
		at := split(n+j, w.out)
		from, ok := k/taps*size(w.in), true
		for i, step := range [3]int{w.in[1] * w.in[2], w.in[2], 1} {
			c := at[i] + w.pad[i] - tap[i]*w.dilation[i]
			ok = ok && c >= 0 && c%w.stride[i] == 0 && c/w.stride[i] < w.in[i]
			from += c / w.stride[i] * step
		}
		dst[j] = 0
		if ok {
			dst[j] = x[from]
		}
	}
}
