package oracle

import (
	"slices"

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

// reverseSequence moves batch and sequence to the first two axes, where ONNX has
// them.
func (g *graph) reverseSequence(op trt.ReverseSequence, out string, in []string, rank int) {
	order := []int{op.BatchAxis, op.SequenceAxis}
	for axis := range rank {
		if axis != op.BatchAxis && axis != op.SequenceAxis {
			order = append(order, axis)
		}
	}
	back := make([]int, rank)
	for i, axis := range order {
		back[axis] = i
	}
	x := g.node("Transpose", in[:1], numbers("perm", order))
	x = g.node("ReverseSequence", []string{x, g.long(in[1])}, number("batch_axis", 0), number("time_axis", 1))
	g.to(out, "Transpose", []string{x}, numbers("perm", back))
}

// gatherInBatches takes entries of an axis, other ones in each entry of axis 0.
// GatherND has batches, but takes entries of the axis that follows them.
func (g *graph) gatherInBatches(op trt.Gather, out string, in []string, data, indices trt.Dims) {
	batch := max(data[0], indices[0])
	spread := func(x string, d trt.Dims) string {
		d = d.Clone()
		d[0] = batch
		return g.node("Expand", []string{x, g.longs(d...)})
	}
	front, back := []int{0, op.Axis}, []int{0}
	taken := len(indices) - 1
	for axis := 1; axis < len(data); axis++ {
		if axis != op.Axis {
			front = append(front, axis)
		}
	}
	for i := range op.Axis - 1 {
		back = append(back, 1+taken+i)
	}
	for i := range taken {
		back = append(back, 1+i)
	}
	for i := len(back); i < len(data)+taken-1; i++ {
		back = append(back, i)
	}
	x := g.node("Transpose", []string{spread(in[0], data)}, numbers("perm", front))
	at := g.node("Unsqueeze", []string{g.long(spread(in[1], indices)), g.longs(-1)})
	g.to(out, "Transpose", []string{g.node("GatherND", []string{x, at}, number("batch_dims", 1))}, numbers("perm", back))
}

func (g *graph) nonZero(op trt.NonZero, out string, in []string, rank int) {
	if rank == 0 {
		g.unsupported("NonZero takes a scalar for a vector")
	}
	g.narrow(out, g.node("NonZero", in), op.IndexType)
}

// nms puts what ONNX selects in the order of the batch and of falling scores,
// classes mixed. The first of equals stays first in TopK, so it sorts by one
// after the other. Classes with boxes of their own are batches of their own.
func (g *graph) nms(op trt.NMS, outputs, in []string, boxes *trt.Tensor, d trt.Dims) {
	switch {
	case op.IoUThreshold < 0 || op.IoUThreshold > 1:
		g.unsupported("NonMaxSuppression has a threshold from 0 to 1")
	case op.BoxLimit < 5000:
		g.unsupported("NonMaxSuppression considers all boxes")
	}
	scores := g.single(g.node("Transpose", in[1:2], numbers("perm", []int{0, 2, 1})), boxes.Type)
	suppressed := func(boxes, scores string) string {
		return g.node("NonMaxSuppression", []string{boxes, scores, g.longs(op.MaxPerClass), g.floats(op.IoUThreshold), g.floats(op.ScoreThreshold)},
			flag("center_point_box", op.Format == trt.BoxCenter))
	}
	all := g.single(in[0], boxes.Type)
	var rows string
	if len(boxes.Dims) == 3 {
		rows = suppressed(all, scores)
	} else {
		batches := d[0] * d[2]
		all = g.node("Reshape", []string{g.node("Transpose", []string{all}, numbers("perm", []int{0, 2, 1, 3})), g.longs(batches, d[1], 4)})
		rows = suppressed(all, g.node("Reshape", []string{scores, g.longs(batches, 1, d[1])}))
		column := func(i int64) string { return g.node("Slice", []string{rows, g.longs(i), g.longs(i + 1), g.longs(1)}) }
		batch := g.node("Div", []string{column(0), g.longs(d[2])})
		class := g.node("Mod", []string{column(0), g.longs(d[2])})
		rows = g.node("Concat", []string{batch, class, column(2)}, number("axis", 1))
	}
	count := g.node("Slice", []string{g.node("Shape", []string{rows}), g.longs(0), g.longs(1)})
	sorted := func(keys string, largest bool) {
		order := g.name()
		g.add("TopK", []string{keys, count}, []string{g.name(), order}, flag("largest", largest))
		rows = g.node("Gather", []string{rows, order})
	}
	sorted(g.node("GatherND", []string{scores, rows}), true)
	sorted(g.node("Gather", []string{rows, g.constant(dtype.Int64, trt.Dims{}, make([]byte, 8))}, number("axis", 1)), false)
	g.narrow(outputs[0], rows, op.IndexType)
	g.narrow(outputs[1], g.node("Squeeze", []string{count}), dtype.Int32)
}

// fill counts along every axis, in float64: Range counts along one.
func (g *graph) fill(op trt.Fill, out string, in []string, d trt.Dims) {
	if op.Operation != trt.FillLinspace || !d.IsStatic() {
		g.unsupported("there is no operator for %s of %v", op.Operation, d)
		return
	}
	y, steps := g.wide(g.scalar(dtype.Float32, float32(op.Alpha))), g.wide(g.floats(float32(op.Beta)))
	if len(in) > 1 {
		y, steps = g.wide(in[len(in)-2]), g.wide(in[len(in)-1])
	}
	for axis, n := range d {
		places := make([]int64, n)
		for i := range places {
			places[i] = int64(i)
		}
		shape := slices.Repeat([]int64{1}, len(d))
		shape[axis] = n
		count := g.node("Reshape", []string{g.wide(g.longs(places...)), g.longs(shape...)})
		step := g.node("Slice", []string{steps, g.longs(int64(axis)), g.longs(int64(axis) + 1)})
		y = g.node("Add", []string{y, g.node("Mul", []string{count, step})})
	}
	g.narrow(out, y, op.Type)
}
