//go:build unix

package builder

import (
	"runtime"
	"syscall"
)

// peakRSS returns the largest resident memory of the process so far, in bytes.
func peakRSS() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss) //nolint:unconvert // narrower on 32-bit systems
	}
	return int64(u.Maxrss) << 10 //nolint:unconvert // narrower on 32-bit systems
}
