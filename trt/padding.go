package trt

import "fmt"

// KindPadding names Padding.
const KindPadding Kind = "padding"

// Padding surrounds the last two axes of x, of at least four, with zeros;
// negative numbers crop.
type Padding struct {
	noWeights
	PrePadding  Dims `json:"pre_padding"`  // rows, columns
	PostPadding Dims `json:"post_padding"` // rows, columns
}

// AddPadding adds a padding.
func (n *Network) AddPadding(name string, x *Tensor, op Padding) *Tensor { return n.add(name, op, x) }

// Kind returns KindPadding.
func (op Padding) Kind() Kind { return KindPadding }

// Operands names the one input.
func (op Padding) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Padding) WithWeights([]*Weights) Op { return op }

// Infer returns the padded dimensions.
func (op Padding) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantRank("input", x, 4); err != nil {
		return nil, err
	}
	if len(op.PrePadding) != 2 || len(op.PostPadding) != 2 {
		return nil, &Error{Operand: "padding", Msg: "must be 2-D", Found: fmt.Sprintf("%v and %v", op.PrePadding, op.PostPadding)}
	}
	out := x.Dims.Clone()
	for i := range 2 {
		axis := len(out) - 2 + i
		if pre, post := op.PrePadding[i], op.PostPadding[i]; max(pre, post) > maxExtent || min(pre, post) < -maxExtent {
			return nil, &Error{Operand: "padding", Msg: "is too large", Found: fmt.Sprintf("%v and %v", op.PrePadding, op.PostPadding)}
		}
		if out[axis] == Dynamic {
			continue
		}
		if out[axis] += op.PrePadding[i] + op.PostPadding[i]; out[axis] < 1 {
			return nil, &Error{Operand: "padding", Msg: fmt.Sprintf("leaves nothing of dimension %d", axis), Found: fmt.Sprintf("%d and %d", op.PrePadding[i], op.PostPadding[i])}
		}
	}
	return []Info{{Type: x.Type, Dims: out}}, nil
}
