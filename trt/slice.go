package trt

import (
	"fmt"
	"slices"
)

// KindSlice names Slice.
const KindSlice Kind = "slice"

// SliceMode is what a slice finds outside its input.
type SliceMode string

// The modes of Slice, under TensorRT's names.
const (
	SliceStrict  SliceMode = "strict_bounds" // nothing: it is refused
	SliceClamp   SliceMode = "clamp"         // the nearest element
	SliceWrap    SliceMode = "wrap"          // the input again
	SliceReflect SliceMode = "reflect"       // the input mirrored at its edges, which are not repeated
	SliceFill    SliceMode = "fill"          // one value: 0, or an input
)

// SliceInput is what a further input of a slice holds, in place of a parameter.
type SliceInput string

// The further inputs of Slice.
const (
	SliceStart  SliceInput = "start"
	SliceSize   SliceInput = "size"
	SliceStride SliceInput = "stride"
	SliceAxes   SliceInput = "axes"
	SliceValue  SliceInput = "fill value" // one element, of the input's type; SliceFill only
)

// Slice takes Size elements from Start on, every Stride-th, of each of Axes;
// other axes keep their whole extent, also when that is dynamic. Nil Axes mean
// all, nil Stride 1. A stride may be negative, or 0, which repeats one element.
// Inputs say what the inputs after the first hold, each in place of the
// parameter of its name, which is nil then.
type Slice struct {
	noWeights
	Mode   SliceMode    `json:"mode"` // "" means SliceStrict
	Axes   []int        `json:"axes"` // ascending
	Start  Dims         `json:"start"`
	Size   Dims         `json:"size"`
	Stride Dims         `json:"stride"`
	Inputs []SliceInput `json:"inputs"`
}

// AddSlice adds a slice. further are what op.Inputs names.
func (n *Network) AddSlice(name string, x *Tensor, op Slice, further ...*Tensor) *Tensor {
	return n.add(name, op, append([]*Tensor{x}, further...)...)
}

// AddExpand adds the slice that repeats x along each axis where its extent is 1
// and that of dims is not: PyTorch's expand, ONNX's Expand of equal ranks. An
// extent of Dynamic keeps x's.
func (n *Network) AddExpand(name string, x *Tensor, dims Dims) *Tensor {
	if len(dims) != len(x.Dims) {
		return n.Fail(&Error{Layer: name, Op: KindSlice, Operand: "expand", Msg: "must have an extent for each axis", Expected: fmt.Sprint(len(x.Dims)), Found: dims.String()})
	}
	op := Slice{Axes: []int{}, Start: Dims{}, Size: Dims{}, Stride: Dims{}}
	for axis, e := range dims {
		switch {
		case e == Dynamic || e == x.Dims[axis]:
		case x.Dims[axis] != 1:
			return n.Fail(&Error{Layer: name, Op: KindSlice, Operand: "expand", Msg: "stretches only what is 1", Expected: x.Dims.String(), Found: dims.String()})
		default:
			op.Axes, op.Start, op.Size, op.Stride = append(op.Axes, axis), append(op.Start, 0), append(op.Size, e), append(op.Stride, 0)
		}
	}
	if len(op.Axes) == 0 {
		return n.AddIdentity(name, x)
	}
	return n.AddSlice(name, x, op)
}

func (op Slice) withDefaults(in []Info) Op {
	if op.Mode == "" {
		op.Mode = SliceStrict
	}
	if op.Axes == nil && !op.takes(SliceAxes) {
		op.Axes = allAxes(len(in[0].Dims))
	}
	if !op.takes(SliceStride) {
		n := len(op.Axes)
		if i := slices.Index(op.Inputs, SliceAxes); i >= 0 && i+1 < len(in) {
			n = max(0, int(in[i+1].Dims.Count()))
		}
		op.Stride = fill(op.Stride, n, 1)
	}
	return op
}

func (op Slice) takes(what SliceInput) bool { return slices.Contains(op.Inputs, what) }

func allAxes(rank int) []int {
	axes := make([]int, rank)
	for i := range axes {
		axes[i] = i
	}
	return axes
}

// Kind returns KindSlice.
func (op Slice) Kind() Kind { return KindSlice }

// Operands names the input and those of Inputs.
func (op Slice) Operands(n int) []string {
	names := []string{"input"}
	for _, i := range op.Inputs {
		names = append(names, string(i))
	}
	return named(n, names...)
}

func (op Slice) shapeInputs(n int) []int {
	var out []int
	for i, what := range op.Inputs {
		if what != SliceValue && i+1 < n {
			out = append(out, i+1)
		}
	}
	return out
}

// WithWeights returns op: it holds none.
func (op Slice) WithWeights([]*Weights) Op { return op }

// Infer returns the input's type and the new dimensions. Elements outside a
// known extent are refused here; TensorRT waits for the build.
func (op Slice) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantType("input", x, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantOneOf("mode", op.Mode, SliceStrict, SliceClamp, SliceWrap, SliceReflect, SliceFill); err != nil {
		return nil, err
	}
	w, err := op.window(in)
	if err != nil {
		return nil, err
	}
	out := Info{Type: x.Type, Dims: x.Dims.Clone()}
	if w.axes == nil {
		for i := range out.Dims {
			out.Dims[i] = Dynamic
		}
		return []Info{out}, nil
	}
	exact := true
	for i, axis := range w.axes {
		start, size, stride := w.start[i], w.size[i], w.stride[i]
		if size.Known && size.Int < 1 {
			return nil, &Error{Operand: "size", Msg: "must be at least 1", Found: fmt.Sprint(w.size)}
		}
		out.Dims[axis] = size.extent()
		if !start.Known || !size.Known || !stride.Known {
			exact = false
			continue
		}
		last := start.Int + (size.Int-1)*stride.Int
		extent := x.Dims[axis]
		if op.Mode == SliceStrict && (start.Int < 0 || last < 0 || extent != Dynamic && max(start.Int, last) >= extent) {
			return nil, &Error{Operand: "input", Msg: fmt.Sprintf("has no elements %d to %d in dimension %d", start.Int, last, axis), Found: x.Dims.String()}
		}
	}
	if exact && op.Mode == SliceStrict {
		out.Values = w.values(x, out)
	}
	return []Info{out}, nil
}

// sliceWindow is what a slice takes, along axes that are nil while unknown.
type sliceWindow struct {
	axes                []int
	start, size, stride []Element
}

func (op Slice) window(in []Info) (sliceWindow, error) {
	w := sliceWindow{axes: op.Axes, start: known(op.Start), size: known(op.Size), stride: known(op.Stride)}
	axes := known(wideDims(op.Axes))
	for i, what := range op.Inputs {
		x := in[i+1]
		if slices.Contains(op.Inputs[:i], what) {
			return w, &Error{Operand: string(what), Msg: "is given twice"}
		}
		var to *[]Element
		var given bool
		switch what {
		case SliceStart:
			to, given = &w.start, op.Start != nil
		case SliceSize:
			to, given = &w.size, op.Size != nil
		case SliceStride:
			to, given = &w.stride, op.Stride != nil
		case SliceAxes:
			to, given = &axes, op.Axes != nil
		case SliceValue:
			if err := op.wantValue(in[0], x); err != nil {
				return w, err
			}
			continue
		default:
			return w, wantOneOf("inputs", what, SliceStart, SliceSize, SliceStride, SliceAxes, SliceValue)
		}
		if given {
			return w, &Error{Operand: string(what), Msg: "is given twice, as a parameter and as an input"}
		}
		if err := wantShape(string(what), x); err != nil {
			return w, err
		}
		*to = x.Values
	}
	var err error
	if w.axes, err = op.axes(axes, len(in[0].Dims)); err != nil {
		return w, err
	}
	for _, p := range []struct {
		name string
		d    []Element
	}{{"start", w.start}, {"size", w.size}, {"stride", w.stride}} {
		if len(p.d) != len(axes) {
			return w, &Error{Operand: p.name, Msg: "must have an entry for each axis", Expected: fmt.Sprint(len(axes)), Found: fmt.Sprint(p.d)}
		}
		for _, e := range p.d {
			if e.Int > maxExtent || e.Int < -maxExtent {
				return w, &Error{Operand: p.name, Msg: "is too large", Found: fmt.Sprint(p.d)}
			}
		}
	}
	return w, nil
}

// axes returns nil when they are not known. Those of an input may be negative
// and in any order.
func (op Slice) axes(given []Element, rank int) ([]int, error) {
	if !op.takes(SliceAxes) {
		return op.Axes, wantAxes(op.Axes, rank)
	}
	out := make([]int, len(given))
	for i, e := range given {
		if !e.Known {
			return nil, nil
		}
		if e.Int < 0 {
			e.Int += int64(rank)
		}
		out[i] = int(e.Int)
		if err := wantAxis("axes", out[i], rank); err != nil {
			return nil, err
		}
		if slices.Contains(out[:i], out[i]) {
			return nil, &Error{Operand: "axes", Msg: "must differ", Found: fmt.Sprint(given)}
		}
	}
	return out, nil
}

func (op Slice) wantValue(x, value Info) error {
	if op.Mode != SliceFill {
		return &Error{Operand: string(SliceValue), Msg: "has no use in mode " + string(op.Mode)}
	}
	if err := wantSameType("the input", string(SliceValue), x, value); err != nil {
		return err
	}
	if value.Dims.Count() != 1 {
		return &Error{Operand: string(SliceValue), Msg: "must be one element", Found: value.Dims.String()}
	}
	return nil
}

func (w sliceWindow) values(x, out Info) []Element {
	return moved(x.Values, out, func(at []int) int {
		from := slices.Clone(at)
		for i, axis := range w.axes {
			from[axis] = int(w.start[i].Int + int64(at[axis])*w.stride[i].Int)
		}
		return place(x.Dims, from)
	})
}

func wideDims(list []int) Dims {
	out := make(Dims, len(list))
	for i, v := range list {
		out[i] = int64(v)
	}
	return out
}
