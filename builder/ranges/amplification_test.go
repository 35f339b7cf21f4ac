package ranges_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Errors of at most 2^-10 in every element grow by no more than the
// amplification, and by about as much where signs are at their worst.
func TestAmplification(t *testing.T) {
	vector := func(v ...float32) *trt.Weights { return trt.NewWeights(trt.Dims{int64(len(v))}, trt.Float32s(v)) }
	channels := func(v ...float32) *trt.Weights {
		return trt.NewWeights(trt.Dims{1, int64(len(v)), 1, 1}, trt.Float32s(v))
	}
	for name, c := range map[string]struct {
		record func(n *trt.Network, x *trt.Tensor) *trt.Tensor // x is [1,3,2,2] within 1
		want   float64
	}{
		"stride": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("y", x, n.AddConstant("c", channels(8, -32, 16)), trt.Prod)
		}, 32},
		"grid": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("y", n.AddConstant("c", channels(8, -32, 16)), x, trt.Sub)
		}, 1},
		"quotient": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("y", x, n.AddConstant("c", channels(.5, 2, .25)), trt.Div)
		}, 4},
		"scale": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddScale("y", x, trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: vector(2, -3, 1)})
		}, 3},
		"convolution": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddConvolution("y", x, trt.Convolution{
				OutChannels: 2, Kernel: trt.Dims{1, 1}, Weight: trt.NewWeights(trt.Dims{2, 3, 1, 1}, trt.Float32s{1, -2, 4, 1, 1, 1}),
			})
		}, 7},
		"sum": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddReduce("y", x, trt.Reduce{Operation: trt.ReduceSum, Axes: []int{2, 3}, KeepDims: true})
		}, 4},
		"mean": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddReduce("y", x, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{1}, KeepDims: true})
		}, 1},
		"sigmoid": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddActivation("y", x, trt.Activation{Type: trt.Sigmoid})
		}, 0.25},
		"exponential": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return n.AddUnary("y", x, trt.Exp) }, math.E},
		"softmax":     {func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return n.AddSoftmax("y", x, 1) }, 0.5},
		"transpose": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddShuffle("y", x, trt.Shuffle{FirstTranspose: []int{0, 2, 3, 1}})
		}, 1},
		"joined": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return n.AddConcatenation("y", 1, x, x) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			n := trt.NewNetwork("n", trt.Target{})
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3, 2, 2})
			n.MarkOutput(c.record(n, x), "out")
			f, resident := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Low: -1, High: 1, Mean: []float64{0}, Std: []float64{.5}}}})
			require.True(t, f.Bounded(resident.Inputs()[0]))
			l, _ := resident.Layer("y")
			input := 0
			if l.Inputs[0] != resident.Inputs()[0] {
				input = 1
			}
			got := f.Amplification(l, input)
			require.InEpsilon(t, c.want, got, 2e-3)

			run := func(v []float32) []float32 {
				out, err := refexec.Run(t.Context(), resident, map[string]*trt.Value{"x": {Type: dtype.Float32, Dims: x.Dims, Floats: v}}, refexec.Options{})
				require.NoError(t, err)
				return out["out"].Floats
			}
			const e = 0x1p-10
			most := 0.0
			for _, level := range []float32{-1 + e, -.5, 0, .5, 1 - e} {
				for signs := range 8 {
					exact, off := make([]float32, 12), make([]float32, 12)
					for i := range exact {
						exact[i], off[i] = level, level-e
						if signs>>(i/4)&1 == 1 {
							off[i] = level + e
						}
					}
					for i, y := range run(exact) {
						most = max(most, math.Abs(float64(run(off)[i])-float64(y))/e)
					}
				}
			}
			require.LessOrEqual(t, most, got*1.01)
			require.Greater(t, most, got*0.85)
		})
	}
}

// Channels whose number is not known yet are still known together.
func TestJoinedDynamicChannels(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, trt.Dynamic, 4})
	y := n.AddInput("y", dtype.Float32, trt.Dims{1, 2, 4})
	n.MarkOutput(n.AddConcatenation("joined", 1, y, x), "out")
	f, resident := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{
		"x": {Low: -3, High: 2, Mean: []float64{0}, Std: []float64{1}}, "y": {Low: 0, High: 1, Mean: []float64{.5}, Std: []float64{.1}},
	}})
	bound, _ := f.Bound(resident.Outputs()[0])
	require.InDelta(t, 3, bound, 0)
	require.True(t, f.Bounded(resident.Outputs()[0]))
	require.InDelta(t, 1, f.Amplification(resident.Layers()[0], 1), 0)
}

func TestAmplificationOfTheUnknown(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3, 2, 2})
	n.MarkOutput(n.AddUnary("exp", x, trt.Exp), "out")
	f, resident := analyze(t, n, ranges.Options{})
	require.False(t, f.Bounded(resident.Inputs()[0]), "normal")
	l, _ := resident.Layer("exp")
	require.True(t, math.IsInf(f.Amplification(l, 0), 1))
	bound, _ := f.Bound(&trt.Tensor{Name: "another"})
	require.True(t, math.IsInf(bound, 1))
}

// A mean over bins lies between the first and the last, for every input.
func TestExpectationIsCertified(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 16, 4, 10})
	bins := make(trt.Float32s, 16)
	for i := range bins {
		bins[i] = float32(i)
	}
	p := n.AddSoftmax("softmax", x, 1)
	weighted := n.AddElementWise("weighted", p, n.AddConstant("bins", trt.NewWeights(trt.Dims{1, 16, 1, 1}, bins)), trt.Prod)
	n.MarkOutput(n.AddReduce("mean", weighted, trt.Reduce{Operation: trt.ReduceSum, Axes: []int{1}}), "out")
	n.MarkOutput(n.AddReduce("across", weighted, trt.Reduce{Operation: trt.ReduceSum, Axes: []int{2}}), "another axis")
	f, resident := analyze(t, n, ranges.Options{})
	require.True(t, f.Bounded(resident.Outputs()[0]))
	bound, _ := f.Bound(resident.Outputs()[0])
	require.InDelta(t, 15, bound, 0)
	require.Zero(t, f.Tensors["out"].Channels[0].Low)
	bound, _ = f.Bound(resident.Outputs()[1])
	require.Greater(t, bound, 15.)
}
