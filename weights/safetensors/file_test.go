package safetensors_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/safetensors"
)

// described is what the Python package and PyTorch say of one tensor.
type described struct {
	Name    string
	DType   string
	Shape   []int64
	Raw     string
	Float32 string
}

func truth(t *testing.T, file string) []described {
	b, err := os.ReadFile(filepath.Join("testdata", "truth.json"))
	require.NoError(t, err)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(b, &all))
	require.NotEmpty(t, all[file], file)
	var d []described
	require.NoError(t, json.Unmarshal(all[file], &d))
	return d
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

// same holds a tensor against what PyTorch made of it.
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
}

func TestOpenReadsWhatPythonWrote(t *testing.T) {
	for file, metadata := range map[string]map[string]any{
		"types.safetensors":   nil,
		"network.safetensors": {"format": "pt"},
		"shapes.safetensors":  {"note": "a \"note\"\n"},
		"empty.safetensors":   nil,
	} {
		t.Run(file, func(t *testing.T) {
			f, err := safetensors.Open(filepath.Join("testdata", file))
			require.NoError(t, err)
			want := truth(t, file)
			require.Len(t, f.Names(), len(want))
			for i, w := range want {
				require.Equal(t, w.Name, f.Names()[i])
				got, ok := f.Tensor(w.Name)
				require.True(t, ok)
				require.Equal(t, file, got.File)
				same(t, w, got)
			}
			require.Equal(t, metadata, f.Metadata())
			require.Equal(t, "safetensors", f.Format())
			require.Empty(t, f.Warnings())
			require.NoError(t, f.Close())
		})
	}
}

func TestRolesAreGuessed(t *testing.T) {
	f, err := safetensors.Open("testdata/network.safetensors")
	require.NoError(t, err)
	defer f.Close()
	roles := map[string]weights.Role{}
	for _, name := range f.Names() {
		x, _ := f.Tensor(name)
		roles[name] = x.Role
	}
	require.Equal(t, map[string]weights.Role{
		"0.weight": weights.Parameter, "1.bias": weights.Parameter, "1.weight": weights.Parameter,
		"1.running_mean": weights.Buffer, "1.running_var": weights.Buffer, "1.num_batches_tracked": weights.Buffer,
		"3.weight": weights.Parameter, "3.bias": weights.Parameter,
	}, roles)
}

// Values can be had from any element on.
func TestReadFromTheMiddle(t *testing.T) {
	f, err := safetensors.Open("testdata/shapes.safetensors")
	require.NoError(t, err)
	defer f.Close()
	x, ok := f.Tensor("odd")
	require.True(t, ok)
	require.Equal(t, dtype.Int8, x.Type)
	two := make([]float32, 2)
	require.NoError(t, x.ReadFloat32(two, 1))
	require.Equal(t, []float32{2, 3}, two)
	require.Error(t, x.ReadFloat32(two, 2))
}
