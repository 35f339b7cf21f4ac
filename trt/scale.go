package trt

// KindScale names Scale.
const KindScale Kind = "scale"

// ScaleMode says how many values the operands of a Scale have.
type ScaleMode string

// The modes of Scale.
const (
	ScaleUniform ScaleMode = "uniform" // one value each
	ScaleChannel ScaleMode = "channel" // one value for each entry of axis 1
)

// Scale computes (x*Scale + Shift)^Power of an x of at least two dimensions.
// Operands have the input's type; nil ones are 1, 0 and 1.
type Scale struct {
	Mode  ScaleMode `json:"mode"`
	Scale *Weights  `json:"-"`
	Shift *Weights  `json:"-"`
	Power *Weights  `json:"-"`
}

// AddScale adds a scale.
func (n *Network) AddScale(name string, x *Tensor, op Scale) *Tensor { return n.add(name, op, x) }

// Kind returns KindScale.
func (op Scale) Kind() Kind { return KindScale }

// Operands names the one input.
func (op Scale) Operands(n int) []string { return named(n, "input") }

// Weights returns scale, shift and power.
func (op Scale) Weights() []Operand {
	return []Operand{{"scale", op.Scale}, {"shift", op.Shift}, {"power", op.Power}}
}

// WithWeights replaces scale, shift and power.
func (op Scale) WithWeights(w []*Weights) Op {
	op.Scale, op.Shift, op.Power = w[0], w[1], w[2]
	return op
}

// Infer returns the input's own type and dimensions. Where its channels are
// dynamic, the weights say how many there are.
func (op Scale) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantRank("input", x, 2); err != nil {
		return nil, err
	}
	if err := wantOneOf("mode", op.Mode, ScaleUniform, ScaleChannel); err != nil {
		return nil, err
	}
	count := int64(1)
	if op.Mode == ScaleChannel {
		count = x.Dims[1]
	}
	for _, o := range op.Weights() {
		if o.Weights == nil {
			continue
		}
		if count == Dynamic {
			count = o.Weights.Count()
			x.Dims = x.Dims.Clone()
			x.Dims[1] = count
		}
		if err := wantWeights(o.Name, o.Weights, count, x.Type); err != nil {
			return nil, err
		}
	}
	return []Info{x}, nil
}
