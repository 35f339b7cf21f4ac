package wts_test

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// gaussian yields values of deviation 0.02, as convolution kernels have: the
// sum of four uniform ones from a counter.
type gaussian uint64

func (g gaussian) ReadFloat32(dst []float32, from int64) error {
	for i := range dst {
		x := (uint64(g)<<32 + uint64(from) + uint64(i)) * 0x9e3779b97f4a7c15
		x ^= x >> 29
		x *= 0xbf58476d1ce4e5b9
		x ^= x >> 32
		sum := int32(x&0xffff) + int32(x>>16&0xffff) + int32(x>>32&0xffff) + int32(x>>48)
		dst[i] = float32(sum-2*65535) * (0.02 / 37837)
	}
	return nil
}

// writeNetwork writes a file of the given number of blocks: kernels of 256
// channels of 1152, and vectors of 256 as of normalisations.
func writeNetwork(tb testing.TB, blocks int, dialect wts.Dialect) string {
	path := filepath.Join(tb.TempDir(), "net.wts")
	f, err := os.Create(path)
	require.NoError(tb, err)
	out := bufio.NewWriterSize(f, 1<<20)
	w, err := wts.NewDialectWriter(out, 5*blocks, dialect)
	require.NoError(tb, err)
	for i := range blocks {
		require.NoError(tb, w.Tensor(fmt.Sprintf("layer%d.conv.weight", i), 256*1152, gaussian(i)))
		for k, part := range []string{"weight", "bias", "running_mean", "running_var"} {
			require.NoError(tb, w.Tensor(fmt.Sprintf("layer%d.bn.%s", i, part), 256, gaussian(1000+4*i+k)))
		}
	}
	require.NoError(tb, w.Close())
	require.NoError(tb, out.Flush())
	require.NoError(tb, f.Close())
	return path
}

// decode reads a whole file into off-heap memory, with statistics of every
// output channel of the kernels in the same pass if asked.
func decode(path string, workers int, statistics bool) ([][]float32, *arena.Arena, error) {
	f, err := wts.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var size int64
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		size += arena.Size(4 * t.Count)
	}
	slab, err := arena.New(size)
	if err != nil {
		return nil, nil, err
	}
	var jobs []weights.Job
	var collectors []*chanstat.Collector
	var all [][]float32
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		dst, err := slab.Float32(t.Count)
		if err != nil {
			return nil, nil, err
		}
		j := weights.Job{Name: name, Values: t, Count: t.Count, Dst: dst}
		if statistics {
			layout := chanstat.Layout{Channels: 256, Inner: t.Count / 256}
			if layout.Inner == 1 {
				layout = chanstat.Layout{Channels: 1, Inner: t.Count}
			}
			c, err := chanstat.NewCollector(layout, t.Count, weights.ChunkLen)
			if err != nil {
				return nil, nil, err
			}
			j.Visit = c.Visit
			collectors = append(collectors, c)
		}
		jobs = append(jobs, j)
		all = append(all, j.Dst)
	}
	if err := weights.Read(context.Background(), workers, jobs); err != nil {
		return nil, nil, err
	}
	for _, c := range collectors {
		c.Channels()
	}
	return all, slab, nil
}

func checksum(all [][]float32) (count, sum uint64) {
	for _, v := range all {
		for _, x := range v {
			sum += uint64(math.Float32bits(x))
		}
		count += uint64(len(v))
	}
	return count, sum
}

// BenchmarkDecode30M reads 30 M values (270 MB of text) in turns by the usual
// C++ loop and here, with and without statistics, and reports medians and the
// ratios that matter:
//
//	go test -run '^$' -bench Decode30M -benchtime 5x ./weights/wts
func BenchmarkDecode30M(b *testing.B) {
	peer, path := iostream(b), writeNetwork(b, 102, wts.TwoBlanks)
	var cpp, plain, stats, single []float64
	for b.Loop() {
		seconds, want := loop(b, peer, path)
		cpp = append(cpp, seconds)
		seconds, got := timed(b, path, 0, false)
		plain = append(plain, seconds)
		require.Equal(b, want, got)
		seconds, _ = timed(b, path, 0, true)
		stats = append(stats, seconds)
		seconds, _ = timed(b, path, 1, false)
		single = append(single, seconds)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(cpp), "C++-s")
	b.ReportMetric(median(plain), "decode-s")
	b.ReportMetric(median(cpp)/median(plain), "C++/decode")
	b.ReportMetric(median(cpp)/median(single), "C++/decode-1core")
	b.ReportMetric(median(stats)/median(plain), "stats/decode")
	rss, floats := childRSS(b, path)
	b.ReportMetric(float64(rss-floats)/(1<<20), "RSS-over-floats-MiB")
}

// BenchmarkDecode30MOdd is the same for values of any width behind 0x, which the
// C++ loop takes as well.
func BenchmarkDecode30MOdd(b *testing.B) {
	peer, path := iostream(b), writeNetwork(b, 102, wts.Prefixed)
	var cpp, odd []float64
	for b.Loop() {
		seconds, want := loop(b, peer, path)
		cpp = append(cpp, seconds)
		seconds, got := timed(b, path, 0, false)
		odd = append(odd, seconds)
		require.Equal(b, want, got)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(cpp), "C++-s")
	b.ReportMetric(median(odd), "decode-s")
	b.ReportMetric(median(cpp)/median(odd), "C++/decode")
}

// iostream compiles the C++ loop.
func iostream(b *testing.B) string {
	gxx, err := exec.LookPath("g++")
	if err != nil {
		b.Skip("no g++ to compile the C++ loop with")
	}
	peer := filepath.Join(b.TempDir(), "iostream")
	out, err := exec.Command(gxx, "-std=c++17", "-O2", "-o", peer, "testdata/peer/iostream.cpp").CombinedOutput()
	require.NoError(b, err, string(out))
	return peer
}

// loop times the C++ loop. sums are the number of values and their checksum.
func loop(b *testing.B, peer, path string) (seconds float64, sums [2]uint64) {
	out, err := exec.Command(peer, path).Output()
	require.NoError(b, err)
	_, err = fmt.Sscan(string(out), &seconds, &sums[0], &sums[1])
	require.NoError(b, err)
	return seconds, sums
}

// timed times decode.
func timed(b *testing.B, path string, workers int, statistics bool) (seconds float64, sums [2]uint64) {
	start := time.Now()
	all, slab, err := decode(path, workers, statistics)
	seconds = time.Since(start).Seconds()
	require.NoError(b, err)
	sums[0], sums[1] = checksum(all)
	require.NoError(b, slab.Close())
	return seconds, sums
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}

const childEnv = "TRTBUILD_TEST_DECODE"

// childRSS decodes the file with statistics in a process of its own and
// returns the peak of its resident memory and the bytes of the floats.
func childRSS(tb testing.TB, path string) (rss, floats int64) {
	self, err := os.Executable()
	require.NoError(tb, err)
	cmd := exec.Command(self, "-test.run=^TestDecodeChild$", "-test.v")
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	out, err := cmd.CombinedOutput()
	require.NoError(tb, err, string(out))
	for line := range strings.Lines(string(out)) {
		if n, _ := fmt.Sscanf(line, "peak %d floats %d", &rss, &floats); n == 2 {
			return rss, floats
		}
	}
	require.Fail(tb, "the child said nothing", string(out))
	return 0, 0
}

// TestDecodeChild is the body of childRSS's process.
func TestDecodeChild(t *testing.T) {
	path := os.Getenv(childEnv)
	if path == "" {
		t.Skip("runs in a process of its own, started by TestMemory")
	}
	all, slab, err := decode(path, 0, true)
	require.NoError(t, err)
	defer slab.Close()
	count, _ := checksum(all)
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(status), "VmHWM:")
	require.True(t, ok)
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	require.NoError(t, err)
	fmt.Printf("peak %d floats %d\n", kb<<10, 4*count)
}
