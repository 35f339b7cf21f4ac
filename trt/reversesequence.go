package trt

// KindReverseSequence names ReverseSequence.
const KindReverseSequence Kind = "reverse_sequence"

// ReverseSequence reverses, in entry i of BatchAxis, the first lengths[i]
// entries along SequenceAxis, and keeps the others where they are. It is ONNX's
// ReverseSequence. Lengths are not checked against the extent.
type ReverseSequence struct {
	noWeights
	BatchAxis    int `json:"batch_axis"`
	SequenceAxis int `json:"sequence_axis"`
}

// AddReverseSequence adds a reversal of sequences.
func (n *Network) AddReverseSequence(name string, x, lengths *Tensor, op ReverseSequence) *Tensor {
	return n.add(name, op, x, lengths)
}

// Kind returns KindReverseSequence.
func (op ReverseSequence) Kind() Kind { return KindReverseSequence }

// Operands names input and lengths.
func (op ReverseSequence) Operands(n int) []string { return named(n, "input", "lengths") }

// WithWeights returns op: it holds none.
func (op ReverseSequence) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and dimensions.
func (op ReverseSequence) Infer(in []Info, _ Target) ([]Info, error) {
	x, lengths := in[0], in[1]
	if err := wantType("input", x, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantType("lengths", lengths, integers); err != nil {
		return nil, err
	}
	if err := wantRank("input", x, 2); err != nil {
		return nil, err
	}
	if err := wantAxis("batch axis", op.BatchAxis, len(x.Dims)); err != nil {
		return nil, err
	}
	if err := wantAxis("sequence axis", op.SequenceAxis, len(x.Dims)); err != nil {
		return nil, err
	}
	if op.BatchAxis == op.SequenceAxis {
		return nil, &Error{Operand: "sequence axis", Msg: "must not be the batch axis"}
	}
	want := Dims{x.Dims[op.BatchAxis]}
	fits := len(lengths.Dims) == 1
	if fits {
		_, fits = unify(want[0], lengths.Dims[0])
	}
	if !fits {
		return nil, &Error{Operand: "lengths", Msg: "must have an entry for each of the batch", Expected: want.String(), Found: lengths.Dims.String()}
	}
	return []Info{x}, nil
}
