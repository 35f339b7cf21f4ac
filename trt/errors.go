package trt

import (
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Error says why a network cannot be: which layer and operand, what was
// expected there and what was found.
type Error struct {
	Network  string
	Layer    string // empty when the network as a whole is meant
	Op       Kind
	Operand  string // "input", "kernel weights", …; may be empty
	Expected string
	Found    string
	Msg      string
	Err      error // cause; may be nil
}

// Error prints the facts that are set.
func (e *Error) Error() string {
	var b strings.Builder
	part := func(prefix, s string) {
		if s != "" {
			b.WriteString(prefix + s)
		}
	}
	part("network ", e.Network)
	if e.Layer != "" {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString("layer " + e.Layer)
		part(" (", string(e.Op))
		if e.Op != "" {
			b.WriteByte(')')
		}
	}
	sep := ""
	if b.Len() > 0 {
		sep = ": "
	}
	part(sep, e.Operand)
	if e.Operand != "" {
		sep = ": "
	}
	part(sep, e.Msg)
	if e.Expected != "" {
		part(": expected ", e.Expected)
		part(", found ", e.Found)
	} else {
		part(": ", e.Found)
	}
	if e.Err != nil {
		part(": ", e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FaultKind is Unsupported, unless the cause says otherwise.
func (e *Error) FaultKind() fault.Kind {
	if e.Err != nil {
		if k := fault.Of(e.Err); k != fault.Bug {
			return k
		}
	}
	return fault.Unsupported
}
