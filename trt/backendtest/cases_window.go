package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// conv is a convolution of c channels to out with everything filled in; edit
// may change it before the weights are made.
func conv(t dtype.Type, c, out int64, kernel trt.Dims, edit func(*trt.Convolution)) trt.Convolution {
	op := plain(out, kernel)
	if edit != nil {
		edit(&op)
	}
	if op.Weight == nil {
		op.Weight = values(t, append(trt.Dims{op.OutChannels, c / max(op.Groups, 1)}, op.Kernel...)...)
	}
	return op
}

func deconv(t dtype.Type, c, out int64, kernel trt.Dims, edit func(*trt.Convolution)) trt.Deconvolution {
	op := plain(out, kernel)
	if edit != nil {
		edit(&op)
	}
	if op.Weight == nil {
		op.Weight = values(t, append(trt.Dims{c, op.OutChannels / max(op.Groups, 1)}, op.Kernel...)...)
	}
	return trt.Deconvolution(op)
}

func plain(out int64, kernel trt.Dims) trt.Convolution {
	n := len(kernel)
	return trt.Convolution{OutChannels: out, Kernel: kernel, Stride: times(n, 1), PrePadding: times(n, 0), PostPadding: times(n, 0), Dilation: times(n, 1), Groups: 1}
}

func times(n int, v int64) trt.Dims {
	d := make(trt.Dims, n)
	for i := range d {
		d[i] = v
	}
	return d
}

func padded(n int64) func(*trt.Convolution) {
	return func(c *trt.Convolution) {
		c.PrePadding, c.PostPadding = times(len(c.Kernel), n), times(len(c.Kernel), n)
	}
}

func convolutions() []Case {
	f := dtype.Float32
	cases := sweep("convolution", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, conv(t, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Bias = values(t, 6) }), tensor(t, 1, 6, 6, 6), tensor(t, 1, 4, 8, 8))
	})
	return append(cases,
		accept("convolution 3-D", conv(f, 2, 4, trt.Dims{3, 2, 1}, nil), f32(1, 4, 2, 4, 5), f32(1, 2, 4, 5, 5)),
		accept("convolution strided", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Stride = trt.Dims{2, 3} }), f32(1, 6, 3, 2), f32(1, 4, 8, 8)),
		accept("convolution asymmetric padding", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.PrePadding, c.PostPadding = trt.Dims{0, 2}, trt.Dims{1, 0} }), f32(1, 6, 7, 8), f32(1, 4, 8, 8)),
		accept("convolution dilated", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Dilation = trt.Dims{2, 3} }), f32(1, 6, 4, 2), f32(1, 4, 8, 8)),
		accept("convolution grouped", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Groups = 2 }), f32(1, 6, 6, 6), f32(1, 4, 8, 8)),
		accept("convolution depthwise", conv(f, 4, 4, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Groups = 4 }), f32(1, 4, 6, 6), f32(1, 4, 8, 8)),
		accept("convolution dynamic batch", conv(f, 4, 6, trt.Dims{3, 3}, nil), f32(-1, 6, 6, 6), f32(-1, 4, 8, 8)),
		accept("convolution dynamic size", conv(f, 4, 6, trt.Dims{3, 3}, padded(1)), f32(1, 6, -1, -1), f32(1, 4, -1, -1)),
		accept("convolution as large as its padded input", conv(f, 4, 6, trt.Dims{5, 5}, padded(1)), f32(1, 6, 1, 1), f32(1, 4, 3, 3)),

		refuse("convolution 1-D", conv(f, 4, 6, trt.Dims{3}, nil), "must be 2-D or 3-D", f32(1, 4, 8)),
		refuse("convolution rank 3", conv(f, 4, 6, trt.Dims{3, 3}, nil), "must have rank 4", f32(4, 8, 8)),
		stricter("channels would be read from the third axis from the end", "convolution 2-D of rank 5", conv(f, 3, 6, trt.Dims{3, 3}, nil), "must have rank 4", f32(1, 4, 3, 8, 8)),
		refuse("convolution larger than its input", conv(f, 4, 6, trt.Dims{9, 3}, nil), "is smaller than the window", f32(1, 4, 8, 8)),
		refuse("convolution kernel count", conv(f, 3, 6, trt.Dims{3, 3}, nil), "kernel weights: have the wrong count: expected 216, found 162", f32(1, 4, 8, 8)),
		refuse("convolution bias count", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Bias = values(f, 5) }), "bias weights: have the wrong count", f32(1, 4, 8, 8)),
		refuse("convolution kernel type", conv(dtype.Float16, 4, 6, trt.Dims{3, 3}, nil), "kernel weights: must have the input's type", f32(1, 4, 8, 8)),
		refuse("convolution bias type", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Bias = values(dtype.Float16, 6) }), "bias weights: must have the input's type", f32(1, 4, 8, 8)),
		refuse("convolution stride 0", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Stride = trt.Dims{0, 1} }), "stride: must be at least 1", f32(1, 4, 8, 8)),
		refuse("convolution negative padding", conv(f, 4, 6, trt.Dims{3, 3}, padded(-1)), "must be at least 0", f32(1, 4, 8, 8)),
		refuse("convolution groups", conv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Groups = 3; c.Weight = values(f, 6, 1, 3, 3) }), "groups: must divide", f32(1, 4, 8, 8)),
		always(4, accept("convolution dynamic channels", conv(f, 4, 6, trt.Dims{3, 3}, nil), f32(1, 6, 6, 6), f32(1, -1, 8, 8))),
	)
}

func deconvolutions() []Case {
	f := dtype.Float32
	cases := sweep("deconvolution", floats[:2], false, func(name string, t dtype.Type) Case {
		return accept(name, deconv(t, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Bias = values(t, 6) }), tensor(t, 1, 6, 10, 10), tensor(t, 1, 4, 8, 8))
	})
	return append(cases,
		accept("deconvolution 2x upsampling", deconv(f, 4, 6, trt.Dims{2, 2}, func(c *trt.Convolution) { c.Stride = trt.Dims{2, 2} }), f32(1, 6, 16, 16), f32(1, 4, 8, 8)),
		accept("deconvolution output padding", deconv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) {
			c.Stride, c.PrePadding = trt.Dims{2, 2}, trt.Dims{1, 1}
		}), f32(1, 6, 10, 10), f32(1, 4, 5, 5)),
		accept("deconvolution grouped and dilated", deconv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Groups, c.Dilation = 2, trt.Dims{2, 1} }), f32(1, 6, 12, 10), f32(1, 4, 8, 8)),
		accept("deconvolution 3-D", deconv(f, 2, 4, trt.Dims{2, 2, 2}, nil), f32(1, 4, 4, 5, 6), f32(1, 2, 3, 4, 5)),
		accept("deconvolution dynamic batch", deconv(f, 4, 6, trt.Dims{3, 3}, nil), f32(-1, 6, 10, 10), f32(-1, 4, 8, 8)),

		refuse("deconvolution strided and dilated", deconv(f, 4, 6, trt.Dims{3, 3}, func(c *trt.Convolution) { c.Stride, c.Dilation = trt.Dims{2, 1}, trt.Dims{1, 2} }), "cannot both be more than 1", f32(1, 4, 8, 8)),
		refuse("deconvolution kernel count", deconv(f, 3, 6, trt.Dims{3, 3}, nil), "kernel weights: have the wrong count", f32(1, 4, 8, 8)),
		stricter("TensorRT makes an empty output", "deconvolution that leaves nothing", deconv(f, 4, 6, trt.Dims{3, 3}, padded(5)), "leaves nothing", f32(1, 4, 8, 8)),
		refuse("deconvolution 1-D", deconv(f, 4, 6, trt.Dims{3}, nil), "must be 2-D or 3-D", f32(1, 4, 8)),
	)
}

func pool(kind trt.PoolingType, window, stride, pre, post trt.Dims, edit func(*trt.Pooling)) trt.Pooling {
	op := trt.Pooling{Type: kind, Window: window, Stride: stride, PrePadding: pre, PostPadding: post}
	if edit != nil {
		edit(&op)
	}
	return op
}

func poolings() []Case {
	one, none, two := trt.Dims{1, 1}, trt.Dims{0, 0}, trt.Dims{2, 2}
	three := trt.Dims{3, 3}
	up := func(p *trt.Pooling) { p.RoundUp = true }
	var cases []Case
	for _, kind := range []trt.PoolingType{trt.MaxPool, trt.AveragePool, trt.BlendPool} {
		cases = append(cases, sweep("pooling "+string(kind), floats, true, func(name string, t dtype.Type) Case {
			return accept(name, pool(kind, two, two, none, none, nil), tensor(t, 1, 3, 4, 4), tensor(t, 1, 3, 8, 8))
		})...)
	}
	return append(cases,
		accept("pooling round down", pool(trt.MaxPool, three, two, one, one, nil), f32(1, 3, 4, 4), f32(1, 3, 8, 8)),
		accept("pooling round up", pool(trt.MaxPool, three, two, one, one, up), f32(1, 3, 5, 5), f32(1, 3, 8, 8)),
		accept("pooling average with padding", pool(trt.AveragePool, three, one, one, one, func(p *trt.Pooling) { p.CountIncludesPadding = true }), f32(1, 3, 8, 8), f32(1, 3, 8, 8)),
		accept("pooling blend", pool(trt.BlendPool, three, one, one, one, func(p *trt.Pooling) { p.Blend, p.CountIncludesPadding = 0.25, true }), f32(1, 3, 8, 8), f32(1, 3, 8, 8)),
		accept("pooling blend of averages", pool(trt.BlendPool, two, two, none, none, func(p *trt.Pooling) { p.Blend = 1 }), f32(1, 3, 4, 4), f32(1, 3, 8, 8)),
		accept("pooling average 3-D", pool(trt.AveragePool, trt.Dims{2, 2, 3}, trt.Dims{2, 2, 1}, times(3, 1), times(3, 1), up), f32(1, 3, 3, 4, 6), f32(1, 3, 4, 6, 6)),
		refuse("pooling blend rounded up over dynamic dimensions", pool(trt.BlendPool, two, two, none, none, up), "must be down", f32(1, 3, -1, 8)),
		refuse("pooling negative blend", pool(trt.BlendPool, two, two, none, none, func(p *trt.Pooling) { p.Blend = -0.5 }), "between 0 and 1", f32(1, 3, 8, 8)),
		refuse("pooling blend above 1", pool(trt.BlendPool, two, two, none, none, func(p *trt.Pooling) { p.Blend = 1.5 }), "between 0 and 1", f32(1, 3, 8, 8)),
		accept("pooling asymmetric padding", pool(trt.MaxPool, three, one, none, two, nil), f32(1, 3, 8, 8), f32(1, 3, 8, 8)),
		accept("pooling 13x13", pool(trt.MaxPool, trt.Dims{13, 13}, one, trt.Dims{6, 6}, trt.Dims{6, 6}, nil), f32(1, 3, 20, 20), f32(1, 3, 20, 20)),
		accept("pooling whole input", pool(trt.AveragePool, trt.Dims{8, 8}, one, none, none, nil), f32(1, 3, 1, 1), f32(1, 3, 8, 8)),
		accept("pooling 3-D", pool(trt.MaxPool, trt.Dims{2, 2, 2}, trt.Dims{2, 2, 1}, times(3, 0), times(3, 0), nil), f32(1, 3, 2, 3, 5), f32(1, 3, 4, 6, 6)),
		accept("pooling dynamic", pool(trt.MaxPool, one, one, none, none, nil), f32(-1, 3, -1, 8), f32(-1, 3, -1, 8)),

		refuse("pooling 1-D", pool(trt.MaxPool, trt.Dims{2}, trt.Dims{2}, trt.Dims{0}, trt.Dims{0}, nil), "must be 2-D or 3-D", f32(1, 3, 8)),
		stricter("TensorRT makes an empty output", "pooling window larger than the input", pool(trt.MaxPool, trt.Dims{9, 9}, one, none, none, nil), "is smaller than the window", f32(1, 3, 8, 8)),
		stricter("a window would see padding only", "pooling padding as large as the window", pool(trt.MaxPool, two, two, two, two, nil), "must be less than the window", f32(1, 3, 8, 8)),
		stricter("a window would see nothing", "pooling round up behind the input", pool(trt.MaxPool, one, three, none, none, up), "wholly behind the input", f32(1, 3, 8, 8)),
		refuse("pooling stride 0", pool(trt.MaxPool, two, none, none, none, nil), "stride: must be at least 1", f32(1, 3, 8, 8)),
		refuse("pooling rank 3", pool(trt.MaxPool, two, two, none, none, nil), "must have rank 4", f32(3, 8, 8)),
	)
}
