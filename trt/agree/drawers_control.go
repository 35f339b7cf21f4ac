package agree

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// deepest is how deep bodies are drawn in bodies.
const deepest = 2

// assertion draws conditions that hold mostly. Which of them are made of
// dimensions derive decides.
func assertion(g *gen) (trt.Op, []trt.Info) {
	x := trt.Info{Type: dtype.Bool, Dims: g.dims(pick(g, 0, 0, 1, 1, 1, 2))}
	if g.chance(85) {
		x.Values = make([]trt.Element, x.Dims.Count())
		for i := range x.Values {
			x.Values[i] = trt.Element{Known: true, Int: 1}
			if g.chance(5) {
				x.Values[i].Int = 0
			}
		}
	}
	return trt.Assertion{Message: "must hold"}, []trt.Info{x}
}

// conditional draws two bodies that return tensors of the same types and, mostly,
// ranks.
func conditional(g *gen) (trt.Op, []trt.Info) {
	then := g.read(1, 2)
	els := then
	if g.chance(40) {
		els = make([]trt.Info, len(then))
		for i, x := range then {
			els[i] = trt.Info{Type: x.Type, Dims: g.dims(len(x.Dims))}
		}
	}
	if g.chance(10) {
		els[0].Type = pick(g, plain...)
	}
	op := trt.If{Then: g.branch(then, 0), Else: g.branch(els, 0)}
	return op, append(append([]trt.Info{g.truth()}, then...), els...)
}

// truth is a condition, which a constant may be.
func (g *gen) truth() trt.Info {
	c := trt.Info{Type: dtype.Bool, Dims: trt.Dims{}}
	if g.chance(15) {
		c.Values = []trt.Element{{Known: true, Int: int64(g.IntN(2))}}
	}
	return c
}

// read draws the tensors that a body reads.
func (g *gen) read(low, high int) []trt.Info {
	in := make([]trt.Info, g.between(low, high))
	for i := range in {
		in[i] = trt.Info{Type: pick(g, numbers...), Dims: g.dims(g.rank(0, 4))}
		if g.chance(10) {
			in[i].Type = dtype.Bool
		}
	}
	return in
}

// branch draws a body that returns each of its inputs changed.
func (g *gen) branch(in []trt.Info, depth int) *trt.Network {
	return g.body(in, func(n *trt.Network, x []*trt.Tensor) {
		for i := range x {
			n.MarkOutput(g.steps(n, fmt.Sprintf("step%d", i), x[i], depth), fmt.Sprintf("y%d", i))
		}
	})
}

// body records a body for inputs like in, x0, x1, …, of which some extents may be
// dynamic. What cannot be recorded is drawn again, a few times.
func (g *gen) body(in []trt.Info, record func(n *trt.Network, x []*trt.Tensor)) *trt.Network {
	var n *trt.Network
	for range 50 {
		n = trt.NewNetwork("body", trt.Target{})
		loose := g.chance(40)
		x := make([]*trt.Tensor, len(in))
		for i, info := range in {
			d := info.Dims.Clone()
			for axis := range d {
				if loose && g.chance(60) {
					d[axis] = trt.Dynamic
				}
			}
			x[i] = n.AddInput(fmt.Sprintf("x%d", i), info.Type, d)
		}
		if record(n, x); n.Err() == nil {
			break
		}
	}
	return n
}

// steps adds a few layers to x.
func (g *gen) steps(n *trt.Network, name string, x *trt.Tensor, depth int) *trt.Tensor {
	y := n.AddIdentity(name, x)
	for i := range g.IntN(4) {
		if n.Err() != nil { // what there is has no type
			break
		}
		step := fmt.Sprintf("%s.%d", name, i)
		if g.chance(70) {
			y = g.same(n, step, y)
		} else {
			y = g.other(n, step, y, depth)
		}
	}
	return y
}

// same adds a layer that returns the type and dimensions of x.
func (g *gen) same(n *trt.Network, name string, x *trt.Tensor) *trt.Tensor {
	switch g.IntN(6) {
	case 0:
		return n.AddUnary(name, x, pick(g, trt.Abs, trt.Sin, trt.Neg))
	case 1:
		return n.AddElementWise(name, x, x, pick(g, trt.Sum, trt.Prod, trt.Max))
	case 2:
		return n.AddElementWise(name, x, g.unit(n, name+".one", x), trt.Sum)
	case 3:
		return n.AddSoftmax(name, x, g.axis(len(x.Dims)))
	case 4:
		return n.AddCumulative(name, x, trt.Cumulative{Operation: trt.CumulativeSum, Axis: g.axis(len(x.Dims)), Reverse: g.coin()})
	}
	return n.AddIdentity(name, x)
}

// unit adds a constant of one element, of the rank of x.
func (g *gen) unit(n *trt.Network, name string, x *trt.Tensor) *trt.Tensor {
	if n.Err() != nil { // what there is has no type
		return x
	}
	d := make(trt.Dims, len(x.Dims))
	for i := range d {
		d[i] = 1
	}
	return n.AddConstant(name, weights(x.Type, d...))
}

// other adds a layer, a conditional or a loop that may return something else than
// x has.
func (g *gen) other(n *trt.Network, name string, x *trt.Tensor, depth int) *trt.Tensor {
	axis := g.axis(len(x.Dims))
	switch g.IntN(11) {
	case 0:
		return n.AddConcatenation(name, axis, x, x)
	case 1:
		return n.AddSlice(name, x, trt.Slice{Axes: []int{axis}, Start: trt.Dims{0}, Size: trt.Dims{1}, Stride: trt.Dims{1}})
	case 2:
		return n.AddReduce(name, x, trt.Reduce{Operation: trt.ReduceMax, Axes: []int{axis}, KeepDims: g.chance(80)})
	case 3:
		return n.AddShuffle(name, x, trt.Shuffle{FirstTranspose: g.Perm(len(x.Dims))})
	case 4:
		return n.AddMatrixMultiply(name, x, trt.MatrixNone, x, trt.MatrixTranspose)
	case 5:
		return n.AddShuffle(name, x, trt.Shuffle{Reshape: trt.Dims{trt.Dynamic, 1}})
	case 6:
		return n.AddUnsqueeze(name, x, axis)
	case 7:
		return n.AddCast(name, x, pick(g, numbers...))
	case 8:
		return g.unit(n, name, x)
	}
	if depth == deepest {
		return x
	}
	in := []trt.Info{{Type: x.Type, Dims: x.Dims}}
	if g.coin() {
		condition := n.AddConstant(name+".truth", trt.RawWeights(dtype.Bool, trt.Dims{}, []byte{byte(g.IntN(2))}))
		op := trt.If{Then: g.branch(in, depth+1), Else: g.branch(in, depth+1)}
		return n.AddIf(name, condition, op, []*trt.Tensor{x}, []*trt.Tensor{x})[0]
	}
	op := trt.Loop{
		Body: g.branch(in, depth+1), TripCount: true,
		Recurrences: []trt.Recurrence{{State: "x0", Next: "y0"}}, Outputs: []trt.LoopOutput{{Kind: trt.LoopLastValue, Value: "x0"}},
	}
	return n.AddLoop(name, op, n.AddConstant(name+".trips", trt.RawWeights(dtype.Int32, trt.Dims{}, []byte{2, 0, 0, 0})), x)[0]
}
