package layers

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
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

// DeformableConvolution is torchvision.ops.deform_conv2d. x is [N,C,H,W], static
// but for N; offset [N, 2*G*taps, height, width of the output] holds (y, x) of each
// tap for each of G groups of channels; mask [N, G*taps, …], which version 2 has,
// multiplies what is read, and may be nil.
//
// Everything read is laid out as an image in which the windows lie side by side,
// so that an ordinary convolution whose stride is its kernel does the rest.
func DeformableConvolution(net *trt.Network, name string, x, offset, mask *trt.Tensor, d Deformation) *trt.Tensor {
	c, _, _, ok := image(net, name, x)
	if !ok {
		return x
	}
	g, err := d.geometry(x, offset, mask)
	if err != nil {
		err.Layer = name
		return net.Fail(err)
	}
	kh, kw := g.kernel[0], g.kernel[1]
	windows := trt.Dims{g.out[0] * kh, g.out[1] * kw}
	places := net.AddShuffle(name+"/taps", offset, trt.Shuffle{
		Reshape: trt.Dims{trt.Dynamic, kh, kw, 2, g.out[0], g.out[1]}, SecondTranspose: []int{0, 4, 1, 5, 2, 3},
	})
	places = net.AddShuffle(name+"/places", places, trt.Shuffle{Reshape: trt.Dims{0, windows[0], windows[1], 2}})
	places = net.AddSlice(name+"/xy", places, trt.Slice{Axes: []int{3}, Start: trt.Dims{1}, Size: trt.Dims{2}, Stride: trt.Dims{-1}})
	constant := func(part string, dims trt.Dims, v trt.Float32s) *trt.Tensor {
		return net.AddConstant(name+"/"+part, trt.NewWeights(dims, v).As(x.Type))
	}
	unit, base := g.grid(x.Dims)
	places = net.AddElementWise(name+"/scaled", places, constant("unit", trt.Dims{1, 1, 1, 2}, unit), trt.Prod)
	places = net.AddElementWise(name+"/grid", places, constant("base", trt.Dims{1, windows[0], windows[1], 2}, base), trt.Sum)

	read := net.AddShuffle(name+"/groups", x, trt.Shuffle{Reshape: trt.Dims{trt.Dynamic, c / g.groups, x.Dims[2], x.Dims[3]}})
	read = net.AddGridSample(name+"/sampled", read, places, trt.GridSample{Mode: trt.ResizeLinear, Padding: trt.GridZeros})
	if mask != nil {
		m := net.AddShuffle(name+"/mask_taps", mask, trt.Shuffle{
			Reshape: trt.Dims{trt.Dynamic, kh, kw, g.out[0], g.out[1]}, SecondTranspose: []int{0, 3, 1, 4, 2},
		})
		m = net.AddShuffle(name+"/mask", m, trt.Shuffle{Reshape: trt.Dims{0, 1, windows[0], windows[1]}})
		read = net.AddElementWise(name+"/masked", read, m, trt.Prod)
	}
	read = net.AddShuffle(name+"/windows", read, trt.Shuffle{Reshape: trt.Dims{trt.Dynamic, c, windows[0], windows[1]}})
	return net.AddConvolution(name, read, trt.Convolution{
		OutChannels: d.Weight.Dims[0], Kernel: g.kernel, Stride: g.kernel, Groups: max(d.Groups, 1), Weight: d.Weight, Bias: d.Bias,
	})
}

// deformed is the geometry of a deformable convolution.
type deformed struct {
	kernel, stride, padding, dilation, out trt.Dims
	groups                                 int64 // of the offsets
}

func (d Deformation) geometry(x, offset, mask *trt.Tensor) (deformed, *trt.Error) {
	var g deformed
	if d.Weight == nil || len(d.Weight.Dims) != 4 {
		return g, &trt.Error{Operand: "weight", Msg: "must have four dimensions", Expected: "[Out,C/Groups,height,width]"}
	}
	g.kernel = d.Weight.Dims[2:]
	g.stride, g.padding, g.dilation = entries(d.Stride, 2, 1), entries(d.Padding, 2, 0), entries(d.Dilation, 2, 1)
	for i, k := range g.kernel {
		if g.stride[i] < 1 || g.dilation[i] < 1 || g.padding[i] < 0 || k < 1 {
			return g, &trt.Error{Operand: "stride, dilation and padding", Msg: "are out of range", Found: fmt.Sprintf("%v, %v, %v", g.stride, g.dilation, g.padding)}
		}
		span := x.Dims[2+i] + 2*g.padding[i] - g.dilation[i]*(k-1) - 1
		if span < 0 {
			return g, &trt.Error{Operand: "weight", Msg: "is larger than the padded input", Expected: x.Dims.String(), Found: g.kernel.String()}
		}
		g.out = append(g.out, span/g.stride[i]+1)
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
		if in.t != nil && !slices.Equal(in.t.Dims, want) {
			return g, &trt.Error{Operand: in.name, Msg: "has the wrong dimensions", Expected: want.String(), Found: in.t.Dims.String()}
		}
	}
	return g, nil
}

// grid returns the factor of an offset of a pixel, x before y, and the places of
// taps without offset, both as a grid counts: from -1 to 1, edge to edge.
func (g deformed) grid(x trt.Dims) (unit, base trt.Float32s) {
	place := func(axis int, window, tap int64) float32 {
		at := window*g.stride[axis] - g.padding[axis] + tap*g.dilation[axis]
		return float32(float64(2*at+1)/float64(x[2+axis]) - 1)
	}
	for i := range g.out[0] * g.kernel[0] {
		for j := range g.out[1] * g.kernel[1] {
			base = append(base, place(1, j/g.kernel[1], j%g.kernel[1]), place(0, i/g.kernel[0], i%g.kernel[0]))
		}
	}
	return trt.Float32s{2 / float32(x[3]), 2 / float32(x[2])}, base
}
