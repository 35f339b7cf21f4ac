package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindInput names network inputs in messages and dumps.
const KindInput Kind = "input"

func checkInput(x *Tensor) *Error {
	switch x.Type {
	case dtype.Float32, dtype.Float16, dtype.BFloat16, dtype.Int32, dtype.Int64, dtype.Int8, dtype.UInt8, dtype.Bool:
	default:
		return &Error{Msg: "has a type no network input can have", Found: x.Type.String()}
	}
	if len(x.Dims) > MaxDims {
		return &Error{Msg: "has too many dimensions", Expected: fmt.Sprintf("at most %d", MaxDims), Found: x.Dims.String()}
	}
	for i, e := range x.Dims {
		if e < Dynamic || e == 0 {
			return &Error{Msg: fmt.Sprintf("dimension %d", i), Expected: "-1 or more than 0", Found: fmt.Sprint(e)}
		}
	}
	return nil
}
