package oracle

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// factor is the scale of a quantization as ONNX wants it: a scalar, an entry of
// an axis, or one for blocks along an axis.
type factor struct {
	name  string
	dims  trt.Dims
	along []attribute
}

// factor changes blocks that extend in several axes into such of one: in the
// others the scale is repeated.
func (g *graph) factor(name string, x, scale, block trt.Dims, axis int) factor {
	switch {
	case scale.Count() == 1:
		return factor{g.node("Reshape", []string{name, g.longs()}), trt.Dims{}, nil}
	case len(scale) == 1:
		return factor{name, scale, []attribute{number("axis", axis)}}
	}
	g.since(21)
	size := make(trt.Dims, len(x))
	for i := range x {
		if size[i] = x[i] / scale[i]; block != nil {
			size[i] = block[i]
		}
		if size[i] == trt.Dynamic {
			size[i] = x[i]
		}
		if size[i] > 1 {
			axis = i
		}
	}
	dims := x.Clone()
	dims[axis] = scale[axis]
	for i, n := range size {
		if i == axis || n == 1 {
			continue
		}
		var entries []int64
		for e := range x[i] {
			entries = append(entries, e/n)
		}
		name = g.node("Gather", []string{name, g.longs(entries...)}, number("axis", i))
	}
	return factor{name, dims, []attribute{number("axis", axis), number("block_size", size[axis])}}
}

// single returns a tensor in float32, which ONNX wants of both a plain tensor
// and its scale where their types differ.
func (g *graph) single(name string, t dtype.Type) string {
	if t == dtype.Float32 {
		return name
	}
	return g.node("Cast", []string{name}, number("to", elementTypes[dtype.Float32]))
}

func (g *graph) quantize(op trt.Quantize, out string, in []string, tensors []*trt.Tensor) {
	x, scale := tensors[0], tensors[1]
	in = slices.Clone(in)
	if x.Type != scale.Type {
		in[0], in[1] = g.single(in[0], x.Type), g.single(in[1], scale.Type)
	}
	f := g.factor(in[1], x.Dims, scale.Dims, op.BlockShape, op.Axis)
	zeros := g.constant(op.To, f.dims, make([]byte, f.dims.Count()))
	g.to(out, "QuantizeLinear", []string{in[0], f.name, zeros}, f.along...)
}

func (g *graph) dequantize(op trt.Dequantize, out string, in []string, tensors []*trt.Tensor) {
	x, scale := tensors[0], tensors[1]
	if scale.Type == op.To {
		f := g.factor(in[1], x.Dims, scale.Dims, op.BlockShape, op.Axis)
		g.to(out, "DequantizeLinear", []string{in[0], f.name}, f.along...)
		return
	}
	f := g.factor(g.single(in[1], scale.Type), x.Dims, scale.Dims, op.BlockShape, op.Axis)
	g.narrow(out, g.node("DequantizeLinear", []string{in[0], f.name}, f.along...), op.To)
}

// dynamicQuantize finds the largest of each block, in which those at the end of
// an axis are filled up with zeros.
func (g *graph) dynamicQuantize(op trt.DynamicQuantize, outputs []string, in string, x *trt.Tensor, scale trt.Dims) {
	plain := g.single(in, x.Type)
	missing, parts, axes := make([]int64, 2*len(scale)), []int64{}, []int{}
	for i, n := range scale {
		size := op.BlockShape[i]
		if size == trt.Dynamic {
			size = x.Dims[i]
		}
		missing[len(scale)+i] = n*size - x.Dims[i]
		parts, axes = append(parts, n, size), append(axes, 2*i+1)
	}
	blocks := g.node("Reshape", []string{g.node("Pad", []string{g.node("Abs", []string{plain}), g.longs(missing...)}), g.longs(parts...)})
	one := func(v float32) string { return g.scalar(dtype.Float32, v) }
	scales := g.node("Div", []string{g.node("ReduceMax", []string{blocks, g.axes(axes)}, flag("keepdims", false)), one(448)})
	if op.ScaleType == dtype.Float8E8M0FNU {
		scales = g.powerOfTwo(scales)
	}
	g.to(outputs[1], "Identity", []string{scales})
	divisor := g.node("Where", []string{g.node("Equal", []string{scales, one(0)}), one(1), scales})
	f := g.factor(divisor, x.Dims, scale, op.BlockShape, 0)
	zeros := g.constant(op.To, f.dims, make([]byte, f.dims.Count()))
	g.to(outputs[0], "QuantizeLinear", []string{plain, f.name, zeros}, f.along...)
}

// powerOfTwo returns the least that is not less: from that nearest to the
// logarithm, which is not exact, it is one step up or down.
func (g *graph) powerOfTwo(x string) string {
	value := func(v float32) string { return g.wide(g.scalar(dtype.Float32, v)) }
	x = g.node("Max", []string{g.wide(x), value(0x1p-127)})
	log := g.node("Div", []string{g.node("Log", []string{x}), g.node("Log", []string{value(2)})})
	near := g.node("Pow", []string{value(2), g.node("Round", []string{log})})
	step := func(by float32) string { return g.node("Mul", []string{near, value(by)}) }
	near = g.node("Where", []string{g.node("Less", []string{near, x}), step(2), near})
	near = g.node("Where", []string{g.node("Less", []string{step(0.5), x}), near, step(0.5)})
	return g.node("Cast", []string{near}, number("to", elementTypes[dtype.Float32]))
}
