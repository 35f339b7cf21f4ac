package trt

import (
	"encoding/json"
	"fmt"
	"slices"
)

// KindIf names If.
const KindIf Kind = "if_conditional"

// If computes one of two bodies: Then where the condition holds, Else where it
// does not (ONNX's If, TensorRT's IIfConditional). A body is a network whose
// inputs are the tensors that it reads from outside, in place of which TensorRT
// has IIfConditionalInputLayers, and whose outputs are its results. It is
// recorded by itself, for any target; when the layer is added it is recorded
// anew for the network's target and for what its inputs are given, of which only
// dynamic dimensions may differ. What is known of tensors inside of bodies
// (moments, tolerances) is lost.
//
// The inputs of the layer are the condition, what Then reads, what Else reads.
// The layers of the bodies share the network's names as LAYER/then/NAME and
// LAYER/else/NAME.
type If struct {
	Then *Network
	Else *Network
}

// AddIf adds a conditional; condition is a bool of rank 0.
func (n *Network) AddIf(name string, condition *Tensor, op If, then, els []*Tensor) []*Tensor {
	return n.Add(name, op, slices.Concat([]*Tensor{condition}, then, els)...)
}

// Kind returns KindIf.
func (op If) Kind() Kind { return KindIf }

// Operands names the condition and the bodies' inputs.
func (op If) Operands(n int) []string {
	names := []string{"condition"}
	for _, b := range op.bodies() {
		if b.net != nil {
			for _, x := range b.net.inputs {
				names = append(names, b.role+" "+x.Name)
			}
		}
	}
	return named(n, names...)
}

// Weights returns those of the layers of both bodies, as then/LAYER.operand and
// else/LAYER.operand.
func (op If) Weights() []Operand { return bodyWeights(op.bodies()) }

func (op If) outputCount() int {
	if op.Then == nil {
		return 0
	}
	return len(op.Then.outputs)
}

// WithWeights replaces the weights of the layers of both bodies.
func (op If) WithWeights(w []*Weights) Op { return withBodyWeights(op, w) }

// Infer returns what the bodies return, whose outputs agree in number, types
// and ranks; dimensions in which they differ are dynamic. A condition that is
// known chooses the body, and ranks may differ then. TensorRT finds most
// differences only at build, and TensorRT-RTX does not build all that is nested. 8-bit
// tensors may not cross the border: TensorRT refuses uint8 there, and int8 has no
// documented meaning.
func (op If) Infer(in []Info, t Target) ([]Info, error) {
	if err := wantType("condition", in[0], bools); err != nil {
		return nil, err
	}
	if len(in[0].Dims) != 0 {
		return nil, &Error{Operand: "condition", Msg: "must have rank 0", Found: in[0].Dims.String()}
	}
	for _, x := range in[1:] {
		if err := wantType("tensor that a body reads", x, floats|integers|bools); err != nil {
			return nil, err
		}
	}
	var results [2][]Info
	reads := op.reads(in)
	for i, b := range op.bodies() {
		var err error
		if results[i], err = inferBody(b, reads[i], t); err != nil {
			return nil, err
		}
	}
	if t.Product == RTX {
		dynamic := !slices.ContainsFunc(in[0].Values, func(e Element) bool { return e.Known }) && slices.ContainsFunc(slices.Concat(results[:]...), func(y Info) bool { return !y.Dims.IsStatic() })
		for _, b := range op.bodies() {
			if err := checkBranch(b, dynamic); err != nil {
				return nil, err
			}
		}
	}
	if then, els := len(results[0]), len(results[1]); then != els {
		return nil, &Error{Operand: "else", Msg: "must have as many outputs as then", Expected: fmt.Sprint(then), Found: fmt.Sprint(els)}
	}
	out := make([]Info, len(results[0]))
	for i, then := range results[0] {
		els := results[1][i]
		var err error
		if out[i], err = either(in[0], op.Then.outputs[i].Name, op.Else.outputs[i].Name, then, els); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// either returns what is known of a tensor that is a where the condition holds
// and b where it does not.
func either(condition Info, then, els string, a, b Info) (Info, error) {
	then, els = "then "+then, "else "+els
	if err := wantType(then, a, floats|integers|bools); err != nil {
		return a, err
	}
	if err := wantSameType(then, els, a, b); err != nil {
		return a, err
	}
	if c := condition.Values; len(c) == 1 && c[0].Known {
		if c[0].Int == 0 {
			a = b
		}
		return Info{Type: a.Type, Dims: a.Dims}, nil
	}
	if err := wantSameRank(then, els, a.Dims, b.Dims); err != nil {
		return a, err
	}
	dims := a.Dims.Clone()
	for axis := range dims {
		if dims[axis] != b.Dims[axis] {
			dims[axis] = Dynamic
		}
	}
	return Info{Type: a.Type, Dims: dims}, nil
}

func (op If) shapeInputs(int) []int { return early(op, 1) }

func (op If) bodies() []body { return []body{{"then", op.Then}, {"else", op.Else}} }

func (op If) withBodies(n []*Network) Op { return If{Then: n[0], Else: n[1]} }

func (op If) reads(in []Info) [][]Info {
	split := 1
	if op.Then != nil {
		split += len(op.Then.inputs)
	}
	return [][]Info{in[1:split], in[split:]}
}

type ifJSON struct {
	Then *bodyDocument `json:"then"`
	Else *bodyDocument `json:"else"`
}

// MarshalJSON writes the structure of the bodies.
func (op If) MarshalJSON() ([]byte, error) {
	then, err := op.Then.bodyDocument()
	if err != nil {
		return nil, err
	}
	els, err := op.Else.bodyDocument()
	if err != nil {
		return nil, err
	}
	return json.Marshal(ifJSON{then, els})
}

func unmarshalIf(params []byte, depth int) (Op, error) {
	var j ifJSON
	if err := decodeParams(KindIf, params, &j); err != nil {
		return nil, err
	}
	then, err := j.Then.network(depth)
	if err != nil {
		return nil, err
	}
	els, err := j.Else.network(depth)
	return If{Then: then, Else: els}, err
}
