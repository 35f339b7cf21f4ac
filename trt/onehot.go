package trt

import (
	"fmt"
	"slices"
)

// KindOneHot names OneHot.
const KindOneHot Kind = "one_hot"

// OneHot puts a new axis of Depth entries into the indices, before their Axis:
// values[1] at the index, values[0] elsewhere, as ONNX's OneHot does.
type OneHot struct {
	noWeights
	Depth int64 `json:"depth"`
	Axis  int   `json:"axis"`
}

// AddOneHot adds a one-hot.
func (n *Network) AddOneHot(name string, indices, values *Tensor, op OneHot) *Tensor {
	return n.add(name, op, indices, values)
}

// Kind returns KindOneHot.
func (op OneHot) Kind() Kind { return KindOneHot }

// Operands names indices and values.
func (op OneHot) Operands(n int) []string { return named(n, "indices", "values") }

// WithWeights returns op: it holds none.
func (op OneHot) WithWeights([]*Weights) Op { return op }

// Infer returns the values' type and the indices' dimensions with Depth in the
// place of Axis.
func (op OneHot) Infer(in []Info, _ Target) ([]Info, error) {
	indices, values := in[0], in[1]
	if err := wantType("indices", indices, integers); err != nil {
		return nil, err
	}
	if err := wantType("values", values, floats|integers|bools); err != nil {
		return nil, err
	}
	if len(values.Dims) != 1 || values.Dims[0] != 2 && values.Dims[0] != Dynamic {
		return nil, &Error{Operand: "values", Msg: "must be two, for off and for on", Expected: "[2]", Found: values.Dims.String()}
	}
	if err := wantAxis("axis", op.Axis, len(indices.Dims)+1); err != nil {
		return nil, err
	}
	if op.Depth < 1 || op.Depth > maxExtent {
		return nil, &Error{Operand: "depth", Msg: "must be positive", Expected: fmt.Sprintf("1 to %d", int64(maxExtent)), Found: fmt.Sprint(op.Depth)}
	}
	return []Info{{Type: values.Type, Dims: slices.Insert(indices.Dims.Clone(), op.Axis, op.Depth)}}, nil
}
