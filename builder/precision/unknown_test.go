package precision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// What range analysis has no rule for stays in FP32, and says so.
func TestUnknownLayersStay(t *testing.T) {
	n := trt.NewNetwork("unknown", trt.Target{})
	a := conv(n, "a", image(n), kernel(gaussian(0.06)), nil)
	y := n.AddLRN("lrn", a, trt.LRN{Window: 5, Alpha: 1e-4, Beta: 0.75, K: 1})
	n.MarkOutput(conv(n, "b", y, kernel(gaussian(0.06)), nil), "y")
	p, typed := plan(t, n, precision.Options{FP16: true})
	require.Equal(t, codes{"lrn": {precision.Unknown}}, found(p))
	l, _ := typed.Layer("lrn")
	require.Equal(t, dtype.Float32, l.Inputs[0].Type)
	require.Equal(t, dtype.Float32, l.Outputs[0].Type)
}

// A plugin reads and makes what it was recorded with, whatever that is.
func TestPluginsKeepTheirTypes(t *testing.T) {
	n := trt.NewNetwork("plugged", trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}})
	a := conv(n, "a", image(n), kernel(gaussian(0.06)), nil)
	out := n.AddPluginV3("plugin", []*trt.Tensor{a, n.AddCast("half", a, dtype.Float16)}, nil, trt.PluginV3{
		Creator: "Twice", Version: "1", Outputs: []trt.PluginOutput{{Type: dtype.Float32, Dims: a.Dims}, {Type: dtype.Float16, Dims: a.Dims}},
	})
	n.MarkOutput(conv(n, "b", out[0], kernel(gaussian(0.06)), nil), "y")
	n.MarkOutput(out[1], "z")
	p, typed := plan(t, n, precision.Options{FP16: true})
	require.Equal(t, codes{"plugin": {precision.Unknown}}, found(p))
	casts := 0
	for _, l := range typed.Layers() {
		if l.Op.Kind() == trt.KindCast && l.Name != "half" {
			casts++
		}
	}
	require.Equal(t, casts, p.Casts)
	l, _ := typed.Layer("plugin")
	for i, want := range []dtype.Type{dtype.Float32, dtype.Float16} {
		require.Equal(t, want, l.Inputs[i].Type)
		require.Equal(t, want, l.Outputs[i].Type)
	}
	require.Equal(t, "z", l.Outputs[1].Name)
	l, _ = typed.Layer("b")
	require.Equal(t, dtype.Float16, l.Inputs[0].Type)
}
