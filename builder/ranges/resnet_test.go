package ranges_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/load"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// generated returns the checkpoint of a variant and its network, folded.
func generated(t testing.TB, variant string, o zoo.Options) (weights.Map, *trt.Network, zoo.Input) {
	specs, err := zoo.Spec(variant, 0)
	require.NoError(t, err)
	m, err := checkpoint.New(variant+".wts", 1, specs)
	require.NoError(t, err)
	n, in := folded(t, m, o)
	return m, n, in
}

func folded(t testing.TB, m weights.Map, o zoo.Options) (*trt.Network, zoo.Input) {
	match, err := zoo.Detect(m)
	require.NoError(t, err)
	built, err := match.Build(m, trt.Target{}, o)
	require.NoError(t, err)
	n, err := transform.FoldBatchNorm(built.Network)
	require.NoError(t, err)
	return n, built.Input
}

func declared(in zoo.Input) ranges.Options {
	return ranges.Options{Inputs: map[string]ranges.Input{in.Name: {Low: in.Lo, High: in.Hi, Mean: in.Mean, Std: in.Std}}}
}

// TestPredictedMomentsAgainstPyTorch compares what is predicted for a LeNet-5,
// which has no batch normalization to tell, with what PyTorch found in each
// tensor when it ran one.
func TestPredictedMomentsAgainstPyTorch(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/zoo/lenet5.json")
	require.NoError(t, err)
	var fixture struct {
		Taps map[string]struct{ Mean, Std, Min, Max float64 }
	}
	require.NoError(t, json.Unmarshal(raw, &fixture))
	_, n, in := generated(t, "lenet5", zoo.Options{})
	// The fixture's input is of the generator's, wilder than pixels.
	std := checkpoint.Tensor{Name: "input", Shape: []int64{1}, Kind: checkpoint.Input}
	sample := make([]float32, 1<<16)
	checkpoint.Fill(std, 1, 0, sample)
	s := chanstat.Of(sample)
	f, _, closer, err := ranges.Analyze(context.Background(), n, ranges.Options{Inputs: map[string]ranges.Input{
		in.Name: {Mean: []float64{s.Mean()}, Std: []float64{s.Std()}},
	}})
	require.NoError(t, err)
	defer closer.Close()
	// In the fixture, fc1 and fc2 are what their activations make of them.
	after := map[string]string{"fc1": "relu3", "fc2": "relu4"}
	for name, want := range fixture.Taps {
		if relu, ok := after[name]; ok {
			name = relu
		}
		fact := f.Tensors[name]
		require.NotNil(t, fact, name)
		var mean, square, bound float64
		for _, c := range fact.Channels {
			mean += c.Mean / float64(len(fact.Channels))
			square += c.MeanSquare() / float64(len(fact.Channels))
			bound = max(bound, c.Bound)
		}
		predicted := math.Sqrt(square - mean*mean)
		require.InDelta(t, want.Mean, mean, want.Std, "mean of %s", name)
		require.InDelta(t, 0, math.Log2(predicted/want.Std), 1, "std of %s: %g, predicted %g", name, want.Std, predicted)
		require.LessOrEqual(t, max(want.Max, -want.Min), bound, name)
	}
}

func BenchmarkAnalyze(b *testing.B) {
	m, _, _ := generated(b, "resnet50", zoo.Options{})
	path := filepath.Join(b.TempDir(), "resnet50.wts")
	writeWTS(b, path, m)
	m, err := load.Open(path)
	require.NoError(b, err)
	defer m.Close()
	n, in := folded(b, m, zoo.Options{})
	for b.Loop() {
		_, _, closer, err := ranges.Analyze(context.Background(), n, declared(in))
		require.NoError(b, err)
		closer.Close()
	}
}

func writeWTS(t testing.TB, path string, m weights.Map) {
	out, err := os.Create(path)
	require.NoError(t, err)
	defer out.Close()
	w, err := wts.NewWriter(out, len(m.Names()))
	require.NoError(t, err)
	for _, name := range m.Names() {
		x, _ := m.Tensor(name)
		require.NoError(t, w.Tensor(name, x.Count, x))
	}
	require.NoError(t, w.Close())
}
