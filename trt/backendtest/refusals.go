package backendtest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// Raw is a layer that the recorder has refused, for whoever can add layers
// below it.
type Raw struct {
	Name                string
	Inputs              []*trt.Tensor // network inputs, with name, type and dimensions only
	Layer               *trt.Layer    // without outputs; its weights have bytes, off the Go heap
	Profiles            []trt.Profile
	ComputeCapabilities []int
}

// Refusals hands over each layer that the recorder refuses and TensorRT refuses
// as well. try adds it to a network, marks its first output and builds; one of
// these steps must fail, with an error that is no bug.
func Refusals(t *testing.T, try func(Raw) error) {
	for _, c := range Cases() {
		if c.Want != nil || c.Stricter != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			err := try(c.raw(t))
			require.Error(t, err)
			require.NotEqual(t, fault.Bug, fault.Of(err), "%v", err)
		})
	}
}

func (c Case) raw(t testing.TB) Raw {
	r := Raw{
		Name: c.Name, Layer: &trt.Layer{Name: "layer", Op: c.Op},
		Profiles: c.Profiles(), ComputeCapabilities: c.ComputeCapabilities,
	}
	for i, x := range c.Inputs {
		r.Inputs = append(r.Inputs, &trt.Tensor{Name: c.InputName(i), Type: x.Type, Dims: x.Dims})
	}
	r.Layer.Inputs = r.Inputs
	if operands := c.Op.Weights(); len(operands) > 0 {
		r.Layer.Op = c.Op.WithWeights(materialized(t, operands))
	}
	return r
}

// materialized gives weights their bytes: recipes by way of a network of
// constants, raw bytes by a copy, as constants have fewer types.
func materialized(t testing.TB, operands []trt.Operand) []*trt.Weights {
	ws := make([]*trt.Weights, len(operands))
	for i, o := range operands {
		if o.Weights == nil {
			continue
		}
		raw := o.Weights.Bytes()
		if raw == nil {
			n := trt.NewNetwork("weights", trt.Target{})
			n.AddConstant("value", o.Weights)
			m, mem, err := trt.Materialize(context.Background(), n)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, mem.Close()) })
			ws[i] = m.Layers()[0].Op.Weights()[0].Weights
			continue
		}
		mem, err := arena.New(arena.Size(int64(len(raw))))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, mem.Close()) })
		held, err := mem.Bytes(int64(len(raw)))
		require.NoError(t, err)
		copy(held, raw)
		ws[i] = trt.RawWeights(o.Weights.Type, o.Weights.Dims, held)
	}
	return ws
}
