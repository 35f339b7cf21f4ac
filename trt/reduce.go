package trt

import "slices"

// KindReduce names Reduce.
const KindReduce Kind = "reduce"

// ReduceOperation combines the elements of an axis.
type ReduceOperation string

// The reductions.
const (
	ReduceSum  ReduceOperation = "sum"
	ReduceProd ReduceOperation = "prod"
	ReduceMax  ReduceOperation = "max"
	ReduceMin  ReduceOperation = "min"
	ReduceMean ReduceOperation = "mean"
)

// Reduce combines the elements along Axes, which are ascending. The axes
// vanish, or stay with extent 1.
type Reduce struct {
	noWeights
	Operation ReduceOperation `json:"operation"`
	Axes      []int           `json:"axes"`
	KeepDims  bool            `json:"keep_dims"`
}

// AddReduce adds a reduction.
func (n *Network) AddReduce(name string, x *Tensor, op Reduce) *Tensor { return n.add(name, op, x) }

// Kind returns KindReduce.
func (op Reduce) Kind() Kind { return KindReduce }

// Operands names the one input.
func (op Reduce) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Reduce) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and the dimensions that are left.
func (op Reduce) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers); err != nil {
		return nil, err
	}
	if err := wantOneOf("operation", op.Operation, ReduceSum, ReduceProd, ReduceMax, ReduceMin, ReduceMean); err != nil {
		return nil, err
	}
	if err := wantAxes(op.Axes, len(x.Dims)); err != nil {
		return nil, err
	}
	out := Dims{}
	for axis, e := range x.Dims {
		switch {
		case !slices.Contains(op.Axes, axis):
			out = append(out, e)
		case op.KeepDims:
			out = append(out, 1)
		}
	}
	y := Info{Type: x.Type, Dims: out}
	y.Values = op.values(x, y)
	return []Info{y}, nil
}
