package trt

import "fmt"

// KindBatchNorm names BatchNorm.
const KindBatchNorm Kind = "batch_norm"

// BatchNorm is inference-time batch normalization over axis 1, as PyTorch's:
//
//	y = (x - Mean) / sqrt(Var + Eps) * Gamma + Beta
//
// TensorRT has no such layer: a transformation folds it into the convolution
// before it or lowers it to a Scale, and backends refuse what is left.
type BatchNorm struct {
	Eps   float64  `json:"eps"`
	Gamma *Weights `json:"-"` // [C]; nil: 1
	Beta  *Weights `json:"-"` // [C]; nil: 0
	Mean  *Weights `json:"-"` // [C] running mean
	Var   *Weights `json:"-"` // [C] running variance
}

// AddBatchNorm adds a batch normalization.
func (n *Network) AddBatchNorm(name string, x *Tensor, op BatchNorm) *Tensor {
	return n.add(name, op, x)
}

// Kind returns KindBatchNorm.
func (op BatchNorm) Kind() Kind { return KindBatchNorm }

// Operands names the one input.
func (op BatchNorm) Operands(n int) []string { return named(n, "input") }

// Weights returns gamma, beta, running mean and running variance.
func (op BatchNorm) Weights() []Operand {
	return []Operand{{"gamma", op.Gamma}, {"beta", op.Beta}, {"mean", op.Mean}, {"var", op.Var}}
}

// WithWeights replaces gamma, beta, running mean and running variance.
func (op BatchNorm) WithWeights(w []*Weights) Op {
	op.Gamma, op.Beta, op.Mean, op.Var = w[0], w[1], w[2], w[3]
	return op
}

// Infer returns the input's own type and dimensions.
func (op BatchNorm) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if len(x.Dims) < 2 || x.Dims[1] == Dynamic {
		return nil, &Error{Operand: "input", Msg: "must have a static channel dimension at axis 1", Found: x.Dims.String()}
	}
	if !(op.Eps >= 0 && op.Eps-op.Eps == 0) {
		return nil, &Error{Operand: "eps", Msg: "must be finite and not negative", Found: fmt.Sprint(op.Eps)}
	}
	for _, o := range op.Weights() {
		optional := o.Name == "gamma" || o.Name == "beta"
		if o.Weights == nil && optional {
			continue
		}
		if err := wantWeights(o.Name, o.Weights, x.Dims[1], x.Type); err != nil {
			return nil, err
		}
	}
	return []Info{x}, nil
}
