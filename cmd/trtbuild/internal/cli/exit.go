package cli

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// The exit codes; docs/exit-codes.md lists them for users.
const (
	exitDone         = 0
	exitBug          = 1
	exitUsage        = 2
	exitBadInput     = 3
	exitUnsupported  = 4
	exitEnvironment  = 5
	exitBackend      = 6
	exitResources    = 7
	exitVerification = 8
	exitTimeout      = 124
	exitInterrupt    = 130
	exitTerminated   = 143
)

var exitCodes = map[fault.Kind]int{
	fault.Bug:          exitBug,
	fault.Usage:        exitUsage,
	fault.BadInput:     exitBadInput,
	fault.Unsupported:  exitUnsupported,
	fault.Environment:  exitEnvironment,
	fault.Backend:      exitBackend,
	fault.Resources:    exitResources,
	fault.Verification: exitVerification,
	fault.Cancelled:    exitInterrupt,
}

// signalled is the cause of a context that a signal ended.
type signalled struct{ sig os.Signal }

func (s signalled) Error() string { return "stopped by " + s.sig.String() }

var errTimeout = errors.New("stopped by --timeout")

// stoppedError is a cancellation told by its cause.
type stoppedError struct{ cause error }

func (e *stoppedError) Error() string         { return e.cause.Error() }
func (e *stoppedError) Unwrap() error         { return e.cause }
func (e *stoppedError) FaultKind() fault.Kind { return fault.Cancelled }

// stopped replaces the bare error of a context by what ended it.
func stopped(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if err == nil || cause == nil || fault.Of(err) != fault.Cancelled {
		return err
	}
	return &stoppedError{cause}
}

// exitCode maps an error to the process's exit code.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	kind := fault.Of(err)
	if kind == fault.Cancelled {
		var s signalled
		switch {
		case errors.Is(err, errTimeout):
			return exitTimeout
		case errors.As(err, &s) && s.sig == syscall.SIGTERM:
			return exitTerminated
		}
	}
	return exitCodes[kind]
}
