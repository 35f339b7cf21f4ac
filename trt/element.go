package trt

import (
	"encoding/binary"
	"math"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Element is one element of a small tensor, as far as it is known before the
// network runs.
type Element struct {
	Known bool
	Int   int64   // of integers and bools
	Float float64 // of floating-point types

	fault string // why there can be no such element, for whoever reads it
}

// maxElements is how many elements of a tensor TensorRT follows.
const maxElements = 64

// infer asks the rule of op, and keeps elements only of ops that are known to
// make them: others may well return what they got.
func infer(op Op, in []Info, t Target) ([]Info, error) {
	out, err := op.Infer(in, t)
	switch op.(type) {
	case Activation, Cast, Concatenation, Constant, ElementWise, Fill, Gather, Identity, Reduce, Select, Shape, Shuffle, Slice, Squeeze, Unary, Unsqueeze:
		return out, err
	}
	for i := range out {
		out[i].Values = nil
	}
	return out, err
}

// small reports whether TensorRT follows the elements of tensors like x.
func small(x Info) bool {
	n := x.Dims.Count()
	return n >= 0 && n <= maxElements
}

// unknown returns the elements of a small tensor of which nothing is known.
func unknown(x Info) []Element {
	if !small(x) {
		return nil
	}
	return make([]Element, x.Dims.Count())
}

func whole(v int64) Element { return Element{Known: true, Int: v} }

func faulty(why string) Element { return Element{fault: why} }

// stored returns v as the type of its tensor stores it. Integers do not wrap:
// TensorRT computes dimensions in 64 bits.
func (e Element) stored(t dtype.Type) Element {
	switch t {
	case dtype.Float32:
		e.Float = float64(float32(e.Float))
	case dtype.Float16:
		e.Float = float64(half.FromFloat16(half.Float16(float32(e.Float))))
	case dtype.BFloat16:
		e.Float = float64(half.FromBFloat16(half.BFloat16(float32(e.Float))))
	}
	return e
}

// elements reads small weights that are in memory already; those in files are
// no dimensions of anything.
func (w *Weights) elements() []Element {
	out := unknown(Info{Type: w.Type, Dims: w.Dims})
	if out == nil || w.raw == nil {
		v, ok := w.values.(Float32s)
		for i := range out {
			if ok && i < len(v) {
				out[i] = Element{Known: true, Float: float64(v[i])}.stored(w.Type)
			}
		}
		return out
	}
	size := w.Type.Size()
	if len(w.raw) != size*len(out) {
		return out
	}
	for i := range out {
		raw := w.raw[i*size:]
		e := Element{Known: true}
		switch w.Type {
		case dtype.Float32:
			e.Float = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw)))
		case dtype.Float16:
			e.Float = float64(half.FromFloat16(binary.LittleEndian.Uint16(raw)))
		case dtype.BFloat16:
			e.Float = float64(half.FromBFloat16(binary.LittleEndian.Uint16(raw)))
		case dtype.Int32:
			e.Int = int64(int32(binary.LittleEndian.Uint32(raw)))
		case dtype.Int64:
			e.Int = int64(binary.LittleEndian.Uint64(raw))
		case dtype.Bool:
			e = truth(raw[0] != 0)
		default:
			e.Known = false
		}
		out[i] = e
	}
	return out
}

// moved returns the elements of a tensor like out whose element at coordinates c
// is x's element from(c).
func moved(x []Element, out Info, from func(at []int) int) []Element {
	if x == nil || !small(out) {
		return nil
	}
	y := make([]Element, out.Dims.Count())
	visit(out.Dims, func(i int, at []int) {
		if j := from(at); j >= 0 && j < len(x) {
			y[i] = x[j]
		}
	})
	return y
}

// visit calls f with each coordinate of d in row-major order.
func visit(d Dims, f func(i int, at []int)) {
	at := make([]int, len(d))
	for i := range int(d.Count()) {
		f(i, at)
		for axis := len(d) - 1; axis >= 0; axis-- {
			if at[axis]++; int64(at[axis]) < d[axis] {
				break
			}
			at[axis] = 0
		}
	}
}

// place is the row-major place of coordinates.
func place(d Dims, at []int) int {
	i := 0
	for axis, e := range d {
		i = i*int(e) + at[axis]
	}
	return i
}

// offset is the row-major place of coordinates; extents of 1 stretch.
func offset(d Dims, at []int) int {
	i := 0
	for axis, e := range d {
		i *= int(e)
		if e != 1 {
			i += at[axis]
		}
	}
	return i
}
