package trt

import "fmt"

// KindMoE names MoE.
const KindMoE Kind = "moe"

// MoE is a mixture of experts: for each token of hidden [batch, sequence, H], the
// sum over its experts, by indices [batch, sequence, k] of int32 or int64, of
// their outputs times the scores [batch, sequence, k]. An expert is a gated
// linear unit,
//
//	down(silu(gate(x)) * up(x))    with fc(x) = x W + b
//
// of weights gate and up [experts, H, I] and down [experts, I, H], and optional
// biases [experts, I], [experts, I] and [experts, H], all or none.
//
// TensorRT has it for GPUs of compute capability 10 and 11 alone. TensorRT-RTX
// 1.7.1 takes the layer and then fails each build, whatever the compute
// capability: "Cannot decompose operation moe_fc1".
type MoE struct{ noWeights }

// AddMoE adds a mixture of experts. weights are gate, up and down, and their
// biases if there are any.
func (n *Network) AddMoE(name string, hidden, experts, scores *Tensor, weights ...*Tensor) *Tensor {
	return n.add(name, MoE{}, append([]*Tensor{hidden, experts, scores}, weights...)...)
}

// Kind returns KindMoE.
func (op MoE) Kind() Kind { return KindMoE }

var moeOperands = [...]string{"hidden", "experts", "scores", "gate", "up", "down", "gate bias", "up bias", "down bias"}

// Operands names the six or nine inputs.
func (op MoE) Operands(n int) []string {
	if n != 6 && n != 9 {
		return nil
	}
	return moeOperands[:n]
}

// WithWeights returns op: it holds none.
func (op MoE) WithWeights([]*Weights) Op { return op }

// Infer returns hidden's own type and dimensions.
func (op MoE) Infer(in []Info, t Target) ([]Info, error) {
	names := op.Operands(len(in))
	hidden, experts := in[0], in[1]
	if err := wantFloat("hidden", hidden); err != nil {
		return nil, err
	}
	if err := wantType("experts", experts, integers); err != nil {
		return nil, err
	}
	for i, x := range in {
		if i == 1 {
			continue
		}
		if err := wantSameType("hidden", names[i], hidden, x); err != nil {
			return nil, err
		}
	}
	for i, rank := range []int{3, 3, 3, 3, 3, 3, 2, 2, 2}[:len(in)] {
		if len(in[i].Dims) != rank {
			return nil, &Error{Operand: names[i], Msg: fmt.Sprintf("must have %d dimensions", rank), Found: in[i].Dims.String()}
		}
	}
	tokens, gate := hidden.Dims, in[3].Dims
	size := tokens[2]
	e, inner := gate[0], gate[2]
	wanted := []Dims{tokens, {tokens[0], tokens[1], experts.Dims[2]}, {tokens[0], tokens[1], experts.Dims[2]}, {e, size, inner}, {e, size, inner}, {e, inner, size}, {e, inner}, {e, inner}, {e, size}}
	for i, x := range in {
		if !wanted[i].Equal(x.Dims) {
			return nil, &Error{Operand: names[i], Msg: "has the wrong dimensions", Expected: wanted[i].String(), Found: x.Dims.String()}
		}
	}
	if t.Product == RTX {
		return nil, &Error{Msg: "cannot be built by TensorRT-RTX, which has it for none of its GPUs: \"Cannot decompose operation moe_fc1\""}
	}
	return in[:1], wantSince("mixture of experts", t, Version{Major: 10, Minor: 16}, Version{})
}
