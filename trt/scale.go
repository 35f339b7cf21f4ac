package trt

import "fmt"

// KindScale names Scale.
const KindScale Kind = "scale"

// ScaleMode says how many values the operands of a Scale have.
type ScaleMode string

// The modes of Scale.
const (
	ScaleUniform     ScaleMode = "uniform"     // one value each
	ScaleChannel     ScaleMode = "channel"     // one value for each entry of ChannelAxis
	ScaleElementWise ScaleMode = "elementwise" // one value for each element of ChannelAxis and the axes behind it
)

// Scale computes (x*Scale + Shift)^Power. Operands have the input's type; nil
// ones are 1, 0 and 1. ChannelAxis is 1 for images [N,C,spatial…], and 0 where
// the mode is uniform.
type Scale struct {
	Mode        ScaleMode `json:"mode"`
	ChannelAxis int       `json:"channel_axis"`
	Scale       *Weights  `json:"-"`
	Shift       *Weights  `json:"-"`
	Power       *Weights  `json:"-"`
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
// dynamic, the weights of mode channel say how many there are.
func (op Scale) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := op.checkAxis(len(x.Dims)); err != nil {
		return nil, err
	}
	for _, o := range op.Weights() {
		if o.Weights == nil {
			continue
		}
		count := op.Extents(x.Dims).Count()
		if count < 0 && op.Mode == ScaleElementWise {
			return nil, &Error{Operand: "input", Msg: "must be static from the channel axis on where each element has its own weights", Found: x.Dims.String()}
		}
		if count < 0 {
			count = o.Weights.Count()
			x.Dims = x.Dims.Clone()
			x.Dims[op.ChannelAxis] = count
		}
		if err := wantWeights(o.Name, o.Weights, count, x.Type); err != nil {
			return nil, err
		}
	}
	return []Info{x}, nil
}

func (op Scale) checkAxis(rank int) error {
	if err := wantOneOf("mode", op.Mode, ScaleUniform, ScaleChannel, ScaleElementWise); err != nil {
		return err
	}
	switch {
	case op.ChannelAxis == 0 && (op.Mode == ScaleUniform || op.Mode == ScaleElementWise && rank == 0):
		return nil
	case op.Mode == ScaleUniform:
		return &Error{Operand: "channel axis", Msg: "is not an axis of one value: leave it 0", Found: fmt.Sprint(op.ChannelAxis)}
	}
	return wantAxis("channel axis", op.ChannelAxis, rank)
}

// Extents returns the extents of the axes of x along which the operands have
// values, from ChannelAxis on.
func (op Scale) Extents(x Dims) Dims {
	switch op.Mode {
	case ScaleChannel:
		return x[op.ChannelAxis : op.ChannelAxis+1]
	case ScaleElementWise:
		return x[op.ChannelAxis:]
	}
	return nil
}
