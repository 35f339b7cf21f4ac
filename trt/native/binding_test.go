//go:build tensorrt && cgo

package native

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

// TestEveryOpAsInTheBinding builds every layer of the table, and the networks,
// twice: here, and from their dumps through NVIDIA's own Python binding. The
// engines are the same bytes, so every parameter reaches TensorRT. Left out are
// dynamic extents: of those TensorRT makes one of several engines, at random, in
// either binding.
func TestEveryOpAsInTheBinding(t *testing.T) {
	b := open(t)
	networks := backendtest.Networks(b.Target())
	asked := map[trt.Kind]bool{}
	profiles := map[*trt.Network][]trt.Profile{}
	for _, c := range backendtest.Cases() {
		if n := c.Network(b.Target()); n.Err() == nil {
			profiles[n] = c.Profiles()
			networks = append(networks, n)
			asked[c.Op.Kind()] = true
		}
	}
	dir := t.TempDir()
	var names, dumps []string
	var ours [][]byte
	kinds := map[trt.Kind]bool{}
	for i, n := range networks {
		if !static(n) {
			continue
		}
		for _, l := range n.Layers() {
			kinds[l.Op.Kind()] = true
		}
		held, mem, err := trt.Materialize(context.Background(), n)
		require.NoError(t, err)
		dump := filepath.Join(dir, strconv.Itoa(i))
		config := trt.Config{TF32: true, Profiles: profiles[n]}
		require.NoError(t, held.Dump(dump))
		require.NoError(t, config.Dump(dump))
		var engine bytes.Buffer
		_, err = b.Build(context.Background(), held, config, &engine)
		require.NoError(t, err, n.Name())
		require.NoError(t, mem.Close())
		names, dumps, ours = append(names, n.Name()), append(dumps, dump), append(ours, engine.Bytes())
	}
	require.Greater(t, len(dumps), 200)
	require.Subset(t, kinds, asked, "each op has a static case")
	for i, theirs := range sdktest.Replay(t, dumps...) {
		require.True(t, bytes.Equal(theirs, ours[i]), "%s: engines of %d and %d bytes differ", names[i], len(theirs), len(ours[i]))
	}
}

// TestBindingTellsChanges proves that the comparison sees whatever shapes an
// engine: names, parameters, weights, configuration.
func TestBindingTellsChanges(t *testing.T) {
	b := open(t)
	held, mem, err := trt.Materialize(context.Background(), backendtest.Networks(b.Target())[0])
	require.NoError(t, err)
	defer mem.Close()
	config := trt.Config{Workspace: 1 << 30}
	var ours bytes.Buffer
	_, err = b.Build(context.Background(), held, config, &ours)
	require.NoError(t, err)

	edits := []struct{ what, file, from, to string }{
		{"nothing", "network.json", `"scores"`, `"scores"`},
		{"network's name", "network.json", `"name":"float32"`, `"name":"float23"`},
		{"layer's name", "network.json", `{"name":"stem/conv","kind"`, `{"name":"stem/conw","kind"`},
		{"output's name", "network.json", `"scores"`, `"scored"`},
		{"parameter", "network.json", `"type":"sigmoid"`, `"type":"tanh"`},
		{"bit of a weight", "weights/*.bin", "\x00\x3f", "\x01\x3f"},
		{"TF32", "config.json", `"tf32":false`, `"tf32":true`},
		{"workspace", "config.json", `"workspace":1073741824`, `"workspace":2147483648`},
	}
	dumps := make([]string, len(edits))
	for i, e := range edits {
		dumps[i] = t.TempDir()
		require.NoError(t, held.Dump(dumps[i]))
		require.NoError(t, config.Dump(dumps[i]))
		files, err := filepath.Glob(filepath.Join(dumps[i], e.file))
		require.NoError(t, err)
		text, err := os.ReadFile(files[0])
		require.NoError(t, err)
		require.Contains(t, string(text), e.from, e.what)
		require.NoError(t, os.WriteFile(files[0], []byte(strings.ReplaceAll(string(text), e.from, e.to)), 0o666))
	}
	for i, theirs := range sdktest.Replay(t, dumps...) {
		require.Equal(t, i == 0, bytes.Equal(theirs, ours.Bytes()), "%s: engines of %d and %d bytes", edits[i].what, len(theirs), ours.Len())
	}
}

func static(n *trt.Network) bool {
	for _, x := range n.Inputs() {
		if !x.Dims.IsStatic() {
			return false
		}
	}
	for _, l := range n.Layers() {
		for _, y := range l.Outputs {
			if !y.Dims.IsStatic() { // it is computed from an input
				return false
			}
		}
	}
	return true
}
