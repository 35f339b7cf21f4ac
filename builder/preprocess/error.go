package preprocess

import (
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Error says why an image cannot be an input.
type Error struct {
	Kind     fault.Kind
	File     string // empty when it is not known
	Msg      string
	Expected string
	Found    string
	Next     string // what to do about it
	Err      error  // the cause; may be nil
}

// Error prints the facts that are set.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	b.WriteString(e.Msg)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	for _, part := range [][2]string{{": expected ", e.Expected}, {", found ", e.Found}, {"; ", e.Next}} {
		if part[1] != "" {
			b.WriteString(part[0] + part[1])
		}
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FaultKind returns the kind given.
func (e *Error) FaultKind() fault.Kind { return e.Kind }
