package trt

import "fmt"

// KindInput names network inputs in messages and dumps.
const KindInput Kind = "input"

func checkInput(x *Tensor) *Error {
	if err := wantType("input", x.Info(), floats|integers|bools|eightBit|quantized|scales8); err != nil {
		return asError(err)
	}
	for i, e := range x.Dims {
		if e < Dynamic || e == 0 {
			return &Error{Msg: fmt.Sprintf("dimension %d", i), Expected: "-1 or more than 0", Found: fmt.Sprint(e)}
		}
	}
	return nil
}
