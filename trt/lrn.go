package trt

import "fmt"

// KindLRN names LRN.
const KindLRN Kind = "lrn"

// LRN divides each element of x [N,C,H,W] by (K + Alpha*m)^Beta, m being the
// mean of squares of the Window channels around its own, with zeros beyond the
// ends: F.local_response_norm and ONNX's LRN.
type LRN struct {
	noWeights
	Window int64   `json:"window"`
	Alpha  float32 `json:"alpha"`
	Beta   float32 `json:"beta"`
	K      float32 `json:"k"`
}

// AddLRN adds a local response normalization.
func (n *Network) AddLRN(name string, x *Tensor, op LRN) *Tensor { return n.add(name, op, x) }

// Kind returns KindLRN.
func (op LRN) Kind() Kind { return KindLRN }

// Operands names the one input.
func (op LRN) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op LRN) WithWeights([]*Weights) Op { return op }

// Infer returns the input's own type and dimensions. The bounds of the
// parameters are TensorRT's. It takes more dimensions too, without a word on
// which of them are the channels then.
func (op LRN) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if len(x.Dims) != 4 {
		return nil, &Error{Operand: "input", Msg: "must have 4 dimensions", Found: x.Dims.String()}
	}
	if op.Window < 1 || op.Window > 15 || op.Window%2 == 0 {
		return nil, &Error{Operand: "window", Msg: "is out of range", Expected: "odd, 1 to 15", Found: fmt.Sprint(op.Window)}
	}
	for _, p := range []struct {
		name            string
		value, from, to float32
	}{{"alpha", op.Alpha, -1e20, 1e20}, {"beta", op.Beta, 0.01, 1e5}, {"k", op.K, 1e-5, 1e10}} {
		if !(p.value >= p.from && p.value <= p.to) {
			return nil, &Error{Operand: p.name, Msg: "is out of range", Expected: fmt.Sprintf("%g to %g", p.from, p.to), Found: fmt.Sprint(p.value)}
		}
	}
	return in, nil
}
