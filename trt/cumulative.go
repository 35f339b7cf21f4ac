package trt

// KindCumulative names Cumulative.
const KindCumulative Kind = "cumulative"

// CumulativeOperation says how entries combine.
type CumulativeOperation string

// CumulativeSum is the only operation that TensorRT has.
const CumulativeSum CumulativeOperation = "sum"

// Cumulative sums the entries along Axis up to each one, which an Exclusive sum
// leaves out; a Reverse one runs from the last entry to the first. It is ONNX's
// CumSum, and PyTorch's cumsum when neither is set.
type Cumulative struct {
	noWeights
	Operation CumulativeOperation `json:"operation"`
	Axis      int                 `json:"axis"`
	Exclusive bool                `json:"exclusive"`
	Reverse   bool                `json:"reverse"`
}

// AddCumulative adds a cumulative sum.
func (n *Network) AddCumulative(name string, x *Tensor, op Cumulative) *Tensor {
	return n.add(name, op, x)
}

// Kind returns KindCumulative.
func (op Cumulative) Kind() Kind { return KindCumulative }

// Operands names the input.
func (op Cumulative) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Cumulative) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and dimensions.
func (op Cumulative) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers); err != nil {
		return nil, err
	}
	if err := wantOneOf("operation", op.Operation, CumulativeSum); err != nil {
		return nil, err
	}
	if err := wantAxis("axis", op.Axis, len(x.Dims)); err != nil {
		return nil, err
	}
	return []Info{x}, nil
}
