package zoo

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/trt"
)

// yoloBlock is what stands under one index of a YOLO's state dict.
type yoloBlock interface {
	// convs lists the convolutions in the order of the state dict.
	convs() []yoloConv
	// channels returns the width of the output.
	channels() int64
	// record adds the block, whose state dict is under path, behind its inputs.
	record(r *yoloRecorder, path string, x []*trt.Tensor) *trt.Tensor
}

// yoloConv is the module at path: a convolution, the BatchNorm behind it, and
// a SiLU. Its padding is half the kernel.
type yoloConv struct {
	path           string
	in, out        int64
	kernel, stride int64
	focus          bool // over 2x2 pixels put into channels first
	residual       bool // its output is added to an earlier one
}

func (c yoloConv) convs() []yoloConv { return []yoloConv{c} }

func (c yoloConv) channels() int64 { return c.out }

func (c yoloConv) record(r *yoloRecorder, _ string, x []*trt.Tensor) *trt.Tensor {
	return r.conv(c, x[0])
}

// padding keeps the size at stride 1. The 6x6 stem is padded by 2, as if it
// were the 3x3 over 2x2 pixels that it replaced.
func (c yoloConv) padding() int64 {
	if c.kernel == 6 {
		return 2
	}
	return c.kernel / 2
}

// yoloRecorder records the modules that YOLOs are made of.
type yoloRecorder struct {
	*bind.Binder
	eps   float64
	fused bool // BatchNorm is folded into the convolutions already
	most  Size // of the image
}

func (r *yoloRecorder) conv(c yoloConv, x *trt.Tensor) *trt.Tensor {
	if c.focus {
		x = r.focus(c, x)
	} else {
		x = r.Convolution(c.path+".conv", x, bind.Convolution{
			Out: c.out, Kernel: bind.Square(c.kernel), Stride: bind.Square(c.stride), Padding: bind.Square(c.padding()), Bias: r.fused,
		})
	}
	if !r.fused {
		x = r.BatchNorm(c.path+".bn", x, r.eps)
	}
	return r.SiLU(c.path+".act", x)
}

// yoloBottleneck is two convolutions in a row.
type yoloBottleneck struct {
	cv1, cv2 yoloConv
	add      bool // the input is added to the output
}

func (m yoloBottleneck) record(r *yoloRecorder, path string, x *trt.Tensor) *trt.Tensor {
	y := r.conv(m.cv2, r.conv(m.cv1, x))
	if m.add {
		y = r.Network().AddElementWise(bind.Layer(path+".add"), x, y, trt.Sum)
	}
	return y
}

// yoloChain is bottlenecks one behind the other.
type yoloChain []yoloBottleneck

func (c yoloChain) convs() []yoloConv {
	var all []yoloConv
	for _, m := range c {
		all = append(all, m.cv1, m.cv2)
	}
	return all
}

// record returns the output of each bottleneck.
func (c yoloChain) record(r *yoloRecorder, path string, x *trt.Tensor) []*trt.Tensor {
	outs := make([]*trt.Tensor, 0, len(c))
	for i, m := range c {
		x = m.record(r, fmt.Sprintf("%s.m.%d", path, i), x)
		outs = append(outs, x)
	}
	return outs
}

// yoloC2f splits the output of cv1 in halves, sends the second through the
// chain, and joins both halves and what each bottleneck answers.
type yoloC2f struct {
	cv1, cv2 yoloConv
	m        yoloChain
}

func (b yoloC2f) convs() []yoloConv { return append([]yoloConv{b.cv1, b.cv2}, b.m.convs()...) }

func (b yoloC2f) channels() int64 { return b.cv2.out }

func (b yoloC2f) record(r *yoloRecorder, path string, x []*trt.Tensor) *trt.Tensor {
	first, second := r.halves(path, r.conv(b.cv1, x[0]))
	return r.conv(b.cv2, r.concat(path, append([]*trt.Tensor{first, second}, b.m.record(r, path, second)...)...))
}

// yoloC2 splits the output of cv1 in halves, sends the first through the chain,
// and joins what comes out and the second.
type yoloC2 struct {
	cv1, cv2 yoloConv
	m        yoloChain
}

func (b yoloC2) convs() []yoloConv { return append([]yoloConv{b.cv1, b.cv2}, b.m.convs()...) }

func (b yoloC2) channels() int64 { return b.cv2.out }

func (b yoloC2) record(r *yoloRecorder, path string, x []*trt.Tensor) *trt.Tensor {
	first, second := r.halves(path, r.conv(b.cv1, x[0]))
	outs := b.m.record(r, path, first)
	return r.conv(b.cv2, r.concat(path, outs[len(outs)-1], second))
}

// yoloC3 sends its input through cv1 and the chain, and past them through cv2,
// and joins both.
type yoloC3 struct {
	cv1, cv2, cv3 yoloConv
	m             yoloChain
}

func (b yoloC3) convs() []yoloConv {
	return append([]yoloConv{b.cv1, b.cv2, b.cv3}, b.m.convs()...)
}

func (b yoloC3) channels() int64 { return b.cv3.out }

func (b yoloC3) record(r *yoloRecorder, path string, x []*trt.Tensor) *trt.Tensor {
	outs := b.m.record(r, path, r.conv(b.cv1, x[0]))
	return r.conv(b.cv3, r.concat(path, outs[len(outs)-1], r.conv(b.cv2, x[0])))
}

// yoloSPP is spatial pyramid pooling between two 1x1 convolutions: the input of
// the second is the output of the first beside three maxima of it.
type yoloSPP struct {
	cv1, cv2 yoloConv
	windows  [3]int64
	inRow    bool // each window sees the maximum before it (SPPF)
}

func (b yoloSPP) convs() []yoloConv { return []yoloConv{b.cv1, b.cv2} }

func (b yoloSPP) channels() int64 { return b.cv2.out }

func (b yoloSPP) record(r *yoloRecorder, path string, x []*trt.Tensor) *trt.Tensor {
	y := r.conv(b.cv1, x[0])
	all := []*trt.Tensor{y}
	for i, k := range b.windows {
		from := y
		if b.inRow {
			from = all[i]
		}
		all = append(all, r.Network().AddPooling(bind.Layer(fmt.Sprintf("%s.m.%d", path, i)), from, trt.Pooling{
			Type: trt.MaxPool, Window: bind.Square(k), PrePadding: bind.Square(k / 2), PostPadding: bind.Square(k / 2),
		}))
	}
	return r.conv(b.cv2, r.concat(path, all...))
}

// yoloUpsample repeats each pixel in a 2x2.
type yoloUpsample struct{ width int64 }

func (yoloUpsample) convs() []yoloConv { return nil }

func (b yoloUpsample) channels() int64 { return b.width }

func (yoloUpsample) record(r *yoloRecorder, path string, x []*trt.Tensor) *trt.Tensor {
	return r.Network().AddResize(bind.Layer(path), x[0], trt.Resize{Scales: []float32{1, 1, 2, 2}})
}

// yoloConcat joins the channels of two layers.
type yoloConcat struct{ width int64 }

func (yoloConcat) convs() []yoloConv { return nil }

func (b yoloConcat) channels() int64 { return b.width }

func (yoloConcat) record(r *yoloRecorder, path string, x []*trt.Tensor) *trt.Tensor {
	return r.Network().AddConcatenation(bind.Layer(path), 1, x...)
}

// concat joins channels inside the module at path.
func (r *yoloRecorder) concat(path string, x ...*trt.Tensor) *trt.Tensor {
	return r.Network().AddConcatenation(bind.Layer(path+".concat"), 1, x...)
}

// halves splits the channels of x inside the module at path.
func (r *yoloRecorder) halves(path string, x *trt.Tensor) (first, second *trt.Tensor) {
	if r.Network().Err() != nil {
		return x, x
	}
	half := x.Dims[1] / 2
	return r.channels(path+".split.0", x, 0, half), r.channels(path+".split.1", x, half, half)
}

// channels takes n entries of axis 1 from start on.
func (r *yoloRecorder) channels(path string, x *trt.Tensor, start, n int64) *trt.Tensor {
	return r.slice(path, x, 1, start, n)
}

// slice takes n entries of one axis from start on.
func (r *yoloRecorder) slice(path string, x *trt.Tensor, axis int, start, n int64) *trt.Tensor {
	return r.Network().AddSlice(bind.Layer(path), x, trt.Slice{Axes: []int{axis}, Start: trt.Dims{start}, Size: trt.Dims{n}})
}
