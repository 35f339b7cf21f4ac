//go:build tensorrt && cgo

package native

import (
	"fmt"
	"os"
	"testing"

	"github.com/trtbuild/trtbuild/cbridge"
)

func TestMain(m *testing.M) {
	if library := os.Getenv("TRTBUILD_AGREE_LIBRARY"); library != "" {
		if err := askLibrary(library); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if n := cbridge.LiveHandles(); n != 0 {
		fmt.Fprintf(os.Stderr, "%d handles of the shim were never freed\n", n)
		code = 1
	}
	os.Exit(code)
}
