package refexec

import (
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

func assert(op trt.Assertion, condition *trt.Value) error {
	if slices.Contains(condition.Ints, 0) {
		return &Error{Kind: fault.BadInput, Msg: "does not hold: " + op.Message}
	}
	return nil
}
