package refexec_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func floats(dims trt.Dims, v ...float32) *trt.Value {
	return &trt.Value{Type: dtype.Float32, Dims: dims, Floats: v}
}

// chain is x -> leaky (x < 0: -x/2) -> relu -> y, and leaky is an output too.
func chain(t dtype.Type, dims trt.Dims) *trt.Network {
	n := trt.NewNetwork("chain", trt.Target{})
	x := n.AddInput("x", t, dims)
	l := n.AddActivation("leaky", x, trt.Activation{Type: trt.LeakyReLU, Alpha: -0.5})
	y := n.AddActivation("relu", l, trt.Activation{Type: trt.ReLU})
	n.MarkOutput(y, "y")
	n.MarkOutput(l, "l")
	return n
}

func TestOutputsAndTaps(t *testing.T) {
	n := chain(dtype.Float32, trt.Dims{3})
	var seen []string
	out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": floats(trt.Dims{3}, 1, -2, 0)},
		refexec.Options{Tap: func(name string, _ *trt.Tensor, v *trt.Value) {
			seen = append(seen, name)
			require.Len(t, v.Floats, 3)
		}})
	require.NoError(t, err)
	require.Equal(t, []string{"x", "l", "y"}, seen)
	require.Equal(t, []float32{1, 1, 0}, out["y"].Floats)
	require.Equal(t, []float32{1, 1, 0}, out["l"].Floats)
	require.Len(t, out, 2)
}

func TestDynamicDimensionsComeFromTheInput(t *testing.T) {
	n := chain(dtype.Float32, trt.Dims{trt.Dynamic, 2})
	for _, batch := range []int64{1, 3} {
		v := floats(trt.Dims{batch, 2}, make([]float32, 2*batch)...)
		out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": v}, refexec.Options{})
		require.NoError(t, err)
		require.Equal(t, trt.Dims{batch, 2}, out["y"].Dims)
	}
}

func TestInputErrors(t *testing.T) {
	n := chain(dtype.Float32, trt.Dims{trt.Dynamic, 2})
	for _, c := range []struct {
		want string
		in   map[string]*trt.Value
	}{
		{"reference execution: input x: is missing", nil},
		{"reference execution: input x: has the wrong type: expected float32, found int32", map[string]*trt.Value{"x": {Type: dtype.Int32, Dims: trt.Dims{1, 2}, Ints: []int64{1, 2}}}},
		{"reference execution: input x: has the wrong dimensions: expected [-1,2], found [1,3]", map[string]*trt.Value{"x": floats(trt.Dims{1, 3}, 1, 2, 3)}},
		{"reference execution: input x: has the wrong dimensions: expected [-1,2], found [2]", map[string]*trt.Value{"x": floats(trt.Dims{2}, 1, 2)}},
		{"reference execution: input x: has the wrong dimensions: expected [-1,2], found [0,2]", map[string]*trt.Value{"x": floats(trt.Dims{0, 2})}},
		{"reference execution: input x: has the wrong number of elements: expected 4, found 3", map[string]*trt.Value{"x": floats(trt.Dims{2, 2}, 1, 2, 3)}},
		{"reference execution: input z: is no input of network chain", map[string]*trt.Value{"x": floats(trt.Dims{1, 2}, 1, 2), "z": floats(trt.Dims{1}, 1)}},
		{"reference execution: input y: is no input of network chain", map[string]*trt.Value{"x": floats(trt.Dims{1, 2}, 1, 2), "y": floats(trt.Dims{1}, 1)}},
	} {
		_, err := refexec.Run(context.Background(), n, c.in, refexec.Options{})
		require.EqualError(t, err, c.want)
		require.Equal(t, fault.BadInput, fault.Of(err))
	}
}

// TestElementsOfNoSuchType: an int64 holds what the type of an input may not.
func TestElementsOfNoSuchType(t *testing.T) {
	for _, c := range []struct {
		t    dtype.Type
		e    int64
		want string
	}{
		{dtype.Bool, 7, "element 1 is no bool: expected 0 to 1, found 7"},
		{dtype.UInt8, -1, "element 1 is no uint8: expected 0 to 255, found -1"},
		{dtype.Int32, 1 << 40, "element 1 is no int32: expected -2147483648 to 2147483647, found 1099511627776"},
		{dtype.Int32, -1 << 31, ""},
		{dtype.Int64, -1 << 63, ""},
	} {
		n := trt.NewNetwork("n", trt.Target{})
		n.MarkOutput(n.AddCast("y", n.AddInput("x", c.t, trt.Dims{2}), dtype.Float32), "z")
		_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": {Type: c.t, Dims: trt.Dims{2}, Ints: []int64{1, c.e}}}, refexec.Options{})
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, "reference execution: input x: "+c.want)
		require.Equal(t, fault.BadInput, fault.Of(err))
	}
}

func TestDimensionsThatALayerRefuses(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 1, trt.Dynamic, 4})
	y := n.AddConvolution("conv", x, trt.Convolution{OutChannels: 1, Kernel: trt.Dims{3, 3}, Weight: trt.NewWeights(trt.Dims{1, 1, 3, 3}, make(trt.Float32s, 9))})
	n.MarkOutput(y, "y")
	_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": floats(trt.Dims{1, 1, 2, 4}, make([]float32, 8)...)}, refexec.Options{})
	require.ErrorContains(t, err, "layer conv")
	require.ErrorContains(t, err, "smaller than the window")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestNetworkErrorsComeFirst(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	n.AddInput("x", dtype.Float32, trt.Dims{1})
	_, err := refexec.Run(context.Background(), n, nil, refexec.Options{})
	require.ErrorContains(t, err, "has no output")
}

func TestCancelledBetweenLayers(t *testing.T) {
	n := chain(dtype.Float32, trt.Dims{1})
	ctx, cancel := context.WithCancel(context.Background())
	var seen []string
	_, err := refexec.Run(ctx, n, map[string]*trt.Value{"x": floats(trt.Dims{1}, 1)}, refexec.Options{Tap: func(name string, _ *trt.Tensor, _ *trt.Value) {
		seen = append(seen, name)
		if name == "l" {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"x", "l"}, seen)
}

// The values are IEEE 754's own corner cases.
func TestHalfTensorsAreRounded(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		typ      dtype.Type
		in, want []float32
	}{
		// 2049 ties to 2048, 2051 to 2052; 65519 is the last to stay finite;
		// 2^-25 ties to zero, just above it becomes the smallest subnormal.
		{dtype.Float16, []float32{2049, 2051, 65519, 65520, 0x1p-25, 0x1.8p-25, 1e-8}, []float32{2048, 2052, 65504, inf, 0, 0x1p-24, 0}},
		// 8 bits of precision; the exponent of float32.
		{dtype.BFloat16, []float32{257, 259, 1e-38, 3.4e38}, []float32{256, 260, 0x1.b4p-127, inf}},
	} {
		n := trt.NewNetwork("n", trt.Target{})
		d := trt.Dims{int64(len(c.in))}
		n.MarkOutput(n.AddActivation("relu", n.AddInput("x", c.typ, d), trt.Activation{Type: trt.ReLU}), "y")
		in := &trt.Value{Type: c.typ, Dims: d, Floats: c.in}
		before := append([]float32{}, c.in...)
		out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": in}, refexec.Options{})
		require.NoError(t, err)
		require.Equal(t, c.want, out["y"].Floats)
		require.Equal(t, before, in.Floats, "the caller's input is not changed")
	}
}

func TestNaNSurvives(t *testing.T) {
	nan := float32(math.NaN())
	for _, typ := range []dtype.Type{dtype.Float32, dtype.Float16, dtype.BFloat16} {
		n := chain(typ, trt.Dims{1})
		out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": {Type: typ, Dims: trt.Dims{1}, Floats: []float32{nan}}}, refexec.Options{})
		require.NoError(t, err)
		require.True(t, math.IsNaN(float64(out["y"].Floats[0])), "%s", typ)
	}
}

func TestTensorsAreDroppedAfterTheirLastUse(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1000})
	for _, name := range []string{"a", "b", "c", "d"} {
		x = n.AddUnary(name, x, trt.Exp)
	}
	n.MarkOutput(x, "y")
	values := map[string]weak.Pointer[float32]{}
	_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": floats(trt.Dims{1000}, make([]float32, 1000)...)}, refexec.Options{Tap: func(name string, _ *trt.Tensor, v *trt.Value) {
		values[name] = weak.Make(&v.Floats[0])
		if name == "c" {
			runtime.GC()
			require.Nil(t, values["a"].Value())
			require.NotNil(t, values["b"].Value())
		}
	}})
	require.NoError(t, err)
}

func TestImpossibleSizes(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	y := n.AddResize("up", n.AddInput("x", dtype.Float32, trt.Dims{1, 1, 1, 1}), trt.Resize{Size: trt.Dims{1, 1, 1 << 30, 1 << 30}})
	n.MarkOutput(y, "y")
	require.NoError(t, n.Err())
	_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": floats(trt.Dims{1, 1, 1, 1}, 1)}, refexec.Options{})
	require.ErrorContains(t, err, "layer up: has an output that no memory holds")
	require.Equal(t, fault.Resources, fault.Of(err))
}

func TestReductionOfNothing(t *testing.T) {
	for op, want := range map[trt.ReduceOperation]float32{trt.ReduceSum: 0, trt.ReduceProd: 1, trt.ReduceMax: float32(math.Inf(-1)), trt.ReduceMin: float32(math.Inf(1))} {
		n := trt.NewNetwork("n", trt.Target{})
		c := n.AddConstant("c", trt.NewWeights(trt.Dims{2, 0}, trt.Float32s{}))
		n.MarkOutput(n.AddReduce("r", c, trt.Reduce{Operation: op, Axes: []int{1}}), "y")
		i := n.AddConstant("i", trt.RawWeights(dtype.Int64, trt.Dims{2, 0}, []byte{}))
		n.MarkOutput(n.AddReduce("ri", i, trt.Reduce{Operation: op, Axes: []int{1}}), "yi")
		out, err := refexec.Run(context.Background(), n, nil, refexec.Options{})
		require.NoError(t, err)
		require.Equal(t, []float32{want, want}, out["y"].Floats)
		require.Len(t, out["yi"].Ints, 2)
	}
}

type failing struct{}

func (failing) ReadFloat32([]float32, int64) error { return errors.New("the file shrank") }

func TestErrorsNameTheLayer(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddConstant("table", trt.NewWeights(trt.Dims{2}, failing{}))
	n.MarkOutput(x, "y")
	_, err := refexec.Run(context.Background(), n, nil, refexec.Options{})
	require.ErrorContains(t, err, "reference execution: layer table: ")
	require.ErrorContains(t, err, "the file shrank")

	n = trt.NewNetwork("n", trt.Target{})
	y := n.AddGather("take", n.AddInput("x", dtype.Float32, trt.Dims{2}), n.AddInput("i", dtype.Int32, trt.Dims{1}), trt.Gather{Mode: trt.GatherDefault})
	n.MarkOutput(y, "y")
	_, err = refexec.Run(context.Background(), n, map[string]*trt.Value{"x": floats(trt.Dims{2}, 1, 2), "i": {Type: dtype.Int32, Dims: trt.Dims{1}, Ints: []int64{2}}}, refexec.Options{})
	require.EqualError(t, err, "reference execution: layer take: index 0 is out of range: expected -2 to 1, found 2")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

// What PyTorch leaves open: integers that cannot hold a float take their
// nearest bound.
func TestCastSaturates(t *testing.T) {
	inf := float32(math.Inf(1))
	for to, want := range map[dtype.Type][]int64{
		dtype.Int32: {math.MaxInt32, math.MinInt32, math.MaxInt32, 0},
		dtype.Int8:  {127, -128, 127, 0},
		dtype.UInt8: {255, 0, 255, 0},
		dtype.Int64: {3e9, -3e9, math.MaxInt64, 0},
	} {
		n := trt.NewNetwork("n", trt.Target{})
		y := n.AddCast("cast", n.AddInput("x", dtype.Float32, trt.Dims{4}), to)
		n.MarkOutput(y, "y")
		out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": floats(trt.Dims{4}, 3e9, -3e9, inf, float32(math.NaN()))}, refexec.Options{})
		require.NoError(t, err)
		require.Equal(t, want, out["y"].Ints, "%s", to)
	}
}

func TestLayersAreTimed(t *testing.T) {
	var seen []string
	_, err := refexec.Run(context.Background(), chain(dtype.Float32, trt.Dims{1}), map[string]*trt.Value{"x": floats(trt.Dims{1}, 1)},
		refexec.Options{Timed: func(l *trt.Layer, took time.Duration) {
			seen = append(seen, l.Name)
			require.GreaterOrEqual(t, took, time.Duration(0))
		}})
	require.NoError(t, err)
	require.Equal(t, []string{"leaky", "relu"}, seen)
}
