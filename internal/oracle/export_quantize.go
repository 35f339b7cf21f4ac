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
