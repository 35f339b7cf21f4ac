package trt

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// asError makes a rule's error one that the network can complete.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Err: err}
}

// checkWeights refuses weights that describe no data.
func checkWeights(o Operand) *Error {
	w := o.Weights
	if w == nil {
		return nil
	}
	if w.Count() < 0 || w.Type.Bits() == 0 || w.Count() > math.MaxInt64/int64(w.Type.Bits()) {
		return &Error{Operand: o.Name + " weights", Msg: "have no fixed size", Found: fmt.Sprintf("%s %v", w.Type, w.Dims)}
	}
	if w.values == nil && int64(len(w.raw)) != w.Size() {
		return &Error{Operand: o.Name + " weights", Msg: "hold the wrong number of bytes", Expected: fmt.Sprint(w.Size()), Found: fmt.Sprint(len(w.raw))}
	}
	return nil
}

// wantWeights checks presence, count and type of a weight operand.
func wantWeights(name string, w *Weights, count int64, t dtype.Type) error {
	if w == nil {
		return &Error{Operand: name + " weights", Msg: "are missing"}
	}
	if w.Count() != count {
		return &Error{Operand: name + " weights", Msg: "have the wrong count", Expected: fmt.Sprint(count), Found: fmt.Sprintf("%d %v", w.Count(), w.Dims)}
	}
	if w.Type != t {
		return &Error{Operand: name + " weights", Msg: "must have the input's type", Expected: t.String(), Found: w.Type.String()}
	}
	return nil
}

// types is a set of element types.
type types uint32

func setOf(all ...dtype.Type) types {
	var s types
	for _, t := range all {
		s |= 1 << t
	}
	return s
}

// The groups that TensorRT's type rules are made of.
const (
	floats   types = 1<<dtype.Float32 | 1<<dtype.Float16 | 1<<dtype.BFloat16
	integers types = 1<<dtype.Int32 | 1<<dtype.Int64
	bools    types = 1 << dtype.Bool
	eightBit types = 1<<dtype.Int8 | 1<<dtype.UInt8
	// quantized are what Quantize makes.
	quantized types = 1<<dtype.Int8 | 1<<dtype.Float8E4M3FN | fourBit
	fourBit   types = 1<<dtype.Int4 | 1<<dtype.Float4E2M1FN
	// scales8 are powers of two, scales of MXFP8.
	scales8 types = 1 << dtype.Float8E8M0FNU
)

// String lists the set.
func (s types) String() string {
	var names []string
	for t := dtype.Invalid; s>>t != 0; t++ {
		if s&(1<<t) != 0 {
			names = append(names, t.String())
		}
	}
	return strings.Join(names, ", ")
}

// wantType refuses a tensor whose type is not in the set.
func wantType(operand string, x Info, s types) error {
	if s&(1<<x.Type) == 0 {
		return &Error{Operand: operand, Msg: "has a type this op does not compute in", Expected: s.String(), Found: x.Type.String()}
	}
	return nil
}

// wantFloat refuses all but float32, float16 and bfloat16.
func wantFloat(operand string, x Info) error { return wantType(operand, x, floats) }

// wantSameType refuses two operands of different types.
func wantSameType(a, b string, x, y Info) error {
	if x.Type != y.Type {
		return &Error{Operand: b, Msg: "must have the type of " + a, Expected: x.Type.String(), Found: y.Type.String()}
	}
	return nil
}

// wantSameRank refuses two operands of different ranks: TensorRT pads none.
func wantSameRank(a, b string, x, y Dims) error {
	if len(x) != len(y) {
		return &Error{Operand: b, Msg: "must have the rank of " + a, Expected: fmt.Sprintf("%d %v", len(x), x), Found: fmt.Sprintf("%d %v", len(y), y)}
	}
	return nil
}

// wantRank refuses fewer dimensions than the op needs.
func wantRank(operand string, x Info, atLeast int) error {
	if len(x.Dims) < atLeast {
		return &Error{Operand: operand, Msg: "has too few dimensions", Expected: fmt.Sprintf("at least %d", atLeast), Found: x.Dims.String()}
	}
	return nil
}

// wantAxis refuses an axis that a tensor of the given rank does not have.
// TensorRT's setters keep the old axis then, with a log line only.
func wantAxis(operand string, axis, rank int) error {
	if axis < 0 || axis >= rank {
		return &Error{Operand: operand, Msg: fmt.Sprintf("is not an axis of a tensor of rank %d", rank), Found: fmt.Sprint(axis)}
	}
	return nil
}

// wantAxes refuses axes that a tensor of the given rank does not have, and
// axes that are missing, doubled or not ascending.
func wantAxes(axes []int, rank int) error {
	if len(axes) == 0 {
		return &Error{Operand: "axes", Msg: "are missing"}
	}
	for i, a := range axes {
		if err := wantAxis("axes", a, rank); err != nil {
			return err
		}
		if i > 0 && a <= axes[i-1] {
			return &Error{Operand: "axes", Msg: "must be ascending", Found: fmt.Sprint(axes)}
		}
	}
	return nil
}

// wantOneOf refuses a value that an enumeration does not have.
func wantOneOf[T ~string](operand string, v T, all ...T) error {
	if slices.Contains(all, v) {
		return nil
	}
	return &Error{Operand: operand, Msg: "is none of TensorRT's", Expected: fmt.Sprintf("one of %v", all), Found: fmt.Sprintf("%q", string(v))}
}

// unify returns the extent that two equal extents have, either of which may be
// dynamic.
func unify(a, b int64) (int64, bool) {
	if a == Dynamic {
		return b, true
	}
	return a, b == Dynamic || a == b
}

// broadcast returns the dimensions of two operands of one rank in which
// extents of 1 stretch.
func broadcast(a, b string, x, y Dims) (Dims, error) {
	if err := wantSameRank(a, b, x, y); err != nil {
		return nil, err
	}
	out := make(Dims, len(x))
	for i := range x {
		var ok bool
		switch {
		case x[i] == 1:
			out[i], ok = y[i], true
		case y[i] == 1:
			out[i], ok = x[i], true
		default:
			out[i], ok = unify(x[i], y[i])
		}
		if !ok {
			return nil, &Error{Operand: b, Msg: fmt.Sprintf("does not broadcast with %s in dimension %d", a, i), Expected: x.String(), Found: y.String()}
		}
	}
	return out, nil
}
