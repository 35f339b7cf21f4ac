package trt

import "fmt"

// KindScatter names Scatter.
const KindScatter Kind = "scatter"

// ScatterMode says where an update goes.
type ScatterMode string

// The modes of Scatter.
const (
	ScatterElement ScatterMode = "element" // to its own coordinates, that of Axis being the index: ONNX's ScatterElements
	ScatterND      ScatterMode = "nd"      // to the tuple of coordinates in the last axis of indices: ONNX's ScatterND
)

// Scatter is data with updates in the places that int32 or int64 indices name.
// The Axis is 0 in ScatterND. Where two updates go to one place, neither
// TensorRT nor ONNX says which stays.
type Scatter struct {
	noWeights
	Mode ScatterMode `json:"mode"`
	Axis int         `json:"axis"`
}

// AddScatter adds a scatter.
func (n *Network) AddScatter(name string, data, indices, updates *Tensor, op Scatter) *Tensor {
	return n.add(name, op, data, indices, updates)
}

// Kind returns KindScatter.
func (op Scatter) Kind() Kind { return KindScatter }

// Operands names data, indices and updates.
func (op Scatter) Operands(n int) []string { return named(n, "data", "indices", "updates") }

// WithWeights returns op: it holds none.
func (op Scatter) WithWeights([]*Weights) Op { return op }

// Infer returns data's type and dimensions. TensorRT finds at build what is
// wrong with the others' dimensions.
func (op Scatter) Infer(in []Info, _ Target) ([]Info, error) {
	data, indices, updates := in[0], in[1], in[2]
	if err := wantType("data", data, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantType("indices", indices, integers); err != nil {
		return nil, err
	}
	if err := wantSameType("data", "updates", data, updates); err != nil {
		return nil, err
	}
	if err := wantRank("data", data, 1); err != nil {
		return nil, err
	}
	var rule func(d, i, u Dims) error
	switch op.Mode {
	case ScatterElement:
		rule = op.elements
	case ScatterND:
		rule = op.tuples
	default:
		return nil, wantOneOf("mode", op.Mode, ScatterElement, ScatterND)
	}
	if err := rule(data.Dims, indices.Dims, updates.Dims); err != nil {
		return nil, err
	}
	return []Info{{Type: data.Type, Dims: data.Dims}}, nil
}

func (op Scatter) elements(d, i, u Dims) error {
	if err := wantAxis("axis", op.Axis, len(d)); err != nil {
		return err
	}
	if err := wantSameRank("data", "indices", d, i); err != nil {
		return err
	}
	for axis := range d {
		if d[axis] != Dynamic && i[axis] > d[axis] {
			return &Error{Operand: "indices", Msg: fmt.Sprintf("go beyond data in dimension %d", axis), Expected: d.String(), Found: i.String()}
		}
	}
	return wantUpdates(i, u)
}

func (op Scatter) tuples(d, i, u Dims) error {
	last := len(i) - 1
	if last < 0 || op.Axis != 0 {
		return &Error{Operand: "indices", Msg: "must hold tuples in their last dimension, and the axis be 0", Found: i.String()}
	}
	if i[last] == Dynamic { // the profile shows whether the updates fit
		return nil
	}
	if i[last] < 1 || i[last] > int64(len(d)) {
		return &Error{Operand: "indices", Msg: "hold tuples that are longer than data has dimensions, or empty", Expected: d.String(), Found: i.String()}
	}
	return wantUpdates(append(i[:last].Clone(), d[i[last]:]...), u)
}

// wantUpdates refuses other dimensions than those of the places to fill.
func wantUpdates(want, u Dims) error {
	fits := len(want) == len(u)
	for axis := 0; fits && axis < len(u); axis++ {
		_, fits = unify(want[axis], u[axis])
	}
	if !fits {
		return &Error{Operand: "updates", Msg: "must have one element for each place", Expected: want.String(), Found: u.String()}
	}
	return nil
}
