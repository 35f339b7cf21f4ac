package raw_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// torchs reads the values of an element type and their float32 bits by PyTorch.
func torchs(t *testing.T, file string) (typ dtype.Type, stored []byte, want []uint32) {
	typ, err := dtype.Parse(strings.TrimSuffix(filepath.Base(file), ".bin"))
	require.NoError(t, err)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	n := len(b) / (typ.Size() + 4)
	require.Len(t, b, n*(typ.Size()+4))
	stored, b = b[:n*typ.Size()], b[n*typ.Size():]
	want = make([]uint32, n)
	for i := range want {
		want[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return typ, stored, want
}

func bits(values []float32) []uint32 {
	b := make([]uint32, len(values))
	for i, v := range values {
		b[i] = math.Float32bits(v)
	}
	return b
}

// TestFloat32sIsTorchs compares the bits, those of NaNs too.
func TestFloat32sIsTorchs(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bin")
	require.NoError(t, err)
	seen := map[dtype.Type]bool{}
	for _, file := range files {
		typ, stored, want := torchs(t, file)
		seen[typ] = true
		got := make([]float32, len(want))
		raw.Float32s(got, stored, typ)
		require.Equal(t, want, bits(got), "%v", typ)

		// The same at an odd address, where nothing can be viewed as words.
		odd := append(make([]byte, 1, 1+len(stored)), stored...)[1:]
		clear(got)
		raw.Float32s(got, odd, typ)
		require.Equal(t, want, bits(got), "%v, not aligned", typ)

		// As a source has them, in parts of several lengths.
		x := &weights.Tensor{Type: typ, Count: int64(len(want)), Source: raw.Source{R: bytes.NewReader(stored)}}
		for _, n := range []int{1, 2, 3, 7, 8, 63, 64, 65, 127, 128, 129, 200} {
			clear(got)
			for from := 0; from < len(got); from += n {
				require.NoError(t, x.ReadFloat32(got[from:min(from+n, len(got))], int64(from)))
			}
			require.Equal(t, want, bits(got), "%v, by %d", typ, n)
		}
		clear(got)
		require.NoError(t, x.ReadFloat32(got, 0))
		require.Equal(t, want, bits(got), "%v, at once", typ)
	}
	for typ := dtype.Float32; typ.Size() > 0; typ++ {
		require.Equal(t, !typ.IsComplex(), seen[typ], "%v", typ)
	}
}

// Any byte but 0 is true: what PyTorch shows of such a bool depends on the call.
func TestBoolOfOtherBytes(t *testing.T) {
	got := make([]float32, 4)
	raw.Float32s(got, []byte{0, 1, 2, 255}, dtype.Bool)
	require.Equal(t, []float32{0, 1, 1, 1}, got)
}

func TestComplexHasNoFloat32(t *testing.T) {
	require.PanicsWithValue(t, "raw: complex64 has no float32 values", func() {
		raw.Float32s(make([]float32, 1), make([]byte, 8), dtype.Complex64)
	})
}
