package torch_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
)

// TestDamagedTar cuts and alters an archive of the oldest kind: it is read as a
// whole, or refused with what to do.
func TestDamagedTar(t *testing.T) {
	content, err := os.ReadFile("testdata/torch-2.15/archive.tar")
	require.NoError(t, err)
	require.NoError(t, readValues(content))
	last := bytes.LastIndexFunc(content, func(r rune) bool { return r != 0 })
	for n := 0; n < len(content); n += 61 {
		err := readValues(content[:n])
		if n > last && err == nil {
			continue // only the padding is gone
		}
		var typed *weights.Error
		require.ErrorAs(t, err, &typed, "%d of %d bytes", n, len(content))
		require.NotEmpty(t, typed.Next, "%v", err)
	}
	for i := range content {
		bad := bytes.Clone(content)
		bad[i] ^= 0xff
		if err := readValues(bad); err != nil {
			var typed *weights.Error
			require.ErrorAs(t, err, &typed)
			require.NotEmpty(t, typed.Next, "%v", err)
		}
	}
	huge := bytes.Replace(content, []byte("\x80\x02K\x02."), []byte("\x80\x02K\xff."), 1)
	require.ErrorContains(t, readValues(huge), "record storages: ")
}
