package caffe_test

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
	"github.com/trtbuild/trtbuild/weights/caffe"
)

// described is a model as the generator script saw it.
type described struct {
	Format  string
	Tensors []struct {
		Name, DType, SHA256 string
		Shape               []int64
	}
}

func TestValuesAreThoseOfPython(t *testing.T) {
	truth := map[string]described{}
	for _, file := range []string{"testdata/truth.json", "testdata/nvidia.json"} {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &truth))
	}
	require.Len(t, truth, 5)
	for file, want := range truth {
		t.Run(file, func(t *testing.T) {
			f, err := caffe.Open(filepath.Join("testdata", file))
			require.NoError(t, err)
			defer f.Close()
			require.Equal(t, want.Format, f.Format())
			var names []string
			for _, w := range want.Tensors {
				names = append(names, w.Name)
				tensor, ok := f.Tensor(w.Name)
				require.True(t, ok, w.Name)
				require.Equal(t, w.DType, tensor.Type.String(), w.Name)
				require.Equal(t, w.Shape, tensor.Shape, w.Name)
				require.Equal(t, w.SHA256, digest(t, tensor), w.Name)
			}
			require.Equal(t, names, f.Names())
		})
	}
}

// digest is that of the values as little-endian float32, read in two pieces.
func digest(t *testing.T, tensor *weights.Tensor) string {
	t.Helper()
	v, cut := make([]float32, tensor.Count), tensor.Count/3
	require.NoError(t, tensor.ReadFloat32(v[cut:], cut))
	require.NoError(t, tensor.ReadFloat32(v[:cut], 0))
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestMetadata(t *testing.T) {
	for file, want := range map[string]map[string]any{
		"v0.caffemodel":       {"name": "net-v0", "layers": []caffe.Layer{{"pad", "padding"}, {"conv1", "Convolution"}, {"fc", "InnerProduct"}}},
		"v1.caffemodel":       {"name": "net-v1", "layers": []caffe.Layer{{"relu", "ReLU"}, {"conv1", "Convolution"}, {"fc", "InnerProduct"}, {"up", "Deconvolution"}}},
		"unpacked.caffemodel": {"name": "unpacked", "layers": []caffe.Layer{{"fc", "InnerProduct"}}},
	} {
		f, err := caffe.Open(filepath.Join("testdata", file))
		require.NoError(t, err)
		require.Equal(t, want, f.Metadata())
		require.NoError(t, f.Close())
	}
}

func TestRoles(t *testing.T) {
	f, err := caffe.Open("testdata/current.caffemodel")
	require.NoError(t, err)
	defer f.Close()
	for name, role := range map[string]weights.Role{
		"conv1.weight": weights.Parameter, "conv1/bn.mean": weights.Buffer, "conv1/bn.scale_factor": weights.Buffer, "conv1/scale.weight": weights.Parameter,
	} {
		tensor, ok := f.Tensor(name)
		require.True(t, ok, name)
		require.Equal(t, role, tensor.Role, name)
	}
}

// TestAffineBatchNorm: what training learns of it are parameters.
func TestAffineBatchNorm(t *testing.T) {
	f, err := caffe.Open("testdata/nvidia.caffemodel")
	require.NoError(t, err)
	defer f.Close()
	for name, role := range map[string]weights.Role{"bn.variance": weights.Buffer, "bn.weight": weights.Parameter, "bn.bias": weights.Parameter} {
		tensor, ok := f.Tensor(name)
		require.True(t, ok, name)
		require.Equal(t, role, tensor.Role, name)
	}
}
