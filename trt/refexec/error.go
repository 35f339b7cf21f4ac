package refexec

import (
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Error says which tensor or layer could not be computed and why.
type Error struct {
	Kind     fault.Kind
	Tensor   string // an input of the network; empty when a layer is meant
	Layer    string // LAYER/ROLE/LAYER of one inside of a body
	Msg      string
	Expected string
	Found    string
	Err      error // the cause; may be nil
}

// Error prints the facts that are set.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("reference execution")
	for _, part := range [][2]string{{": input ", e.Tensor}, {": layer ", e.Layer}, {": ", e.Msg}, {": expected ", e.Expected}, {", found ", e.Found}} {
		if part[1] != "" {
			b.WriteString(part[0] + part[1])
		}
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FaultKind returns the kind given, or that of the cause.
func (e *Error) FaultKind() fault.Kind {
	if e.Kind == fault.Bug && e.Err != nil {
		return fault.Of(e.Err)
	}
	return e.Kind
}
