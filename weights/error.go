package weights

import (
	"fmt"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Error is what is wrong with a weight file. Only the facts that are known are
// set; those with a zero value are left out of the text.
type Error struct {
	Kind     fault.Kind
	File     string // as the caller named it
	Line     int    // from 1; 0: not a text file, or the file as a whole
	Column   int    // from 1, in bytes
	Offset   int64  // of the offending byte, from 0
	Tensor   string // the tensor being read
	Problem  string // what is wrong; may be empty when Expected and Found say it
	Expected string
	Found    string
	Next     string // what the person can do now
	Err      error  // the cause
}

// Error returns one line: place, tensor, problem, expected, found, next step.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	if e.Tensor != "" {
		fmt.Fprintf(&b, ": tensor %q", e.Tensor)
	}
	sep := ": "
	if e.Problem != "" {
		b.WriteString(sep + e.Problem)
	}
	if e.Expected != "" {
		if e.Problem != "" {
			sep = ", "
		}
		b.WriteString(sep + "expected " + e.Expected + ", found " + e.Found)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Next != "" {
		b.WriteString("; " + e.Next)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FaultKind returns the error's kind.
func (e *Error) FaultKind() fault.Kind { return e.Kind }
