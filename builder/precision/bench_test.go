package precision_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/trt"
)

// BenchmarkDecide folds, decides and types a ResNet-50 without the pass over
// its weights, which BenchmarkAnalyze of the ranges times.
func BenchmarkDecide(b *testing.B) {
	m := generated(b, "resnet50")
	match, err := zoo.Detect(m)
	require.NoError(b, err)
	built, err := match.Build(m, trt.Target{}, zoo.Options{})
	require.NoError(b, err)
	n, err := transform.FoldBatchNorm(built.Network)
	require.NoError(b, err)
	f, n, closer, err := ranges.Analyze(context.Background(), n, ranges.Options{})
	require.NoError(b, err)
	defer closer.Close()
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			_, err := transform.FoldBatchNorm(built.Network)
			require.NoError(b, err)
		}
	})
	b.Run("decide", func(b *testing.B) {
		for b.Loop() {
			_, err := precision.Decide(n, f, precision.Options{FP16: true})
			require.NoError(b, err)
		}
	})
	p, err := precision.Decide(n, f, precision.Options{FP16: true})
	require.NoError(b, err)
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			_, err := precision.Apply(n, p)
			require.NoError(b, err)
		}
	})
}
