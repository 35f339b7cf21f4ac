package trt_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

func operands(op trt.Op) []*trt.Weights {
	var ws []*trt.Weights
	for _, o := range op.Weights() {
		ws = append(ws, o.Weights)
	}
	return ws
}

// TestRules plays the table that backends are tested on as well.
func TestRules(t *testing.T) {
	names := map[string]bool{}
	kinds := map[trt.Kind]int{}
	for _, c := range backendtest.Cases() {
		require.False(t, names[c.Name], "%s is there twice", c.Name)
		names[c.Name] = true
		kinds[c.Op.Kind()]++
		t.Run(c.Name, func(t *testing.T) {
			n := c.Network(c.Target())
			if c.Want == nil {
				require.ErrorContains(t, n.Err(), c.Refusal)
				require.NotEmpty(t, c.Refusal)
				require.Equal(t, fault.Unsupported, fault.Of(n.Err()))
				var e *trt.Error
				require.True(t, errors.As(n.Err(), &e))
				require.Equal(t, "layer", e.Layer)
				require.Equal(t, c.Op.Kind(), e.Op)
				return
			}
			require.NoError(t, n.Validate())
			require.NoError(t, n.CheckProfiles(c.Profiles()))
			if c.NeedsGPU {
				require.ErrorContains(t, c.Network(trt.Target{}).Err(), "has no implementation in the ahead-of-time builder")
			}
			for i, y := range n.Outputs() {
				require.Equal(t, c.Want[i], trt.Info{Type: y.Type, Dims: y.Dims})
			}
			layers := n.Layers()
			if trt.Bodies(c.Op) == nil { // what is known in bodies depends on what they read
				require.Equal(t, c.Op, layers[len(layers)-1].Op, "the case spells out the defaults")
			}
			require.Equal(t, c.Op, c.Op.WithWeights(operands(c.Op)))
		})
	}
	for kind := range kinds {
		require.GreaterOrEqual(t, kinds[kind], 8, kind)
	}
}
