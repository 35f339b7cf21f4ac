package fault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Kind says whose turn it is to act on an error.
type Kind int

// The kinds. The zero value is Bug: an error nobody classified is ours.
const (
	Bug          Kind = iota // ours
	Usage                    // the call itself makes no sense
	BadInput                 // a file is missing, corrupt, or not what it claims to be
	Unsupported              // valid, but not something we can build
	Environment              // a library or device is missing or of the wrong version
	Backend                  // TensorRT refused or failed
	Resources                // memory, disk, an output that cannot be written
	Verification             // numbers differ by more than allowed
	Cancelled                // a context ended
)

var kindNames = [...]string{
	"bug", "usage", "bad input", "unsupported", "environment", "backend", "resources", "verification", "cancelled",
}

// String returns the kind in words.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", int(k))
	}
	return kindNames[k]
}

// Classified is implemented by every typed error of this module.
type Classified interface {
	error
	FaultKind() Kind
}

// Of returns the kind of err: that of the outermost classified error in its
// chain, else what the standard library's own errors imply.
func Of(err error) Kind {
	var c Classified
	switch {
	case err == nil:
		return Bug
	case errors.As(err, &c):
		return c.FaultKind()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Cancelled
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EPIPE):
		return Resources
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return BadInput
	}
	return Bug
}

// Error is the plain classified error, for packages whose failures carry no
// facts beyond a sentence.
type Error struct {
	Kind Kind
	Msg  string // what happened, lower case, no final stop
	Next string // what the person can do now; may be empty
	Err  error  // the cause; may be nil
}

// New returns a classified error. A %w verb in format keeps its operand in the
// chain.
func New(kind Kind, next, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Msg: wrapped.Error(), Next: next, Err: errors.Unwrap(wrapped)}
}

// Error returns the message, then the next step after a semicolon.
func (e *Error) Error() string {
	if e.Next == "" {
		return e.Msg
	}
	return strings.TrimSuffix(e.Msg, ".") + "; " + e.Next
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FaultKind returns the error's kind.
func (e *Error) FaultKind() Kind { return e.Kind }
