package backendtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Run tests a backend and closes it at the end.
func Run(t *testing.T, b trt.Backend) {
	s := suite{b}
	t.Run("target", s.target)
	t.Run("cases", s.cases)
	t.Run("chains", s.chains)
	t.Run("networks", s.networks)
	t.Run("random", s.random)
	t.Run("side by side", s.sideBySide)
	t.Run("profiles", s.profiles)
	t.Run("config", s.config)
	t.Run("progress", s.progress)
	t.Run("cancel", s.cancel)
	t.Run("refusals", s.refusals)
	t.Run("writer", s.writer)
	t.Run("open", s.open)
	t.Run("close", s.close)
}

type suite struct{ trt.Backend }

// build builds n and checks what is said about the bytes.
func (s suite) build(t *testing.T, n *trt.Network, c trt.Config) []byte {
	t.Helper()
	var out bytes.Buffer
	info, err := s.Build(context.Background(), n, c, &out)
	require.NoError(t, err)
	require.NotEmpty(t, out.Bytes())
	require.EqualValues(t, out.Len(), info.Bytes)
	require.Equal(t, sha256.Sum256(out.Bytes()), info.SHA256)
	require.Equal(t, s.Target().Version, info.Version)
	return out.Bytes()
}

// fails asserts that a build fails with an error of the kind that says so.
func (s suite) fails(t *testing.T, kind fault.Kind, says string, n *trt.Network, c trt.Config) {
	t.Helper()
	_, err := s.Build(context.Background(), n, c, io.Discard)
	require.ErrorContains(t, err, says)
	require.Equal(t, kind, fault.Of(err), "%v", err)
}

func (s suite) target(t *testing.T) {
	require.NotEmpty(t, s.Name())
	got, err := s.Target().Resolve()
	require.NoError(t, err)
	require.Equal(t, got.Version, s.Target().Version)
	require.NotZero(t, got.Version)
}

func (s suite) cases(t *testing.T) {
	built := 0
	for _, c := range Cases() {
		n := c.Network(s.Target())
		if n.Err() != nil {
			continue
		}
		built++
		t.Run(c.Name, func(t *testing.T) { s.build(t, n, trt.Config{Profiles: c.Profiles()}) })
	}
	require.Greater(t, built, 300)
}

func (s suite) chains(t *testing.T) {
	for _, c := range Chains(s.Target()) {
		t.Run(c.Name, func(t *testing.T) {
			require.NoError(t, c.Network.Validate())
			require.Equal(t, c.Want, c.Network.Outputs()[0].Dims)
			raw := s.build(t, c.Network, trt.Config{Profiles: c.Profiles})
			e, err := s.Open(context.Background(), bytes.NewReader(raw), int64(len(raw)))
			if err != nil {
				require.Equal(t, fault.Environment, fault.Of(err), "%v", err)
				return
			}
			for _, batch := range []int64{2, 3} {
				x := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{batch, 3, 4}, Floats: make([]float32, 12*batch)}
				if c.Profiles == nil && batch != 2 {
					continue
				}
				out, err := e.Run(context.Background(), map[string]*trt.Value{"x": x})
				require.NoError(t, err)
				for axis, want := range c.Want {
					require.True(t, want == out["y"].Dims[axis] || want == trt.Dynamic, "%v", out["y"].Dims)
				}
			}
			require.NoError(t, e.Close())
		})
	}
}

func (s suite) networks(t *testing.T) {
	for i, n := range Networks(s.Target()) {
		t.Run(n.Name(), func(t *testing.T) {
			first := s.build(t, n, configFor(n))
			requireSame(t, n, first, s.build(t, n, configFor(n)), "the same network")
			again := Networks(s.Target())[i]
			requireSame(t, n, first, s.build(t, again, configFor(n)), "an equal network")
			m, mem, err := trt.Materialize(context.Background(), n)
			require.NoError(t, err)
			requireSame(t, n, first, s.build(t, m, configFor(n)), "a materialized network")
			require.NoError(t, mem.Close())
		})
	}
}

// requireSame asserts that two engines of a network are the same bytes. Where
// an extent is dynamic, TensorRT-RTX 1.7.1 numbers its symbols in one of two
// orders, at random, so that 4 bytes differ: NVIDIA's own Python binding gives
// the rarer engine in 2 of 40 builds.
func requireSame(t *testing.T, n *trt.Network, want, got []byte, msg string) {
	t.Helper()
	require.Len(t, got, len(want), msg)
	differ, allowed := 0, 0
	for i := range want {
		if want[i] != got[i] {
			differ++
		}
	}
	if !n.Inputs()[0].Dims.IsStatic() {
		allowed = 16
	}
	require.LessOrEqual(t, differ, allowed, msg)
}

func (s suite) random(t *testing.T) {
	for seed := range uint64(40) {
		n := Random(seed, s.Target())
		require.NoError(t, n.Validate())
		t.Run(n.Name(), func(t *testing.T) {
			c := trt.Config{}
			if !n.Inputs()[0].Dims.IsStatic() {
				c.Profiles = []trt.Profile{RandomProfile()}
			}
			raw := s.build(t, n, c)
			e, err := s.Open(context.Background(), bytes.NewReader(raw), int64(len(raw)))
			if err != nil {
				require.Equal(t, fault.Environment, fault.Of(err), "%v", err)
				return
			}
			x := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{2, 4, 8, 6}, Floats: make([]float32, 2*4*8*6)}
			out, err := e.Run(context.Background(), map[string]*trt.Value{"x": x})
			require.NoError(t, err)
			require.Len(t, out, len(n.Outputs()))
			for _, o := range n.Outputs() {
				require.Equal(t, o.Type, out[o.Name].Type)
				require.EqualValues(t, out[o.Name].Dims.Count(), len(out[o.Name].Floats)+len(out[o.Name].Ints))
			}
			require.NoError(t, e.Close())
		})
	}
}

func (s suite) sideBySide(t *testing.T) {
	ns := Networks(s.Target())
	got, errs := make([]bytes.Buffer, len(ns)), make([]error, len(ns))
	var wg sync.WaitGroup
	for i, n := range ns {
		wg.Go(func() { _, errs[i] = s.Build(context.Background(), n, configFor(n), &got[i]) })
	}
	wg.Wait()
	for i, n := range ns {
		require.NoError(t, errs[i])
		requireSame(t, n, s.build(t, n, configFor(n)), got[i].Bytes(), n.Name())
	}
}

func (s suite) profiles(t *testing.T) {
	n := Networks(s.Target())[2]
	one := s.build(t, n, trt.Config{Profiles: []trt.Profile{batches(1, 2, 4)}})
	two := s.build(t, n, trt.Config{Profiles: []trt.Profile{batches(1, 2, 4), batches(8, 8, 8)}})
	require.NotEqual(t, one, two)
	static := Networks(s.Target())[0]
	s.build(t, static, trt.Config{Profiles: []trt.Profile{batches(1, 1, 1)}})

	for says, c := range map[string]struct {
		n        *trt.Network
		profiles []trt.Profile
	}{
		"no optimization profile": {n, nil},
		"missing in profile 1":    {n, []trt.Profile{batches(1, 2, 4), {}}},
		"min <= opt <= max":       {n, []trt.Profile{batches(4, 2, 4)}},
		"static dimension 0":      {static, []trt.Profile{batches(1, 2, 4)}},
	} {
		s.fails(t, fault.Unsupported, says, c.n, trt.Config{Profiles: c.profiles})
	}
}

func (s suite) config(t *testing.T) {
	n := Networks(s.Target())[0]
	with, without := s.build(t, n, trt.Config{TF32: true}), s.build(t, n, trt.Config{})
	require.NotEqual(t, with, without, "the engine remembers whether TF32 is allowed")
	s.build(t, n, trt.Config{Workspace: 1 << 30})
}

func (s suite) progress(t *testing.T) {
	n := Networks(s.Target())[0]
	var phases []trt.Phase
	c := trt.Config{Progress: func(p trt.Phase) { phases = append(phases, p) }}
	require.Equal(t, s.build(t, n, trt.Config{}), s.build(t, n, c))
	require.NotEmpty(t, phases)
	for _, p := range phases {
		require.NotEmpty(t, p.Name)
		require.GreaterOrEqual(t, p.Step, 0)
		require.LessOrEqual(t, p.Step, p.Steps)
	}
}

func (s suite) cancel(t *testing.T) {
	n := Networks(s.Target())[0]
	want := s.build(t, n, trt.Config{})

	before, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Build(before, n, trt.Config{}, io.Discard)
	require.ErrorIs(t, err, context.Canceled)

	during, cancel := context.WithCancel(context.Background())
	_, err = s.Build(during, n, trt.Config{Progress: func(trt.Phase) { cancel() }}, io.Discard)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, fault.Cancelled, fault.Of(err))

	late, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	_, err = s.Build(late, n, trt.Config{}, io.Discard)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	require.Equal(t, want, s.build(t, n, trt.Config{}), "a cancelled build leaves nothing behind")
}

func (s suite) refusals(t *testing.T) {
	bad := Case{Op: trt.Softmax{Axis: 7}, Inputs: []trt.Info{f32(2, 3)}, Name: "bad"}.Network(s.Target())
	s.fails(t, fault.Unsupported, bad.Err().Error(), bad, trt.Config{})

	empty := trt.NewNetwork("empty", s.Target())
	s.fails(t, fault.Unsupported, "no output", empty, trt.Config{})

	norm := trt.NewNetwork("norm", s.Target())
	x := norm.AddInput("x", dtype.Float32, trt.Dims{1, 3, 4, 4})
	norm.MarkOutput(norm.AddBatchNorm("bn", x, trt.BatchNorm{Eps: 1e-5, Mean: values(dtype.Float32, 3), Var: values(dtype.Float32, 3)}), "y")
	require.NoError(t, norm.Validate())
	s.fails(t, fault.Unsupported, "bn", norm, trt.Config{})

	other := trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 10, Minor: 16}}
	if s.Target().Product == trt.Enterprise {
		other = trt.Target{}
	}
	s.fails(t, fault.Unsupported, other.Product.String(), Networks(other)[0], trt.Config{})

	gone := trt.NewNetwork("gone", s.Target())
	cause := fault.New(fault.BadInput, "", "the file shrank")
	gone.MarkOutput(gone.AddConstant("c", trt.NewWeights(trt.Dims{3}, unreadable{cause})), "y")
	s.fails(t, fault.BadInput, "the file shrank", gone, trt.Config{})
}

type unreadable struct{ err error }

func (u unreadable) ReadFloat32([]float32, int64) error { return u.err }

func (s suite) writer(t *testing.T) {
	full := errors.New("disk full")
	_, err := s.Build(context.Background(), Networks(s.Target())[0], trt.Config{}, failing{full})
	require.ErrorIs(t, err, full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// open asks no more than that an engine is what was built. A backend that needs
// a GPU to open engines says so.
func (s suite) open(t *testing.T) {
	n := Networks(s.Target())[1]
	raw := s.build(t, n, trt.Config{})
	e, err := s.Open(context.Background(), bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		require.Equal(t, fault.Environment, fault.Of(err), "%v", err)
		return
	}
	images := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{1, 3, 16, 16}, Floats: make([]float32, 3*16*16)}
	out, err := e.Run(context.Background(), map[string]*trt.Value{"images": images})
	require.NoError(t, err)
	require.Equal(t, []trt.TensorInfo{{Name: "images", Type: dtype.Float32, Dims: images.Dims}}, e.Inputs())
	require.Len(t, e.Outputs(), 2)
	for _, o := range e.Outputs() {
		require.Equal(t, o.Dims, out[o.Name].Dims)
		require.Len(t, out[o.Name].Floats, int(o.Dims.Count()))
	}
	require.NoError(t, e.Close())
	require.NoError(t, e.Close())

	for _, cut := range [][]byte{nil, raw[:len(raw)/2], append([]byte("junk"), raw...)} {
		_, err := s.Open(context.Background(), bytes.NewReader(cut), int64(len(cut)))
		require.Error(t, err)
		require.Equal(t, fault.BadInput, fault.Of(err), "%v", err)
	}
}

func (s suite) close(t *testing.T) {
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
}
