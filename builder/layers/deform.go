package layers

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Deformation describes a deformable convolution: a convolution each of whose
// taps is read at an offset of its own, between pixels. Nil Stride and Dilation
// mean 1, nil Padding 0, zero Groups 1.
type Deformation struct {
	Weight   *trt.Weights // [Out, C/Groups, kernel height, kernel width]
	Bias     *trt.Weights // [Out]; may be nil
	Stride   trt.Dims
	Padding  trt.Dims // on both sides
	Dilation trt.Dims
	Groups   int64
}

const (
	maxStep = 1 << 24 // of kernels, strides, paddings and dilations: float32 counts to it
	maxTaps = 1 << 26 // of a grid that is a constant
)

// DeformableConvolution is torchvision.ops.deform_conv2d. x is [N,C,H,W] of a
// static number of channels; offset [N, 2*G*taps, height, width of the output]
// holds (y, x) of each tap for each of G groups of channels; mask
// [N, G*taps, …], which version 2 has, multiplies what is read, and may be nil.
// Where sizes are dynamic, an offset of another size than the convolution has is
// an error when the network runs.
//
// Everything read is laid out as an image in which the windows lie side by side,
// so that an ordinary convolution whose stride is its kernel does the rest.
func DeformableConvolution(net *trt.Network, name string, x, offset, mask *trt.Tensor, d Deformation) *trt.Tensor {
	c, ok := image(net, name, x)
	if !ok {
		return x
	}
	g, err := d.geometry(x, offset, mask)
	if err != nil {
		err.Layer = name
		return net.Fail(err)
	}
	g.net, g.name, g.x, g.offset = net, name, x, offset
	kh, kw := g.kernel[0], g.kernel[1]
	h, w := extentOf(2), extentOf(3)
	windows := []extent{h.by(kh), w.by(kw)}
	places := reshape(net, name+"/taps", offset, offset, trt.Shuffle{SecondTranspose: []int{0, 4, 1, 5, 2, 3}},
		fixed(trt.Dynamic), fixed(kh), fixed(kw), fixed(2), h, w)
	places = reshape(net, name+"/places", places, offset, trt.Shuffle{}, fixed(0), windows[0], windows[1], fixed(2))
	places = net.AddSlice(name+"/xy", places, trt.Slice{Axes: []int{3}, Start: trt.Dims{1}, Size: trt.Dims{2}, Stride: trt.Dims{-1}})
	unit, base := g.grid()
	places = net.AddElementWise(name+"/scaled", places, unit, trt.Prod)
	places = net.AddElementWise(name+"/grid", places, base, trt.Sum)
	places.Tolerance = tolerance(x.Dims[2:])

	read := reshape(net, name+"/groups", x, x, trt.Shuffle{}, fixed(trt.Dynamic), fixed(c/g.groups), h, w)
	read = net.AddGridSample(name+"/sampled", read, places, trt.GridSample{Mode: trt.ResizeLinear, Padding: trt.GridZeros})
	if mask != nil {
		m := reshape(net, name+"/mask_taps", mask, offset, trt.Shuffle{SecondTranspose: []int{0, 3, 1, 4, 2}}, fixed(trt.Dynamic), fixed(kh), fixed(kw), h, w)
		m = reshape(net, name+"/mask", m, offset, trt.Shuffle{}, fixed(0), fixed(1), windows[0], windows[1])
		read = net.AddElementWise(name+"/masked", read, m, trt.Prod)
	}
	read = reshape(net, name+"/windows", read, offset, trt.Shuffle{}, fixed(trt.Dynamic), fixed(c), windows[0], windows[1])
	return net.AddConvolution(name, read, trt.Convolution{
		OutChannels: d.Weight.Dims[0], Kernel: g.kernel, Stride: g.kernel, Groups: max(d.Groups, 1), Weight: d.Weight, Bias: d.Bias,
	})
}

// tolerance keeps a grid, which counts to 1 from one edge to the other, as exact
// as a twentieth of a pixel. An image of open size is taken for one of 1024.
func tolerance(size trt.Dims) float64 {
	longest := int64(0)
	for _, e := range size {
		if e == trt.Dynamic {
			e = 1024
		}
		longest = max(longest, e)
	}
	return 0.05 * 2 / float64(longest)
}

// deformed is the geometry of a deformable convolution that is being recorded.
type deformed struct {
	kernel, stride, padding, dilation, out trt.Dims
	groups                                 int64 // of the offsets

	net       *trt.Network
	name      string
	x, offset *trt.Tensor
}

func (d Deformation) geometry(x, offset, mask *trt.Tensor) (deformed, *trt.Error) {
	var g deformed
	if d.Weight == nil || len(d.Weight.Dims) != 4 {
		return g, &trt.Error{Operand: "weight", Msg: "must have four dimensions", Expected: "[Out,C/Groups,height,width]"}
	}
	g.kernel = d.Weight.Dims[2:]
	g.stride, g.padding, g.dilation = entries(d.Stride, 2, 1), entries(d.Padding, 2, 0), entries(d.Dilation, 2, 1)
	for i, k := range g.kernel {
		if g.stride[i] < 1 || g.dilation[i] < 1 || g.padding[i] < 0 || k < 1 || max(g.stride[i], g.dilation[i], g.padding[i], k) > maxStep {
			return g, &trt.Error{Operand: "stride, dilation and padding", Msg: "are out of range", Found: fmt.Sprintf("%v, %v, %v", g.stride, g.dilation, g.padding)}
		}
		out := g.size(i).of(x.Dims)
		if x.Dims[2+i] != trt.Dynamic && x.Dims[2+i]+g.size(i).before < 0 {
			return g, &trt.Error{Operand: "weight", Msg: "is larger than the padded input", Expected: x.Dims.String(), Found: g.kernel.String()}
		}
		g.out = append(g.out, out)
	}
	taps := g.kernel.Count()
	if len(offset.Dims) == 4 {
		g.groups = offset.Dims[1] / (2 * taps)
	}
	if g.groups < 1 || x.Dims[1]%g.groups != 0 {
		return g, &trt.Error{Operand: "offset", Msg: "has channels for no number of groups", Expected: fmt.Sprintf("%d for each", 2*taps), Found: offset.Dims.String()}
	}
	for _, in := range []struct {
		name     string
		t        *trt.Tensor
		channels int64
	}{{"offset", offset, 2 * g.groups * taps}, {"mask", mask, g.groups * taps}} {
		want := append(trt.Dims{x.Dims[0], in.channels}, g.out...)
		if in.t != nil && !slices.EqualFunc(in.t.Dims, want, mayBe) {
			return g, &trt.Error{Operand: in.name, Msg: "has the wrong dimensions", Expected: want.String(), Found: in.t.Dims.String()}
		}
	}
	all := trt.Dims{g.out[0], g.kernel[0], g.out[1], g.kernel[1]}
	if all.IsStatic() && offset.Dims[2:].IsStatic() && (all.Count() < 0 || all.Count() > maxTaps) {
		return g, &trt.Error{Operand: "input", Msg: "is too large: the places of all taps of all pixels are a constant; make height and width dynamic, so that they are computed", Expected: fmt.Sprintf("at most %d taps", maxTaps), Found: x.Dims.String()}
	}
	return g, nil
}

// mayBe reports whether two extents are the same, or may be when the network runs.
func mayBe(a, b int64) bool { return a == b || a == trt.Dynamic || b == trt.Dynamic }

// size is the extent of the output in one direction, made of that of the input.
func (g deformed) size(i int) extent {
	return extent{axis: 2 + i, before: 2*g.padding[i] - g.dilation[i]*(g.kernel[i]-1) - 1, over: g.stride[i], times: 1, after: 1}
}

// grid returns the factor of an offset of a pixel, x before y, and the places of
// taps without offset, both as a grid counts: from -1 to 1, edge to edge.
func (g deformed) grid() (unit, base *trt.Tensor) {
	if !g.x.Dims[2:].IsStatic() || !g.offset.Dims[2:].IsStatic() {
		return g.openGrid()
	}
	place := func(axis int, window, tap int64) float32 {
		at := window*g.stride[axis] - g.padding[axis] + tap*g.dilation[axis]
		return float32(float64(2*at+1)/float64(g.x.Dims[2+axis]) - 1)
	}
	var all trt.Float32s
	windows := trt.Dims{g.out[0] * g.kernel[0], g.out[1] * g.kernel[1]}
	for i := range windows[0] {
		for j := range windows[1] {
			all = append(all, place(1, j/g.kernel[1], j%g.kernel[1]), place(0, i/g.kernel[0], i%g.kernel[0]))
		}
	}
	unit = g.constant("unit", trt.Dims{1, 1, 1, 2}, 2/float32(g.x.Dims[3]), 2/float32(g.x.Dims[2]))
	return unit, g.constant("base", trt.Dims{1, windows[0], windows[1], 2}, all...)
}

// openGrid computes the same from sizes that are not known yet.
func (g deformed) openGrid() (unit, base *trt.Tensor) {
	net, name, h, w := g.net, g.name, extentOf(2), extentOf(3)
	fits := net.AddElementWise(name+"/size_fits", dimensions(net, name+"/size", g.offset, h, w), dimensions(net, name+"/expected", g.x, g.size(0), g.size(1)), trt.Equal)
	net.AddAssertion(name+"/offset_fits", fits, "the offset of a tap is for another size than the output has")

	unit = net.AddCast(name+"/extents", dimensions(net, name+"/wh", g.x, w, h), g.x.Type)
	unit = net.AddElementWise(name+"/per_pixel", g.constant("two", trt.Dims{1}, 2), unit, trt.Div)
	unit = net.AddShuffle(name+"/unit", unit, trt.Shuffle{Reshape: trt.Dims{1, 1, 1, 2}})

	taps := dimensions(net, name+"/tap_dims", g.offset, h, fixed(g.kernel[0]), w, fixed(g.kernel[1]))
	// centres are of pixels, in one direction, of every tap: [height, kh, width, kw].
	centres := func(part string, axis int, steps ...float32) *trt.Tensor {
		first := net.AddConstant(name+"/"+part+"_first", trt.NewWeights(trt.Dims{}, trt.Float32s{0.5 - float32(g.padding[axis])}))
		step := net.AddConstant(name+"/"+part+"_step", trt.NewWeights(trt.Dims{4}, trt.Float32s(steps)))
		y := net.AddFill(name+"/"+part, trt.Fill{Operation: trt.FillLinspace, Type: dtype.Float32}, taps, first, step)
		return reshape(net, name+"/"+part+"_windows", y, g.offset, trt.Shuffle{}, fixed(1), h.by(g.kernel[0]), w.by(g.kernel[1]), fixed(1))
	}
	rows := centres("rows", 0, float32(g.stride[0]), float32(g.dilation[0]), 0, 0)
	columns := centres("columns", 1, 0, 0, float32(g.stride[1]), float32(g.dilation[1]))
	base = net.AddConcatenation(name+"/centres", 3, columns, rows)
	if g.x.Type != dtype.Float32 {
		base = net.AddCast(name+"/centres_cast", base, g.x.Type)
	}
	base = net.AddElementWise(name+"/from_corner", base, unit, trt.Prod)
	return unit, net.AddElementWise(name+"/base", base, g.constant("one", trt.Dims{1, 1, 1, 1}, 1), trt.Sub)
}

// constant is of the type of x.
func (g deformed) constant(part string, dims trt.Dims, v ...float32) *trt.Tensor {
	return g.net.AddConstant(g.name+"/"+part, trt.NewWeights(dims, trt.Float32s(v)).As(g.x.Type))
}
