package refexec_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// All that a run allocates, freed or not, is less than four times its largest
// tensor, beside the weights.
func TestMemoryOfResNet50(t *testing.T) {
	n := bottlenecks(224)
	in := map[string]*trt.Value{"x": filled(trt.Dims{1, 3, 224, 224})}
	largest := int64(0)
	for _, l := range n.Layers() {
		for _, y := range l.Outputs {
			if _, constant := l.Op.(trt.Constant); !constant {
				largest = max(largest, 4*y.Dims.Count())
			}
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := refexec.Run(context.Background(), n, in, refexec.Options{Workers: 2})
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	used := after.TotalAlloc - before.TotalAlloc
	t.Logf("%.2f times the largest tensor", float64(used)/float64(largest))
	require.Less(t, used, 4*uint64(largest))
}

func filled(d trt.Dims) *trt.Value {
	v := floats(d, make([]float32, d.Count())...)
	for i := range v.Floats {
		v.Floats[i] = float32(i%13)/13 - 0.4
	}
	return v
}

// Buffers change hands only when nothing reads them any more: with taps, which
// keep every tensor, the outputs are the same.
func TestSharedBuffers(t *testing.T) {
	for _, n := range []*trt.Network{forked(dtype.Float32), forked(dtype.Float16), unturned(dtype.Float32), unturned(dtype.Float16), bottlenecks(64)} {
		x := filled(n.Inputs()[0].Dims)
		x.Type = n.Inputs()[0].Type
		in := map[string]*trt.Value{"x": x}
		shared, err := refexec.Run(context.Background(), n, in, refexec.Options{})
		require.NoError(t, err)
		own, err := refexec.Run(context.Background(), n, in, refexec.Options{Tap: func(string, *trt.Tensor, *trt.Value) {}})
		require.NoError(t, err)
		require.Equal(t, own, shared)
		for _, y := range shared {
			require.Less(t, cap(y.Floats), 2*len(y.Floats)+8, "an output keeps more than its own memory")
		}
	}
}

// forked records layers that read, share and overwrite tensors in all ways.
func forked(t dtype.Type) *trt.Network {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", t, trt.Dims{1, 4, 6, 6})
	relu := func(name string, x *trt.Tensor) *trt.Tensor {
		return n.AddActivation(name, x, trt.Activation{Type: trt.ReLU})
	}
	a := n.AddUnary("a", x, trt.Neg)
	same := n.AddIdentity("same", a) // shares a's memory
	b := relu("b", a)                // must leave it
	flat := n.AddShuffle("flat", b, trt.Shuffle{Reshape: trt.Dims{1, 4, 36}})
	twice := n.AddElementWise("twice", flat, flat, trt.Sum)
	c := n.AddElementWise("c", b, same, trt.Prod)
	up := n.AddResize("up", c, trt.Resize{Scales: []float32{1, 1, 2, 2}, Mode: trt.ResizeLinear})
	small := n.AddReduce("small", up, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2, 3}, KeepDims: true})
	scaled := n.AddElementWise("scaled", small, c, trt.Sub) // broadcast first
	last := relu("last", n.AddConcatenation("both", 1, scaled, b))
	for _, y := range []*trt.Tensor{same, twice, last, small} {
		n.MarkOutput(y, y.Name)
	}
	return n
}

// unturned records a loop that does not turn, whose state is given out twice and
// is an operand that is read later.
func unturned(t dtype.Type) *trt.Network {
	body := trt.NewNetwork("body", trt.Target{})
	state := body.AddInput("state", t, trt.Dims{1, 4, 6, 6})
	body.MarkOutput(body.AddUnary("next", state, trt.Neg), "next")

	n := trt.NewNetwork("n", trt.Target{})
	a := n.AddUnary("a", n.AddInput("x", t, trt.Dims{1, 4, 6, 6}), trt.Neg)
	never := n.AddConstant("never", trt.RawWeights(dtype.Int32, trt.Dims{}, make([]byte, 4)))
	y := n.AddLoop("loop", trt.Loop{
		Body: body, TripCount: true, Recurrences: []trt.Recurrence{{State: "state", Next: "next"}},
		Outputs: []trt.LoopOutput{{Value: "state", Kind: trt.LoopLastValue}, {Value: "state", Kind: trt.LoopLastValue}},
	}, never, a)
	b := n.AddActivation("b", y[0], trt.Activation{Type: trt.ReLU})
	n.MarkOutput(n.AddElementWise("c", b, a, trt.Sum), "c")
	n.MarkOutput(n.AddElementWise("d", b, y[1], trt.Prod), "d")
	return n
}

// What no memory holds is refused, whatever makes it so.
func TestNoMemoryHolds(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2, 4, 4})
	far := trt.Dims{1_000_000, 1_000_000}
	n.MarkOutput(n.AddConvolution("conv", x, trt.Convolution{
		OutChannels: 2, Kernel: trt.Dims{3, 3}, Dilation: far, PrePadding: far, PostPadding: far,
		Weight: trt.NewWeights(trt.Dims{2, 2, 3, 3}, make(trt.Float32s, 36)),
	}), "y")
	require.NoError(t, n.Err())
	_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": filled(x.Dims)}, refexec.Options{})
	require.ErrorContains(t, err, "that no memory holds")

	// In either order of the axes nothing between is larger than both ends.
	for _, size := range []trt.Dims{{1, 1, 1 << 18, 1}, {1, 1, 1, 1 << 18}} {
		n = trt.NewNetwork("n", trt.Target{})
		x = n.AddInput("x", dtype.Float32, trt.Dims{1, 1, size[3], size[2]})
		n.MarkOutput(n.AddResize("resize", x, trt.Resize{Mode: trt.ResizeNearest, Size: size}), "y")
		out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": filled(x.Dims)}, refexec.Options{})
		require.NoError(t, err)
		require.Len(t, out["y"].Floats, 1<<18)
	}
}

// A slice beyond a tensor that turns out to have no elements has nothing to give.
func TestSliceOfNothing(t *testing.T) {
	for _, mode := range []trt.SliceMode{trt.SliceClamp, trt.SliceWrap, trt.SliceReflect} {
		n := trt.NewNetwork("n", trt.Target{})
		none := n.AddConstant("none", trt.NewWeights(trt.Dims{0}, trt.Float32s{}))
		n.MarkOutput(n.AddSlice("slice", none, trt.Slice{Mode: mode, Axes: []int{0}, Start: trt.Dims{0}, Size: trt.Dims{2}, Stride: trt.Dims{1}}), "y")
		require.NoError(t, n.Err())
		_, err := refexec.Run(context.Background(), n, nil, refexec.Options{})
		require.ErrorContains(t, err, "nothing to repeat", mode)
	}
}

// A context that ends within a layer ends the layer.
func TestCancelledWithinALayer(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 64, 512, 512})
	w := trt.NewWeights(trt.Dims{256, 64, 3, 3}, make(trt.Float32s, 256*64*9))
	n.MarkOutput(n.AddConvolution("conv", x, trt.Convolution{OutChannels: 256, Kernel: trt.Dims{3, 3}, Weight: w}), "y")
	ctx := &endsAfter{Context: context.Background(), looks: 5}
	_, err := refexec.Run(ctx, n, map[string]*trt.Value{"x": filled(x.Dims)}, refexec.Options{Workers: 1})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, ctx.looks, 0)
}

// endsAfter is a context that ends after it has been looked at so often.
type endsAfter struct {
	context.Context
	looks int
}

func (c *endsAfter) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}
