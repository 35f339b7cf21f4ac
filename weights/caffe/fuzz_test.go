package caffe

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// FuzzRead: what opens describes values that are in the file, and they are the
// same as float32 and as stored, in one piece and in two.
func FuzzRead(f *testing.F) {
	models, err := filepath.Glob("testdata/*.caffemodel")
	require.NoError(f, err)
	require.Len(f, models, 5)
	for _, name := range models {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Read(bytes.NewReader(b), int64(len(b)), "m.caffemodel")
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, name := range m.Names() {
			tensor, ok := m.Tensor(name)
			require.True(t, ok)
			require.LessOrEqual(t, tensor.Count, int64(len(b)))
			size := int64(tensor.Type.Size())
			whole, parts := make([]byte, tensor.Count*size), make([]byte, tensor.Count*size)
			cut := tensor.Count / 2
			require.NoError(t, tensor.ReadRaw(whole, 0))
			require.NoError(t, tensor.ReadRaw(parts[:cut*size], 0))
			require.NoError(t, tensor.ReadRaw(parts[cut*size:], cut))
			require.Equal(t, whole, parts)
			got, want := make([]float32, tensor.Count), make([]float32, tensor.Count)
			require.NoError(t, tensor.ReadFloat32(got, 0))
			raw.Float32s(want, whole, tensor.Type)
			same := slices.EqualFunc(want, got, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
			require.True(t, same, name)
		}
	})
}
