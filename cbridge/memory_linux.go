//go:build tensorrt && cgo

package cbridge

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openMemory loads a shim from an anonymous file. It is not made executable,
// which some kernels refuse and the loader, which maps it, does not need. Its
// descriptor stays open: the loader knows an open object by its path, and would
// take the next file with the same number for this one.
func openMemory(family string, code []byte) (*API, error) {
	fd, err := unix.MemfdCreate(FileName(family), unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	file := os.NewFile(uintptr(fd), FileName(family))
	if _, err := file.Write(code); err != nil {
		file.Close()
		return nil, err
	}
	api, err := open(fmt.Sprintf("/proc/self/fd/%d", fd), family)
	if err != nil {
		file.Close()
		return nil, err
	}
	api.Path, api.memory = "", file
	return api, nil
}
