package trt

import "fmt"

// KindActivation names Activation.
const KindActivation Kind = "activation"

// ActivationType is an element-wise function, under TensorRT's names.
type ActivationType string

// The activations. Alpha and Beta are TensorRT's.
const (
	ReLU        ActivationType = "relu"
	Sigmoid     ActivationType = "sigmoid"
	Tanh        ActivationType = "tanh"
	LeakyReLU   ActivationType = "leaky_relu"       // x < 0: Alpha x
	ELU         ActivationType = "elu"              // x < 0: Alpha (exp(x) - 1)
	SELU        ActivationType = "selu"             // Beta x, or Beta (Alpha exp(x) - Alpha)
	Softsign    ActivationType = "softsign"         // x / (1 + |x|)
	Softplus    ActivationType = "softplus"         // Alpha log(exp(Beta x) + 1)
	Clip        ActivationType = "clip"             // max(Alpha, min(Beta, x))
	HardSigmoid ActivationType = "hard_sigmoid"     // max(0, min(1, Alpha x + Beta))
	ScaledTanh  ActivationType = "scaled_tanh"      // Alpha tanh(Beta x)
	Thresholded ActivationType = "thresholded_relu" // x > Alpha ? x : 0
	GELUErf     ActivationType = "gelu_erf"
	GELUTanh    ActivationType = "gelu_tanh"
)

// Activation applies a function to every element.
type Activation struct {
	noWeights
	Type  ActivationType `json:"type"`
	Alpha float32        `json:"alpha"`
	Beta  float32        `json:"beta"`
}

// AddActivation adds an activation.
func (n *Network) AddActivation(name string, x *Tensor, op Activation) *Tensor {
	return n.add(name, op, x)
}

// Kind returns KindActivation.
func (op Activation) Kind() Kind { return KindActivation }

// Operands names the one input.
func (op Activation) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Activation) WithWeights([]*Weights) Op { return op }

// Infer returns the input's own type and dimensions. Integers are for ReLU.
func (op Activation) Infer(in []Info, _ Target) ([]Info, error) {
	if err := wantOneOf("type", op.Type, ReLU, Sigmoid, Tanh, LeakyReLU, ELU, SELU, Softsign, Softplus, Clip, HardSigmoid, ScaledTanh, Thresholded, GELUErf, GELUTanh); err != nil {
		return nil, err
	}
	if a, b := float64(op.Alpha), float64(op.Beta); a-a != 0 || b-b != 0 {
		return nil, &Error{Operand: "alpha and beta", Msg: "must be finite", Found: fmt.Sprintf("%g, %g", a, b)}
	}
	want := floats
	if op.Type == ReLU {
		want |= integers
	}
	y := in[0]
	if err := wantType("input", y, want); err != nil {
		return nil, err
	}
	y.Values = op.values(y)
	return []Info{y}, nil
}
