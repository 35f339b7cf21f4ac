//go:build tensorrt && cgo && unix

package cbridge

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// private refuses a file that someone else could have put there: code is loaded
// from it. It and its directory must be ours or root's, and only their owner may
// write to them.
func private(path string) error {
	for _, p := range []string{filepath.Dir(path), path} {
		st, err := os.Lstat(p)
		if err != nil {
			return err
		}
		if st.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a symbolic link", p)
		}
		if owner := st.Sys().(*syscall.Stat_t).Uid; owner != 0 && int(owner) != os.Geteuid() {
			return fmt.Errorf("%s belongs to user %d", p, owner)
		}
		if st.Mode().Perm()&0o022 != 0 {
			return fmt.Errorf("%s may be written by others than its owner (mode %v)", p, st.Mode().Perm())
		}
	}
	return nil
}
