package agree

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// loop draws states, what is iterated over, tensors from outside, a condition and
// outputs of both sorts. The body's inputs are the states, the iterators' and the
// outside tensors; its outputs y0, y1, … are the next states, "entry" what is
// joined, "more" the condition.
func loop(g *gen) (trt.Op, []trt.Info) {
	trips := int64(g.between(1, 4))
	op := trt.Loop{TripCount: g.chance(85)}
	reads := g.read(1, 2)
	in := slices.Clone(reads)
	states := len(reads)
	for i := range states {
		op.Recurrences = append(op.Recurrences, trt.Recurrence{State: fmt.Sprintf("x%d", i), Next: fmt.Sprintf("y%d", i)})
	}
	for range g.IntN(3) {
		entry := pick(g, reads...)
		axis := g.IntN(len(entry.Dims) + 1)
		op.Iterators = append(op.Iterators, trt.Iterator{Input: fmt.Sprintf("x%d", len(reads)), Axis: axis, Reverse: op.TripCount && g.coin()})
		in = append(in, trt.Info{Type: entry.Type, Dims: slices.Insert(entry.Dims.Clone(), axis, trips)})
		reads = append(reads, entry)
	}
	if g.coin() {
		reads, in = append(reads, reads[0]), append(in, reads[0])
	}
	if !op.TripCount || g.chance(20) {
		op.While = "more"
	}
	op.Body = g.body(reads, func(n *trt.Network, x []*trt.Tensor) {
		for i := range states {
			n.MarkOutput(g.next(n, fmt.Sprintf("next%d", i), x[i], x[states:]), fmt.Sprintf("y%d", i))
		}
		if entry := pick(g, x...); g.coin() {
			n.MarkOutput(g.steps(n, "entry", entry, 1), "entry")
		} else {
			n.MarkOutput(n.AddIdentity("entry", entry), "entry")
		}
		if op.While != "" {
			n.MarkOutput(g.more(n, x), op.While)
		}
	})
	if op.TripCount {
		in = slices.Insert(in, 0, g.count(trips, 60))
		if op.While != "" && g.chance(80) {
			in[0].Type = dtype.Int32
		}
	}
	for range g.between(1, 3) {
		o := trt.LoopOutput{Kind: choice[trt.LoopOutputKind](g), Value: "entry", Axis: g.IntN(2)}
		if len(op.Iterators) == 0 && g.chance(80) {
			o.Kind, o.Axis = pick(g, trt.LoopConcatenate, trt.LoopLastValue), 0
		}
		if o.Kind == trt.LoopLastValue {
			o.Value = fmt.Sprintf("x%d", g.IntN(states))
		} else {
			in = append(in, g.count(trips, 100))
		}
		op.Outputs = append(op.Outputs, o)
	}
	return op, in
}

// count is a number of iterations, a constant mostly.
func (g *gen) count(n int64, constant int) trt.Info {
	x := trt.Info{Type: g.index(), Dims: trt.Dims{}}
	if g.chance(constant) {
		x.Values = []trt.Element{{Known: true, Int: n}}
	}
	return x
}

// next adds what a state becomes, of which most have the state's dimensions.
func (g *gen) next(n *trt.Network, name string, state *trt.Tensor, others []*trt.Tensor) *trt.Tensor {
	if g.chance(10) {
		return g.steps(n, name, state, 1)
	}
	y := g.same(n, name, state)
	for i, x := range others {
		if x.Type == y.Type && x.Dims.Equal(y.Dims) && g.chance(70) {
			y = n.AddElementWise(fmt.Sprintf("%s.sum%d", name, i), y, x, trt.Sum)
		}
	}
	return y
}

// more adds a condition: always true, or by the elements of an input.
func (g *gen) more(n *trt.Network, x []*trt.Tensor) *trt.Tensor {
	y := pick(g, x...)
	if g.chance(30) {
		return n.AddConstant("more", trt.RawWeights(dtype.Bool, trt.Dims{}, []byte{1}))
	}
	if rank := len(y.Dims); rank > 0 {
		axes := make([]int, rank)
		for i := range axes {
			axes[i] = i
		}
		y = n.AddReduce("all", y, trt.Reduce{Operation: trt.ReduceMax, Axes: axes})
	}
	return n.AddElementWise("more", y, g.unit(n, "limit", y), trt.Less)
}
