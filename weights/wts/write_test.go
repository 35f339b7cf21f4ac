package wts_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/wts"
)

type values []float32

func (v values) ReadFloat32(dst []float32, from int64) error {
	copy(dst, v[from:])
	return nil
}

// TestWriterMatchesScript reads a script's file and writes the same bytes.
func TestWriterMatchesScript(t *testing.T) {
	want, err := os.ReadFile("testdata/a1.wts")
	require.NoError(t, err)
	f, err := wts.Open("testdata/a1.wts")
	require.NoError(t, err)
	defer f.Close()
	var b bytes.Buffer
	w, err := wts.NewWriter(&b, len(f.Names()))
	require.NoError(t, err)
	for _, name := range f.Names() {
		tensor, _ := f.Tensor(name)
		require.NoError(t, w.Tensor(name, tensor.Count, tensor))
	}
	require.NoError(t, w.Close())
	require.Equal(t, string(want), b.String())
}

func TestWriterRefuses(t *testing.T) {
	one := values{1}
	for _, name := range []string{"", "a b", "a\tb", "a\x00"} {
		w, err := wts.NewWriter(new(bytes.Buffer), 1)
		require.NoError(t, err)
		require.ErrorContains(t, w.Tensor(name, 1, one), "cannot be written")
	}
	w, err := wts.NewWriter(new(bytes.Buffer), 2)
	require.NoError(t, err)
	require.NoError(t, w.Tensor("a", 1, one))
	require.ErrorContains(t, w.Tensor("a", 1, one), "comes twice")
	require.ErrorContains(t, w.Close(), "1 tensors written, 2 announced")
	require.NoError(t, w.Tensor("b", 1, one))
	require.ErrorContains(t, w.Tensor("c", 1, one), "one more than the 2 announced")
	require.NoError(t, w.Close())
}

type failingWriter struct{ left int }

var errFull = errors.New("disk full")

func (f *failingWriter) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return f.left, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

func TestWriterPassesErrorsOn(t *testing.T) {
	for left := range 16 {
		w, err := wts.NewWriter(&failingWriter{left}, 1)
		if err == nil {
			err = w.Tensor("a", 1, values{1})
		}
		require.ErrorIs(t, err, errFull, left)
	}
}
