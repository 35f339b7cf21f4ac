//go:build unix

package load_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights/load"
)

// A pipe is refused without waiting for who writes into it.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	_, err := load.Open(path)
	require.ErrorContains(t, err, path+": is not a regular file")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

// A pipe in the place of the shapes of a .wts file is not waited for either.
func TestPipeForShapes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.wts")
	require.NoError(t, os.WriteFile(path, []byte("1\na 1 3f800000\n"), 0o600))
	require.NoError(t, syscall.Mkfifo(path+".json", 0o600))
	_, err := load.Open(path)
	require.ErrorContains(t, err, path+".json: is not a regular file")
	require.Equal(t, fault.BadInput, fault.Of(err))
}
