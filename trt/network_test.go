package trt_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func ones(dims ...int64) *trt.Weights {
	v := make(trt.Float32s, trt.Dims(dims).Count())
	for i := range v {
		v[i] = 1
	}
	return trt.NewWeights(dims, v)
}

func TestRecordConvolution(t *testing.T) {
	n := trt.NewNetwork("tiny", trt.Target{})
	x := n.AddInput("images", dtype.Float32, trt.Dims{trt.Dynamic, 3, 224, 224})
	y := n.AddConvolution("stem/conv", x, trt.Convolution{
		OutChannels: 64, Kernel: trt.Dims{7, 7}, Stride: trt.Dims{2, 2},
		PrePadding: trt.Dims{3, 3}, PostPadding: trt.Dims{3, 3}, Weight: ones(64, 3, 7, 7),
	})
	y = n.AddActivation("stem/relu", y, trt.Activation{Type: trt.ReLU})
	n.MarkOutput(y, "features")
	require.NoError(t, n.Validate())
	require.Equal(t, trt.Dims{-1, 64, 112, 112}, y.Dims)
	require.Equal(t, "features", n.Outputs()[0].Name)
	require.Equal(t, trt.DefaultVersion, n.Target().Version)
}

func TestErrorsStickAndNameTheLayer(t *testing.T) {
	n := trt.NewNetwork("tiny", trt.Target{})
	x := n.AddInput("images", dtype.Float32, trt.Dims{1, 3, 8, 8})
	y := n.AddConvolution("a", x, trt.Convolution{OutChannels: 4, Kernel: trt.Dims{3, 3}, Weight: ones(4, 2, 3, 3)})
	y = n.AddActivation("b", y, trt.Activation{Type: "nonsense"})
	n.MarkOutput(y, "y")
	require.EqualError(t, n.Err(), "network tiny: layer a (convolution): kernel weights: have the wrong count: expected 108, found 72 [4,2,3,3]")
	require.Equal(t, fault.Unsupported, fault.Of(n.Err()))
	require.Empty(t, n.Layers())
}

// TestLayersAfterAnError: recording goes on with as many outputs as there would be.
func TestLayersAfterAnError(t *testing.T) {
	body := trt.NewNetwork("body", enterprise)
	a := body.AddInput("a", dtype.Float32, trt.Dims{3})
	body.MarkOutput(body.AddUnary("exp", a, trt.Exp), "b")
	body.MarkOutput(body.AddUnary("abs", a, trt.Abs), "c")

	n := trt.NewNetwork("n", enterprise)
	x := n.AddInput("x", dtype.Float64, trt.Dims{3})
	text := n.Err().Error()
	for _, c := range []struct {
		op    trt.Op
		count int
	}{
		{trt.TopK{}, 2},
		{trt.NMS{}, 2},
		{trt.DynamicQuantize{}, 2},
		{nms(), 2},
		{trt.PluginV3{}, 1},
		{trt.If{Then: body}, 2},
		{trt.If{}, 1},
		{trt.Loop{Outputs: make([]trt.LoopOutput, 3)}, 3},
		{trt.Identity{}, 1},
	} {
		out := n.Add("l", c.op, x)
		require.Len(t, out, c.count, "%s", c.op.Kind())
		n.MarkOutput(out[c.count-1], "y")
	}
	require.EqualError(t, n.Err(), text)

	first := trt.NewNetwork("n", enterprise)
	require.Len(t, first.Add("l", nms()), 2) // the error is its own
	require.ErrorContains(t, first.Err(), "layer l (plugin_v3): does not take 0 inputs")
}

func TestForeignTensorPanics(t *testing.T) {
	a, b := trt.NewNetwork("a", trt.Target{}), trt.NewNetwork("b", trt.Target{})
	x := a.AddInput("x", dtype.Float32, trt.Dims{1})
	require.Panics(t, func() { b.AddActivation("relu", x, trt.Activation{Type: trt.ReLU}) })
}

func TestNames(t *testing.T) {
	for _, name := range []string{"", "a\nb", `a"b`, "é", strings.Repeat("x", 5000)} {
		n := trt.NewNetwork("n", trt.Target{})
		n.AddInput(name, dtype.Float32, trt.Dims{1})
		require.Error(t, n.Err(), "%.20q", name)
	}
	n := trt.NewNetwork("n", trt.Target{})
	n.AddInput("x", dtype.Float32, trt.Dims{1})
	n.AddInput("x", dtype.Float32, trt.Dims{1})
	require.ErrorContains(t, n.Err(), "already in use")
}

func TestOutputs(t *testing.T) {
	for want, record := range map[string]func(n *trt.Network, x, y *trt.Tensor){
		"has no output":                     func(*trt.Network, *trt.Tensor, *trt.Tensor) {},
		"is a network input":                func(n *trt.Network, x, _ *trt.Tensor) { n.MarkOutput(x, "out") },
		"is marked already, as out":         func(n *trt.Network, _, y *trt.Tensor) { n.MarkOutput(y, "out"); n.MarkOutput(y, "again") },
		"tensor name: is already in use: x": func(n *trt.Network, _, y *trt.Tensor) { n.MarkOutput(y, "x") },
		"layer name: is already in use":     func(n *trt.Network, x, _ *trt.Tensor) { n.AddIdentity("y", x) },
	} {
		n := trt.NewNetwork("n", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{2})
		record(n, x, n.AddIdentity("y", x))
		require.ErrorContains(t, n.Validate(), want)
	}
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{2})
	n.MarkOutput(n.AddIdentity("y", x), "y")
	require.NoError(t, n.Validate())
	require.Equal(t, []*trt.Tensor{x}, n.Inputs())
	y, ok := n.Tensor("y")
	require.True(t, ok)
	require.Same(t, n.Layers()[0], y.Producer())
	require.Panics(t, func() { n.MarkOutput(nil, "z") })
}

func TestInputs(t *testing.T) {
	for want, in := range map[string]trt.Info{
		"has a type this op does not compute in":           {Type: dtype.Float64, Dims: trt.Dims{1}},
		"too many dimensions":                              {Type: dtype.Float32, Dims: trt.Dims{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		"dimension 1: expected -1 or more than 0, found 0": {Type: dtype.Float32, Dims: trt.Dims{1, 0}},
		"found -2":     {Type: dtype.Float32, Dims: trt.Dims{-2}},
		"is too large": {Type: dtype.Float32, Dims: trt.Dims{1 << 31}},
	} {
		n := trt.NewNetwork("n", trt.Target{})
		n.AddInput("x", in.Type, in.Dims)
		require.ErrorContains(t, n.Err(), want)
		require.ErrorContains(t, n.Err(), "layer x (input)")
	}
}

func TestARecordedLayerIsItsOwn(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	dims := trt.Dims{2, 3}
	in := []*trt.Tensor{n.AddInput("x", dtype.Float32, dims), n.AddInput("y", dtype.Float32, dims)}
	out := n.Add("sum", trt.ElementWise{Operation: trt.Sum}, in...)
	dims[0], in[0], out[0] = 7, nil, nil
	require.NotNil(t, n.Layers()[0].Inputs[0])
	require.NotNil(t, n.Layers()[0].Outputs[0])
	require.Equal(t, trt.Dims{2, 3}, n.Inputs()[0].Dims)
}

func TestRewriteKeepsNamesMomentsAndTolerances(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2, 4, 4})
	y := n.AddBatchNorm("bn", x, trt.BatchNorm{Eps: 1e-5, Mean: ones(2), Var: ones(2)})
	y.Moments = &trt.Moments{Mean: []float64{0, 0}, Std: []float64{1, 1}}
	z := n.AddActivation("relu", y, trt.Activation{Type: trt.ReLU})
	n.MarkOutput(z, "out")
	z.Tolerance = 0.5
	m, err := n.Rewrite(func(dst *trt.Network, l *trt.Layer, in []*trt.Tensor) ([]*trt.Tensor, error) {
		if l.Op.Kind() == trt.KindBatchNorm {
			return []*trt.Tensor{dst.AddActivation("bn", in[0], trt.Activation{Type: trt.Tanh})}, nil
		}
		return nil, nil
	})
	require.NoError(t, err)
	require.Equal(t, "out", m.Outputs()[0].Name)
	bn, ok := m.Layer("bn")
	require.True(t, ok)
	require.Same(t, y.Moments, bn.Outputs[0].Moments)
	require.InDelta(t, 0.5, m.Outputs()[0].Tolerance, 0)
	require.Zero(t, bn.Outputs[0].Tolerance)
	require.Len(t, n.Layers(), 2)
}

func TestProfiles(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	n.AddInput("x", dtype.Float32, trt.Dims{-1, 3})
	d := func(b int64) trt.Dims { return trt.Dims{b, 3} }
	require.ErrorContains(t, n.CheckProfiles(nil), "no optimization profile")
	require.NoError(t, n.CheckProfiles([]trt.Profile{{"x": {Min: d(1), Opt: d(8), Max: d(16)}}}))
	require.ErrorContains(t, n.CheckProfiles([]trt.Profile{{"x": {Min: d(9), Opt: d(8), Max: d(16)}}}), "min <= opt <= max")
	require.ErrorContains(t, n.CheckProfiles([]trt.Profile{{"x": {Min: d(1), Opt: trt.Dims{8, 4}, Max: d(16)}}}), "static dimension 1")
	require.ErrorContains(t, n.CheckProfiles([]trt.Profile{{"y": {}}}), "does not have")
	require.ErrorContains(t, n.CheckProfiles([]trt.Profile{{}}), "missing in profile 0")
}

func TestProfilesAtWhichALayerCannotBe(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{-1, 3, -1, 8})
	y := n.AddPooling("pool", x, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{3, 3}})
	n.MarkOutput(y, "y")
	at := func(b, h int64) trt.Dims { return trt.Dims{b, 3, h, 8} }
	require.NoError(t, n.CheckProfiles([]trt.Profile{{"x": {Min: at(1, 3), Opt: at(2, 8), Max: at(4, 16)}}}))
	err := n.CheckProfiles([]trt.Profile{{"x": {Min: at(1, 2), Opt: at(2, 8), Max: at(4, 16)}}})
	require.EqualError(t, err, "network n: layer pool (pooling): input at min of profile 0: is smaller than the window: expected at least 3 in spatial dimension 0, found 2")
}
