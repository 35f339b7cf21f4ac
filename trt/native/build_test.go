//go:build tensorrt && cgo

package native

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// small is one convolution with an activation.
func small(target trt.Target) *trt.Network {
	n := trt.NewNetwork("small", target)
	x := n.AddInput("images", dtype.Float32, trt.Dims{1, 3, 16, 16})
	w := make(trt.Float32s, 8*3*9)
	for i := range w {
		w[i] = float32(i%7) - 3
	}
	y := n.AddConvolution("stem/conv", x, trt.Convolution{
		OutChannels: 8, Kernel: trt.Dims{3, 3}, Weight: trt.NewWeights(trt.Dims{8, 3, 3, 3}, w),
	})
	n.MarkOutput(n.AddActivation("stem/relu", y, trt.Activation{Type: trt.ReLU}), "features")
	return n
}

// plain is a network that the double understands: it infers no shapes.
func plain(target trt.Target) *trt.Network {
	n := trt.NewNetwork("plain", target)
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3, 4, 4})
	n.MarkOutput(n.AddActivation("act", x, trt.Activation{Type: trt.LeakyReLU, Alpha: 0.5}), "y")
	return n
}

func TestLibraryIsDescribed(t *testing.T) {
	b := open(t)
	require.Equal(t, RTX, b.Name())
	require.Equal(t, trt.RTX, b.Target().Product)
	require.Equal(t, trt.Version{Major: 1, Minor: 7, Patch: 1, Build: 116}, b.Target().Version)
	l := b.Library()
	require.True(t, strings.HasSuffix(l.Path, "libtensorrt_rtx.so.1"), l.Path)
	require.Equal(t, "rtx15", l.Shim.Family)
	require.NotEmpty(t, l.Shim.Source)
}

func TestEngineIsForTheTarget(t *testing.T) {
	b := open(t)
	target := b.Target()
	target.ComputeCapabilities = []int{86, 120}
	var out bytes.Buffer
	_, err := b.Build(context.Background(), small(target), trt.Config{}, &out)
	require.NoError(t, err)
	h, err := plan.Read(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Equal(t, []int{86, 120}, h.ComputeCapabilities)
	require.Equal(t, b.Target().Version, h.Version)
}

func TestOpeningIsCountedOnce(t *testing.T) {
	b := open(t)
	require.Positive(t, b.opening)
	opening := b.opening
	first, err := b.Build(context.Background(), small(b.Target()), trt.Config{}, io.Discard)
	require.NoError(t, err)
	require.Greater(t, first.Library, opening)
	require.Zero(t, b.opening)
}

func TestWorkspaceTooSmall(t *testing.T) {
	b := open(t)
	_, err := b.Build(context.Background(), small(b.Target()), trt.Config{Workspace: 1 << 20}, io.Discard)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, fault.Backend, fault.Of(err))
	require.Equal(t, "small", e.Network)
	require.Contains(t, e.Native, "workspace limit")
	require.Contains(t, e.Next, "--workspace")
	require.NotContains(t, e.Native, "cudaError 35")
}

func TestLogGoesToTheLogger(t *testing.T) {
	b := open(t)
	for level, talkative := range map[slog.Level]bool{slog.LevelDebug: true, slog.LevelError: false} {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level}))
		_, err := b.Build(context.Background(), small(b.Target()), trt.Config{Log: logger}, io.Discard)
		require.NoError(t, err)
		require.Equal(t, talkative, strings.Contains(log.String(), "source=tensorrt"), log.String())
	}
}

// TensorRT asks for a monitor that several of its threads may call at once.
func TestProgressOfManyThreads(t *testing.T) {
	const threads, steps = 8, 500
	told := 0
	report := progress(context.Background(), func(trt.Phase) { told++ })
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			for range steps {
				report(cbridge.Progress{Event: cbridge.Start, Phase: string(rune('a' + i)), Steps: steps})
			}
		})
	}
	all.Wait()
	require.Equal(t, threads*steps, told)
}

func TestPanicOfProgressComesBack(t *testing.T) {
	b := open(t)
	_, err := b.Build(context.Background(), small(b.Target()), trt.Config{Progress: func(trt.Phase) { panic("boom") }}, io.Discard)
	var p *cbridge.PanicError
	require.ErrorAs(t, err, &p)
	require.Equal(t, "boom", p.Value)
	require.Contains(t, string(p.Stack), "TestPanicOfProgressComesBack")
	require.Equal(t, fault.Bug, fault.Of(err))
}

func TestOpenSaysWhatItNeeds(t *testing.T) {
	b := open(t)
	var out bytes.Buffer
	_, err := b.Build(context.Background(), small(b.Target()), trt.Config{}, &out)
	require.NoError(t, err)
	_, err = b.Open(context.Background(), bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.Equal(t, fault.Environment, fault.Of(err))
	require.ErrorContains(t, err, "GPU")

	mock := []byte(plan.MockMagic + strings.Repeat(" ", 64))
	_, err = b.Open(context.Background(), bytes.NewReader(mock), int64(len(mock)))
	require.Equal(t, fault.Unsupported, fault.Of(err))

	_, err = b.Open(context.Background(), strings.NewReader("junk"), 4)
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestLibrariesThatCannotServe(t *testing.T) {
	for _, c := range []struct {
		name, library string
		env           map[string]string
		says          string
	}{
		{"missing file", "/nowhere/libtensorrt_rtx.so.1", nil, "cannot open shared object file"},
		{"no TensorRT", "libc.so.6", nil, "not a TensorRT library"},
		{"too new", sdktest.Double(t, "rtx15"), map[string]string{"FAKENV_VERSION": "10900"}, "TensorRT 1.9.0.42, which no shim serves"},
		{"too old", sdktest.Double(t, "trt11"), map[string]string{"FAKENV_VERSION": "8601"}, "TensorRT 8.6.1.42, which no shim serves"},
		{"no driver", sdktest.Double(t, "trt11"), map[string]string{"FAKENV_BUILDER": "null"}, "CUDA initialization failure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			_, err := Open(Options{Library: c.library})
			require.Error(t, err)
			require.Equal(t, fault.Environment, fault.Of(err), "%v", err)
			require.ErrorContains(t, err, c.says)
		})
	}
}

// TestEnterprise builds with the double of another product, as a real one needs
// a GPU.
func TestEnterprise(t *testing.T) {
	b, err := Open(Options{Library: sdktest.Double(t, "trt11")})
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, TensorRT, b.Name())
	require.Equal(t, trt.Enterprise, b.Target().Product)
	var out bytes.Buffer
	info, err := b.Build(context.Background(), plain(b.Target()), trt.Config{}, &out)
	require.NoError(t, err)
	require.EqualValues(t, out.Len(), info.Bytes)
	require.Equal(t, 11, info.Version.Major)

	_, err = b.Build(context.Background(), plain(trt.Target{}), trt.Config{}, io.Discard)
	require.Equal(t, fault.Unsupported, fault.Of(err), "a network for the other product")
	target := b.Target()
	target.ComputeCapabilities = []int{90}
	_, err = b.Build(context.Background(), plain(target), trt.Config{}, io.Discard)
	require.Equal(t, fault.Unsupported, fault.Of(err), "%v", err)
	require.ErrorContains(t, err, "GPU at hand")
}

func TestDouble(t *testing.T) {
	b, err := Open(Options{Library: sdktest.Double(t, "rtx15")})
	require.NoError(t, err)
	defer b.Close()
	build := func(ctx context.Context, c trt.Config) error {
		_, err := b.Build(ctx, plain(b.Target()), c, io.Discard)
		return err
	}
	t.Run("a setter keeps its value", func(t *testing.T) {
		t.Setenv("FAKENV_KEEP", "setAlpha")
		err := build(context.Background(), trt.Config{})
		require.Equal(t, fault.Backend, fault.Of(err))
		require.EqualError(t, err, "network plain: layer act (activation): TensorRT did not take the alpha")
	})
	t.Run("out of memory", func(t *testing.T) {
		t.Setenv("FAKENV_BUILD", "oom")
		err := build(context.Background(), trt.Config{})
		require.Equal(t, fault.Resources, fault.Of(err), "%v", err)
	})
	t.Run("no reason given", func(t *testing.T) {
		t.Setenv("FAKENV_BUILD", "silent")
		err := build(context.Background(), trt.Config{})
		require.Equal(t, fault.Backend, fault.Of(err), "%v", err)
	})
	t.Run("a cancel that comes too late counts", func(t *testing.T) {
		t.Setenv("FAKENV_BUILD", "deaf")
		ctx, cancel := context.WithCancelCause(context.Background())
		err := build(ctx, trt.Config{Progress: func(trt.Phase) { cancel(errors.New("enough")) }})
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("progress from a thread of the library's", func(t *testing.T) {
		t.Setenv("FAKENV_BUILD", "thread")
		var phases []trt.Phase
		require.NoError(t, build(context.Background(), trt.Config{Progress: func(p trt.Phase) { phases = append(phases, p) }}))
		require.Equal(t, []trt.Phase{
			{Name: "Building engine", Steps: 2},
			{Name: "Optimizing graph", Steps: 3},
			{Name: "Optimizing graph", Step: 1, Steps: 3},
			{Name: "Optimizing graph", Step: 2, Steps: 3},
			{Name: "Optimizing graph", Step: 3, Steps: 3},
			{Name: "Building engine", Step: 1, Steps: 2},
			{Name: "Optimizing graph", Steps: 3},
			{Name: "Optimizing graph", Step: 1, Steps: 3},
			{Name: "Optimizing graph", Step: 2, Steps: 3},
			{Name: "Optimizing graph", Step: 3, Steps: 3},
			{Name: "Building engine", Step: 2, Steps: 2},
		}, phases)
	})
}

func TestClosedBackendBuildsNothing(t *testing.T) {
	b, err := Open(Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	require.NoError(t, b.Close())
	_, err = b.Build(context.Background(), small(b.Target()), trt.Config{}, io.Discard)
	require.ErrorContains(t, err, "closed")
}

func TestShims(t *testing.T) {
	shims := Shims("")
	require.Len(t, shims, 4)
	found := map[string]bool{}
	for _, s := range shims {
		found[s.Family] = s.Err == nil
	}
	require.True(t, found["rtx15"])
}
