package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindTopK names TopK.
const KindTopK Kind = "topk"

// TopKOperation says which entries are best.
type TopKOperation string

// The operations of TopK.
const (
	TopKMax TopKOperation = "max"
	TopKMin TopKOperation = "min"
)

// maxTopK is the most entries that TensorRT finds.
const maxTopK = 3840

// TopK returns the K greatest or least entries along Axis, best first, and
// their indices of IndexType, int32 when it is not given. It is PyTorch's topk
// and ONNX's TopK, with a K that the network fixes.
type TopK struct {
	noWeights
	Operation TopKOperation `json:"operation"`
	K         int64         `json:"k"`
	Axis      int           `json:"axis"`
	IndexType dtype.Type    `json:"index_type"`
}

// AddTopK adds a top-k: values and indices.
func (n *Network) AddTopK(name string, x *Tensor, op TopK) (values, indices *Tensor) {
	return n.addTwo(name, op, x)
}

// Kind returns KindTopK.
func (op TopK) Kind() Kind { return KindTopK }

// Operands names the input.
func (op TopK) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op TopK) WithWeights([]*Weights) Op { return op }

func (op TopK) withDefaults([]Info) Op {
	op.IndexType = indexType(op.IndexType)
	return op
}

// Infer returns the input's type and the index type, both with Axis of K
// entries.
func (op TopK) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers); err != nil {
		return nil, err
	}
	if err := wantIndexType(op.IndexType); err != nil {
		return nil, err
	}
	if err := wantOneOf("operation", op.Operation, TopKMax, TopKMin); err != nil {
		return nil, err
	}
	if err := wantRank("input", x, 2); err != nil {
		return nil, err
	}
	if err := wantAxis("axis", op.Axis, len(x.Dims)); err != nil {
		return nil, err
	}
	most := int64(maxTopK)
	if e := x.Dims[op.Axis]; e != Dynamic {
		most = min(most, e)
	}
	if op.K < 1 || op.K > most {
		return nil, &Error{Operand: "k", Msg: "is out of range", Expected: fmt.Sprintf("1 to %d", most), Found: fmt.Sprint(op.K)}
	}
	out := x.Dims.Clone()
	out[op.Axis] = op.K
	return []Info{{Type: x.Type, Dims: out}, {Type: indexType(op.IndexType), Dims: out.Clone()}}, nil
}
