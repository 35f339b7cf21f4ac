//go:build !unix

package wts

import (
	"errors"
	"os"
)

// temp is a file that goes when it is closed; here an open file cannot be
// removed.
type temp struct{ *os.File }

func (t temp) Close() error { return errors.Join(t.File.Close(), os.Remove(t.Name())) }

func tempFile() (temp, error) {
	f, err := os.CreateTemp("", "trtbuild-*.wts")
	return temp{f}, err
}
