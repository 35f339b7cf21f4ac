package mock_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// TestPlugins: what is built of one for TensorRT Enterprise does not run, and
// there is none for TensorRT-RTX.
func TestPlugins(t *testing.T) {
	dims := trt.Dims{2, 3}
	plugged := func(target trt.Target) *trt.Network {
		n := trt.NewNetwork("plugged", target)
		out := n.AddPluginV3("twice", []*trt.Tensor{n.AddInput("x", dtype.Float32, dims)}, nil, trt.PluginV3{
			Creator: "Twice", Version: "1", Outputs: []trt.PluginOutput{{Type: dtype.Float32, Dims: dims}},
		})
		n.MarkOutput(out[0], "y")
		return n
	}
	b := newBackend(t, trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}}, nil)
	var raw bytes.Buffer
	_, err := b.Build(context.Background(), plugged(b.Target()), trt.Config{}, &raw)
	require.NoError(t, err)
	_, err = open(t, b, raw.Bytes()).Run(context.Background(), map[string]*trt.Value{"x": {Type: dtype.Float32, Dims: dims, Floats: make([]float32, 6)}})
	require.EqualError(t, err, "reference execution: layer twice: the plugin Twice version 1 cannot be executed: its code is in a library that only TensorRT loads")
	require.Equal(t, fault.Unsupported, fault.Of(err))

	rtx := newBackend(t, trt.Target{}, nil)
	_, err = rtx.Build(context.Background(), plugged(rtx.Target()), trt.Config{}, io.Discard)
	require.ErrorContains(t, err, "layer twice (plugin_v3): TensorRT-RTX has no plugins")
	require.Equal(t, fault.Unsupported, fault.Of(err))
}
