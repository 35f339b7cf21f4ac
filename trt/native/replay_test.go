//go:build tensorrt && cgo

package native

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/agree"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// replayer asks the library about layers that were never recorded.
type replayer struct {
	backend       *backend
	builder       *cbridge.Builder
	withoutRunner int // layers that TensorRT-RTX would take where there is a GPU
}

// noRunner is what TensorRT-RTX says at build of a layer that needs a GPU, and of
// a mixture of experts, which it builds for none.
var noRunner = []string{"no runners that implement it", "Cannot decompose operation"}

func newReplayer(t testing.TB, b *backend) *replayer {
	builder, err := b.lib.NewBuilder(nil, cbridge.Fatal)
	require.NoError(t, err)
	t.Cleanup(builder.Free)
	return &replayer{backend: b, builder: builder}
}

// replay defines and builds a case without recording it. The answer is without
// the error's text; what was refused only by the build has outputs. What needs a
// GPU counts as built when nothing else is wrong.
func (r *replayer) replay(c backendtest.Case) (agree.Answer, error) {
	refused := func(stage agree.Stage, err error) (agree.Answer, error) { return agree.Answer{Stage: stage}, err }
	op, free, err := held(c.Op)
	if err != nil {
		return refused(agree.Define, err)
	}
	defer free()
	net, err := r.builder.NewNetwork(c.Name)
	if err != nil {
		return refused(agree.Define, err)
	}
	defer net.Free()
	shell := trt.NewNetwork("shell", trt.Target{ComputeCapabilities: c.ComputeCapabilities})
	layer := &trt.Layer{Name: "layer", Op: trt.Completed(op, known(c, shell.Target()), shell.Target())}
	d := newDefinition(shell, net)
	for i, x := range c.Inputs {
		added, free, err := r.input(net, c, i)
		defer free()
		if err != nil {
			return refused(agree.Define, err)
		}
		in := shell.AddInput(c.InputName(i), dtype.Float32, trt.Dims{1}) // what cannot fail
		in.Dims = x.Dims
		d.ids[in] = added[0].ID
		for k, op := range c.Before[i] {
			passed, err := d.add(&trt.Layer{Name: c.BeforeName(i, k), Op: op, Inputs: []*trt.Tensor{in}})
			if err != nil {
				return refused(agree.Define, err)
			}
			in = &trt.Tensor{Name: c.BeforeName(i, k), Dims: passed[0].Dims}
			d.ids[in] = passed[0].ID
		}
		layer.Inputs = append(layer.Inputs, in)
	}
	added, err := d.add(layer)
	if err != nil {
		return refused(agree.Define, err)
	}
	answer := agree.Answer{Stage: agree.Accepted}
	for _, y := range added {
		answer.Outputs = append(answer.Outputs, trt.Info{Type: typeOf(y.Type), Dims: y.Dims})
	}
	if c.Op.Kind() == trt.KindAssertion {
		op, free, err := held(backendtest.Rest())
		if err != nil {
			return refused(agree.Define, err)
		}
		defer free()
		if added, err = d.add(&trt.Layer{Name: "rest", Op: op}); err != nil {
			return refused(agree.Define, err)
		}
	}
	for i, y := range added {
		if err := net.MarkOutput(c.OutputName(i), y.ID); err != nil {
			return refused(agree.Define, err)
		}
	}
	config, err := r.backend.configure(context.Background(), r.builder, shell, trt.Config{Profiles: c.Profiles()})
	if err != nil {
		return refused(agree.Build, err)
	}
	defer config.free()
	plan, err := net.Build(config.Config)
	if err != nil && c.NeedsGPU && slices.ContainsFunc(noRunner, func(text string) bool { return strings.Contains(err.Error(), text) }) {
		r.withoutRunner++
		return answer, nil
	}
	if err != nil {
		answer.Stage = agree.Build
		return answer, err
	}
	plan.Free()
	return answer, nil
}

// known returns what the recorder knows of a case's inputs, their elements
// included.
func known(c backendtest.Case, target trt.Target) []trt.Info {
	recorded := c.Network(target)
	in := slices.Clone(c.Inputs)
	for i := range in {
		if t, ok := recorded.Tensor(c.Operand(i)); ok {
			in[i] = t.Info()
		}
	}
	return in
}

// input adds an input or constant of a case.
func (r *replayer) input(net *cbridge.Network, c backendtest.Case, i int) (_ []cbridge.Tensor, free func(), err error) {
	x, w := c.Inputs[i], c.Constant(i)
	if w == nil {
		added, err := net.AddInput(c.InputName(i), dataTypes[x.Type], x.Dims)
		return added, func() {}, err
	}
	op, free, err := held(trt.Constant{Value: w})
	if err != nil {
		return nil, func() {}, err
	}
	added, err := net.AddConstant(c.InputName(i), w.Dims, weights(op.Weights()[0].Weights))
	return added, free, err
}

// held returns op with its weights in memory that lives until free.
func held(op trt.Op) (_ trt.Op, free func(), err error) {
	operands := op.Weights()
	ws := make([]*trt.Weights, len(operands))
	var all []interface{ Close() error }
	free = func() {
		for _, m := range all {
			m.Close()
		}
	}
	for i, o := range operands {
		if o.Weights == nil {
			continue
		}
		raw := o.Weights.Bytes()
		if raw == nil {
			n := trt.NewNetwork("weights", trt.Target{})
			n.AddConstant("w", o.Weights)
			m, mem, err := trt.Materialize(context.Background(), n)
			if err != nil {
				free()
				return nil, nil, err
			}
			all = append(all, mem)
			ws[i] = m.Layers()[0].Op.Weights()[0].Weights
			continue
		}
		mem, err := arena.New(arena.Size(int64(len(raw))))
		if err != nil {
			free()
			return nil, nil, err
		}
		all = append(all, mem)
		out, err := mem.Bytes(int64(len(raw)))
		if err != nil {
			free()
			return nil, nil, err
		}
		copy(out, raw)
		ws[i] = trt.RawWeights(o.Weights.Type, o.Weights.Dims, out)
	}
	return op.WithWeights(ws), free, nil
}
