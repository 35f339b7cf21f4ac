package oracle

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// long returns an integer tensor as int64, the only type that ONNX takes of
// indices everywhere.
func (g *graph) long(x string) string {
	return g.node("Cast", []string{x}, number("to", elementTypes[dtype.Int64]))
}

func (g *graph) scatter(op trt.Scatter, out string, in []string) {
	in = []string{in[0], g.long(in[1]), in[2]}
	if op.Mode == trt.ScatterND {
		g.to(out, "ScatterND", in)
		return
	}
	g.to(out, "ScatterElements", in, number("axis", op.Axis))
}

func (g *graph) topK(op trt.TopK, outputs []string, x string) {
	indices := g.name()
	g.add("TopK", []string{x, g.longs(op.K)}, []string{outputs[0], indices}, number("axis", op.Axis), flag("largest", op.Operation == trt.TopKMax))
	g.to(outputs[1], "Cast", []string{indices}, number("to", elementTypes[op.IndexType]))
}

func (g *graph) oneHot(op trt.OneHot, out string, in []string, rank int) {
	if rank == 0 {
		g.unsupported("OneHot takes no scalar")
	}
	g.to(out, "OneHot", []string{g.long(in[0]), g.longs(op.Depth), in[1]}, number("axis", op.Axis))
}

func (g *graph) cumulative(op trt.Cumulative, out, x string) {
	g.to(out, "CumSum", []string{x, g.longs(int64(op.Axis))}, flag("exclusive", op.Exclusive), flag("reverse", op.Reverse))
}

func (g *graph) reverseSequence(op trt.ReverseSequence, out string, in []string) {
	if op.BatchAxis+op.SequenceAxis != 1 {
		g.unsupported("ReverseSequence takes the first two axes")
	}
	g.to(out, "ReverseSequence", []string{in[0], g.long(in[1])}, number("batch_axis", op.BatchAxis), number("time_axis", op.SequenceAxis))
}
