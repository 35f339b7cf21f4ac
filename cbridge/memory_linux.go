//go:build tensorrt && cgo

package cbridge

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// openMemory loads a shim from an anonymous file. It is not made executable,
// which some kernels refuse and the loader, which maps it, does not need. Once
// the loader has seen it, its descriptor stays open for the life of the process,
// as a plain number that no collector closes: the loader knows an open object by
// its path, and would take the next file with the same number for this one.
func openMemory(family string, code []byte) (*API, error) {
	fd, err := unix.MemfdCreate(FileName(family), unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	for len(code) > 0 {
		n, err := unix.Write(fd, code)
		if err != nil {
			unix.Close(fd)
			return nil, fmt.Errorf("write shim to memory: %w", err)
		}
		code = code[n:]
	}
	api, err := open(fmt.Sprintf("/proc/self/fd/%d", fd), family)
	if err != nil {
		return nil, err
	}
	api.Path = ""
	return api, nil
}
