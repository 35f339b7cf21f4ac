//go:build tensorrt && cgo

package native

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

// TestChainsAsTensorRTFollowsThem proves that our rules know of computed
// dimensions what TensorRT knows, and no less.
func TestChainsAsTensorRTFollowsThem(t *testing.T) {
	b := open(t)
	for _, c := range backendtest.Chains(b.Target()) {
		t.Run(c.Name, func(t *testing.T) {
			m, mem, err := trt.Materialize(context.Background(), c.Network)
			require.NoError(t, err)
			defer mem.Close()
			builder, err := b.lib.NewBuilder(nil, cbridge.Fatal)
			require.NoError(t, err)
			defer builder.Free()
			net, err := builder.NewNetwork(c.Name)
			require.NoError(t, err)
			defer net.Free()
			d := newDefinition(m, net)
			require.NoError(t, d.all())
			require.Empty(t, d.narrower)
		})
	}
}
