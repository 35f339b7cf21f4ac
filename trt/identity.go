package trt

// KindIdentity names Identity.
const KindIdentity Kind = "identity"

// Identity copies its input. It is what stands between a network input and a
// network output, which TensorRT wants to be different tensors.
type Identity struct{ noWeights }

// AddIdentity adds an identity.
func (n *Network) AddIdentity(name string, x *Tensor) *Tensor { return n.add(name, Identity{}, x) }

// Kind returns KindIdentity.
func (op Identity) Kind() Kind { return KindIdentity }

// Operands names the one input.
func (op Identity) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Identity) WithWeights([]*Weights) Op { return op }

// Infer returns the input's own type and dimensions.
func (op Identity) Infer(in []Info, _ Target) ([]Info, error) {
	return in, wantType("input", in[0], floats|integers|bools|eightBit|quantized)
}
