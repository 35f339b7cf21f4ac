package onnx_test

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
	"github.com/trtbuild/trtbuild/weights/onnx"
)

// described is a tensor as the generator script saw it.
type described struct {
	Name, DType, SHA256 string
	Shape               []int64
}

func truth(t *testing.T) map[string][]described {
	t.Helper()
	b, err := os.ReadFile("testdata/truth.json")
	require.NoError(t, err)
	var all map[string][]described
	require.NoError(t, json.Unmarshal(b, &all))
	return all
}

// digest is that of the values as little-endian float32, or as they are if no
// float32 stands for them. It reads in two pieces.
func digest(t *testing.T, tensor *weights.Tensor) string {
	t.Helper()
	cut := tensor.Count / 3
	var b []byte
	if tensor.Type.IsComplex() {
		size := int64(tensor.Type.Size())
		b = make([]byte, tensor.Count*size)
		require.NoError(t, tensor.ReadRaw(b[cut*size:], cut))
		require.NoError(t, tensor.ReadRaw(b[:cut*size], 0))
		require.Error(t, tensor.ReadFloat32(make([]float32, 1), 0))
	} else {
		v := make([]float32, tensor.Count)
		require.NoError(t, tensor.ReadFloat32(v[cut:], cut))
		require.NoError(t, tensor.ReadFloat32(v[:cut], 0))
		for _, x := range v {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestValuesAreThoseOfPython(t *testing.T) {
	all := truth(t)
	require.Len(t, all, 6)
	for file, tensors := range all {
		t.Run(file, func(t *testing.T) {
			f, err := onnx.Open(filepath.Join("testdata", file))
			require.NoError(t, err)
			defer f.Close()
			require.Equal(t, "onnx", f.Format())
			var names []string
			for _, want := range tensors {
				names = append(names, want.Name)
				got, ok := f.Tensor(want.Name)
				require.True(t, ok, want.Name)
				require.Equal(t, want.DType, got.Type.String(), want.Name)
				require.Equal(t, want.Shape, got.Shape, want.Name)
				require.Equal(t, want.SHA256, digest(t, got), want.Name)
			}
			require.Equal(t, names, f.Names())
		})
	}
}

// TestFormsAgree reads every type as it is stored, from both forms.
func TestFormsAgree(t *testing.T) {
	f, err := onnx.Open("testdata/types.onnx")
	require.NoError(t, err)
	defer f.Close()
	types := 0
	for _, name := range f.Names() {
		raw, ok := f.Tensor(name)
		require.True(t, ok)
		if len(name) < 4 || name[:4] != "raw." {
			continue
		}
		types++
		typed, ok := f.Tensor("typed." + name[4:])
		require.True(t, ok, name)
		a, b := make([]byte, 15*raw.Type.Size()), make([]byte, 15*raw.Type.Size())
		require.NoError(t, raw.ReadRaw(a, 0))
		require.NoError(t, typed.ReadRaw(b, 0))
		require.Equal(t, a, b, name)
	}
	require.Equal(t, 20, types)
}

func TestMetadata(t *testing.T) {
	f, err := onnx.Open("testdata/types.onnx")
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, map[string]any{
		"ir_version": int64(10), "model_version": int64(3), "producer_name": "trtbuild tests", "producer_version": "1.0",
		"domain": "org.example", "doc_string": "all types", "graph_name": "net",
		"opset_import":   map[string]any{"ai.onnx": int64(21), "com.example": int64(2)},
		"metadata_props": map[string]any{"names": "{0: 'person', 1: 'car'}", "stride": "32", "task": "detect", "imgsz": "[640, 640]"},
	}, f.Metadata())
	require.Empty(t, f.Warnings())
}

func TestRoles(t *testing.T) {
	f, err := onnx.Open("testdata/nested.onnx")
	require.NoError(t, err)
	defer f.Close()
	for name, role := range map[string]weights.Role{
		"w": weights.Parameter, "out/then_branch/w": weights.Parameter, "out/then_branch/inner_out/else_branch/w": weights.Parameter,
		"c": weights.Buffer, "out/else_branch/else_c": weights.Buffer,
	} {
		tensor, ok := f.Tensor(name)
		require.True(t, ok, name)
		require.Equal(t, role, tensor.Role, name)
	}
	require.Equal(t, []string{`constant "words" is not listed: it holds string`}, f.Warnings())
}
