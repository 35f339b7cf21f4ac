package weights_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func entry(name string, shape ...int64) weightstest.Tensor {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return weightstest.Tensor{Name: name, Count: n, Shape: shape}
}

func TestModules(t *testing.T) {
	m := weightstest.New("x.pth", []weightstest.Tensor{
		entry("conv1.weight", 64, 3, 7, 7),
		entry("bn1.weight", 64), entry("bn1.bias", 64), entry("bn1.running_mean", 64), entry("bn1.running_var", 64), entry("bn1.num_batches_tracked"),
		entry("dw.weight", 64, 1, 3, 3), entry("dw.bias", 64),
		entry("up.weight", 64, 32, 2, 2), entry("up.bias", 32),
		entry("fc.weight", 1000, 2048),
		entry("conv1.bias", 64), // far from its weight
		entry("ln.weight", 768), entry("ln.bias", 768),
		entry("act.weight", 1),
		entry("word_embeddings.weight", 100, 16),
		entry("attn.in_proj_weight", 48, 16), entry("attn.in_proj_bias", 48),
		entry("cls_token", 1, 1, 16),
		entry("caffe.mean", 8), entry("caffe.variance", 8), entry("caffe.scale_factor", 1),
		entry("ip.weight", 1, 1, 10, 84), entry("ip.bias", 1, 1, 1, 10),
		{Name: "unshaped.weight", Count: 64},
	})
	modules := weights.Modules(weights.All(m))
	got := map[string]string{}
	for _, m := range modules {
		got[m.Path] = m.Layer.String()
	}
	require.Equal(t, map[string]string{
		"conv1":           "convolution 64x3x7x7, bias",
		"bn1":             "batchnorm 64",
		"dw":              "depthwise convolution 64x1x3x3, bias",
		"up":              "transposed convolution 64x32x2x2, bias",
		"fc":              "linear 1000x2048, no bias",
		"ln":              "norm 768",
		"act":             "",
		"word_embeddings": "embedding 100x16",
		"attn":            "attention 16, bias",
		"cls_token":       "",
		"caffe":           "batchnorm 8",
		"ip":              "linear 1x1x10x84, bias",
		"unshaped":        "",
	}, got)
	require.Equal(t, "conv1", modules[0].Path)
	learned, buffers := modules[1].Parameters()
	require.Equal(t, []int64{128, 129}, []int64{learned, buffers})
	require.Nil(t, modules[0].Tensor("running_mean"))
	require.Equal(t, "conv1.bias", modules[0].Tensor("bias").Name)
	require.Equal(t, 1, modules[3].Layer.ChannelAxis())
}

// The only layer of a file has no path, and a kernel of one input channel that
// comes first reads a grey image.
func TestBareLayer(t *testing.T) {
	m := weights.Modules(weights.All(weightstest.New("x", []weightstest.Tensor{entry("weight", 6, 1, 5, 5), entry("bias", 6)})))
	require.Len(t, m, 1)
	require.Equal(t, "convolution 6x1x5x5, bias", m[0].Layer.String())
}

func TestWithShapes(t *testing.T) {
	m := weightstest.New("x.wts", []weightstest.Tensor{
		{Name: "a", Count: 6, Values: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "b", Count: 6},
		entry("c", 6),
	})
	shaped := weights.WithShapes(m, map[string][]int64{"a": {2, 3}, "b": {7}, "c": {3, 2}, "absent": {1}})
	a, _ := shaped.Tensor("a")
	require.Equal(t, []int64{2, 3}, a.Shape)
	values := make([]float32, 2)
	require.NoError(t, a.ReadFloat32(values, 3))
	require.Equal(t, []float32{4, 5}, values)
	raw := make([]byte, 4)
	require.NoError(t, a.ReadRaw(raw, 0))
	require.Equal(t, []byte{0, 0, 0x80, 0x3f}, raw)
	b, _ := shaped.Tensor("b")
	require.Nil(t, b.Shape, "seven are not six")
	c, _ := shaped.Tensor("c")
	require.Equal(t, []int64{6}, c.Shape, "the file's own")
	_, ok := shaped.Tensor("absent")
	require.False(t, ok)
}

// The digests are Python's: hashlib.sha256(numpy.float32([0, 1, …]).tobytes()).
func TestDigests(t *testing.T) {
	long := make([]float32, weights.ChunkLen+3)
	for i := range long {
		long[i] = float32(i)
	}
	m := weightstest.New("x", []weightstest.Tensor{
		{Name: "long", Count: int64(len(long)), Values: long},
		{Name: "one", Count: 1, Values: []float32{1}},
		{Name: "none"},
	})
	complexOne := &weights.Tensor{Name: "z", Type: dtype.Complex64, Count: 1}
	got, err := weights.Digests(context.Background(), append(weights.All(m), complexOne))
	require.NoError(t, err)
	require.Equal(t, []string{
		"8610529c3c6f065771c18dd488002bd61aaceda140e05736e91716f5ce42f863",
		"e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"",
	}, got)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = weights.Digests(ctx, weights.All(m))
	require.ErrorIs(t, err, context.Canceled)
}
