package trt

import (
	"fmt"
	"slices"
)

// KindSqueeze and KindUnsqueeze name Squeeze and Unsqueeze.
const (
	KindSqueeze   Kind = "squeeze"
	KindUnsqueeze Kind = "unsqueeze"
)

// Squeeze removes axes of extent 1. TensorRT takes the axes as a constant
// tensor; here they are parameters, and the backend adds that constant, of
// type int64 and hidden from the network, in front of the layer.
type Squeeze struct {
	noWeights
	Axes []int `json:"axes"` // ascending
}

// AddSqueeze adds a squeeze.
func (n *Network) AddSqueeze(name string, x *Tensor, axes ...int) *Tensor {
	return n.add(name, Squeeze{Axes: axes}, x)
}

// Kind returns KindSqueeze.
func (op Squeeze) Kind() Kind { return KindSqueeze }

// Operands names the one input.
func (op Squeeze) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Squeeze) WithWeights([]*Weights) Op { return op }

// Infer returns the dimensions that are left. A dynamic extent is taken to be 1.
func (op Squeeze) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantAxes(op.Axes, len(x.Dims)); err != nil {
		return nil, err
	}
	out := Dims{}
	for axis, e := range x.Dims {
		if !slices.Contains(op.Axes, axis) {
			out = append(out, e)
			continue
		}
		if _, ok := unify(e, 1); !ok {
			return nil, &Error{Operand: "input", Msg: fmt.Sprintf("cannot lose dimension %d", axis), Expected: "extent 1", Found: x.Dims.String()}
		}
	}
	return []Info{{Type: x.Type, Dims: out, Values: x.Values}}, nil
}

// Unsqueeze inserts axes of extent 1; Axes are places in the output. They
// reach TensorRT as those of Squeeze do.
type Unsqueeze struct {
	noWeights
	Axes []int `json:"axes"` // ascending
}

// AddUnsqueeze adds an unsqueeze.
func (n *Network) AddUnsqueeze(name string, x *Tensor, axes ...int) *Tensor {
	return n.add(name, Unsqueeze{Axes: axes}, x)
}

// Kind returns KindUnsqueeze.
func (op Unsqueeze) Kind() Kind { return KindUnsqueeze }

// Operands names the one input.
func (op Unsqueeze) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Unsqueeze) WithWeights([]*Weights) Op { return op }

// Infer returns the widened dimensions.
func (op Unsqueeze) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantAxes(op.Axes, len(x.Dims)+len(op.Axes)); err != nil {
		return nil, err
	}
	out := x.Dims.Clone()
	for _, axis := range op.Axes {
		out = slices.Insert(out, axis, 1)
	}
	return []Info{{Type: x.Type, Dims: out, Values: x.Values}}, nil
}
