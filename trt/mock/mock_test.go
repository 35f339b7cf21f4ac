package mock_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/mock"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func ramp(dims ...int64) *trt.Weights {
	v := make(trt.Float32s, trt.Dims(dims).Count())
	for i := range v {
		v[i] = float32(i%7-3) / 8
	}
	return trt.NewWeights(dims, v)
}

func shift(dims ...int64) *trt.Weights { return trt.NewWeights(dims, trt.Float32s{5, -6, 7}) }

// small is a convolution in the given type with a ReLU, and a constant that
// shares its bytes with the bias.
func small(t dtype.Type, batch int64) *trt.Network {
	n := trt.NewNetwork("small", trt.Target{})
	x := n.AddInput("x", t, trt.Dims{batch, 2, 4, 4})
	y := n.AddConvolution("conv", x, trt.Convolution{OutChannels: 3, Kernel: trt.Dims{3, 3}, Weight: ramp(3, 2, 3, 3).As(t), Bias: shift(3).As(t)})
	y = n.AddActivation("relu", y, trt.Activation{Type: trt.ReLU})
	y = n.AddElementWise("sum", y, n.AddConstant("shift", shift(1, 3, 1, 1).As(t)), trt.Sum)
	n.MarkOutput(y, "y")
	return n
}

func input(t dtype.Type, batch int64) map[string]*trt.Value {
	v := &trt.Value{Type: t, Dims: trt.Dims{batch, 2, 4, 4}}
	for i := range batch * 32 {
		v.Floats = append(v.Floats, float32(i%11)/4-1)
	}
	return map[string]*trt.Value{"x": v}
}

func newBackend(t *testing.T, target trt.Target, f func(string) error) *mock.Backend {
	b, err := mock.New(target, mock.Options{Fault: f})
	require.NoError(t, err)
	return b
}

func build(t *testing.T, b *mock.Backend, n *trt.Network, c trt.Config) []byte {
	var out bytes.Buffer
	info, err := b.Build(context.Background(), n, c, &out)
	require.NoError(t, err)
	require.Equal(t, int64(out.Len()), info.Bytes)
	require.Equal(t, sha256.Sum256(out.Bytes()), info.SHA256)
	require.Equal(t, trt.DefaultVersion, info.Version)
	return out.Bytes()
}

func open(t *testing.T, b *mock.Backend, raw []byte) trt.Engine {
	e, err := b.Open(context.Background(), bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	return e
}

func TestPlansRunLikeTheirNetworks(t *testing.T) {
	b := newBackend(t, trt.Target{}, nil)
	for _, typ := range []dtype.Type{dtype.Float32, dtype.Float16, dtype.BFloat16} {
		t.Run(typ.String(), func(t *testing.T) {
			n, in := small(typ, 2), input(typ, 2)
			e := open(t, b, build(t, b, n, trt.Config{}))
			require.Equal(t, []trt.TensorInfo{{Name: "x", Type: typ, Dims: trt.Dims{2, 2, 4, 4}}}, e.Inputs())
			require.Equal(t, []trt.TensorInfo{{Name: "y", Type: typ, Dims: trt.Dims{2, 3, 2, 2}}}, e.Outputs())
			want, err := refexec.Run(context.Background(), n, in, refexec.Options{})
			require.NoError(t, err)
			got, err := e.Run(context.Background(), in)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.NoError(t, e.Close())
			require.NoError(t, e.Close())
			_, err = e.Run(context.Background(), in)
			require.ErrorContains(t, err, "closed")
		})
	}
}

func TestPlansAreDeterministicAndNoEngines(t *testing.T) {
	b := newBackend(t, trt.Target{}, nil)
	raw := build(t, b, small(dtype.Float32, 1), trt.Config{})
	require.Equal(t, raw, build(t, b, small(dtype.Float32, 1), trt.Config{}))
	m, mem, err := trt.Materialize(context.Background(), small(dtype.Float32, 1))
	require.NoError(t, err)
	require.Equal(t, raw, build(t, b, m, trt.Config{}), "materialized before or not")
	require.NoError(t, mem.Close())
	require.NotEqual(t, raw, build(t, b, small(dtype.Float32, 1), trt.Config{TF32: true}))
	h, err := plan.Read(bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	require.Equal(t, plan.Mock, h.Format)
	// Bias and shift hold the same bytes, which are stored once.
	require.Equal(t, 1, bytes.Count(raw, raw[len(raw)-12:]))
}

func TestRefusals(t *testing.T) {
	record := func(f func(n *trt.Network, x *trt.Tensor) *trt.Tensor) *trt.Network {
		n := trt.NewNetwork("n", trt.Target{})
		n.MarkOutput(f(n, n.AddInput("x", dtype.Float32, trt.Dims{1, 2, trt.Dynamic, 4})), "y")
		return n
	}
	conv := func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
		return n.AddConvolution("conv", x, trt.Convolution{OutChannels: 3, Kernel: trt.Dims{3, 3}, Weight: ramp(3, 2, 3, 3)})
	}
	at := func(e int64) trt.Dims { return trt.Dims{1, 2, e, 4} }
	from := func(lo int64) []trt.Profile {
		return []trt.Profile{{"x": {Min: at(lo), Opt: at(8), Max: at(8)}}}
	}
	for _, c := range []struct {
		name, want string
		kind       fault.Kind
		net        *trt.Network
		target     trt.Target
		config     trt.Config
	}{
		{"no output", "has no output", fault.Unsupported, trt.NewNetwork("n", trt.Target{}), trt.Target{}, trt.Config{}},
		{"batch norm", "layer bn (batch_norm): TensorRT has no such layer", fault.Unsupported, record(func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddBatchNorm("bn", x, trt.BatchNorm{Mean: ramp(2), Var: ramp(2)})
		}), trt.Target{}, trt.Config{Profiles: from(1)}},
		{"batch norm in a body", "layer if/else/bn (batch_norm): TensorRT has no such layer", fault.Unsupported, record(func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			body := func(f func(b *trt.Network, x *trt.Tensor) *trt.Tensor) *trt.Network {
				b := trt.NewNetwork("body", trt.Target{})
				b.MarkOutput(f(b, b.AddInput("x", dtype.Float32, x.Dims)), "y")
				return b
			}
			op := trt.If{
				Then: body(func(b *trt.Network, x *trt.Tensor) *trt.Tensor { return b.AddIdentity("copy", x) }),
				Else: body(func(b *trt.Network, x *trt.Tensor) *trt.Tensor {
					return b.AddBatchNorm("bn", x, trt.BatchNorm{Mean: ramp(2), Var: ramp(2)})
				}),
			}
			return n.AddIf("if", n.AddInput("c", dtype.Bool, nil), op, []*trt.Tensor{x}, []*trt.Tensor{x})[0]
		}), trt.Target{}, trt.Config{Profiles: from(1)}},
		{"workspace", "no tactics to implement the operation within workspace limit", fault.Backend, small(dtype.Float32, 1), trt.Target{}, trt.Config{Workspace: 1 << 20}},
		{"no profile", "no optimization profile", fault.Unsupported, record(conv), trt.Target{}, trt.Config{}},
		{"profile too small", "layer conv (convolution): input at min of profile 0: is smaller than the window", fault.Unsupported, record(conv), trt.Target{}, trt.Config{Profiles: from(2)}},
		{"bfloat16 on 7.5", "bfloat16 needs compute capability 8.0", fault.Unsupported, small(dtype.BFloat16, 1), trt.Target{ComputeCapabilities: []int{75, 86}}, trt.Config{}},
		{"other product", "is for TensorRT-RTX, this backend stands for TensorRT", fault.Unsupported, small(dtype.Float32, 1), trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}}, trt.Config{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := newBackend(t, c.target, nil).Build(context.Background(), c.net, c.config, &out)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.kind, fault.Of(err))
			require.Zero(t, out.Len())
		})
	}
}

var phases = []string{mock.PhaseBuild, mock.PhaseClone, mock.PhasePrepare, mock.PhaseOptimize, mock.PhaseTactics, mock.PhaseRefit}

func TestProgress(t *testing.T) {
	var started, done []string
	build(t, newBackend(t, trt.Target{}, nil), small(dtype.Float32, 1), trt.Config{Progress: func(p trt.Phase) {
		if p.Step == 0 {
			started = append(started, p.Name)
		}
		if p.Step == p.Steps {
			done = append(done, p.Name)
		}
	}})
	require.Equal(t, phases, started)
	require.Equal(t, phases, done)
}

func TestCancelledAtEveryPhase(t *testing.T) {
	for _, phase := range append(phases, mock.PhaseWrite) {
		t.Run(phase, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			b := newBackend(t, trt.Target{}, func(p string) error {
				if p == phase {
					cancel()
				}
				return ctx.Err()
			})
			var out bytes.Buffer
			_, err := b.Build(ctx, small(dtype.Float32, 1), trt.Config{}, &out)
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, fault.Cancelled, fault.Of(err))
			require.Zero(t, out.Len())
		})
	}
	t.Run("from the progress callback", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		last := ""
		_, err := newBackend(t, trt.Target{}, nil).Build(ctx, small(dtype.Float32, 1), trt.Config{Progress: func(p trt.Phase) {
			if last = p.Name; p.Name == mock.PhaseOptimize && p.Step == 3 {
				cancel()
			}
		}}, io.Discard)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, mock.PhaseOptimize, last)
	})
}

func TestInjectedFaults(t *testing.T) {
	at := func(phase string, err error) func(string) error {
		return func(p string) error {
			if p == phase {
				return err
			}
			return nil
		}
	}
	b := newBackend(t, trt.Target{}, at(mock.PhaseTactics, mock.OutOfMemory()))
	_, err := b.Build(context.Background(), small(dtype.Float32, 1), trt.Config{}, io.Discard)
	require.EqualError(t, err, "mock: out of memory; build on a machine with more memory")
	require.Equal(t, fault.Resources, fault.Of(err))

	b = newBackend(t, trt.Target{}, at(mock.PhaseBuild, mock.VersionMismatch(trt.DefaultVersion, trt.Version{Major: 1, Minor: 4})))
	_, err = b.Build(context.Background(), small(dtype.Float32, 1), trt.Config{}, io.Discard)
	require.EqualError(t, err, "mock: library has version 1.4.0, expected 1.7.1; install the version that was asked for")
	require.Equal(t, fault.Environment, fault.Of(err))

	b = newBackend(t, trt.Target{}, at(mock.PhaseOpen, mock.OutOfMemory()))
	_, err = b.Open(context.Background(), bytes.NewReader(nil), 0)
	require.Equal(t, fault.Resources, fault.Of(err))
}

type brokenPipe struct{ left int }

var errPipe = errors.New("broken pipe")

func (w *brokenPipe) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errPipe
	}
	return len(p), nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	b := newBackend(t, trt.Target{}, nil)
	size := len(build(t, b, small(dtype.Float32, 1), trt.Config{}))
	for _, left := range []int{0, 64, 100, size - 1} {
		_, err := b.Build(context.Background(), small(dtype.Float32, 1), trt.Config{}, &brokenPipe{left})
		require.ErrorIs(t, err, errPipe)
	}
}

func TestBadTarget(t *testing.T) {
	_, err := mock.New(trt.Target{ComputeCapabilities: []int{90}}, mock.Options{})
	require.ErrorContains(t, err, "no such compute capability")
}
