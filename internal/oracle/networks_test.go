package oracle_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/internal/oracle"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// variants are the networks that are compared, at the sizes they are known for.
var variants = []struct {
	name string
	size int64
}{{"resnet50", 224}, {"yolov8s", 640}}

// network builds a variant from a generated checkpoint, with its weights in
// memory, and an input for it.
func network(t testing.TB, name string, size int64) (*trt.Network, map[string]*trt.Value) {
	specs, err := zoo.Spec(name, 0)
	require.NoError(t, err)
	m, err := checkpoint.New(name+".wts", 1, specs)
	require.NoError(t, err)
	match, err := zoo.Detect(m)
	require.NoError(t, err)
	built, err := match.Build(m, trt.Target{}, zoo.Options{Height: size, Width: size, Batch: zoo.Batch{Min: 1, Opt: 1, Max: 1}})
	require.NoError(t, err)
	folded, err := transform.FoldBatchNorm(built.Network)
	require.NoError(t, err)
	n, mem, err := trt.Materialize(t.Context(), folded)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mem.Close()) })

	x := n.Inputs()[0]
	input := checkpoint.Tensor{Name: "input", Shape: x.Dims, Kind: checkpoint.Input}
	v := make([]float32, input.Count())
	checkpoint.Fill(input, 1, 0, v)
	return n, map[string]*trt.Value{x.Name: {Type: dtype.Float32, Dims: x.Dims, Floats: v}}
}

func session(t testing.TB, n *trt.Network, threads int) *oracle.Session {
	model, err := oracle.Model(t.Context(), n)
	require.NoError(t, err)
	s, err := oracle.NewSession(n, model, threads)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// deviation is the largest difference relative to the largest value wanted.
func deviation(want, got []float32) float64 {
	largest, worst := 0.0, 0.0
	for i, w := range want {
		largest = max(largest, math.Abs(float64(w)))
		worst = max(worst, math.Abs(float64(w)-float64(got[i])))
	}
	return worst / largest
}

func TestNetworks(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			n, in := network(t, v.name, v.size)
			want, err := session(t, n, 2).Run(in)
			require.NoError(t, err)
			got, err := refexec.Run(t.Context(), n, in, refexec.Options{})
			require.NoError(t, err)
			for i, y := range n.Outputs() {
				require.Equal(t, want[i].Dims, got[y.Name].Dims)
				d := deviation(want[i].Floats, got[y.Name].Floats)
				t.Logf("%s: deviation %.1e", y.Name, d)
				require.Less(t, d, 1e-4)
			}
		})
	}
}

// BenchmarkNetworks reports medians of paired ratios, of wall and of processor
// time, and our own best. With SIMD a run should take at most 6 times ONNX
// Runtime's time on the same two cores; without, at most 15 times that.
func BenchmarkNetworks(b *testing.B) {
	for _, v := range variants {
		b.Run(fmt.Sprintf("%s/%d", v.name, v.size), func(b *testing.B) {
			p := newPair(b, v.name, v.size)
			for b.Loop() {
				p.run(b)
			}
			b.ReportMetric(median(p.wall), "x-onnxruntime")
			b.ReportMetric(median(p.processor), "x-onnxruntime-cpu")
			b.ReportMetric(p.best.Seconds()*1e3, "best-cpu-ms")
		})
	}
}

// pair is a network that both run in turn, and our times over theirs.
type pair struct {
	n               *trt.Network
	in              map[string]*trt.Value
	session         *oracle.Session
	wall, processor []float64
	best            time.Duration
}

func newPair(t testing.TB, name string, size int64) *pair {
	cores := runtime.GOMAXPROCS(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(cores) })
	n, in := network(t, name, size)
	return &pair{n: n, in: in, session: session(t, n, 2), best: math.MaxInt64}
}

func (p *pair) run(t testing.TB) {
	theirs, theirProcessor := measure(t, func() error { _, err := p.session.Run(p.in); return err })
	ours, ourProcessor := measure(t, func() error {
		_, err := refexec.Run(t.Context(), p.n, p.in, refexec.Options{Workers: 2})
		return err
	})
	p.wall, p.processor = append(p.wall, float64(ours)/float64(theirs)), append(p.processor, float64(ourProcessor)/float64(theirProcessor))
	p.best = min(p.best, ourProcessor)
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// measure returns the wall and processor time of f.
func measure(t testing.TB, f func() error) (wall, processor time.Duration) {
	used, start := processorTime(t), time.Now()
	require.NoError(t, f())
	return time.Since(start), processorTime(t) - used
}

func processorTime(t testing.TB) time.Duration {
	var r syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
