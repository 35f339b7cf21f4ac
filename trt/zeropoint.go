package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// wantZeroPoint is the rule of quantization and dequantization for a zero point:
// none, or one for each scale.
func wantZeroPoint(scale Info, given []Info, want types) error {
	if len(given) == 0 {
		return nil
	}
	zero := given[0]
	if err := wantType("zero point", zero, want); err != nil {
		return err
	}
	if n := zero.Dims.Count(); zero.Type == dtype.Int4 && n > 1 && n%2 == 1 {
		return &Error{Operand: "zero point", Msg: "must have an even number of elements, two a byte", Found: zero.Dims.String()}
	}
	if s, z := scale.Dims, zero.Dims; !z.Equal(s) && (s.Count() != 1 || z.Count() != 1) {
		return &Error{Operand: "zero point", Msg: "must have the dimensions of the scale", Expected: s.String(), Found: z.String()}
	}
	return nil
}

// checkZeroPoint refuses a zero point that is no constant, or not of zeros:
// TensorRT knows no others, and says so at build. What is read from a file only
// then is checked by the build alone.
func checkZeroPoint(in []*Tensor) *Error {
	if len(in) < 3 {
		return nil
	}
	if !isConstant(in[2]) {
		return &Error{Operand: "zero point", Msg: "must be a constant of zeros", Found: in[2].Name}
	}
	if w := in[2].producer.Op.Weights()[0].Weights; w.nonzero() {
		return &Error{Operand: "zero point", Msg: "must be zeros, the only one that TensorRT knows", Found: fmt.Sprintf("%s %v", w.Type, w.Dims)}
	}
	return nil
}

// zeroTypes are those of a zero point.
const zeroTypes = floats | integers | bools

// nonzero reports whether an element that is in memory is not zero.
func (w *Weights) nonzero() bool {
	if v, ok := w.values.(Float32s); ok {
		for _, x := range v {
			if x != 0 {
				return true
			}
		}
	}
	size := w.Type.Size()
	for i, b := range w.raw {
		if b != 0 && (b != 0x80 || !w.Type.IsFloat() || i%size != size-1) { // the sign of a zero does not matter
			return true
		}
	}
	return false
}
