package builder

import "github.com/trtbuild/trtbuild/internal/fault"

// ErrorKind says whose turn it is to act on an error.
type ErrorKind string

// The kinds of errors.
const (
	Bug          ErrorKind = "bug"
	Usage        ErrorKind = "usage"
	BadInput     ErrorKind = "bad input"
	Unsupported  ErrorKind = "unsupported"
	Environment  ErrorKind = "environment"
	BackendError ErrorKind = "backend"
	Resources    ErrorKind = "resources"
	Verification ErrorKind = "verification"
	Cancelled    ErrorKind = "cancelled"
)

// Kind returns the kind of an error of this module.
func Kind(err error) ErrorKind { return ErrorKind(fault.Of(err).String()) }
