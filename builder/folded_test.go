package builder_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
)

func read(t *testing.T, m weights.Map, name string) []float32 {
	t.Helper()
	w, ok := m.Tensor(name)
	require.True(t, ok, name)
	values := make([]float32, w.Count)
	require.NoError(t, w.ReadFloat32(values, 0))
	return values
}

// TestFoldWeights folds the first convolution of a YOLOv5 by hand, its BatchNorm
// having the epsilon 1e-3.
func TestFoldWeights(t *testing.T) {
	spec, err := zoo.Spec("yolov5n", 0)
	require.NoError(t, err)
	m, err := checkpoint.New("yolov5n", 1, spec)
	require.NoError(t, err)
	f, err := builder.FoldWeights(m, zoo.Options{})
	require.NoError(t, err)
	require.Equal(t, "yolov5n", f.Network)
	require.Equal(t, "yolov5n, BatchNorm folded", f.Format())
	require.Equal(t, "model/0/conv/kernel", f.Names()[0])
	require.Equal(t, "model.0.conv.weight", f.From("model/0/conv/kernel"))
	require.NotContains(t, f.Names(), "model/0/bn/gamma")

	kernel, _ := f.Tensor("model/0/conv/kernel")
	require.Equal(t, []int64{16, 3, 6, 6}, kernel.Shape)
	raw, gamma, variance := read(t, m, "model.0.conv.weight"), read(t, m, "model.0.bn.weight"), read(t, m, "model.0.bn.running_var")
	per := len(raw) / len(gamma)
	for i, v := range read(t, f, kernel.Name) {
		c := i / per
		require.InEpsilon(t, float64(raw[i])*float64(gamma[c])/math.Sqrt(float64(variance[c])+1e-3), v, 1e-6)
	}
	require.NoError(t, f.Close())

	_, err = builder.FoldWeights(weightstest.New("x", []weightstest.Tensor{{Name: "w", Values: []float32{1}}}), zoo.Options{})
	require.Equal(t, fault.Unsupported, fault.Of(err))
}
