package report_test

import (
	"context"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/report"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights/stats"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func measure(t testing.TB, tensors ...weightstest.Tensor) []stats.Tensor {
	t.Helper()
	m, err := stats.Measure(context.Background(), weightstest.New("net.safetensors", tensors), stats.Options{})
	require.NoError(t, err)
	return m
}

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>`

// sample has a tensor of every risk, of several shapes, in an order that is not
// that of risk.
func sample(t testing.TB) report.Ranges {
	bell := make([]float32, 4*25*16)
	for i := range bell {
		x := float64(i%1600)/800 - 1 + 1.0/1600
		bell[i] = float32(0.1 * x * math.Abs(x))
	}
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	return report.Ranges{
		File: "models/net.safetensors", Format: "safetensors",
		Tensors: measure(t,
			weightstest.Tensor{Name: "bell.weight", Shape: []int64{4, 25, 4, 4}, Values: bell},
			weightstest.Tensor{Name: "tiny.weight", Shape: []int64{2, 2}, Values: []float32{0.3, -0.2, 2e-10, -1e-10}},
			weightstest.Tensor{Name: "subnormal.weight", Shape: []int64{2, 2}, Values: []float32{3e-5, -0.7, 3.1e-5, -3.3e-5}},
			weightstest.Tensor{Name: "large.bias", Shape: []int64{3}, Values: []float32{70000, 1, -2}},
			weightstest.Tensor{Name: "broken.weight", Shape: []int64{2, 2}, Values: []float32{nan, inf, -inf, 1}},
			weightstest.Tensor{Name: "zeros.bias", Shape: []int64{4}, Values: make([]float32, 4)},
			weightstest.Tensor{Name: "empty.bias", Shape: []int64{0}},
			weightstest.Tensor{Name: hostile, Shape: []int64{1}, Values: []float32{1}},
		),
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o777))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}
