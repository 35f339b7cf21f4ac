package wts_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// pack compresses what write writes.
func pack(t *testing.T, kind string, write func(put func([]byte))) []byte {
	t.Helper()
	var b bytes.Buffer
	put := func(w interface{ Write([]byte) (int, error) }) func([]byte) {
		return func(p []byte) {
			_, err := w.Write(p)
			require.NoError(t, err)
		}
	}
	if kind == "gzip" {
		z := gzip.NewWriter(&b)
		write(put(z))
		require.NoError(t, z.Close())
	} else {
		z, err := zstd.NewWriter(&b)
		require.NoError(t, err)
		write(put(z))
		require.NoError(t, z.Close())
	}
	return b.Bytes()
}

// TestPackedFilesLeaveNothing reads compressed files of several chunks; what
// they are unpacked to is gone.
func TestPackedFilesLeaveNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const n = 3 * weights.ChunkLen
	for _, kind := range []string{"gzip", "zstd"} {
		packed := pack(t, kind, func(put func([]byte)) {
			put([]byte("1\nw 98304 "))
			for i := range n {
				put(fmt.Appendf(nil, " %08x", i))
			}
			put([]byte("\n"))
		})
		f, err := wts.Read(bytes.NewReader(packed), int64(len(packed)), "net.wts."+kind)
		require.NoError(t, err)
		got := bits(t, f, "w")
		for i := range n {
			require.Equal(t, uint32(i), got[i])
		}
		left, err := os.ReadDir(os.Getenv("TMPDIR"))
		require.NoError(t, err)
		require.Empty(t, left)
		require.NoError(t, f.Close())
	}
}

func TestPackedRefusals(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	whole := pack(t, "gzip", func(put func([]byte)) { put([]byte("1\nw 1  3f800000\n")) })
	wrong := bytes.Clone(whole)
	wrong[len(wrong)-5] ^= 1 // of the checksum
	zeros := func(put func([]byte)) {
		put([]byte("1\nw 22222222 "))
		for range 300 {
			put(bytes.Repeat([]byte(" 00000000"), 1<<16))
		}
	}
	for name, c := range map[string]struct {
		packed []byte
		want   string
		kind   fault.Kind
	}{
		"gzip, cut short":      {whole[:len(whole)-9], "x.wts: does not unpack: unexpected EOF", fault.BadInput},
		"gzip, wrong checksum": {wrong, "x.wts: does not unpack: gzip: invalid checksum", fault.BadInput},
		"gzip, bomb":           {pack(t, "gzip", zeros), "unpack to more than", fault.BadInput},
		"zstd, bomb":           {pack(t, "zstd", zeros), "unpack to more than", fault.BadInput},
		"zstd, header alone":   {[]byte("\x28\xb5\x2f\xfd"), "x.wts: does not unpack", fault.BadInput},
		"gzip of gzip":         {pack(t, "gzip", func(put func([]byte)) { put(whole) }), "a gzip file of a gzip file", fault.BadInput},
		"gzip of a page":       {pack(t, "gzip", func(put func([]byte)) { put([]byte("<html>")) }), "a gzip file of an HTML page", fault.BadInput},
		"zstd of nothing":      {pack(t, "zstd", func(func([]byte)) {}), "a zstd file of an empty file", fault.BadInput},
		"gzip of a torso":      {pack(t, "gzip", func(put func([]byte)) { put([]byte("2\nw 1  3f800000\n")) }), "x.wts:3:1: truncated at tensor 2 of 2", fault.BadInput},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wts.Read(bytes.NewReader(c.packed), int64(len(c.packed)), "x.wts")
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.kind, fault.Of(err))
		})
	}
	t.Setenv("TMPDIR", "/nonexistent")
	_, err := wts.Read(bytes.NewReader(whole), int64(len(whole)), "x.wts")
	require.ErrorContains(t, err, "x.wts: no place to unpack it")
	require.Equal(t, fault.Resources, fault.Of(err))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
