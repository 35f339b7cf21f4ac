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

// BenchmarkAnalysis takes in turns, of 16 M values in memory: what the usual
// NumPy script asks, by the script and by the pass that a build makes (which also
// has sums and TF32, per channel); and all that Measure says, by NumPy and by
// Measure. It reports medians and ratios:
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
	tensor, _ := m.Tensor("w")

	ctx := context.Background()
	var usual, whole, pass, all []float64
	for b.Loop() {
		out, err := exec.Command(python, "testdata/peer/analysis.py", path).CombinedOutput()
		require.NoError(b, err, string(out))
		var u, w float64
		var subnormal, flushed int64
		_, err = fmt.Sscan(string(out), &u, &w, &subnormal, &flushed)
		require.NoError(b, err)
		usual, whole = append(usual, u), append(whole, w)

		start := time.Now()
		c, err := chanstat.NewCollector(chanstat.Layout{Channels: channels, Inner: inner}, tensor.Count, weights.ChunkLen)
		require.NoError(b, err)
		require.NoError(b, weights.Read(ctx, 0, []weights.Job{{Name: "w", Values: tensor, Count: tensor.Count, Visit: c.Visit}}))
		total := chanstat.Merged(c.Channels())
		pass = append(pass, time.Since(start).Seconds())
		require.Equal(b, []int64{subnormal, flushed}, []int64{total.Subnormal, total.Flushed})

		start = time.Now()
		_, err = stats.Measure(ctx, m, stats.Options{})
		require.NoError(b, err)
		all = append(all, time.Since(start).Seconds())
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(usual), "NumPy-usual-s")
	b.ReportMetric(median(usual)/median(pass), "NumPy/pass")
	b.ReportMetric(median(whole), "NumPy-all-s")
	b.ReportMetric(median(whole)/median(all), "NumPy/Measure")
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}
