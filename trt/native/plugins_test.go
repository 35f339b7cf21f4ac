//go:build tensorrt && cgo

package native

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/agree"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// plugged opens the double of TensorRT Enterprise with its plugins, whose outputs
// have the first input's dimensions and the inputs' types in turn.
func plugged(t *testing.T) Backend {
	b, err := Open(Options{Library: sdktest.Double(t, "trt11"), DynamicPlugins: []string{sdktest.Plugins(t, "trt11")}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// twice is the plugin with two outputs, of x in float32 and in float16, which reads
// x's dimensions; its second output goes through an activation.
func twice(b Backend, op trt.PluginV3) *trt.Network {
	n := trt.NewNetwork("plugged", b.Target())
	x := n.AddInput("x", dtype.Float32, trt.Dims{2, 3})
	op.Fields = append(op.Fields, trt.NewPluginField[int32]("outputs", 2), trt.NewPluginField("scale", 0.5, -2), trt.NewPluginText("mode", "fast"))
	out := n.AddPluginV3("twice", []*trt.Tensor{x, n.AddCast("half", x, dtype.Float16)}, []*trt.Tensor{n.AddShape("shape", x)}, op)
	n.MarkOutput(out[0], "first")
	n.MarkOutput(n.AddActivation("act", out[len(out)-1], trt.Activation{Type: trt.ReLU}), "second")
	return n
}

func stated(outputs ...trt.PluginOutput) trt.PluginV3 {
	return trt.PluginV3{Creator: "Twice", Version: "1", Outputs: outputs}
}

var (
	single = trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{2, 3}}
	half   = trt.PluginOutput{Type: dtype.Float16, Dims: trt.Dims{2, 3}}
)

func TestPlugins(t *testing.T) {
	b := plugged(t)
	raw, err := os.ReadFile(sdktest.Plugins(t, "trt11"))
	require.NoError(t, err)
	digest := sha256.Sum256(raw)
	loaded := []trt.PluginLibrary{{File: "libfakenv_plugins_dynamic_trt11.so", SHA256: hex.EncodeToString(digest[:])}}
	require.Equal(t, loaded, b.Library().Plugins)

	var plan bytes.Buffer
	info, err := b.Build(context.Background(), twice(b, stated(single, half)), trt.Config{}, &plan)
	require.NoError(t, err)
	require.Equal(t, loaded, info.Plugins)
	require.Contains(t, plan.String(), "addPluginV3 Twice t0 t1 shape t2 of twice to build, outputs int32 2, scale float64 0.500000 -2.000000, mode char fast\n")

	info, err = b.Build(context.Background(), plain(b.Target()), trt.Config{}, io.Discard)
	require.NoError(t, err)
	require.Nil(t, info.Plugins, "a network without plugins")
}

// TestPluginsInsideOfBodies: a plugin in a branch is found, and so is what is
// wrong with it.
func TestPluginsInsideOfBodies(t *testing.T) {
	b := plugged(t)
	inside := func(o trt.PluginOutput) *trt.Network {
		n := trt.NewNetwork("plugged", b.Target())
		x, condition := n.AddInput("x", dtype.Float32, trt.Dims{2, 3}), n.AddInput("condition", dtype.Bool, trt.Dims{})
		body := func(f func(body *trt.Network, x *trt.Tensor) *trt.Tensor) *trt.Network {
			body := trt.NewNetwork("body", b.Target())
			body.MarkOutput(f(body, body.AddInput("x", dtype.Float32, trt.Dims{2, 3})), "y")
			return body
		}
		out := n.AddIf("if", condition, trt.If{
			Then: body(func(body *trt.Network, x *trt.Tensor) *trt.Tensor {
				return body.AddPluginV3("twice", []*trt.Tensor{x}, []*trt.Tensor{body.AddShape("shape", x)}, stated(o))[0]
			}),
			Else: body(func(body *trt.Network, x *trt.Tensor) *trt.Tensor { return body.AddCast("copy", x, o.Type) }),
		}, []*trt.Tensor{x}, []*trt.Tensor{x})
		n.MarkOutput(out[0], "y")
		return n
	}
	info, err := b.Build(context.Background(), inside(single), trt.Config{}, io.Discard)
	require.NoError(t, err)
	require.Len(t, info.Plugins, 1)
	_, err = b.Build(context.Background(), inside(trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{-1, 3}}), trt.Config{}, io.Discard)
	require.NoError(t, err, "TensorRT knows more of the plugin, and so of the conditional")
	_, err = b.Build(context.Background(), inside(half), trt.Config{}, io.Discard)
	require.ErrorContains(t, err, "layer if/then/twice (plugin_v3)")
}

func TestPluginsThatGiveSomethingElse(t *testing.T) {
	b := plugged(t)
	const next = ", which TensorRT infers of the plugin Twice version 1; state what the plugin gives"
	for name, c := range map[string]struct {
		op   trt.PluginV3
		says string
	}{
		"another type":       {stated(single, single), "output twice:1: expected float32 [2,3] as stated, found float16 [2,3]"},
		"other dimensions":   {stated(trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{2, 4}}, half), "output first: expected float32 [2,4] as stated, found float32 [2,3]"},
		"fewer outputs":      {stated(single), "expected 1 outputs as stated, found 2"},
		"of dimensions only": {stated(trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{2, 3, 1}}, half), "output first: expected float32 [2,3,1] as stated, found float32 [2,3]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.Build(context.Background(), twice(b, c.op), trt.Config{}, io.Discard)
			require.EqualError(t, err, "network plugged: layer twice (plugin_v3): "+c.says+next)
			require.Equal(t, fault.BadInput, fault.Of(err))
		})
	}
	// What is stated as dynamic and is not, is no mistake: dimensions are among the inputs.
	_, err := b.Build(context.Background(), twice(b, stated(trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{-1, 3}}, trt.PluginOutput{Type: dtype.Float16, Dims: trt.Dims{2, -1}})), trt.Config{}, io.Discard)
	require.NoError(t, err)
}

func TestPluginsThatCannotBeMade(t *testing.T) {
	b := plugged(t)
	for name, c := range map[string]struct {
		op   trt.PluginV3
		kind fault.Kind
		says string
	}{
		"unknown creator": {
			trt.PluginV3{Creator: "Twise", Version: "1", Outputs: []trt.PluginOutput{single}},
			fault.Environment,
			"no creator of the plugin Twise version 1 is registered; Twice version 1, Twice version 2 of namespace lab are; name the library that registers it among the backend's plugins",
		},
		"no plugin": {
			trt.PluginV3{Creator: "Twice", Version: "1", Fields: []trt.PluginField{trt.NewPluginText("refuse", "")}, Outputs: []trt.PluginOutput{single}},
			fault.Backend,
			"the creator Twice made no plugin of these fields",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.Build(context.Background(), twice(b, c.op), trt.Config{}, io.Discard)
			require.EqualError(t, err, "network plugged: layer twice (plugin_v3): "+c.says)
			require.Equal(t, c.kind, fault.Of(err))
		})
	}
}

func TestPluginLibrariesThatCannotServe(t *testing.T) {
	double, dynamic := sdktest.Double(t, "trt11"), sdktest.Plugins(t, "trt11")
	nowhere := filepath.Join(t.TempDir(), "plugins.so")
	for name, c := range map[string]struct {
		options Options
		kind    fault.Kind
		says    string
	}{
		"missing, static":  {Options{Library: double, StaticPlugins: []string{nowhere}}, fault.Environment, "plugins " + nowhere + ": " + nowhere + ": cannot open shared object file"},
		"missing, dynamic": {Options{Library: double, DynamicPlugins: []string{dynamic, nowhere}}, fault.Environment, "cannot open shared object file"},
		"no plugins":       {Options{Library: double, DynamicPlugins: []string{"libc.so.6"}}, fault.Environment, "plugins libc.so.6: libc.so.6 exports no getCreators"},
		"TensorRT-RTX":     {Options{Library: sdktest.Library(t), DynamicPlugins: []string{dynamic}}, fault.Unsupported, "TensorRT-RTX has no plugins"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(c.options)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, c.kind, fault.Of(err))
		})
	}
}

// TestPluginsOnRTX: neither the recorder nor, below it, the shim over the real
// library takes a plugin.
func TestPluginsOnRTX(t *testing.T) {
	b := open(t)
	_, err := b.Build(context.Background(), twice(b, stated(single, half)), trt.Config{}, io.Discard)
	require.ErrorContains(t, err, "layer twice (plugin_v3): TensorRT-RTX has no plugins")
	require.Equal(t, fault.Unsupported, fault.Of(err))

	answer, err := newReplayer(t, b).replay(backendtest.Case{Name: "plugin", Op: stated(single), Inputs: []trt.Info{{Type: dtype.Float32, Dims: trt.Dims{2, 3}}}})
	require.ErrorContains(t, err, "TensorRT-RTX has no plugins: its networks have no addPluginV3")
	require.Equal(t, agree.Answer{Stage: agree.Define}, answer)
}
