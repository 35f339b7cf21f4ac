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

// BenchmarkNetworks runs both in turn, with two threads each, and reports our
// time, in wall and processor time, over theirs: medians of paired ratios.
func BenchmarkNetworks(b *testing.B) {
	runtime.GOMAXPROCS(2)
	for _, v := range variants {
		b.Run(fmt.Sprintf("%s/%d", v.name, v.size), func(b *testing.B) {
			n, in := network(b, v.name, v.size)
			s := session(b, n, 2)
			var wall, cpu, ms []float64
			for b.Loop() {
				theirs, theirCPU := measure(func() error { _, err := s.Run(in); return err })
				ours, ourCPU := measure(func() error {
					_, err := refexec.Run(b.Context(), n, in, refexec.Options{Workers: 2})
					return err
				})
				wall, cpu = append(wall, float64(ours)/float64(theirs)), append(cpu, float64(ourCPU)/float64(theirCPU))
				ms = append(ms, float64(ourCPU)/1e6)
			}
			b.ReportMetric(median(wall), "x-onnxruntime")
			b.ReportMetric(median(cpu), "x-onnxruntime-cpu")
			b.ReportMetric(slices.Min(ms), "best-cpu-ms")
		})
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// measure returns the wall and processor time of f.
func measure(f func() error) (wall, cpu time.Duration) {
	used, start := processorTime(), time.Now()
	if err := f(); err != nil {
		panic(err)
	}
	return time.Since(start), processorTime() - used
}

func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
