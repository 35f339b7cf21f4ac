package trt

import "fmt"

// KindSlice names Slice.
const KindSlice Kind = "slice"

// Slice takes Size elements from Start on, every Stride-th, of each of Axes;
// other axes keep their whole extent, also when that is dynamic. Nil Axes mean
// all, nil Stride 1. A stride may be negative. Bounds are strict.
type Slice struct {
	noWeights
	Axes   []int `json:"axes"` // ascending
	Start  Dims  `json:"start"`
	Size   Dims  `json:"size"`
	Stride Dims  `json:"stride"`
}

// AddSlice adds a slice.
func (n *Network) AddSlice(name string, x *Tensor, op Slice) *Tensor { return n.add(name, op, x) }

func (op Slice) withDefaults(in []Info) Op {
	if op.Axes == nil {
		op.Axes = allAxes(len(in[0].Dims))
	}
	op.Stride = fill(op.Stride, len(op.Axes), 1)
	return op
}

func allAxes(rank int) []int {
	axes := make([]int, rank)
	for i := range axes {
		axes[i] = i
	}
	return axes
}

// Kind returns KindSlice.
func (op Slice) Kind() Kind { return KindSlice }

// Operands names the one input.
func (op Slice) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Slice) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and the new dimensions. Elements outside a
// known extent are refused here; TensorRT waits for the build.
func (op Slice) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantAxes(op.Axes, len(x.Dims)); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		name string
		d    Dims
	}{{"start", op.Start}, {"size", op.Size}, {"stride", op.Stride}} {
		if len(p.d) != len(op.Axes) {
			return nil, &Error{Operand: p.name, Msg: "must have an entry for each axis", Expected: fmt.Sprint(len(op.Axes)), Found: p.d.String()}
		}
	}
	out := x.Dims.Clone()
	for i, axis := range op.Axes {
		start, size, stride := op.Start[i], op.Size[i], op.Stride[i]
		if size < 1 || stride == 0 {
			return nil, &Error{Operand: "size and stride", Msg: "must be at least 1 and not 0", Found: fmt.Sprintf("%v, %v", op.Size, op.Stride)}
		}
		if max(start, size, stride) > maxExtent || min(start, stride) < -maxExtent {
			return nil, &Error{Operand: "start, size and stride", Msg: "are too large", Found: fmt.Sprintf("%v, %v, %v", op.Start, op.Size, op.Stride)}
		}
		last := start + (size-1)*stride
		extent := x.Dims[axis]
		if start < 0 || last < 0 || extent != Dynamic && max(start, last) >= extent {
			return nil, &Error{Operand: "input", Msg: fmt.Sprintf("has no elements %d to %d in dimension %d", start, last, axis), Found: x.Dims.String()}
		}
		out[axis] = size
	}
	return []Info{{Type: x.Type, Dims: out}}, nil
}
