package convert_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/convert"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/load"
	"github.com/trtbuild/trtbuild/weights/safetensors"
)

// gaussian yields values of deviation 0.02, as convolution kernels have: the
// sum of four uniform ones from a counter.
type gaussian struct{}

func (gaussian) ReadFloat32(dst []float32, from int64) error {
	for i := range dst {
		x := (uint64(from) + uint64(i)) * 0x9e3779b97f4a7c15
		x ^= x >> 29
		x *= 0xbf58476d1ce4e5b9
		x ^= x >> 32
		sum := int32(x&0xffff) + int32(x>>16&0xffff) + int32(x>>32&0xffff) + int32(x>>48)
		dst[i] = float32(sum-2*65535) * (0.02 / 37837)
	}
	return nil
}

// writeInput writes one tensor as .safetensors.
func writeInput(tb testing.TB, count int64) string {
	path := filepath.Join(tb.TempDir(), "in.safetensors")
	f, err := os.Create(path)
	require.NoError(tb, err)
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	require.NoError(tb, safetensors.Write(out, []safetensors.Tensor{
		{Name: "weight", Type: dtype.Float32, Shape: []int64{count}, Values: gaussian{}},
	}, nil))
	require.NoError(tb, out.Flush())
	return path
}

// run converts a file.
func run(tb testing.TB, in, out string, o convert.Options) (seconds float64) {
	start := time.Now()
	m, err := load.Open(in)
	require.NoError(tb, err)
	defer m.Close()
	f, err := os.Create(out)
	require.NoError(tb, err)
	_, err = convert.Convert(ctx, m, f, o)
	require.NoError(tb, err)
	require.NoError(tb, f.Close())
	return time.Since(start).Seconds()
}

// BenchmarkConvert30M writes 30 M values as .wts in turns by the usual Python
// loop, in a process of its own, and here, and reports medians and their ratio.
// The loop starts from raw float32; in use it imports PyTorch first.
//
//	go test -run '^$' -bench Convert30M -benchtime 5x ./weights/convert
func BenchmarkConvert30M(b *testing.B) {
	python, err := exec.LookPath("python3")
	if err != nil {
		b.Skip("no python3 to run the loop with")
	}
	const count = 30_000_000
	in := writeInput(b, count)
	dir := filepath.Dir(in)
	flat := filepath.Join(dir, "in.f32")
	values, err := exec.Command("tail", "-c", strconv.Itoa(4*count), in).Output()
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(flat, values, 0o600))
	theirs, ours, binary := filepath.Join(dir, "theirs.wts"), filepath.Join(dir, "ours.wts"), filepath.Join(dir, "ours.wts2")
	var loop, text, raw []float64
	for b.Loop() {
		start := time.Now()
		out, err := exec.Command(python, "testdata/peer/gen_wts.py", flat, theirs).CombinedOutput()
		require.NoError(b, err, string(out))
		loop = append(loop, time.Since(start).Seconds())
		text = append(text, run(b, in, ours, convert.Options{}))
		raw = append(raw, run(b, ours, binary, convert.Options{Format: convert.WTS2}))
	}
	require.NoError(b, exec.Command("cmp", theirs, ours).Run())
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(loop), "gen_wts-s")
	b.ReportMetric(median(text), "convert-s")
	b.ReportMetric(median(loop)/median(text), "gen_wts/convert")
	b.ReportMetric(median(raw), "wts-to-wts2-s")
	b.ReportMetric(float64(childRSS(b, in))/(1<<20), "RSS-MiB")
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}

const childEnv = "TRTBUILD_TEST_CONVERT"

// childRSS converts a file in a process of its own and returns the peak of its
// resident memory.
func childRSS(tb testing.TB, in string) (rss int64) {
	self, err := os.Executable()
	require.NoError(tb, err)
	cmd := exec.Command(self, "-test.run=^TestConvertChild$", "-test.v")
	cmd.Env = append(os.Environ(), childEnv+"="+in)
	out, err := cmd.CombinedOutput()
	require.NoError(tb, err, string(out))
	for line := range strings.Lines(string(out)) {
		if n, _ := fmt.Sscanf(line, "peak %d", &rss); n == 1 {
			return rss
		}
	}
	require.Fail(tb, "the child said nothing", string(out))
	return 0
}

// TestConvertChild is the body of childRSS's process: to text, to bytes, and
// half of that.
func TestConvertChild(t *testing.T) {
	in := os.Getenv(childEnv)
	if in == "" {
		t.Skip("runs in a process of its own, started by TestMemory")
	}
	dir := t.TempDir()
	run(t, in, filepath.Join(dir, "a.wts"), convert.Options{})
	run(t, filepath.Join(dir, "a.wts"), filepath.Join(dir, "b.wts2"), convert.Options{Format: convert.WTS2})
	run(t, filepath.Join(dir, "b.wts2"), filepath.Join(dir, "c.safetensors"), convert.Options{Format: convert.SafeTensors, Half: true})
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(status), "VmHWM:")
	require.True(t, ok)
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	require.NoError(t, err)
	fmt.Printf("peak %d\n", kb<<10)
}
