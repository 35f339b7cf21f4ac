package trt

// KindParametricReLU names ParametricReLU.
const KindParametricReLU Kind = "parametric_relu"

// ParametricReLU is x where x is positive and slope*x elsewhere: F.prelu, with
// the slopes as a tensor that stretches to x, so [1,C,1,1] for one a channel.
type ParametricReLU struct{ noWeights }

// AddParametricReLU adds a parametric ReLU.
func (n *Network) AddParametricReLU(name string, x, slope *Tensor) *Tensor {
	return n.add(name, ParametricReLU{}, x, slope)
}

// Kind returns KindParametricReLU.
func (op ParametricReLU) Kind() Kind { return KindParametricReLU }

// Operands names input and slope.
func (op ParametricReLU) Operands(n int) []string { return named(n, "input", "slope") }

// WithWeights returns op: it holds none.
func (op ParametricReLU) WithWeights([]*Weights) Op { return op }

// Infer returns the input's own type and dimensions.
func (op ParametricReLU) Infer(in []Info, _ Target) ([]Info, error) {
	if err := wantFloat("input", in[0]); err != nil {
		return nil, err
	}
	if err := wantSameType("the input", "slope", in[0], in[1]); err != nil {
		return nil, err
	}
	return in[:1], wantStretch("the input", "slope", in[0].Dims, in[1].Dims)
}
