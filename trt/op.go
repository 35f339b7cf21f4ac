package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// Kind names an op in dumps and messages, in TensorRT's terms.
type Kind string

// Info is what shape and type inference knows of a tensor.
type Info struct {
	Type dtype.Type
	Dims Dims
}

// Operand is one weight operand of an op. Weights may be nil when the operand
// is optional and absent.
type Operand struct {
	Name    string // "kernel", "bias", …
	Weights *Weights
}

// Op is the parameters of a layer together with its rules. Implementations are
// plain structs, copied freely and never changed once added.
type Op interface {
	// Kind names the op.
	Kind() Kind
	// Operands names the n tensor inputs for messages; it returns nil when the
	// op does not take n inputs.
	Operands(n int) []string
	// Infer returns the outputs for the given inputs, or an *Error whose
	// Operand, Expected, Found and Msg are set; the network adds the rest.
	Infer(in []Info, t Target) ([]Info, error)
	// Weights returns the weight operands, absent ones included.
	Weights() []Operand
	// WithWeights returns the op with its weight operands replaced, in the
	// order of Weights.
	WithWeights(w []*Weights) Op
}

// noWeights is embedded by ops that hold no weights.
type noWeights struct{}

// Weights returns none.
func (noWeights) Weights() []Operand { return nil }

// named is what Operands returns for an op with exactly these inputs.
func named(n int, names ...string) []string {
	if n != len(names) {
		return nil
	}
	return names
}
