//go:build tensorrt && cgo

package native_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/trt/native"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// TestSameEngineAsNVIDIAsBinding builds networks twice: here, and from their
// dumps through NVIDIA's own Python binding. The engines are the same bytes.
func TestSameEngineAsNVIDIAsBinding(t *testing.T) {
	replay := sdktest.Replay(t)
	b, err := native.Open(native.Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	defer b.Close()

	dir := t.TempDir()
	var dumps []string
	want := map[string][]byte{}
	add := func(name string, n *trt.Network, c trt.Config) {
		held, mem, err := trt.Materialize(context.Background(), n)
		require.NoError(t, err)
		defer mem.Close()
		dump := filepath.Join(dir, name)
		require.NoError(t, held.Dump(dump))
		settings, err := json.Marshal(map[string]any{"tf32": c.TF32, "workspace": c.Workspace, "profiles": c.Profiles})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dump, "config.json"), settings, 0o600))
		var engine bytes.Buffer
		_, err = b.Build(context.Background(), held, c, &engine)
		require.NoError(t, err)
		dumps = append(dumps, dump)
		want[dump] = engine.Bytes()
	}
	for _, variant := range []string{"lenet5", "resnet18"} {
		file := writeCheckpoint(t, variant)
		for _, precision := range []builder.Precision{builder.FP32, builder.FP16} {
			p, err := builder.Prepare(context.Background(), builder.Request{Weights: file, Precision: precision}, b.Target())
			require.NoError(t, err)
			add(variant+"."+string(precision), p.Typed, p.Config())
			require.NoError(t, p.Close())
		}
	}
	for _, n := range backendtest.Networks(b.Target()) {
		c := trt.Config{Workspace: 1 << 30}
		if x := n.Inputs()[0]; !x.Dims.IsStatic() {
			at := func(batch int64) trt.Dims { return append(trt.Dims{batch}, x.Dims[1:]...) }
			c.Profiles = []trt.Profile{{x.Name: {Min: at(1), Opt: at(2), Max: at(4)}}}
		}
		add(n.Name(), n, c)
	}

	out, err := exec.CommandContext(t.Context(), "python3", append([]string{replay}, dumps...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, dump := range dumps {
		got, err := os.ReadFile(filepath.Join(dump, "binding.plan"))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want[dump], got), "%s: engines of %d and %d bytes differ", dump, len(want[dump]), len(got))
	}
}

// writeCheckpoint writes a generated checkpoint of a published network.
func writeCheckpoint(t *testing.T, variant string) string {
	spec, err := zoo.Spec(variant, 0)
	require.NoError(t, err)
	values, err := checkpoint.New(variant, 1, spec)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), variant+".wts")
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	w, err := wts.NewWriter(f, len(spec))
	require.NoError(t, err)
	for _, name := range values.Names() {
		tensor, _ := values.Tensor(name)
		require.NoError(t, w.Tensor(name, tensor.Count, tensor))
	}
	require.NoError(t, w.Close())
	return path
}
