package stats_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// BenchmarkAnalysis takes in turns what the usual NumPy script takes of 16 M
// values in memory: by the script, by the pass that a build makes (which also has
// sums and TF32, per channel), and by Measure (which also has BF16, INT8 and
// histograms). It reports medians and ratios:
//
//	go test -run '^$' -bench Analysis -benchtime 5x ./weights/stats
func BenchmarkAnalysis(b *testing.B) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import numpy").Run() != nil {
		b.Skip("no python3 with numpy to run the script with")
	}
	const channels, inner = 4096, 4096
	values := make([]float32, channels*inner)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range values {
		values[i] = float32(r.NormFloat64() * 0.02)
	}
	path := filepath.Join(b.TempDir(), "values.f32")
	f, err := os.Create(path)
	require.NoError(b, err)
	require.NoError(b, binary.Write(f, binary.LittleEndian, values))
	require.NoError(b, f.Close())
	m := weightstest.New("x", []weightstest.Tensor{{Name: "w", Shape: []int64{channels, inner}, Values: values}})
	w, _ := m.Tensor("w")

	ctx := context.Background()
	var script, pass, all []float64
	for b.Loop() {
		out, err := exec.Command(python, "testdata/peer/analysis.py", path).CombinedOutput()
		require.NoError(b, err, string(out))
		var seconds float64
		var subnormal, flushed int64
		_, err = fmt.Sscan(string(out), &seconds, &subnormal, &flushed)
		require.NoError(b, err)
		script = append(script, seconds)

		start := time.Now()
		c, err := chanstat.NewCollector(chanstat.Layout{Channels: channels, Inner: inner}, w.Count, weights.ChunkLen)
		require.NoError(b, err)
		require.NoError(b, weights.Read(ctx, 0, []weights.Job{{Name: "w", Values: w, Count: w.Count, Visit: c.Visit}}))
		total := chanstat.Merged(c.Channels())
		pass = append(pass, time.Since(start).Seconds())
		require.Equal(b, []int64{subnormal, flushed}, []int64{total.Subnormal, total.Flushed})

		start = time.Now()
		_, err = stats.Measure(ctx, m, stats.Options{})
		require.NoError(b, err)
		all = append(all, time.Since(start).Seconds())
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(script), "NumPy-s")
	b.ReportMetric(median(script)/median(pass), "NumPy/pass")
	b.ReportMetric(median(script)/median(all), "NumPy/Measure")
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}
