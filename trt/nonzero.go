package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// KindNonZero names NonZero.
const KindNonZero Kind = "non_zero"

// NonZero lists the coordinates of the elements that are not zero, a column
// each, in row-major order, as ONNX's NonZero does; PyTorch's nonzero is its
// transpose. Indices are of IndexType, int32 when it is not given.
type NonZero struct {
	noWeights
	IndexType dtype.Type `json:"index_type"`
}

// AddNonZero adds a search for what is not zero.
func (n *Network) AddNonZero(name string, x *Tensor, op NonZero) *Tensor {
	return n.add(name, op, x)
}

// Kind returns KindNonZero.
func (op NonZero) Kind() Kind { return KindNonZero }

// Operands names the input.
func (op NonZero) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op NonZero) WithWeights([]*Weights) Op { return op }

func (op NonZero) withDefaults([]Info) Op {
	op.IndexType = indexType(op.IndexType)
	return op
}

// Infer returns a row for each of the input's dimensions. How many columns there
// are only the elements tell.
func (op NonZero) Infer(in []Info, t Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantIndexType(op.IndexType); err != nil {
		return nil, err
	}
	return []Info{{Type: indexType(op.IndexType), Dims: Dims{int64(len(x.Dims)), Dynamic}}}, wantGPUBuilder(t)
}
