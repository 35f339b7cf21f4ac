package trt

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindLoop names Loop.
const KindLoop Kind = "loop"

// Recurrence carries a value from one iteration to the next.
type Recurrence struct {
	State string `json:"state"` // the body's input that has it, at first the initial value
	Next  string `json:"next"`  // the body's output that it is in the next iteration
}

// Iterator gives iteration i entry i of an axis.
type Iterator struct {
	Input   string `json:"input"` // the body's input that has the entry
	Axis    int    `json:"axis"`
	Reverse bool   `json:"reverse"` // entry trip count - 1 - i
}

// LoopOutputKind says what is kept of the iterations.
type LoopOutputKind string

// The kinds of outputs of a Loop.
const (
	LoopLastValue   LoopOutputKind = "last_value"  // a state when the loop ends
	LoopConcatenate LoopOutputKind = "concatenate" // a tensor of each iteration, along a new axis
	LoopReverse     LoopOutputKind = "reverse"     // the same, the last iteration first
)

// LoopOutput is an output of a Loop.
type LoopOutput struct {
	Kind LoopOutputKind `json:"kind"`
	// Value is the state of a LoopLastValue, that is an input of the body, and
	// an output of the body else.
	Value string `json:"value"`
	Axis  int    `json:"axis"` // the new one; of a LoopLastValue not used
}

// Loop repeats a body (ONNX's Loop and Scan, TensorRT's ILoop). The body is a
// network as those of an If are; each of its inputs is a state, an iterator's, or
// a tensor from outside that is the same in every iteration.
//
// The loop ends after the trip count, if there is one, and, if While names an
// output of the body, before the first iteration in which that is false: the
// states stay what they were at the start of that iteration.
//
// The inputs of the layer are the trip count, if there is one; for each input of
// the body its initial value, what is iterated over, or the tensor itself; the
// length of each joined output, which is the number of iterations. The layers of
// the body share the network's names as LAYER/body/NAME.
type Loop struct {
	Body        *Network
	TripCount   bool // the first input is how many iterations there are at most
	While       string
	Recurrences []Recurrence
	Iterators   []Iterator
	Outputs     []LoopOutput
}

// AddLoop adds a loop.
func (n *Network) AddLoop(name string, op Loop, in ...*Tensor) []*Tensor {
	return n.Add(name, op, in...)
}

// Kind returns KindLoop.
func (op Loop) Kind() Kind { return KindLoop }

// Operands names what the layer reads.
func (op Loop) Operands(n int) []string {
	var names []string
	if op.TripCount {
		names = append(names, "trip count")
	}
	if op.Body != nil {
		for _, x := range op.Body.inputs {
			names = append(names, op.part(x.Name)+" "+x.Name)
		}
	}
	for i, o := range op.Outputs {
		if o.Kind != LoopLastValue {
			names = append(names, fmt.Sprintf("length of output %d", i))
		}
	}
	return named(n, names...)
}

// part says what an input of the body is given.
func (op Loop) part(input string) string {
	switch {
	case slices.ContainsFunc(op.Recurrences, func(r Recurrence) bool { return r.State == input }):
		return "initial value of"
	case slices.ContainsFunc(op.Iterators, func(i Iterator) bool { return i.Input == input }):
		return "what is iterated over by"
	}
	return fromOutside
}

const fromOutside = "body's"

// Weights returns those of the layers of the body, as body/LAYER.operand.
func (op Loop) Weights() []Operand { return bodyWeights(op.bodies()) }

func (op Loop) outputCount() int { return len(op.Outputs) }

// WithWeights replaces the weights of the layers of the body.
func (op Loop) WithWeights(w []*Weights) Op { return withBodyWeights(op, w) }

// Infer returns, for each output, the type and dimensions of the state, or those
// of the body's output with the length at Axis. States keep their type and
// dimensions, joined outputs have the length that is known of their operand.
// TensorRT finds most mistakes only at build. The condition may be computed from
// states and outside tensors alone, and by no conditional and no loop. On
// TensorRT-RTX a trip count beside a condition is int32, a joined output that is
// reversed or not at axis 0 needs an iterator that something is computed from, and
// a joined output is as long as what such iterators are over.
func (op Loop) Infer(in []Info, t Target) ([]Info, error) {
	if err := op.checkParts(); err != nil {
		return nil, err
	}
	if op.TripCount {
		if err := wantCount("trip count", in[0]); err != nil {
			return nil, err
		}
		if t.Product == RTX && op.While != "" && in[0].Type != dtype.Int32 {
			return nil, &Error{Operand: "trip count", Msg: "must be int32 beside a condition, on TensorRT-RTX: cast it", Found: in[0].Type.String()}
		}
	}
	reads := op.reads(in)[0]
	given := in[len(in)-op.joined()-len(reads) : len(in)-op.joined()]
	for i, x := range op.Body.inputs {
		if err := op.checkInput(x.Name, given[i]); err != nil {
			return nil, err
		}
	}
	results, err := inferBody(op.bodies()[0], reads, t)
	if err != nil {
		return nil, err
	}
	if err := op.checkRecurrences(reads, results); err != nil {
		return nil, err
	}
	if err := op.checkWhile(results); err != nil {
		return nil, err
	}
	if t.Product == RTX {
		if err := op.checkJoined(); err != nil {
			return nil, err
		}
	}
	return op.outputs(reads, results, in[len(in)-op.joined():])
}

func (op Loop) outputs(reads, results, lengths []Info) ([]Info, error) {
	out := make([]Info, len(op.Outputs))
	for i, o := range op.Outputs {
		operand := fmt.Sprintf("output %d", i)
		if o.Kind == LoopLastValue {
			state := op.input(o.Value)
			if !slices.ContainsFunc(op.Recurrences, func(r Recurrence) bool { return r.State == o.Value }) {
				return nil, &Error{Operand: operand, Msg: "is the last value of what is no state", Found: o.Value}
			}
			if err := wantAxis("axis of "+operand, o.Axis, len(reads[state].Dims)+1); err != nil {
				return nil, err
			}
			out[i] = Info{Type: reads[state].Type, Dims: reads[state].Dims}
			continue
		}
		y := op.output(o.Value)
		if y < 0 {
			return nil, &Error{Operand: operand, Msg: "joins what is no output of the body", Found: o.Value}
		}
		if err := wantType(operand, results[y], floats|integers|bools); err != nil {
			return nil, err
		}
		length := lengths[0]
		lengths = lengths[1:]
		if err := wantCount("length of "+operand, length); err != nil {
			return nil, err
		}
		dims := results[y].Dims
		if err := wantAxis("axis of "+operand, o.Axis, len(dims)+1); err != nil {
			return nil, err
		}
		if length.Values == nil {
			return nil, &Error{Operand: "length of " + operand, Msg: "must be computed from dimensions, constants and integer inputs"}
		}
		if err := wantElements("length of "+operand, length); err != nil {
			return nil, err
		}
		out[i] = Info{Type: results[y].Type, Dims: slices.Insert(dims.Clone(), o.Axis, length.Values[0].extent())}
	}
	return out, nil
}

// checkRecorded refuses lengths that cannot be the number of iterations. TensorRT
// finds some of them at build.
func (op Loop) checkRecorded(in []Info, t Target) error {
	for i, length := range in[len(in)-op.joined():] {
		operand := fmt.Sprintf("length %d", i)
		n := length.Values[0]
		if n.Known && n.Int < 1 {
			return &Error{Operand: operand, Msg: "must be at least 1", Found: n.String()}
		}
		if !op.TripCount || op.While != "" || len(in[0].Values) != 1 {
			continue
		}
		if count := in[0].Values[0]; n.Known && count.Known && n != count {
			return &Error{Operand: operand, Msg: "is not the number of iterations", Expected: count.String(), Found: n.String()}
		}
	}
	if t.Product == RTX {
		return op.checkIterated(in)
	}
	return nil
}

// checkIterated refuses lengths that are not the extent of what is iterated over:
// TensorRT-RTX takes that for the number of iterations when it infers the joined
// outputs, whatever the trip count.
func (op Loop) checkIterated(in []Info) error {
	first := 0
	if op.TripCount {
		first = 1
	}
	reached := op.reached()
	for _, it := range op.Iterators {
		extent := in[first+op.input(it.Input)].Dims[it.Axis]
		for i, length := range in[len(in)-op.joined():] {
			if n := length.Values[0]; reached[it.Input] && n.Known && extent != Dynamic && n.Int != extent {
				return &Error{Operand: fmt.Sprintf("length %d", i), Msg: "must be the extent of what " + it.Input + " iterates over, on TensorRT-RTX: slice it", Expected: fmt.Sprint(extent), Found: n.String()}
			}
		}
	}
	return nil
}

// shapeInputs are the lengths, and what the body reads as dimensions.
func (op Loop) shapeInputs(n int) []int {
	first := 0
	if op.TripCount {
		first = 1
	}
	return append(early(op, first), span(n-op.joined(), n)...)
}

// checkParts refuses parts that do not fit together, whatever the tensors are.
func (op Loop) checkParts() error {
	switch {
	case op.Body == nil:
		return &Error{Operand: "body", Msg: "is missing"}
	case op.Body.err != nil:
		return &Error{Operand: "body", Err: op.Body.err}
	case !op.TripCount && op.While == "":
		return &Error{Operand: "trip count", Msg: "is missing, and a condition as well"}
	case len(op.Outputs) == 0:
		return &Error{Operand: "outputs", Msg: "are missing"}
	}
	taken := map[string]bool{}
	claim := func(input string) error {
		if op.input(input) < 0 || taken[input] {
			return &Error{Operand: "body", Msg: "has no input left of that name", Found: input}
		}
		taken[input] = true
		return nil
	}
	for _, r := range op.Recurrences {
		if err := claim(r.State); err != nil {
			return err
		}
		if op.output(r.Next) < 0 {
			return &Error{Operand: "next value of " + r.State, Msg: "is no output of the body", Found: r.Next}
		}
	}
	for _, i := range op.Iterators {
		if err := claim(i.Input); err != nil {
			return err
		}
		if i.Reverse && !op.TripCount {
			return &Error{Operand: "iterator " + i.Input, Msg: "begins at the end, which only a trip count says"}
		}
	}
	if op.While != "" && op.output(op.While) < 0 {
		return &Error{Operand: "condition", Msg: "is no output of the body", Found: op.While}
	}
	for i, o := range op.Outputs {
		if err := wantOneOf(fmt.Sprintf("kind of output %d", i), o.Kind, LoopLastValue, LoopConcatenate, LoopReverse); err != nil {
			return err
		}
	}
	return nil
}

// checkInput refuses what no state can begin as and nothing be iterated over.
func (op Loop) checkInput(name string, x Info) error {
	part := op.part(name)
	if part == fromOutside {
		return nil
	}
	if err := wantType(part+" "+name, x, floats|integers|bools); err != nil {
		return err
	}
	for _, i := range op.Iterators {
		if i.Input == name {
			return wantAxis("axis of "+name, i.Axis, len(x.Dims))
		}
	}
	return nil
}

func (op Loop) checkRecurrences(reads, results []Info) error {
	for _, r := range op.Recurrences {
		state, next := reads[op.input(r.State)], results[op.output(r.Next)]
		a, b := "state "+r.State, "next value "+r.Next
		if err := wantSameType(a, b, state, next); err != nil {
			return err
		}
		if err := wantSameRank(a, b, state.Dims, next.Dims); err != nil {
			return err
		}
		for axis := range state.Dims {
			if _, ok := unify(state.Dims[axis], next.Dims[axis]); !ok {
				return &Error{Operand: b, Msg: "must have the dimensions of " + a, Expected: state.Dims.String(), Found: next.Dims.String()}
			}
		}
	}
	return nil
}

func (op Loop) checkWhile(results []Info) error {
	if op.While == "" {
		return nil
	}
	y := op.output(op.While)
	if err := wantType("condition", results[y], bools); err != nil {
		return err
	}
	if len(results[y].Dims) != 0 {
		return &Error{Operand: "condition", Msg: "must have rank 0", Found: results[y].Dims.String()}
	}
	for t := range origins(byAnything, op.Body.outputs[y]) {
		switch l := t.producer; {
		case l != nil && Bodies(l.Op) != nil:
			return &Error{Operand: "condition", Msg: "is computed by a conditional or a loop", Found: l.Name}
		case l == nil && slices.ContainsFunc(op.Iterators, func(i Iterator) bool { return i.Input == t.Name }):
			return &Error{Operand: "condition", Msg: "is computed from an iterator", Found: t.Name}
		}
	}
	return nil
}

// checkJoined refuses joined outputs that TensorRT-RTX finds no shape for.
func (op Loop) checkJoined() error {
	for i, o := range op.Outputs {
		if o.Kind == LoopLastValue || o.Kind == LoopConcatenate && o.Axis == 0 || op.iterates() {
			continue
		}
		return &Error{Operand: fmt.Sprintf("output %d", i), Msg: "is reversed or not joined along axis 0, which TensorRT-RTX builds only where something is computed from an iterator", Found: fmt.Sprintf("%s along axis %d", o.Kind, o.Axis)}
	}
	return nil
}

// iterates reports whether an output depends on an iterator.
func (op Loop) iterates() bool {
	reached := op.reached()
	return slices.ContainsFunc(op.Iterators, func(i Iterator) bool { return reached[i.Input] })
}

// reached are the inputs of the body that the outputs depend on, by name.
func (op Loop) reached() map[string]bool {
	left := []string{op.While}
	next := map[string]string{}
	for _, r := range op.Recurrences {
		next[r.State] = r.Next
	}
	for _, o := range op.Outputs {
		if o.Kind == LoopLastValue {
			left = append(left, next[o.Value])
		} else {
			left = append(left, o.Value)
		}
	}
	reached := map[string]bool{}
	seen := map[string]bool{"": true}
	for len(left) > 0 {
		name := left[0]
		if left = left[1:]; seen[name] {
			continue
		}
		seen[name] = true
		y := op.output(name)
		if y < 0 {
			continue
		}
		for t := range origins(byAnything, op.Body.outputs[y]) {
			if t.producer == nil {
				reached[t.Name] = true
				left = append(left, next[t.Name])
			}
		}
	}
	return reached
}

// input and output are places in the body, -1 for none.
func (op Loop) input(name string) int {
	return slices.IndexFunc(op.Body.inputs, func(t *Tensor) bool { return t.Name == name })
}

func (op Loop) output(name string) int {
	return slices.IndexFunc(op.Body.outputs, func(t *Tensor) bool { return t.Name == name })
}

// joined is how many outputs have a length.
func (op Loop) joined() int {
	n := 0
	for _, o := range op.Outputs {
		if o.Kind != LoopLastValue {
			n++
		}
	}
	return n
}

func (op Loop) bodies() []body { return []body{{"body", op.Body}} }

func (op Loop) withBodies(n []*Network) Op {
	op.Body = n[0]
	return op
}

func (op Loop) reads(in []Info) [][]Info {
	if op.TripCount {
		in = in[1:]
	}
	reads := slices.Clone(in[:len(in)-op.joined()])
	for i, x := range reads {
		if op.Body == nil || op.part(op.Body.inputs[i].Name) == fromOutside {
			continue
		}
		reads[i] = Info{Type: x.Type, Dims: x.Dims}
		for _, it := range op.Iterators {
			if it.Input == op.Body.inputs[i].Name && it.Axis >= 0 && it.Axis < len(x.Dims) {
				reads[i].Dims = slices.Delete(x.Dims.Clone(), it.Axis, it.Axis+1)
			}
		}
	}
	return [][]Info{reads}
}

type loopJSON struct {
	Body        *bodyDocument `json:"body"`
	TripCount   bool          `json:"trip_count"`
	While       string        `json:"while"`
	Recurrences []Recurrence  `json:"recurrences"`
	Iterators   []Iterator    `json:"iterators"`
	Outputs     []LoopOutput  `json:"outputs"`
}

// MarshalJSON writes the structure of the body.
func (op Loop) MarshalJSON() ([]byte, error) {
	body, err := op.Body.bodyDocument()
	if err != nil {
		return nil, err
	}
	return json.Marshal(loopJSON{body, op.TripCount, op.While, op.Recurrences, op.Iterators, op.Outputs})
}

func unmarshalLoop(params []byte, depth int) (Op, error) {
	var j loopJSON
	if err := decodeParams(KindLoop, params, &j); err != nil {
		return nil, err
	}
	body, err := j.Body.network(depth)
	return Loop{body, j.TripCount, j.While, j.Recurrences, j.Iterators, j.Outputs}, err
}
