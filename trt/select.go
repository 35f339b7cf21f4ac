package trt

// KindSelect names Select.
const KindSelect Kind = "select"

// Select takes the element of a where condition holds and that of b elsewhere,
// as ONNX's Where and PyTorch's where do. Size 1 broadcasts in all three, and no
// rank is padded.
type Select struct{ noWeights }

// AddSelect adds a select.
func (n *Network) AddSelect(name string, condition, a, b *Tensor) *Tensor {
	return n.add(name, Select{}, condition, a, b)
}

// Kind returns KindSelect.
func (op Select) Kind() Kind { return KindSelect }

// Operands names condition, a and b.
func (op Select) Operands(n int) []string { return named(n, "condition", "a", "b") }

// WithWeights returns op: it holds none.
func (op Select) WithWeights([]*Weights) Op { return op }

// Infer returns the type of a and b and the dimensions that all three
// broadcast to.
func (op Select) Infer(in []Info, _ Target) ([]Info, error) {
	condition, a, b := in[0], in[1], in[2]
	if err := wantType("condition", condition, bools); err != nil {
		return nil, err
	}
	if err := wantType("a", a, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantSameType("a", "b", a, b); err != nil {
		return nil, err
	}
	dims, err := broadcast("a", "b", a.Dims, b.Dims)
	if err != nil {
		return nil, err
	}
	if dims, err = broadcast("condition", "what it selects from", condition.Dims, dims); err != nil {
		return nil, err
	}
	out := Info{Type: a.Type, Dims: dims}
	out.Values = op.values(condition, a, b, out)
	return []Info{out}, nil
}

// values knows nothing where the condition is not known, were both sides equal:
// nor does TensorRT.
func (op Select) values(condition, a, b, out Info) []Element {
	if condition.Values == nil || a.Values == nil || b.Values == nil || !small(out) {
		return nil
	}
	y := make([]Element, out.Dims.Count())
	visit(out.Dims, func(i int, at []int) {
		switch c := condition.Values[offset(condition.Dims, at)]; {
		case !c.Known:
			y[i].fault = c.fault
		case c.Int != 0:
			y[i] = a.Values[offset(a.Dims, at)]
		default:
			y[i] = b.Values[offset(b.Dims, at)]
		}
	})
	return y
}
