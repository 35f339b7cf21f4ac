package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// KindUnary names Unary.
const KindUnary Kind = "unary"

// UnaryOperation is a function of one element, under TensorRT's names.
type UnaryOperation string

// The unary operations.
const (
	Exp   UnaryOperation = "exp"
	Log   UnaryOperation = "log"
	Sqrt  UnaryOperation = "sqrt"
	Recip UnaryOperation = "recip"
	Abs   UnaryOperation = "abs"
	Neg   UnaryOperation = "neg"
	Sin   UnaryOperation = "sin"
	Cos   UnaryOperation = "cos"
	Tan   UnaryOperation = "tan"
	Sinh  UnaryOperation = "sinh"
	Cosh  UnaryOperation = "cosh"
	Asin  UnaryOperation = "asin"
	Acos  UnaryOperation = "acos"
	Atan  UnaryOperation = "atan"
	Asinh UnaryOperation = "asinh"
	Acosh UnaryOperation = "acosh"
	Atanh UnaryOperation = "atanh"
	Ceil  UnaryOperation = "ceil"
	Floor UnaryOperation = "floor"
	Erf   UnaryOperation = "erf"
	Not   UnaryOperation = "not"
	Sign  UnaryOperation = "sign"
	Round UnaryOperation = "round" // half to even
	IsInf UnaryOperation = "isinf"
	IsNaN UnaryOperation = "isnan"
)

// Unary applies a function to every element. Abs, Neg and Sign also take
// integers, Not takes bools only; IsInf and IsNaN give bools.
type Unary struct {
	noWeights
	Operation UnaryOperation `json:"operation"`
}

// AddUnary adds a unary operation.
func (n *Network) AddUnary(name string, x *Tensor, operation UnaryOperation) *Tensor {
	return n.add(name, Unary{Operation: operation}, x)
}

// Kind returns KindUnary.
func (op Unary) Kind() Kind { return KindUnary }

// Operands names the one input.
func (op Unary) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Unary) WithWeights([]*Weights) Op { return op }

// Infer returns the input's dimensions.
func (op Unary) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	want, out := floats, x.Type
	switch op.Operation {
	case Exp, Log, Sqrt, Recip, Sin, Cos, Tan, Sinh, Cosh, Asin, Acos, Atan, Asinh, Acosh, Atanh, Ceil, Floor, Erf, Round:
	case Abs, Neg, Sign:
		want |= integers
	case Not:
		want = bools
	case IsInf, IsNaN:
		out = dtype.Bool
	default:
		return nil, wantOneOf("operation", op.Operation, Exp, Log, Sqrt, Recip, Abs, Neg, Sin, Cos, Tan, Sinh, Cosh, Asin, Acos, Atan, Asinh, Acosh, Atanh, Ceil, Floor, Erf, Not, Sign, Round, IsInf, IsNaN)
	}
	if err := wantType("input", x, want); err != nil {
		return nil, err
	}
	y := Info{Type: out, Dims: x.Dims}
	y.Values = op.values(x, y)
	return []Info{y}, nil
}
