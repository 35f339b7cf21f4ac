package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// KindElementWise names ElementWise.
const KindElementWise Kind = "elementwise"

// ElementWiseOperation combines two elements, under TensorRT's names.
type ElementWiseOperation string

// The element-wise operations.
const (
	Sum      ElementWiseOperation = "sum"
	Prod     ElementWiseOperation = "prod"
	Max      ElementWiseOperation = "max"
	Min      ElementWiseOperation = "min"
	Sub      ElementWiseOperation = "sub"
	Div      ElementWiseOperation = "div"
	Pow      ElementWiseOperation = "pow"
	FloorDiv ElementWiseOperation = "floor_div"
	And      ElementWiseOperation = "and"
	Or       ElementWiseOperation = "or"
	Xor      ElementWiseOperation = "xor"
	Equal    ElementWiseOperation = "equal"
	Greater  ElementWiseOperation = "greater"
	Less     ElementWiseOperation = "less"
)

// ElementWise combines two tensors of one type and one rank; extents of 1
// stretch. And, Or and Xor take bools; Equal, Greater and Less give them.
type ElementWise struct {
	noWeights
	Operation ElementWiseOperation `json:"operation"`
}

// AddElementWise adds an element-wise operation on a and b.
func (n *Network) AddElementWise(name string, a, b *Tensor, operation ElementWiseOperation) *Tensor {
	return n.add(name, ElementWise{Operation: operation}, a, b)
}

// Kind returns KindElementWise.
func (op ElementWise) Kind() Kind { return KindElementWise }

// Operands names the two inputs.
func (op ElementWise) Operands(n int) []string { return named(n, "first input", "second input") }

// WithWeights returns op: it holds none.
func (op ElementWise) WithWeights([]*Weights) Op { return op }

// Infer returns the broadcast dimensions.
func (op ElementWise) Infer(in []Info, _ Target) ([]Info, error) {
	a, b := in[0], in[1]
	want, out := floats|integers, a.Type
	switch op.Operation {
	case Sum, Prod, Max, Min, Sub, Div, Pow, FloorDiv:
	case And, Or, Xor:
		want = bools
	case Equal:
		want, out = want|bools|setOf(dtype.UInt8), dtype.Bool
	case Greater, Less:
		out = dtype.Bool
	default:
		return nil, wantOneOf("operation", op.Operation, Sum, Prod, Max, Min, Sub, Div, Pow, FloorDiv, And, Or, Xor, Equal, Greater, Less)
	}
	if err := wantType("first input", a, want); err != nil {
		return nil, err
	}
	if err := wantSameType("the first input", "second input", a, b); err != nil {
		return nil, err
	}
	dims, err := broadcast("the first input", "second input", a.Dims, b.Dims)
	if err != nil {
		return nil, err
	}
	y := Info{Type: out, Dims: dims}
	y.Values = op.values(a, b, y)
	return []Info{y}, nil
}
