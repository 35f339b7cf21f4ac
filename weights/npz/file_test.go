package npz_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/npz"
)

// described is what NumPy says of one array.
type described struct {
	Name    string
	DType   string
	Shape   []int64
	Raw     string
	Float32 string
}

// truth is by file.
func truth(t *testing.T) map[string][]described {
	b, err := os.ReadFile(filepath.Join("testdata", "truth.json"))
	require.NoError(t, err)
	var parts map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(b, &parts))
	delete(parts, "versions")
	all := map[string][]described{}
	for file, text := range parts {
		var d []described
		require.NoError(t, json.Unmarshal(text, &d))
		all[file] = d
	}
	return all
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func littleEndian(values []float32) []byte {
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// same holds a tensor against what NumPy loads.
func same(t *testing.T, want described, got *weights.Tensor) {
	require.Equal(t, want.DType, got.Type.String(), want.Name)
	require.Equal(t, want.Shape, got.Shape, want.Name)
	raw := make([]byte, got.Count*int64(got.Type.Size()))
	require.NoError(t, got.ReadRaw(raw, 0))
	require.Equal(t, want.Raw, sha(raw), want.Name)
	values := make([]float32, got.Count)
	err := got.ReadFloat32(values, 0)
	if want.Float32 == "" {
		require.True(t, got.Type.IsComplex())
		require.ErrorContains(t, err, "expected real numbers, found "+want.DType)
		return
	}
	require.NoError(t, err)
	require.Equal(t, want.Float32, sha(littleEndian(values)), "%s: %v", want.Name, values)
	if len(values) > 1 { // from the middle too
		part := make([]float32, len(values)-1)
		require.NoError(t, got.ReadFloat32(part, 1))
		require.Equal(t, littleEndian(values[1:]), littleEndian(part))
		b := make([]byte, len(raw)-got.Type.Size())
		require.NoError(t, got.ReadRaw(b, 1))
		require.Equal(t, raw[got.Type.Size():], b)
	}
}

func TestOpenReadsWhatNumPyWrote(t *testing.T) {
	for file, want := range truth(t) {
		t.Run(file, func(t *testing.T) {
			f, err := npz.Open(filepath.Join("testdata", file))
			require.NoError(t, err)
			require.Equal(t, filepath.Ext(file)[1:], f.Format())
			require.Len(t, f.Names(), len(want))
			for i, w := range want {
				require.Equal(t, w.Name, f.Names()[i])
				got, ok := f.Tensor(w.Name)
				require.True(t, ok)
				require.Equal(t, file, got.File)
				same(t, w, got)
			}
			require.Empty(t, f.Warnings())
			_, ok := f.Tensor("no such")
			require.False(t, ok)
			require.NoError(t, f.Close())
		})
	}
}

func TestRoles(t *testing.T) {
	f, err := npz.Open("testdata/orders.npz")
	require.NoError(t, err)
	defer f.Close()
	mean, _ := f.Tensor("running_mean")
	weight, _ := f.Tensor("module/layer.weight")
	require.Equal(t, weights.Buffer, mean.Role)
	require.Equal(t, weights.Parameter, weight.Role)
}

// Arrays that are unpacked as a whole are unpacked once however many read them.
func TestReadConcurrently(t *testing.T) {
	f, err := npz.Open("testdata/orders_compressed.npz")
	require.NoError(t, err)
	defer f.Close()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, w := range truth(t)["orders_compressed.npz"] {
				x, _ := f.Tensor(w.Name)
				raw := make([]byte, x.Count*int64(x.Type.Size()))
				if err := x.ReadRaw(raw, 0); err != nil || sha(raw) != w.Raw {
					t.Errorf("%s: %v", w.Name, err)
				}
			}
		})
	}
	wg.Wait()
}
