package checkpoint

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func TestCheckpointIsAWeightMap(t *testing.T) {
	specs := []Tensor{
		{Name: "conv.weight", Shape: []int64{8, 3, 3, 3}, Kind: ConvWeight, FanIn: 27},
		{Name: "bn.running_var", Shape: []int64{8}, Kind: BNVar, FanIn: 27},
		{Name: "bn.num_batches_tracked", Kind: BNTracked},
	}
	c, err := New("tiny.wts", 9, specs)
	require.NoError(t, err)
	var m weights.Map = c
	require.Equal(t, []string{"conv.weight", "bn.running_var", "bn.num_batches_tracked"}, m.Names())

	w, ok := m.Tensor("conv.weight")
	require.True(t, ok)
	require.Equal(t, int64(216), w.Count)
	require.Equal(t, dtype.Float32, w.Type)
	require.Equal(t, weights.Parameter, w.Role)
	got, want := make([]float32, 100), make([]float32, 100)
	require.NoError(t, w.ReadFloat32(got, 50))
	Fill(specs[0], 9, 50, want)
	require.Equal(t, want, got)
	require.Error(t, w.ReadFloat32(got, 117), "past the end")

	tracked, _ := m.Tensor("bn.num_batches_tracked")
	require.Equal(t, int64(1), tracked.Count)
	require.Equal(t, weights.Buffer, tracked.Role)
	_, ok = m.Tensor("fc.weight")
	require.False(t, ok)

	_, err = New("tiny.wts", 9, append(specs, specs[0]))
	require.ErrorContains(t, err, `"conv.weight"`)
}
