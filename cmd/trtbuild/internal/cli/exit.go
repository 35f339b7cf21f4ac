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

// exitCode maps an error to the process's exit code. ctx tells which of the
// causes cancelled the work.
func exitCode(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	if kind := fault.Of(err); kind != fault.Cancelled {
		return exitCodes[kind]
	}
	var s signalled
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTimeout):
		return exitTimeout
	case errors.As(cause, &s) && s.sig == syscall.SIGTERM:
		return exitTerminated
	}
	return exitInterrupt
}
