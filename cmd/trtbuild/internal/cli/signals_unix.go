//go:build unix

package cli

import (
	"os/signal"
	"syscall"
)

// tameSignals makes a reached file-size limit, and a reader of the output that
// went away, errors of the write instead of the end of the process, which would
// leave unfinished files.
func tameSignals() { signal.Ignore(syscall.SIGXFSZ, syscall.SIGPIPE) }
