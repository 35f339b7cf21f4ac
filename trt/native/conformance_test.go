//go:build tensorrt && cgo

package native

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

// open opens the real library.
func open(t testing.TB) *backend {
	t.Helper()
	b, err := Open(Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b.(*backend)
}

func TestConformance(t *testing.T) {
	b, err := Open(Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	defer b.Close() // when the suite does not run to its end
	backendtest.Run(t, b)
}

// TestRefusals replays below the recorder what the recorder refuses: TensorRT,
// or the shim in its place, must refuse it too, unless the case says why our
// rule is stricter.
func TestRefusals(t *testing.T) {
	b := open(t)
	refused := 0
	for _, c := range backendtest.Cases() {
		if c.Want != nil {
			continue
		}
		refused++
		t.Run(c.Name, func(t *testing.T) {
			err := replay(t, b, c)
			var raw *cbridge.Error
			switch {
			case c.Stricter == "":
				require.Error(t, err)
			case errors.As(err, &raw):
				require.Equal(t, cbridge.BadArgument, raw.Code, "%v: TensorRT refuses it too, so the rule is not stricter", err)
			default:
				require.NoError(t, err)
			}
		})
	}
	require.Greater(t, refused, 100)
}

// replay builds a case without recording it.
func replay(t *testing.T, b *backend, c backendtest.Case) error {
	builder, err := b.lib.NewBuilder(nil, cbridge.Fatal)
	require.NoError(t, err)
	defer builder.Free()
	net, err := builder.NewNetwork(c.Name)
	require.NoError(t, err)
	defer net.Free()
	layer := &trt.Layer{Name: "layer", Op: held(t, c.Op)}
	shell := trt.NewNetwork("shell", trt.Target{ComputeCapabilities: c.ComputeCapabilities})
	d := definition{shell, net, map[*trt.Tensor]cbridge.ID{}}
	for i, x := range c.Inputs {
		added, err := net.AddInput(c.InputName(i), dataTypes[x.Type], x.Dims)
		if err != nil {
			return err
		}
		in := shell.AddInput(c.InputName(i), x.Type, x.Dims)
		d.ids[in] = added[0].ID
		layer.Inputs = append(layer.Inputs, in)
	}
	added, err := d.add(layer)
	if err != nil {
		return err
	}
	if err := net.MarkOutput("y", added[0].ID); err != nil {
		return err
	}
	config, err := b.configure(context.Background(), builder, shell, trt.Config{Profiles: c.Profiles()})
	if err != nil {
		return err
	}
	defer config.free()
	plan, err := net.Build(config.Config)
	plan.Free()
	return err
}

// held returns op with its weights in memory that lives as long as the test.
func held(t *testing.T, op trt.Op) trt.Op {
	operands := op.Weights()
	ws := make([]*trt.Weights, len(operands))
	for i, o := range operands {
		if o.Weights == nil {
			continue
		}
		raw := o.Weights.Bytes()
		if raw == nil {
			n := trt.NewNetwork("weights", trt.Target{})
			n.MarkOutput(n.AddConstant("w", o.Weights), "y")
			m, mem, err := trt.Materialize(context.Background(), n)
			require.NoError(t, err)
			t.Cleanup(func() { mem.Close() })
			ws[i] = m.Layers()[0].Op.Weights()[0].Weights
			continue
		}
		mem, err := arena.New(arena.Size(int64(len(raw))))
		require.NoError(t, err)
		t.Cleanup(func() { mem.Close() })
		out, err := mem.Bytes(int64(len(raw)))
		require.NoError(t, err)
		copy(out, raw)
		ws[i] = trt.RawWeights(o.Weights.Type, o.Weights.Dims, out)
	}
	return op.WithWeights(ws)
}
