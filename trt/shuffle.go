package trt

import (
	"fmt"
	"slices"
)

// KindShuffle names Shuffle.
const KindShuffle Kind = "shuffle"

// Shuffle transposes, reshapes and transposes again; nil parts do nothing, nor do
// permutations of no axes.
// Entry i of a permutation is the input axis that becomes axis i. In Reshape
// one -1 is inferred and 0 copies the extent at the same place of what is
// reshaped; an empty Reshape that is not nil makes a scalar. A second input
// stands for Reshape, of the same meaning: ONNX's Reshape without allowzero.
type Shuffle struct {
	noWeights
	FirstTranspose  []int `json:"first_transpose"`
	Reshape         Dims  `json:"reshape"`
	SecondTranspose []int `json:"second_transpose"`
}

// AddShuffle adds a shuffle.
func (n *Network) AddShuffle(name string, x *Tensor, op Shuffle) *Tensor { return n.add(name, op, x) }

// AddReshape adds a shuffle that gives x the dimensions that shape holds.
func (n *Network) AddReshape(name string, x, shape *Tensor) *Tensor {
	return n.add(name, Shuffle{}, x, shape)
}

func (op Shuffle) withDefaults([]Info) Op {
	if len(op.FirstTranspose) == 0 {
		op.FirstTranspose = nil
	}
	if len(op.SecondTranspose) == 0 {
		op.SecondTranspose = nil
	}
	return op
}

// Kind returns KindShuffle.
func (op Shuffle) Kind() Kind { return KindShuffle }

// Operands names the input and, if given, the shape.
func (op Shuffle) Operands(n int) []string { return atMost(n, 1, "input", "shape") }

func (op Shuffle) shapeInputs(n int) []int { return span(1, n) }

// WithWeights returns op: it holds none.
func (op Shuffle) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and the new dimensions.
func (op Shuffle) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers|bools|quantized); err != nil {
		return nil, err
	}
	shape := known(op.Reshape)
	if len(in) == 2 {
		if err := wantShape("shape", in[1]); err != nil {
			return nil, err
		}
		if op.Reshape != nil {
			return nil, &Error{Operand: "reshape", Msg: "is given twice, as a parameter and as an input", Found: op.Reshape.String()}
		}
		shape = in[1].Values
	}
	transposed, err := transpose("first transpose", x.Dims, op.FirstTranspose)
	if err != nil {
		return nil, err
	}
	reshaped := transposed
	if op.Reshape != nil || len(in) == 2 {
		if reshaped, err = reshape(transposed, shape); err != nil {
			return nil, err
		}
	}
	dims, err := transpose("second transpose", reshaped, op.SecondTranspose)
	if err != nil {
		return nil, err
	}
	out := Info{Type: x.Type, Dims: dims}
	if dims.IsStatic() {
		out.Values = op.values(x, transposed, reshaped)
	}
	return []Info{out}, nil
}

func (op Shuffle) values(x Info, transposed, reshaped Dims) []Element {
	y := permuted(x.Values, x.Dims, transposed, op.FirstTranspose)
	out, _ := transpose("", reshaped, op.SecondTranspose)
	return permuted(y, reshaped, out, op.SecondTranspose)
}

// permuted returns the elements x of dimensions from with its axes in an order.
func permuted(x []Element, from, to Dims, order []int) []Element {
	if len(order) == 0 {
		return x
	}
	return moved(x, Info{Dims: to}, func(at []int) int {
		source := make([]int, len(at))
		for i, axis := range order {
			source[axis] = at[i]
		}
		return place(from, source)
	})
}

func transpose(operand string, d Dims, order []int) (Dims, error) {
	if len(order) == 0 {
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
// copied dynamic extent does not keep -1 from being known. What is not known of
// shape is dynamic.
func reshape(d Dims, shape []Element) (Dims, error) {
	fail := func(msg string) (Dims, error) {
		return nil, &Error{Operand: "reshape", Msg: msg + " of " + d.String(), Found: fmt.Sprint(shape)}
	}
	out := make(Dims, len(shape))
	var from, to Dims
	infer, open := -1, false
	for i, s := range shape {
		e := s.extent()
		out[i] = e
		switch {
		case !s.Known:
			open = true
		case e == 0 && i >= len(d):
			return fail("copies a dimension that is none")
		case e == 0:
			out[i] = d[i]
		case e < Dynamic:
			return fail("has a negative extent that is not -1, for the input")
		case e == Dynamic && infer >= 0:
			return fail("has two extents to infer, for the input")
		case e == Dynamic:
			infer = i
		default:
			to = append(to, e)
		}
	}
	for i, e := range d {
		if i >= len(shape) || !shape[i].Known || shape[i].Int != 0 {
			from = append(from, e)
		}
	}
	volume, fits := from.Count(), to.Count()
	switch {
	case open || slices.Contains(from, Dynamic):
		return out, nil
	case volume < 0 || fits < 0:
		return fail("overflows the volume")
	case infer >= 0 && volume%fits == 0:
		out[infer] = volume / fits
	case infer >= 0:
		return fail("leaves no whole extent for -1 in the volume")
	case volume != fits:
		return fail("changes the volume")
	}
	return out, nil
}
