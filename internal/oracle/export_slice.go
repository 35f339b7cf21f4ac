package oracle

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// beforeFirst is where a slice ends that goes backwards to the first entry, which
// -1 is not.
const beforeFirst = -1 << 40

// slice pads what a slice finds outside of its input.
func (g *graph) slice(op trt.Slice, out string, in []string, x trt.Dims) {
	if slices.Contains(op.Stride, 0) {
		g.unsupported("Slice moves on")
	}
	given := map[trt.SliceInput]string{}
	for i, what := range op.Inputs {
		given[what] = in[i+1]
	}
	value, filled := given[trt.SliceValue]
	if delete(given, trt.SliceValue); len(given) > 0 {
		if op.Mode != trt.SliceStrict {
			g.unsupported("Pad is told beforehand how much is outside")
		}
		g.sliceByTensors(op, out, in[0], given)
		return
	}
	padded, start := in[0], op.Start.Clone()
	before, after := make([]int64, len(x)), make([]int64, len(x))
	ends := make([]int64, len(start))
	for i, axis := range op.Axes {
		last := start[i] + (op.Size[i]-1)*op.Stride[i]
		before[axis] = max(0, -min(start[i], last))
		after[axis] = max(0, max(start[i], last)-x[axis]+1)
		start[i] += before[axis]
		if reach := max(before[axis], after[axis]); op.Mode == trt.SliceWrap && reach > x[axis] || op.Mode == trt.SliceReflect && reach >= x[axis] {
			g.unsupported("Pad goes round once")
		}
		if ends[i] = start[i] + op.Size[i]*op.Stride[i]; ends[i] < 0 {
			ends[i] = beforeFirst
		}
	}
	if mode := map[trt.SliceMode]string{trt.SliceClamp: "edge", trt.SliceWrap: "wrap", trt.SliceReflect: "reflect", trt.SliceFill: "constant"}[op.Mode]; mode != "" {
		operands := []string{padded, g.longs(slices.Concat(before, after)...)}
		if filled {
			operands = append(operands, g.node("Reshape", []string{value, g.longs()}))
		}
		padded = g.node("Pad", operands, word("mode", mode))
	}
	g.to(out, "Slice", []string{padded, g.longs(start...), g.longs(ends...), g.axes(op.Axes), g.longs(op.Stride...)})
}

// sliceByTensors computes where a slice ends that begins, or goes on, as tensors
// say.
func (g *graph) sliceByTensors(op trt.Slice, out, x string, given map[trt.SliceInput]string) {
	part := func(what trt.SliceInput, numbers []int64) string {
		if name, ok := given[what]; ok {
			return g.long(name)
		}
		return g.longs(numbers...)
	}
	axes := make([]int64, len(op.Axes))
	for i, a := range op.Axes {
		axes[i] = int64(a)
	}
	start, stride := part(trt.SliceStart, op.Start), part(trt.SliceStride, op.Stride)
	end := g.node("Add", []string{start, g.node("Mul", []string{part(trt.SliceSize, op.Size), stride})})
	number := func(v int64) string {
		return g.constant(dtype.Int64, trt.Dims{}, encodeInts(dtype.Int64, []int64{v}))
	}
	end = g.node("Where", []string{g.node("Less", []string{end, number(0)}), number(beforeFirst), end})
	g.to(out, "Slice", []string{x, start, end, part(trt.SliceAxes, axes), stride})
}
