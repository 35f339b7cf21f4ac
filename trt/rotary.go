package trt

import "fmt"

// KindRotaryEmbedding names RotaryEmbedding.
const KindRotaryEmbedding Kind = "rotary_embedding"

// RotaryEmbedding turns pairs of elements of x [batch, heads, sequence, head
// size] by the angles of their positions, as ONNX's operator of that name:
//
//	a, b = a*cos - b*sin, a*sin + b*cos
//
// for the first Dim elements of a head (0: all), which are even in number. A
// pair is of neighbours when Interleaved, else of an element of the first half
// and that of the second. The tables cos and sin are [batch, sequence, Dim/2],
// or, with positions [batch, sequence] of int32 or int64, [positions, Dim/2].
type RotaryEmbedding struct {
	noWeights
	Interleaved bool  `json:"interleaved"`
	Dim         int64 `json:"dim"`
}

// AddRotaryEmbedding adds a rotary embedding; positions may be nil.
func (n *Network) AddRotaryEmbedding(name string, x, cos, sin, positions *Tensor, op RotaryEmbedding) *Tensor {
	if positions == nil {
		return n.add(name, op, x, cos, sin)
	}
	return n.add(name, op, x, cos, sin, positions)
}

// Kind returns KindRotaryEmbedding.
func (op RotaryEmbedding) Kind() Kind { return KindRotaryEmbedding }

// Operands names input, tables and the optional positions.
func (op RotaryEmbedding) Operands(n int) []string {
	return atMost(n, 3, "input", "cos", "sin", "positions")
}

// WithWeights returns op: it holds none.
func (op RotaryEmbedding) WithWeights([]*Weights) Op { return op }

// Infer returns the input's own type and dimensions. Dimensions must be equal
// as they are known: a dynamic one only equals a dynamic one.
func (op RotaryEmbedding) Infer(in []Info, t Target) ([]Info, error) {
	if err := wantSince("rotary embedding", t, Version{Major: 10, Minor: 15}, Version{}); err != nil {
		return nil, err
	}
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if len(x.Dims) != 4 || x.Dims[3] == Dynamic {
		return nil, &Error{Operand: "input", Msg: "must have 4 dimensions, the last of them static: batch, heads, sequence, head size", Found: x.Dims.String()}
	}
	half, err := op.half(x.Dims[3])
	if err != nil {
		return nil, err
	}
	batch, sequence := x.Dims[0], x.Dims[2]
	table := Dims{batch, sequence, half}
	if len(in) == 4 {
		if err := wantType("positions", in[3], integers); err != nil {
			return nil, err
		}
		if want := (Dims{batch, sequence}); !want.Equal(in[3].Dims) {
			return nil, &Error{Operand: "positions", Msg: "must have batch and sequence of the input", Expected: want.String(), Found: in[3].Dims.String()}
		}
		table = table[1:]
	}
	for i, name := range []string{"cos", "sin"} {
		d := in[i+1].Dims
		if err := wantSameType("the input", name, x, in[i+1]); err != nil {
			return nil, err
		}
		want := table.Clone()
		if len(in) == 4 && len(d) == 2 {
			want[0] = d[0] // however many positions there are
		}
		if !want.Equal(d) {
			return nil, &Error{Operand: name, Msg: "has other dimensions than such an input needs", Expected: want.String(), Found: d.String()}
		}
	}
	return in[:1], nil
}

// half returns the number of pairs in a head.
func (op RotaryEmbedding) half(head int64) (int64, error) {
	if op.Dim < 0 || op.Dim%2 != 0 || op.Dim > head {
		return 0, &Error{Operand: "dim", Msg: "is out of range", Expected: fmt.Sprintf("even, 0 to %d", head), Found: fmt.Sprint(op.Dim)}
	}
	if op.Dim > 0 {
		return op.Dim / 2, nil
	}
	if head%2 != 0 {
		return 0, &Error{Operand: "input", Msg: "must have an even head size", Found: fmt.Sprint(head)}
	}
	return head / 2, nil
}
