package trt

import (
	"fmt"
	"slices"
)

// KindAssertion names Assertion.
const KindAssertion Kind = "assertion"

// Assertion ends an execution with a message unless its condition holds, all of
// it. It has no output. The condition is made of constants and dimensions, not of
// the values of inputs; TensorRT wants a constant one to hold when it builds, and
// one of dimensions to hold in every profile.
type Assertion struct {
	noWeights
	Message string `json:"message"`
}

// AddAssertion adds an assertion of a condition of rank 0 or 1.
func (n *Network) AddAssertion(name string, condition *Tensor, message string) {
	n.Add(name, Assertion{Message: message}, condition)
}

// Kind returns KindAssertion.
func (op Assertion) Kind() Kind { return KindAssertion }

// Operands names the condition.
func (op Assertion) Operands(n int) []string { return named(n, "condition") }

// WithWeights returns op: it holds none.
func (op Assertion) WithWeights([]*Weights) Op { return op }

// Infer returns no outputs.
func (op Assertion) Infer(in []Info, _ Target) ([]Info, error) {
	if err := wantType("condition", in[0], bools); err != nil {
		return nil, err
	}
	if len(in[0].Dims) > 1 {
		return nil, &Error{Operand: "condition", Msg: "must have rank 0 or 1", Found: in[0].Dims.String()}
	}
	for i, e := range in[0].Values {
		if e.Known && e.Int == 0 {
			return nil, &Error{Operand: "condition", Msg: fmt.Sprintf("does not hold: element %d is false", i)}
		}
	}
	return nil, nil
}

// checkProducers refuses what TensorRT refuses at build for where the condition
// comes from.
func (op Assertion) checkProducers(in []*Tensor) *Error {
	for t := range origins(byElements, in[0]) {
		if t.producer == nil {
			return &Error{Operand: "condition", Msg: "depends on the values of an input; TensorRT decides by constants and dimensions only", Found: t.Name}
		}
	}
	if c, ok := in[0].producer.Op.(Constant); ok && slices.Contains(c.Value.Bytes(), 0) {
		return &Error{Operand: "condition", Msg: "is a constant that does not hold", Found: in[0].Name}
	}
	return nil
}
