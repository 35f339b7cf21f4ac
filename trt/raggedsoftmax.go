package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindRaggedSoftmax names RaggedSoftmax.
const KindRaggedSoftmax Kind = "ragged_softmax"

// RaggedSoftmax is a softmax over the first bounds[i] entries of row i of the
// last axis; the entries behind them become 0. The input is [N,Z,S], the int32
// bounds [N,Z,1], where N and Z may also be 1 and serve all. Bounds [N,Z,S] are
// compared entry by entry. It is TensorRT's own: elsewhere it is a softmax of
// masked values. The kernel of TensorRT-RTX subtracts no maximum before exp, so
// float32 entries above 88 overflow there.
type RaggedSoftmax struct{ noWeights }

// AddRaggedSoftmax adds a ragged softmax.
func (n *Network) AddRaggedSoftmax(name string, x, bounds *Tensor) *Tensor {
	return n.add(name, RaggedSoftmax{}, x, bounds)
}

// Kind returns KindRaggedSoftmax.
func (op RaggedSoftmax) Kind() Kind { return KindRaggedSoftmax }

// Operands names input and bounds.
func (op RaggedSoftmax) Operands(n int) []string { return named(n, "input", "bounds") }

// WithWeights returns op: it holds none.
func (op RaggedSoftmax) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and dimensions. The documentation also names
// int64 bounds, but TensorRT-RTX does not build them.
func (op RaggedSoftmax) Infer(in []Info, _ Target) ([]Info, error) {
	x, bounds := in[0], in[1]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantType("bounds", bounds, 1<<dtype.Int32); err != nil {
		return nil, err
	}
	if len(x.Dims) != 3 {
		return nil, &Error{Operand: "input", Msg: "must have 3 dimensions", Found: x.Dims.String()}
	}
	if err := wantSameRank("input", "bounds", x.Dims, bounds.Dims); err != nil {
		return nil, err
	}
	for i, e := range bounds.Dims {
		if e != 1 && e != x.Dims[i] {
			return nil, &Error{Operand: "bounds", Msg: fmt.Sprintf("must be 1 or as the input in dimension %d", i), Expected: Dims{x.Dims[0], x.Dims[1], 1}.String(), Found: bounds.Dims.String()}
		}
	}
	return []Info{x}, nil
}
