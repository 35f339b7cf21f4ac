package torch_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nlpodyssey/gopickle/pytorch"
	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
	"github.com/trtbuild/trtbuild/weights/torch"
)

// readAll reads every value once.
func readAll(f *torch.File, workers int, source func(*weights.Tensor) weights.Source) error {
	var jobs []weights.Job
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		d := *t
		if source != nil {
			d.Source = source(t)
		}
		jobs = append(jobs, weights.Job{Name: name, Values: &d, Count: d.Count})
	}
	return weights.Read(context.Background(), workers, jobs)
}

// BenchmarkCheckpoint402MB opens, lists and reads a checkpoint of 402 MB in turns
// by gopickle's pytorch.Load and here, and reports medians and ratios:
//
//	go test -run '^$' -bench Checkpoint402MB -benchtime 5x ./weights/torch
func BenchmarkCheckpoint402MB(b *testing.B) {
	path := large(b, 200)
	var peer, open, read, unchecked []float64
	timed := func(to *[]float64, do func()) {
		runtime.GC()
		start := time.Now()
		do()
		*to = append(*to, time.Since(start).Seconds())
	}
	plain, err := os.Open(path)
	require.NoError(b, err)
	defer plain.Close()
	for b.Loop() {
		timed(&peer, func() {
			_, err := pytorch.Load(path)
			require.NoError(b, err)
		})
		var f *torch.File
		timed(&open, func() {
			var err error
			f, err = torch.Open(path, torch.Options{})
			require.NoError(b, err)
			require.Len(b, f.Names(), 201)
		})
		// Without checksums first: it also warms the page cache for both.
		timed(&unchecked, func() {
			require.NoError(b, readAll(f, 2, func(*weights.Tensor) weights.Source { return raw.Source{R: plain} }))
		})
		timed(&read, func() { require.NoError(b, readAll(f, 2, nil)) })
		require.NoError(b, f.Close())
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(peer), "gopickle-s")
	b.ReportMetric(median(peer)/median(open), "gopickle/open")
	b.ReportMetric(median(peer)/(median(open)+median(read)), "gopickle/read-all")
	b.ReportMetric(median(read)/median(unchecked), "checked/unchecked")
	b.ReportMetric(float64(childPeak(b, path, "open").rss)/(1<<20), "open-RSS-MiB")
	b.ReportMetric(float64(childPeak(b, path, "read").heap)/(1<<20), "read-heap-MiB")
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}

const childEnv = "TRTBUILD_TEST_CHECKPOINT"

type peak struct{ rss, heap int64 }

// childPeak opens a file, or reads it as well, in a process of its own and
// returns the peak of its resident memory and the memory its heap took.
func childPeak(tb testing.TB, path, mode string) (p peak) {
	self, err := os.Executable()
	require.NoError(tb, err)
	cmd := exec.Command(self, "-test.run=^TestCheckpointChild$", "-test.v")
	cmd.Env = append(os.Environ(), childEnv+"="+mode+":"+path)
	out, err := cmd.CombinedOutput()
	require.NoError(tb, err, string(out))
	for line := range strings.Lines(string(out)) {
		if n, _ := fmt.Sscanf(line, "peak %d heap %d", &p.rss, &p.heap); n == 2 {
			return p
		}
	}
	require.Fail(tb, "the child said nothing", string(out))
	return p
}

// TestCheckpointChild is the body of childPeak's process.
func TestCheckpointChild(t *testing.T) {
	mode, path, ok := strings.Cut(os.Getenv(childEnv), ":")
	if !ok {
		t.Skip("runs in a process of its own, started by TestMemory")
	}
	f, err := torch.Open(path, torch.Options{})
	require.NoError(t, err)
	defer f.Close()
	if mode == "read" {
		require.NoError(t, readAll(f, 2, nil))
	}
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(status), "VmHWM:")
	require.True(t, ok)
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	require.NoError(t, err)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Printf("peak %d heap %d\n", kb<<10, m.HeapSys-m.HeapReleased)
}
