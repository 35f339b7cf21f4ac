package builder

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/mock"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// No family has plugins, so this takes a network of its own.
func TestManifestNamesPlugins(t *testing.T) {
	target := trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}}
	n := trt.NewNetwork("plugged", target)
	x := n.AddUnary("exp", n.AddInput("x", dtype.Float32, trt.Dims{2}), trt.Exp)
	out := n.AddPluginV3("twice", []*trt.Tensor{x}, nil, trt.PluginV3{
		Creator: "Twice", Version: "1", Namespace: "lab", Outputs: []trt.PluginOutput{{Type: dtype.Float32, Dims: trt.Dims{2}}},
	})
	n.MarkOutput(out[0], "y")
	decided := []precision.Decision{{Name: "exp", Op: "unary", Precision: precision.FP16}, {Name: "twice", Op: "plugin_v3", Precision: precision.FP32, Codes: []precision.Code{precision.Unknown}}}
	p := &Prepared{Typed: n, Plan: &precision.Plan{Layers: decided}}
	require.Equal(t, []plan.Layer{
		{Name: "exp", Op: "unary", Precision: "fp16"},
		{Name: "twice", Op: "plugin_v3", Precision: "fp32", Codes: []string{string(precision.Unknown)}, Plugin: "Twice version 1 of namespace lab"},
	}, p.layerRecords())

	b, err := mock.New(target, mock.Options{})
	require.NoError(t, err)
	libraries := []trt.PluginLibrary{{File: "libtwice.so", SHA256: "00ff"}}
	require.Equal(t, libraries, library(b, trt.BuildInfo{Plugins: libraries}, target).Plugins)
}
