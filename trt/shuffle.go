package trt

import (
	"fmt"
	"slices"
)

// KindShuffle names Shuffle.
const KindShuffle Kind = "shuffle"

// Shuffle transposes, reshapes and transposes again; nil parts do nothing.
// Entry i of a permutation is the input axis that becomes axis i. In Reshape
// one -1 is inferred and 0 copies the extent at the same place of what is
// reshaped; an empty Reshape that is not nil makes a scalar.
type Shuffle struct {
	noWeights
	FirstTranspose  []int `json:"first_transpose"`
	Reshape         Dims  `json:"reshape"`
	SecondTranspose []int `json:"second_transpose"`
}

// AddShuffle adds a shuffle.
func (n *Network) AddShuffle(name string, x *Tensor, op Shuffle) *Tensor { return n.add(name, op, x) }

// Kind returns KindShuffle.
func (op Shuffle) Kind() Kind { return KindShuffle }

// Operands names the one input.
func (op Shuffle) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Shuffle) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and the new dimensions.
func (op Shuffle) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers|bools|quantized); err != nil {
		return nil, err
	}
	dims, err := transpose("first transpose", x.Dims, op.FirstTranspose)
	if err != nil {
		return nil, err
	}
	if op.Reshape != nil {
		if dims, err = reshape(dims, op.Reshape); err != nil {
			return nil, err
		}
	}
	dims, err = transpose("second transpose", dims, op.SecondTranspose)
	return []Info{{Type: x.Type, Dims: dims}}, err
}

func transpose(operand string, d Dims, order []int) (Dims, error) {
	if order == nil {
		return d, nil
	}
	out := make(Dims, len(order))
	seen := make([]bool, len(d))
	for i, axis := range order {
		if len(order) != len(d) || axis < 0 || axis >= len(d) || seen[axis] {
			return nil, &Error{Operand: operand, Msg: fmt.Sprintf("is no permutation of %d axes", len(d)), Found: fmt.Sprint(order)}
		}
		seen[axis] = true
		out[i] = d[axis]
	}
	return out, nil
}

// reshape resolves the 0 and -1 of shape. Extents that 0 copies cancel, so a
// copied dynamic extent does not keep -1 from being known.
func reshape(d, shape Dims) (Dims, error) {
	fail := func(msg string) (Dims, error) {
		return nil, &Error{Operand: "reshape", Msg: msg + " of " + d.String(), Found: shape.String()}
	}
	out := shape.Clone()
	var from, to Dims
	unknown := -1
	for i, e := range shape {
		switch {
		case e == 0 && i >= len(d):
			return fail("copies a dimension that is none")
		case e == 0:
			out[i] = d[i]
		case e < Dynamic:
			return fail("has a negative extent that is not -1, for the input")
		case e == Dynamic && unknown >= 0:
			return fail("has two extents to infer, for the input")
		case e == Dynamic:
			unknown = i
		default:
			to = append(to, e)
		}
	}
	for i, e := range d {
		if i >= len(shape) || shape[i] != 0 {
			from = append(from, e)
		}
	}
	volume, fits := from.Count(), to.Count()
	switch {
	case slices.Contains(from, Dynamic):
		return out, nil
	case volume < 0 || fits < 0:
		return fail("overflows the volume")
	case unknown >= 0 && volume%fits == 0:
		out[unknown] = volume / fits
	case unknown >= 0:
		return fail("leaves no whole extent for -1 in the volume")
	case volume != fits:
		return fail("changes the volume")
	}
	return out, nil
}
