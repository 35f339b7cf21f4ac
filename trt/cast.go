package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// KindCast names Cast.
const KindCast Kind = "cast"

// Cast converts every element to another type.
type Cast struct {
	noWeights
	To dtype.Type `json:"to"`
}

// AddCast adds a cast.
func (n *Network) AddCast(name string, x *Tensor, to dtype.Type) *Tensor {
	return n.add(name, Cast{To: to}, x)
}

// Kind returns KindCast.
func (op Cast) Kind() Kind { return KindCast }

// Operands names the one input.
func (op Cast) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Cast) WithWeights([]*Weights) Op { return op }

// Infer returns the input's dimensions.
func (op Cast) Infer(in []Info, _ Target) ([]Info, error) {
	if err := wantType("input", in[0], floats|integers|bools|eightBit); err != nil {
		return nil, err
	}
	out := Info{Type: op.To, Dims: in[0].Dims, Values: op.values(in[0])}
	return []Info{out}, wantType("to", out, floats|integers|bools|eightBit)
}
