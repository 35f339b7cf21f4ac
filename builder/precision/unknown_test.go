package precision_test

import (
	"fmt"
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

// TensorRT-RTX does not build a float32 attention of what was 16 bits a moment ago.
func TestAttentionInFP32IsHeld(t *testing.T) {
	n := trt.NewNetwork("attention", trt.Target{})
	a := conv(n, "a", image(n), kernel(gaussian(0.06)), nil)
	moved := n.AddShuffle("moved", a, trt.Shuffle{FirstTranspose: []int{0, 1, 3, 2}})
	y := n.AddAttention("attention", a, moved, moved, nil, trt.Attention{Decomposable: true})
	n.MarkOutput(conv(n, "b", y, kernel(gaussian(0.06)), nil), "y")
	p, typed := plan(t, n, precision.Options{FP16: true, KeepFP32: []string{"attention"}})
	require.Positive(t, p.Casts)
	l, _ := typed.Layer("attention")
	for i, operand := range l.Inputs {
		require.Equal(t, fmt.Sprintf("attention/%d/hold_float32", i), operand.Name)
		require.Equal(t, dtype.Float32, operand.Type)
	}
}
