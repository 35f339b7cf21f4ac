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
// and ONNX's TopK. K may be a tensor instead of a number: an integer without
// dimensions that TensorRT reads before the network runs.
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

// AddTopKOf adds a top-k of as many entries as the tensor k says; op.K is 0.
func (n *Network) AddTopKOf(name string, x, k *Tensor, op TopK) (values, indices *Tensor) {
	return n.addTwo(name, op, x, k)
}

// Kind returns KindTopK.
func (op TopK) Kind() Kind { return KindTopK }

// Operands names the input and, if given, k.
func (op TopK) Operands(n int) []string { return atMost(n, 1, "input", "k") }

func (op TopK) shapeInputs(n int) []int { return span(1, n) }

func (op TopK) outputCount() int { return 2 }

// WithWeights returns op: it holds none.
func (op TopK) WithWeights([]*Weights) Op { return op }

func (op TopK) withDefaults([]Info) Op {
	op.IndexType = indexType(op.IndexType)
	return op
}

// Infer returns the input's type and the index type, both with Axis of K
// entries. TensorRT refuses a K beyond the axis or beyond 3840 only at build, and
// only where that is sure.
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
	k, err := op.count(in[1:])
	if err != nil {
		return nil, err
	}
	most := int64(maxTopK)
	if e := x.Dims[op.Axis]; e != Dynamic {
		most = min(most, e)
	}
	if k.Known && (k.Int < 1 || k.Int > most) {
		return nil, &Error{Operand: "k", Msg: "is out of range", Expected: fmt.Sprintf("1 to %d", most), Found: fmt.Sprint(k.Int)}
	}
	out := x.Dims.Clone()
	out[op.Axis] = k.extent()
	return []Info{{Type: x.Type, Dims: out}, {Type: indexType(op.IndexType), Dims: out.Clone()}}, nil
}

// count is K, or the element of the tensor in its place.
func (op TopK) count(given []Info) (Element, error) {
	if len(given) == 0 {
		return whole(op.K), nil
	}
	if op.K != 0 {
		return Element{}, &Error{Operand: "k", Msg: "is given twice, as a parameter and as an input", Found: fmt.Sprint(op.K)}
	}
	k := given[0]
	if err := wantCount("k", k); err != nil {
		return Element{}, err
	}
	if err := wantFollowed("k", k); err != nil {
		return Element{}, err
	}
	return k.Values[0], nil
}
