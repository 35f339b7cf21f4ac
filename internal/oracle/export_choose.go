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

func (g *graph) topK(op trt.TopK, outputs, in []string) {
	indices, k := g.name(), g.longs(op.K)
	if len(in) > 1 {
		k = g.node("Reshape", []string{g.long(in[1]), g.longs(1)})
	}
	g.add("TopK", []string{in[0], k}, []string{outputs[0], indices}, number("axis", op.Axis), flag("largest", op.Operation == trt.TopKMax))
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

func (g *graph) nonZero(op trt.NonZero, out string, in []string, rank int) {
	if rank == 0 {
		g.unsupported("NonZero takes a scalar for a vector")
	}
	g.narrow(out, g.node("NonZero", in), op.IndexType)
}

// nms puts what ONNX selects in the order of the batch and of falling scores,
// classes mixed. The first of equals stays first in TopK, so it sorts by one
// after the other.
func (g *graph) nms(op trt.NMS, outputs, in []string, boxes *trt.Tensor) {
	switch {
	case len(boxes.Dims) == 4:
		g.unsupported("NonMaxSuppression has the same boxes for all classes")
	case op.IoUThreshold < 0 || op.IoUThreshold > 1:
		g.unsupported("NonMaxSuppression has a threshold from 0 to 1")
	case op.BoxLimit < 5000:
		g.unsupported("NonMaxSuppression considers all boxes")
	}
	scores := g.node("Transpose", in[1:2], numbers("perm", []int{0, 2, 1}))
	rows := g.node("NonMaxSuppression", []string{g.single(in[0], boxes.Type), g.single(scores, boxes.Type), g.longs(op.MaxPerClass), g.floats(op.IoUThreshold), g.floats(op.ScoreThreshold)},
		flag("center_point_box", op.Format == trt.BoxCenter))
	count := g.node("Slice", []string{g.node("Shape", []string{rows}), g.longs(0), g.longs(1)})
	sorted := func(keys string, largest bool) {
		order := g.name()
		g.add("TopK", []string{keys, count}, []string{g.name(), order}, flag("largest", largest))
		rows = g.node("Gather", []string{rows, order})
	}
	sorted(g.node("GatherND", []string{g.single(scores, boxes.Type), rows}), true)
	sorted(g.node("Gather", []string{rows, g.constant(dtype.Int64, trt.Dims{}, make([]byte, 8))}, number("axis", 1)), false)
	g.narrow(outputs[0], rows, op.IndexType)
	g.narrow(outputs[1], g.node("Squeeze", []string{count}), dtype.Int32)
}
