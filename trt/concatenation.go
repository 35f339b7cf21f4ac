package trt

import "fmt"

// KindConcatenation names Concatenation.
const KindConcatenation Kind = "concatenation"

// Concatenation joins tensors of one type along an axis; all other extents
// agree. The axis is always explicit: TensorRT's default depends on the rank.
type Concatenation struct {
	noWeights
	Axis int `json:"axis"`
}

// AddConcatenation adds a concatenation of at least one tensor.
func (n *Network) AddConcatenation(name string, axis int, in ...*Tensor) *Tensor {
	return n.add(name, Concatenation{Axis: axis}, in...)
}

// Kind returns KindConcatenation.
func (op Concatenation) Kind() Kind { return KindConcatenation }

// Operands numbers the inputs.
func (op Concatenation) Operands(n int) []string {
	if n == 0 {
		return nil
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("input %d", i)
	}
	return names
}

// WithWeights returns op: it holds none.
func (op Concatenation) WithWeights([]*Weights) Op { return op }

// Infer returns the joined dimensions.
func (op Concatenation) Infer(in []Info, _ Target) ([]Info, error) {
	names := op.Operands(len(in))
	first := in[0]
	if err := wantType(names[0], first, floats|integers|bools|quantized); err != nil {
		return nil, err
	}
	if err := wantAxis("axis", op.Axis, len(first.Dims)); err != nil {
		return nil, err
	}
	out := first.Dims.Clone()
	for i, x := range in[1:] {
		name := names[i+1]
		if err := wantSameType("input 0", name, first, x); err != nil {
			return nil, err
		}
		if err := wantSameRank("input 0", name, first.Dims, x.Dims); err != nil {
			return nil, err
		}
		for axis, e := range x.Dims {
			ok := true
			switch {
			case axis != op.Axis:
				out[axis], ok = unify(out[axis], e)
			case out[axis] == Dynamic || e == Dynamic:
				out[axis] = Dynamic
			default:
				out[axis] += e
			}
			if !ok {
				return nil, &Error{Operand: name, Msg: fmt.Sprintf("differs in dimension %d, which is not the axis %d", axis, op.Axis), Expected: first.Dims.String(), Found: x.Dims.String()}
			}
		}
	}
	y := Info{Type: first.Type, Dims: out}
	y.Values = op.values(in, y)
	return []Info{y}, nil
}

func (op Concatenation) values(in []Info, out Info) []Element {
	if !small(out) {
		return nil
	}
	var y []Element
	rows := int(out.Dims[:op.Axis].Count())
	for row := range rows {
		for _, x := range in {
			if x.Values == nil {
				return nil
			}
			each := len(x.Values) / rows
			y = append(y, x.Values[row*each:(row+1)*each]...)
		}
	}
	return y
}
