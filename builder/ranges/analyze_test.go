package ranges_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func weight(dims trt.Dims, v ...float32) *trt.Weights {
	return trt.NewWeights(dims, trt.Float32s(v), trt.Origin{File: "f.wts", Tensor: "conv.weight", Part: "kernel"})
}

// counted counts how often each element is read.
type counted struct {
	trt.Float32s
	reads *int
}

func (c counted) ReadFloat32(dst []float32, from int64) error {
	*c.reads += len(dst)
	return c.Float32s.ReadFloat32(dst, from)
}

func analyze(t *testing.T, n *trt.Network, o ranges.Options) (*ranges.Facts, *trt.Network) {
	require.NoError(t, n.Validate())
	f, resident, closer, err := ranges.Analyze(context.Background(), n, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, closer.Close()) })
	return f, resident
}

func TestWeightsAreReadOnceAndStayInMemory(t *testing.T) {
	reads := 0
	shared := trt.NewWeights(trt.Dims{2, 2, 1, 1}, counted{trt.Float32s{1, -2, 3, 1e-9}, &reads})
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2, 4, 4})
	for _, name := range []string{"a", "b"} {
		x = n.AddConvolution(name, x, trt.Convolution{OutChannels: 2, Kernel: trt.Dims{1, 1}, Weight: shared, Bias: weight(trt.Dims{2}, 7e4, 0)})
	}
	n.MarkOutput(x, "y")
	f, resident := analyze(t, n, ranges.Options{Workers: 1})
	require.Equal(t, 4, reads)
	kernel := f.Weights[ranges.Place{Layer: "a", Operand: "kernel"}]
	require.Same(t, kernel, f.Weights[ranges.Place{Layer: "b", Operand: "kernel"}])
	require.Equal(t, []float32{1, -2, 3, 1e-9}, kernel.Values)
	require.Len(t, kernel.Channels, 2)
	require.Equal(t, int64(1), kernel.Channels[1].Flushed)
	require.Equal(t, int64(1), f.Weights[ranges.Place{Layer: "a", Operand: "bias"}].Channels[0].Overflow)

	w := resident.Layers()[0].Op.Weights()[0].Weights
	require.Same(t, w, resident.Layers()[1].Op.Weights()[0].Weights)
	got := make([]float32, 4)
	require.NoError(t, w.Values().ReadFloat32(got, 0))
	require.Equal(t, kernel.Values, got)
	require.Equal(t, 4, reads)
}

func TestValuesThatAreNoNumbersAreBadInput(t *testing.T) {
	for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		n := trt.NewNetwork("n", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{1, 1, 4, 4})
		w := weight(trt.Dims{3, 1, 2, 1}, 0, 1, 2, 3, v, 5)
		n.MarkOutput(n.AddConvolution("stem", x, trt.Convolution{OutChannels: 3, Kernel: trt.Dims{2, 1}, Weight: w}), "y")
		_, _, _, err := ranges.Analyze(context.Background(), n, ranges.Options{})
		var bad *ranges.ValueError
		require.ErrorAs(t, err, &bad)
		require.Equal(t, int64(4), bad.Element)
		require.Equal(t, 2, bad.Channel)
		require.Equal(t, fault.BadInput, fault.Of(err))
		require.ErrorContains(t, err, `f.wts: tensor "conv.weight": element 4 (channel 2) is `)
	}
}

// TestChannelsOfKernels finds one outlier in the right output channel.
func TestChannelsOfKernels(t *testing.T) {
	ramp := func(count, at int64) []float32 {
		v := make([]float32, count)
		v[at] = 100
		return v
	}
	for name, c := range map[string]struct {
		record func(n *trt.Network, x *trt.Tensor) *trt.Tensor
		place  ranges.Place
		want   int
		count  int
	}{
		"convolution": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddConvolution("l", x, trt.Convolution{OutChannels: 6, Groups: 2, Kernel: trt.Dims{1, 3}, Weight: weight(trt.Dims{6, 2, 1, 3}, ramp(36, 20)...)})
		}, ranges.Place{Layer: "l", Operand: "kernel"}, 3, 6},
		"deconvolution": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddDeconvolution("l", x, trt.Deconvolution{OutChannels: 3, Kernel: trt.Dims{1, 2}, Weight: weight(trt.Dims{4, 3, 1, 2}, ramp(24, 17)...)})
		}, ranges.Place{Layer: "l", Operand: "kernel"}, 2, 3},
		"grouped deconvolution": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddDeconvolution("l", x, trt.Deconvolution{OutChannels: 6, Groups: 2, Kernel: trt.Dims{1, 2}, Weight: weight(trt.Dims{4, 3, 1, 2}, ramp(24, 15)...)})
		}, ranges.Place{Layer: "l", Operand: "kernel"}, 4, 6},
		"linear": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			w := n.AddConstant("w", weight(trt.Dims{3, 4}, ramp(12, 6)...))
			return n.AddMatrixMultiply("l", n.AddShuffle("f", x, trt.Shuffle{Reshape: trt.Dims{-1, 4}}), trt.MatrixNone, w, trt.MatrixTranspose)
		}, ranges.Place{Layer: "w", Operand: "value"}, 1, 3},
		"matrix": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			w := n.AddConstant("w", weight(trt.Dims{4, 3}, ramp(12, 5)...))
			return n.AddMatrixMultiply("l", n.AddShuffle("f", x, trt.Shuffle{Reshape: trt.Dims{-1, 4}}), trt.MatrixNone, w, trt.MatrixNone)
		}, ranges.Place{Layer: "w", Operand: "value"}, 2, 3},
		"bias": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			w := n.AddConstant("w", weight(trt.Dims{1, 4, 1, 1}, ramp(4, 3)...))
			return n.AddElementWise("l", x, w, trt.Sum)
		}, ranges.Place{Layer: "w", Operand: "value"}, 3, 4},
	} {
		t.Run(name, func(t *testing.T) {
			n := trt.NewNetwork("n", trt.Target{})
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 4, 5, 5})
			n.MarkOutput(c.record(n, x), "y")
			f, _ := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Mean: []float64{0}, Std: []float64{1}}}})
			stats := f.Weights[c.place].Channels
			require.Len(t, stats, c.count)
			for i, s := range stats {
				require.Equal(t, i == c.want, s.AbsMax() == 100, "channel %d", i)
			}
			// The outlier shows in the output's moments, in the same channel.
			for i, y := range f.Tensors["y"].Channels {
				require.Equal(t, i == c.want, y.MeanSquare() > 100, "channel %d", i)
			}
		})
	}
}

func TestInputs(t *testing.T) {
	record := func() *trt.Network {
		n := trt.NewNetwork("n", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2, 4, 4})
		n.MarkOutput(n.AddActivation("y", x, trt.Activation{Type: trt.ReLU}), "y")
		return n
	}
	f, _ := analyze(t, record(), ranges.Options{})
	require.Equal(t, ranges.Assumed, f.Tensors["x"].Tier)
	require.Equal(t, ranges.Assumed, f.Tensors["y"].Tier)
	require.InDelta(t, 8, f.Tensors["y"].Channels[0].Bound, 1e-12)
	require.False(t, f.Tensors["y"].Channels[0].Certified())

	f, _ = analyze(t, record(), ranges.Options{Inputs: map[string]ranges.Input{"x": {Low: -1, High: 2, Mean: []float64{0, 1}, Std: []float64{1, 2}}}})
	require.Equal(t, ranges.Statistical, f.Tensors["x"].Tier)
	require.Equal(t, 2., f.Tensors["x"].Channels[1].Bound)
	require.True(t, f.Tensors["y"].Channels[0].Certified())

	n := record()
	n.Inputs()[0].Moments = &trt.Moments{Mean: []float64{3, 3}, Std: []float64{0.5, 0.5}}
	f, _ = analyze(t, n, ranges.Options{})
	require.Equal(t, 3., f.Tensors["x"].Channels[0].Mean)
	require.Equal(t, 7., f.Tensors["x"].Channels[0].Bound)
}

func TestMomentsOfAnnotationsWin(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 1, 4, 4})
	y := n.AddConvolution("conv", x, trt.Convolution{OutChannels: 2, Kernel: trt.Dims{1, 1}, Weight: weight(trt.Dims{2, 1, 1, 1}, 1, 1)})
	y.Moments = &trt.Moments{Mean: []float64{1, 2}, Std: []float64{0.25, 4}}
	n.MarkOutput(y, "y")
	f, _ := analyze(t, n, ranges.Options{})
	require.Equal(t, ranges.Statistical, f.Tensors["y"].Tier)
	require.Equal(t, []float64{3, 34}, []float64{f.Tensors["y"].Channels[0].Bound, f.Tensors["y"].Channels[1].Bound})
}
