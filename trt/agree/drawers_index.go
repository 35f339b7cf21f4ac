package agree

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// index draws the type of indices.
func (g *gen) index() dtype.Type { return pick(g, dtype.Int32, dtype.Int64) }

// choose draws a Select of three tensors that broadcast.
func choose(g *gen) (trt.Op, []trt.Info) {
	d := g.dims(g.rank(0, 8))
	a, b := g.stretched(d)
	t := pick(g, plain...)
	return trt.Select{}, []trt.Info{{Type: dtype.Bool, Dims: g.folded(d)}, {Type: t, Dims: a}, {Type: t, Dims: b}}
}

func topK(g *gen) (trt.Op, []trt.Info) {
	x := g.dims(g.rank(2, 8))
	op := trt.TopK{Operation: choice[trt.TopKOperation](g), Axis: g.axis(len(x)), IndexType: pick(g, dtype.Invalid, g.index())}
	if g.chance(10) {
		x[op.Axis] = pick[int64](g, 3839, 3840, 3841, 5000)
	}
	op.K = 1 + g.Int64N(min(3840, x[op.Axis]))
	in := one(pick(g, numbers...), x)
	if g.coin() {
		in = append(in, g.count(op.K, 100))
		op.K = 0
	}
	return op, in
}

func scatter(g *gen) (trt.Op, []trt.Info) {
	op := trt.Scatter{Mode: choice[trt.ScatterMode](g)}
	data := g.dims(g.rank(1, 8))
	var indices, updates trt.Dims
	if op.Mode == trt.ScatterElement {
		op.Axis = g.axis(len(data))
		indices = make(trt.Dims, len(data))
		for i, e := range data {
			indices[i] = 1 + g.Int64N(e)
		}
		updates = indices.Clone()
	} else {
		tuple := g.between(1, len(data))
		places := g.dims(g.IntN(3))
		indices = append(places.Clone(), int64(tuple))
		updates = append(places.Clone(), data[tuple:]...)
	}
	t := pick(g, plain...)
	return op, []trt.Info{{Type: t, Dims: data}, {Type: g.index(), Dims: indices}, {Type: t, Dims: updates}}
}

func oneHot(g *gen) (trt.Op, []trt.Info) {
	d := g.dims(g.rank(0, 8))
	op := trt.OneHot{Depth: pick[int64](g, 1, 2, 5, 100), Axis: g.IntN(len(d) + 1)}
	return op, []trt.Info{{Type: g.index(), Dims: d}, {Type: pick(g, plain...), Dims: trt.Dims{2}}}
}

func cumulative(g *gen) (trt.Op, []trt.Info) {
	d := g.dims(g.rank(1, 8))
	op := trt.Cumulative{Operation: choice[trt.CumulativeOperation](g), Axis: g.axis(len(d)), Exclusive: g.coin(), Reverse: g.coin()}
	return op, one(pick(g, numbers...), d)
}

func reverseSequence(g *gen) (trt.Op, []trt.Info) {
	d := g.dims(g.rank(2, 8))
	axes := g.Perm(len(d))
	op := trt.ReverseSequence{BatchAxis: axes[0], SequenceAxis: axes[1]}
	return op, []trt.Info{{Type: pick(g, plain...), Dims: d}, {Type: g.index(), Dims: trt.Dims{d[axes[0]]}}}
}

func raggedSoftmax(g *gen) (trt.Op, []trt.Info) {
	x := g.dims(3)
	bounds := g.folded(x)
	bounds[2] = pick(g, 1, 1, 1, x[2])
	return trt.RaggedSoftmax{}, []trt.Info{{Type: pick(g, floats...), Dims: x}, {Type: dtype.Int32, Dims: bounds}}
}

func nonZero(g *gen) (trt.Op, []trt.Info) {
	return trt.NonZero{IndexType: g.index()}, one(pick(g, plain...), g.dims(g.rank(0, 8)))
}

func nms(g *gen) (trt.Op, []trt.Info) {
	op := trt.NMS{
		Format: choice[trt.BoxFormat](g), MaxPerClass: int64(g.between(1, 5)), BoxLimit: pick[int64](g, 1, 100, 5000), IndexType: g.index(),
		IoUThreshold: pick[float32](g, 0, 0.5, 1, 1.5), ScoreThreshold: pick[float32](g, -1, 0, 0.25, 2),
	}
	scores := g.dims(3)
	boxes := append(scores[:2].Clone(), 4)
	if g.coin() {
		boxes = slices.Insert(boxes, 2, scores[2])
	}
	return op, all(pick(g, floats...), boxes, scores)
}
