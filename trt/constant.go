package trt

// KindConstant names Constant.
const KindConstant Kind = "constant"

// Constant is a tensor whose values are weights. One of int8 or float8_e4m3fn
// may be read by Dequantize only.
type Constant struct {
	Value *Weights `json:"-"`
}

// AddConstant adds a constant with the type and dimensions of its weights.
func (n *Network) AddConstant(name string, w *Weights) *Tensor {
	return n.add(name, Constant{Value: w})
}

// Kind returns KindConstant.
func (op Constant) Kind() Kind { return KindConstant }

// Operands names no input.
func (op Constant) Operands(n int) []string {
	if n != 0 {
		return nil
	}
	return []string{}
}

// Weights returns the value.
func (op Constant) Weights() []Operand { return []Operand{{"value", op.Value}} }

// WithWeights replaces the value.
func (op Constant) WithWeights(w []*Weights) Op {
	op.Value = w[0]
	return op
}

// Infer returns the type and dimensions of the value.
func (op Constant) Infer(_ []Info, _ Target) ([]Info, error) {
	if op.Value == nil {
		return nil, &Error{Operand: "value weights", Msg: "are missing"}
	}
	x := Info{Type: op.Value.Type, Dims: op.Value.Dims, Values: op.Value.elements()}
	return []Info{x}, wantType("value weights", x, floats|integers|bools|quantized|scales8)
}

func isConstant(t *Tensor) bool { return t.producer != nil && t.producer.Op.Kind() == KindConstant }
