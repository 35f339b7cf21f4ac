package trt

import "fmt"

// KindMatrixMultiply names MatrixMultiply.
const KindMatrixMultiply Kind = "matrix_multiply"

// MatrixOperation says how an operand of a product is read.
type MatrixOperation string

// The ways to read an operand.
const (
	MatrixNone      MatrixOperation = "none"      // the last two axes are rows and columns
	MatrixTranspose MatrixOperation = "transpose" // the last two axes are columns and rows
	MatrixVector    MatrixOperation = "vector"    // the last axis is a vector
)

// MatrixMultiply multiplies two tensors of one type. The axes before those of
// matrix or vector are a batch; they agree in number, and extents of 1 stretch.
type MatrixMultiply struct {
	noWeights
	OpA MatrixOperation `json:"op_a"`
	OpB MatrixOperation `json:"op_b"`
}

// AddMatrixMultiply adds the product of a and b.
func (n *Network) AddMatrixMultiply(name string, a *Tensor, opA MatrixOperation, b *Tensor, opB MatrixOperation) *Tensor {
	return n.add(name, MatrixMultiply{OpA: opA, OpB: opB}, a, b)
}

// Kind returns KindMatrixMultiply.
func (op MatrixMultiply) Kind() Kind { return KindMatrixMultiply }

// Operands names the two inputs.
func (op MatrixMultiply) Operands(n int) []string { return named(n, "first input", "second input") }

// WithWeights returns op: it holds none.
func (op MatrixMultiply) WithWeights([]*Weights) Op { return op }

// Infer returns the batch followed by the rows of a and the columns of b; a
// vector has none.
func (op MatrixMultiply) Infer(in []Info, _ Target) ([]Info, error) {
	if err := wantFloat("first input", in[0]); err != nil {
		return nil, err
	}
	if err := wantSameType("the first input", "second input", in[0], in[1]); err != nil {
		return nil, err
	}
	a, err := op.OpA.split("first input", in[0])
	if err != nil {
		return nil, err
	}
	b, err := op.OpB.split("second input", in[1])
	if err != nil {
		return nil, err
	}
	columns, inner := len(a.matrix)-1, 0
	if _, ok := unify(a.matrix[columns], b.matrix[inner]); !ok {
		return nil, &Error{Operand: "second input", Msg: "has another inner dimension than the first input", Expected: fmt.Sprintf("%d, from %v", a.matrix[columns], in[0].Dims), Found: fmt.Sprintf("%d, from %v", b.matrix[inner], in[1].Dims)}
	}
	out, err := broadcast("the first input's batch", "second input's batch", a.batch, b.batch)
	if err != nil {
		return nil, err
	}
	out = append(append(out, a.matrix[:columns]...), b.matrix[1:]...)
	return []Info{{Type: in[0].Type, Dims: out}}, nil
}

// factor is an operand of a product: [rows,columns] or a vector's [length].
type factor struct{ batch, matrix Dims }

func (m MatrixOperation) split(operand string, x Info) (factor, error) {
	if err := wantOneOf(operand+" operation", m, MatrixNone, MatrixTranspose, MatrixVector); err != nil {
		return factor{}, err
	}
	axes := 2
	if m == MatrixVector {
		axes = 1
	}
	if err := wantRank(operand, x, axes); err != nil {
		return factor{}, err
	}
	cut := len(x.Dims) - axes
	f := factor{x.Dims[:cut], x.Dims[cut:]}
	if m == MatrixTranspose {
		f.matrix = Dims{f.matrix[1], f.matrix[0]}
	}
	return f, nil
}
