package oracle

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// inner begins the graph of a body.
func (g *graph) inner(l *trt.Layer, body trt.Body) *graph {
	b := &graph{ctx: g.ctx, opset: g.opset, scope: body.Prefix(g.scope + l.Name)}
	b.layer = b.scope
	b.body.text(2, body.Role)
	return b
}

// output adds an output to the graph of a body: a tensor of its own, as one from
// around the body is none.
func (g *graph) output(name string, t dtype.Type, d trt.Dims) {
	name = g.node("Identity", []string{name})
	g.body.bytes(12, valueInfo(name, t, d))
}

// attribute ends the graph of a body.
func (g *graph) attribute(b *graph, name string) attribute {
	if b.err != nil && g.err == nil {
		g.err = b.err
	}
	m := newAttribute(name, 5)
	m.bytes(6, b.body)
	return attribute(m)
}

func (g *graph) outputs(l *trt.Layer) []string {
	names := make([]string, len(l.Outputs))
	for i, y := range l.Outputs {
		names[i] = g.scope + y.Name
	}
	return names
}

// conditional writes the bodies as graphs that read the tensors around them.
func (g *graph) conditional(op trt.If, l *trt.Layer, in []string) {
	var attributes []attribute
	around := in[1:]
	for _, body := range trt.Bodies(op) {
		b := g.inner(l, body)
		for i, x := range body.Network.Inputs() {
			b.to(b.scope+x.Name, "Identity", around[i:i+1])
		}
		around = around[len(body.Network.Inputs()):]
		b.layers(body.Network)
		for _, y := range body.Network.Outputs() {
			b.output(b.scope+y.Name, y.Type, y.Dims)
		}
		attributes = append(attributes, g.attribute(b, body.Role+"_branch"))
	}
	g.add("If", in[:1], g.outputs(l), attributes...)
}

// choose is Where, which ONNX Runtime does not have of bools.
func (g *graph) choose(condition, yes, no string, t dtype.Type) string {
	if t != dtype.Bool {
		return g.node("Where", []string{condition, yes, no})
	}
	not := g.node("Not", []string{condition})
	return g.node("Or", []string{g.node("And", []string{condition, yes}), g.node("And", []string{not, no})})
}

// loop writes the body as a graph that reads what is the same in all iterations
// from around it, and takes the entry of an iterator itself. ONNX counts the
// iteration that finds its condition false, so states do not change in that, and
// what it joins is cut off.
func (g *graph) loop(op trt.Loop, l *trt.Layer, in []string) {
	trips := ""
	if op.TripCount {
		trips, in = g.long(in[0]), in[1:]
	}
	body := trt.Bodies(op)[0]
	b := g.inner(l, body)
	iteration, whether := b.name(), b.name()
	b.body.bytes(11, valueInfo(iteration, dtype.Int64, trt.Dims{}))
	b.body.bytes(11, valueInfo(whether, dtype.Bool, trt.Dims{}))

	inputs, results := map[string]*trt.Tensor{}, map[string]*trt.Tensor{}
	given := map[string]string{}
	for i, x := range body.Network.Inputs() {
		inputs[x.Name], given[x.Name] = x, in[i]
	}
	for _, y := range body.Network.Outputs() {
		results[y.Name] = y
	}
	operands := []string{trips, ""}
	for _, s := range op.Recurrences {
		x := inputs[s.State]
		b.body.bytes(11, valueInfo(b.scope+x.Name, x.Type, x.Dims))
		operands = append(operands, given[s.State])
		delete(given, s.State)
	}
	for _, i := range op.Iterators {
		at := iteration
		if i.Reverse {
			last := b.node("Sub", []string{trips, b.constant(dtype.Int64, trt.Dims{}, encodeInts(dtype.Int64, []int64{1}))})
			at = b.node("Sub", []string{last, iteration})
		}
		b.to(b.scope+i.Input, "Gather", []string{given[i.Input], at}, number("axis", i.Axis))
		delete(given, i.Input)
	}
	for _, x := range body.Network.Inputs() {
		if around, ok := given[x.Name]; ok {
			b.to(b.scope+x.Name, "Identity", []string{around})
		}
	}
	b.layers(body.Network)

	goesOn := b.constant(dtype.Bool, trt.Dims{}, []byte{1})
	if op.While != "" {
		goesOn = b.scope + op.While
	}
	b.output(goesOn, dtype.Bool, trt.Dims{})
	last := map[string]string{}
	var made []string
	for _, s := range op.Recurrences {
		next, x := b.scope+s.Next, inputs[s.State]
		if op.While != "" {
			next = b.choose(goesOn, next, b.scope+s.State, x.Type)
		}
		b.output(next, x.Type, x.Dims)
		last[s.State] = g.name()
		made = append(made, last[s.State])
	}
	joined := make([]string, len(op.Outputs))
	for i, o := range op.Outputs {
		if o.Kind != trt.LoopLastValue {
			y := results[o.Value]
			b.output(b.scope+o.Value, y.Type, y.Dims)
			joined[i] = g.name()
			made = append(made, joined[i])
		}
	}
	counted := ""
	if op.While != "" {
		b.output(goesOn, dtype.Bool, trt.Dims{})
		counted = g.name()
		made = append(made, counted)
	}
	g.add("Loop", operands, made, g.attribute(b, "body"))
	if counted != "" {
		counted = g.node("ReduceSum", []string{g.long(counted), g.longs(0)}, flag("keepdims", true))
	}
	for i, o := range op.Outputs {
		out := g.scope + l.Outputs[i].Name
		if o.Kind == trt.LoopLastValue {
			g.to(out, "Identity", []string{last[o.Value]})
			continue
		}
		y := joined[i]
		if counted != "" {
			y = g.node("Slice", []string{y, g.longs(0), counted, g.longs(0)})
		}
		if o.Kind == trt.LoopReverse {
			y = g.node("Slice", []string{y, g.longs(-1), g.longs(beforeFirst), g.longs(0), g.longs(-1)})
		}
		order := []int{}
		for axis := range results[o.Value].Dims {
			order = append(order, axis+1)
		}
		g.to(out, "Transpose", []string{y}, numbers("perm", slices.Insert(order, o.Axis, 0)))
	}
}
