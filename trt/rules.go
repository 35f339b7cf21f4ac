package trt

import (
	"errors"
	"fmt"

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
	if w.Count() < 0 || w.Type.Size() == 0 {
		return &Error{Operand: o.Name + " weights", Msg: "have no fixed size", Found: fmt.Sprintf("%s %v", w.Type, w.Dims)}
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

// wantFloat refuses all but float32, float16 and bfloat16.
func wantFloat(operand string, x Info) error {
	switch x.Type {
	case dtype.Float32, dtype.Float16, dtype.BFloat16:
		return nil
	}
	return &Error{Operand: operand, Msg: "has a type this op does not compute in", Expected: "float32, float16 or bfloat16", Found: x.Type.String()}
}

// wantSameType refuses two operands of different types.
func wantSameType(a, b string, x, y Info) error {
	if x.Type != y.Type {
		return &Error{Operand: b, Msg: "must have the type of " + a, Expected: x.Type.String(), Found: y.Type.String()}
	}
	return nil
}
