//go:build unix

package cli

import (
	"os/signal"
	"syscall"
)

// tameFileSizeSignal makes a reached file-size limit an error of the write
// instead of the end of the process.
func tameFileSizeSignal() { signal.Ignore(syscall.SIGXFSZ) }
