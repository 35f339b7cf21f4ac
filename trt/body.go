package trt

import (
	"fmt"
	"iter"
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// maxNesting is how deep bodies may lie in bodies.
const maxNesting = 8

// nested is implemented by ops that hold networks.
type nested interface {
	Op
	bodies() []body
	// withBodies replaces them, in order.
	withBodies([]*Network) Op
	// reads returns what the inputs of each body are, of the op's inputs.
	reads(in []Info) [][]Info
}

// body is a network inside of an op, and the part it plays there.
type body struct {
	role string
	net  *Network
}

// Body is a network inside of an op.
type Body struct {
	Role    string
	Network *Network
}

// Prefix comes before the names of the body's layers where the names of all
// layers must differ: LAYER/ROLE/, where layer is the one that has the body.
func (b Body) Prefix(layer string) string { return layer + "/" + b.Role + "/" }

// EveryLayer yields the layers of n and of the bodies in it, each before those of
// its own bodies, by names that differ.
func (n *Network) EveryLayer() iter.Seq[*Layer] {
	return func(yield func(*Layer) bool) { n.everyLayer("", yield) }
}

// everyLayer reports whether yield asked for more.
func (n *Network) everyLayer(prefix string, yield func(*Layer) bool) bool {
	for _, l := range n.layers {
		named := *l
		named.Name = prefix + l.Name
		if !yield(&named) {
			return false
		}
		for _, b := range Bodies(l.Op) {
			if b.Network != nil && !b.Network.everyLayer(b.Prefix(named.Name), yield) {
				return false
			}
		}
	}
	return true
}

// Bodies returns the networks inside of an op; most have none.
func Bodies(op Op) []Body {
	n, ok := op.(nested)
	if !ok {
		return nil
	}
	var all []Body
	for _, b := range n.bodies() {
		all = append(all, Body{b.role, b.net})
	}
	return all
}

// bodyWeights returns the operands of all layers, named ROLE/LAYER.operand.
func bodyWeights(bodies []body) []Operand {
	var all []Operand
	for _, b := range bodies {
		if b.net == nil {
			continue
		}
		for _, l := range b.net.layers {
			for _, o := range l.Op.Weights() {
				all = append(all, Operand{Name: b.role + "/" + l.Name + "." + o.Name, Weights: o.Weights})
			}
		}
	}
	return all
}

// withBodyWeights returns op with the weights of all its bodies' layers
// replaced, in the order of bodyWeights. The bodies are unfinished then.
func withBodyWeights(op nested, ws []*Weights) Op {
	if same := slices.EqualFunc(bodyWeights(op.bodies()), ws, func(o Operand, w *Weights) bool { return o.Weights == w }); same {
		return op
	}
	var made []*Network
	for _, b := range op.bodies() {
		if b.net == nil || b.net.err != nil {
			return op
		}
		n := *b.net
		n.unfinished, n.layers = true, nil
		for _, l := range b.net.layers {
			l := *l
			if k := len(l.Op.Weights()); k > 0 {
				l.Op, ws = l.Op.WithWeights(ws[:k:k]), ws[k:]
			}
			n.layers = append(n.layers, &l)
		}
		made = append(made, &n)
	}
	return op.withBodies(made)
}

// finished returns op with bodies that are recorded for the target and for
// inputs of the dimensions that they will have, so that what is known inside is
// what TensorRT infers there.
func finished(op nested, in []Info, t Target) Op {
	reads := op.reads(in)
	var made []*Network
	for i, b := range op.bodies() {
		n := b.net
		if n != nil && n.err == nil && takes(n, reads[i]) == nil {
			if n.isFor(reads[i], t) {
				now := *n // what is recorded into n later, such as this layer itself, is not in the body
				n = &now
			} else {
				n = n.again(reads[i], t)
			}
		}
		made = append(made, n)
	}
	return op.withBodies(made)
}

// isFor reports whether n is recorded, for these inputs and this target.
func (n *Network) isFor(in []Info, t Target) bool {
	same := !n.unfinished && n.target.equal(t)
	for i, x := range n.inputs {
		same = same && x.Dims.Equal(in[i].Dims) && slices.Equal(x.Values, in[i].Values)
	}
	return same
}

// early returns the places of the inputs that layers in the bodies read as
// dimensions, or pass on to such.
func early(op nested, first int) []int {
	var places []int
	for _, b := range op.bodies() {
		if b.net == nil {
			continue
		}
		inputs := b.net.shapeInputs()
		for _, x := range b.net.inputs {
			if inputs[x] {
				places = append(places, first)
			}
			first++
		}
	}
	return places
}

// takes returns what is wrong with inputs that n is given.
func takes(n *Network, in []Info) *Error {
	if len(in) != len(n.inputs) {
		return &Error{Operand: "inputs", Msg: "are another number of tensors", Expected: fmt.Sprint(len(n.inputs)), Found: fmt.Sprint(len(in))}
	}
	for i, x := range n.inputs {
		fits := len(in[i].Dims) == len(x.Dims)
		for axis := 0; fits && axis < len(x.Dims); axis++ {
			fits = x.Dims[axis] == in[i].Dims[axis] || x.Dims[axis] == Dynamic
		}
		if in[i].Type != x.Type || !fits {
			return &Error{Operand: x.Name, Msg: "is not what the body reads", Expected: fmt.Sprintf("%s %v", x.Type, x.Dims), Found: fmt.Sprintf("%s %v", in[i].Type, in[i].Dims)}
		}
	}
	return nil
}

// inferBody returns the outputs of a body for its inputs.
func inferBody(b body, in []Info, t Target) ([]Info, error) {
	if b.net == nil {
		return nil, &Error{Operand: b.role, Msg: "is missing"}
	}
	if err := b.net.Validate(); err != nil {
		return nil, &Error{Operand: b.role, Err: err}
	}
	if err := takes(b.net, in); err != nil {
		err.Operand = b.role + " " + err.Operand
		return nil, err
	}
	if t.Product == RTX {
		if err := checkAttention(b); err != nil {
			return nil, err
		}
	}
	known := make(map[*Tensor]Info, len(b.net.tensors))
	for i, x := range b.net.inputs {
		known[x] = in[i]
	}
	if err := b.net.inferFrom(known, t); err != nil {
		return nil, &Error{Operand: b.role, Err: err}
	}
	out := make([]Info, len(b.net.outputs))
	for i, o := range b.net.outputs {
		out[i] = known[o]
	}
	return out, nil
}

// nesting is how deep bodies lie in op.
func nesting(op Op) int {
	deepest := 0
	for _, b := range Bodies(op) {
		if b.Network == nil {
			continue
		}
		deepest = max(deepest, 1)
		for _, l := range b.Network.layers {
			deepest = max(deepest, 1+nesting(l.Op))
		}
	}
	return deepest
}

// again records n anew. An error stays with what is returned.
func (n *Network) again(inputs []Info, t Target) *Network {
	dst := NewNetwork(n.name, t)
	now := make(map[*Tensor]*Tensor, len(n.inputs)+len(n.layers))
	for i, x := range n.inputs {
		now[x] = dst.input(x.Name, inputs[i])
	}
	for _, l := range n.layers {
		in := make([]*Tensor, len(l.Inputs))
		for i, t := range l.Inputs {
			in[i] = now[t]
		}
		out := dst.Add(l.Name, l.Op, in...)
		if dst.err == nil && n.declared {
			dst.checkDeclared(l, out)
		}
		if dst.err != nil {
			return dst
		}
		for i, t := range l.Outputs {
			now[t] = out[i]
		}
	}
	for _, o := range n.outputs {
		dst.MarkOutput(now[o], o.Name)
	}
	return dst
}

// checkDeclared holds recorded outputs against those that were read.
func (n *Network) checkDeclared(l *Layer, out []*Tensor) {
	same := len(out) == len(l.Outputs)
	for i := 0; same && i < len(out); i++ {
		same = out[i].Type == l.Outputs[i].Type && out[i].Dims.Equal(l.Outputs[i].Dims)
	}
	if !same {
		n.fail(&Error{Layer: l.Name, Op: l.Op.Kind(), Msg: "has other outputs than were read", Expected: fmt.Sprint(tensorInfos(out)), Found: fmt.Sprint(tensorInfos(l.Outputs))})
	}
}

// bodyDocument is the JSON of a body. What its weights are stands with the layer
// whose body it is.
type bodyDocument struct {
	Name    string       `json:"name"`
	Inputs  []TensorInfo `json:"inputs"`
	Layers  []layerJSON  `json:"layers"`
	Outputs []string     `json:"outputs"`
}

func (n *Network) bodyDocument() (*bodyDocument, error) {
	if n == nil {
		return nil, nil
	}
	d, err := n.document()
	for i := range d.Layers {
		d.Layers[i].Weights = nil
	}
	return &bodyDocument{d.Name, d.Inputs, d.Layers, d.Outputs}, err
}

// network returns the unfinished network that was written.
func (d *bodyDocument) network(depth int) (*Network, error) {
	if d == nil {
		return nil, fault.New(fault.BadInput, "", "a body is missing")
	}
	if depth > maxNesting {
		return nil, fault.New(fault.BadInput, "", "more than %d bodies lie in each other", maxNesting)
	}
	n := NewNetwork(d.Name, Target{})
	n.unfinished, n.declared = true, true
	tensors := map[string]*Tensor{}
	for _, x := range d.Inputs {
		t := &Tensor{Name: x.Name, Type: x.Type, Dims: x.Dims, network: n}
		tensors[x.Name] = t
		n.inputs = append(n.inputs, t)
	}
	for _, j := range d.Layers {
		l, err := j.unfinished(n, tensors, depth)
		if err != nil {
			return nil, fmt.Errorf("body %s: layer %s: %w", d.Name, j.Name, err)
		}
		n.layers = append(n.layers, l)
	}
	for _, name := range d.Outputs {
		t, ok := tensors[name]
		if !ok {
			return nil, fault.New(fault.BadInput, "", "body %s: there is no tensor %q", d.Name, name)
		}
		n.outputs = append(n.outputs, t)
	}
	return n, nil
}

func (j layerJSON) unfinished(n *Network, tensors map[string]*Tensor, depth int) (*Layer, error) {
	op, err := unmarshal(j.Kind, j.Params, depth)
	if err != nil {
		return nil, err
	}
	if len(j.Weights) > 0 {
		return nil, fault.New(fault.BadInput, "", "weights stand in the body")
	}
	l := &Layer{Name: j.Name, Op: op}
	for _, name := range j.Inputs {
		t, ok := tensors[name]
		if !ok {
			return nil, fault.New(fault.BadInput, "", "there is no tensor %q before its use", name)
		}
		l.Inputs = append(l.Inputs, t)
	}
	for _, y := range j.Outputs {
		t := &Tensor{Name: y.Name, Type: y.Type, Dims: y.Dims, network: n, producer: l}
		tensors[y.Name] = t
		l.Outputs = append(l.Outputs, t)
	}
	return l, nil
}
