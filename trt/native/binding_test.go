//go:build tensorrt && cgo

package native

import (
	"bytes"
	"context"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

// TestEveryOpAsInTheBinding builds every layer of the table, and the networks,
// twice: here, and from their dumps through NVIDIA's own Python binding. The
// engines are the same bytes, so every parameter reaches TensorRT. Left out are
// dynamic extents: of those TensorRT makes one of two engines, at random.
func TestEveryOpAsInTheBinding(t *testing.T) {
	b := open(t)
	networks := backendtest.Networks(b.Target())
	for _, c := range backendtest.Cases() {
		if n := c.Network(b.Target()); n.Err() == nil {
			networks = append(networks, n)
		}
	}
	dir := t.TempDir()
	var names, dumps []string
	var ours [][]byte
	for i, n := range networks {
		if !static(n) {
			continue
		}
		held, mem, err := trt.Materialize(context.Background(), n)
		require.NoError(t, err)
		dump := filepath.Join(dir, strconv.Itoa(i))
		require.NoError(t, held.Dump(dump))
		var engine bytes.Buffer
		_, err = b.Build(context.Background(), held, trt.Config{TF32: true}, &engine)
		require.NoError(t, err, n.Name())
		require.NoError(t, mem.Close())
		names, dumps, ours = append(names, n.Name()), append(dumps, dump), append(ours, engine.Bytes())
	}
	require.Greater(t, len(dumps), 200)
	for i, theirs := range sdktest.Replay(t, dumps...) {
		require.True(t, bytes.Equal(theirs, ours[i]), "%s: engines of %d and %d bytes differ", names[i], len(theirs), len(ours[i]))
	}
}

func static(n *trt.Network) bool {
	for _, x := range n.Inputs() {
		if !x.Dims.IsStatic() {
			return false
		}
	}
	return true
}
