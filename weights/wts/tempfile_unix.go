//go:build unix

package wts

import "os"

// tempFile makes a file without a name, so that nothing is left of it whatever
// becomes of the process.
func tempFile() (*os.File, error) {
	f, err := os.CreateTemp("", "trtbuild-*.wts")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
