package trt

import "fmt"

// wantStretch refuses operand b of dimensions y that does not have the rank of
// a, or an extent that is neither 1 nor that of a.
func wantStretch(a, b string, x, y Dims) error {
	if err := wantSameRank(a, b, x, y); err != nil {
		return err
	}
	for i := range x {
		if _, ok := unify(x[i], y[i]); !ok && y[i] != 1 {
			return &Error{Operand: b, Msg: fmt.Sprintf("does not stretch to %s in dimension %d", a, i), Expected: x.String(), Found: y.String()}
		}
	}
	return nil
}
