package trt

// KindSoftmax names Softmax.
const KindSoftmax Kind = "softmax"

// Softmax normalizes the exponentials along an axis. The axis is always
// explicit: TensorRT's default depends on the rank.
type Softmax struct {
	noWeights
	Axis int `json:"axis"`
}

// AddSoftmax adds a softmax.
func (n *Network) AddSoftmax(name string, x *Tensor, axis int) *Tensor {
	return n.add(name, Softmax{Axis: axis}, x)
}

// Kind returns KindSoftmax.
func (op Softmax) Kind() Kind { return KindSoftmax }

// Operands names the one input.
func (op Softmax) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Softmax) WithWeights([]*Weights) Op { return op }

// Infer returns the input's own type and dimensions.
func (op Softmax) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantRank("input", x, 2); err != nil {
		return nil, err
	}
	return in, wantAxis("axis", op.Axis, len(x.Dims))
}
