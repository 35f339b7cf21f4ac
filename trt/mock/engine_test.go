package mock_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// upTo is a profile for batches of 1 to n.
func upTo(n int64) trt.Config {
	at := func(batch int64) trt.Dims { return trt.Dims{batch, 2, 4, 4} }
	return trt.Config{Profiles: []trt.Profile{{"x": {Min: at(1), Opt: at(n), Max: at(n)}}}}
}

// One engine takes every batch of its profile, and what it computes of an image
// does not depend on those beside it.
func TestDynamicBatch(t *testing.T) {
	b := newBackend(t, trt.Target{}, nil)
	e := open(t, b, build(t, b, small(dtype.Float32, trt.Dynamic), upTo(6)))
	require.Equal(t, trt.Dims{trt.Dynamic, 2, 4, 4}, e.Inputs()[0].Dims)
	all, err := e.Run(t.Context(), input(dtype.Float32, 6))
	require.NoError(t, err)
	for _, batch := range []int64{1, 2, 5} {
		got, err := e.Run(t.Context(), input(dtype.Float32, batch))
		require.NoError(t, err)
		require.Equal(t, trt.Dims{batch, 3, 2, 2}, got["y"].Dims)
		require.Equal(t, all["y"].Floats[:batch*12], got["y"].Floats)
	}
	_, err = e.Run(t.Context(), input(dtype.Float32, 7))
	require.ErrorContains(t, err, "no optimization profile takes these inputs")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestWrongInputs(t *testing.T) {
	b := newBackend(t, trt.Target{}, nil)
	e := open(t, b, build(t, b, small(dtype.Float32, trt.Dynamic), upTo(4)))
	for _, c := range []struct {
		name, text string
		edit       func(in map[string]*trt.Value)
	}{
		{"missing", "input x: is missing", func(in map[string]*trt.Value) { delete(in, "x") }},
		{"nil", "input x: is missing", func(in map[string]*trt.Value) { in["x"] = nil }},
		{"another name", "input z: is no input of network small", func(in map[string]*trt.Value) { in["z"] = in["x"] }},
		{"name of an output", "input y: is no input of network small", func(in map[string]*trt.Value) { in["y"] = in["x"] }},
		{"type", "input x: has the wrong type: expected float32, found float16", func(in map[string]*trt.Value) { in["x"].Type = dtype.Float16 }},
		{"rank", "input x: has the wrong dimensions: expected [-1,2,4,4], found [1,2,16]", func(in map[string]*trt.Value) { in["x"].Dims = trt.Dims{1, 2, 16} }},
		{"static dimension", "input x is [1,2,2,8], allowed are [1,2,4,4]", func(in map[string]*trt.Value) { in["x"].Dims = trt.Dims{1, 2, 2, 8} }},
		{"empty", "input x is [0,2,4,4], allowed are [1,2,4,4]", func(in map[string]*trt.Value) { in["x"].Dims, in["x"].Floats = trt.Dims{0, 2, 4, 4}, nil }},
		{"beyond the profile", "input x is [5,2,4,4]", func(in map[string]*trt.Value) { in["x"].Dims = trt.Dims{5, 2, 4, 4} }},
		{"elements", "input x: has the wrong number of elements: expected 32, found 31", func(in map[string]*trt.Value) { in["x"].Floats = in["x"].Floats[1:] }},
		{"elements of another kind", "wrong number of elements: expected 32, found 0", func(in map[string]*trt.Value) { in["x"].Floats, in["x"].Ints = nil, make([]int64, 32) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := input(dtype.Float32, 1)
			c.edit(in)
			_, err := e.Run(t.Context(), in)
			require.ErrorContains(t, err, c.text)
			require.Equal(t, fault.BadInput, fault.Of(err))
		})
	}
}

// Runs at the same time do not see each other, and Close in their midst only
// ends what starts after it.
func TestConcurrentRuns(t *testing.T) {
	b := newBackend(t, trt.Target{}, nil)
	n := small(dtype.Float16, trt.Dynamic)
	e := open(t, b, build(t, b, n, upTo(8)))
	var all sync.WaitGroup
	for batch := int64(1); batch <= 8; batch++ {
		all.Go(func() {
			in := input(dtype.Float16, batch)
			want, err := refexec.Run(t.Context(), n, in, refexec.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			for range 20 {
				got, err := e.Run(t.Context(), in)
				if err != nil {
					t.Error(err)
					return
				}
				for i, v := range want["y"].Floats {
					if got["y"].Floats[i] != v {
						t.Errorf("batch %d: another output", batch)
						return
					}
				}
			}
		})
	}
	all.Wait()
	require.NoError(t, e.Close())
	_, err := e.Run(t.Context(), input(dtype.Float16, 1))
	require.ErrorContains(t, err, "closed")
	require.Equal(t, fault.Usage, fault.Of(err))
}

func TestCancelledRun(t *testing.T) {
	b := newBackend(t, trt.Target{}, nil)
	e := open(t, b, build(t, b, small(dtype.Float32, 1), trt.Config{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := e.Run(ctx, input(dtype.Float32, 1))
	require.ErrorIs(t, err, context.Canceled)
}
