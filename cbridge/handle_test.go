//go:build tensorrt && cgo

package cbridge

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
)

func library(t *testing.T, family, path string) *Library {
	t.Helper()
	api, err := Load(family, built(t))
	require.NoError(t, err)
	lib, err := api.OpenLibrary(path)
	require.NoError(t, err)
	t.Cleanup(lib.Free)
	return lib
}

func TestErrorsAreOwnedAndTyped(t *testing.T) {
	api, err := Load("rtx15", built(t))
	require.NoError(t, err)
	before := LiveHandles()
	for path, code := range map[string]Code{
		"":                         BadArgument,
		"/nowhere.so":              NoLibrary,
		"libc.so.6":                NotTensorRT,
		sdktest.Double(t, "trt11"): WrongFamily,
	} {
		_, err := api.OpenLibrary(path)
		var e *Error
		require.ErrorAs(t, err, &e, path)
		require.Equal(t, code, e.Code, "%v", err)
		require.Equal(t, PhaseLibrary, e.Phase)
		require.NotEmpty(t, e.Message)
	}
	require.Equal(t, before, LiveHandles())
}

func TestHandlesAreCountedAndFreedTwice(t *testing.T) {
	before := LiveHandles()
	lib := library(t, "rtx15", sdktest.Library(t))
	b, err := lib.NewBuilder(nil, Fatal)
	require.NoError(t, err)
	n, err := b.NewNetwork("net")
	require.NoError(t, err)
	c, err := b.NewConfig()
	require.NoError(t, err)
	p, err := b.NewProfile()
	require.NoError(t, err)
	require.Equal(t, before+5, LiveHandles())
	for range 2 {
		p.Free()
		c.Free()
		n.Free()
		b.Free()
		lib.Free()
	}
	require.Equal(t, before, LiveHandles())
	var none *Plan
	none.Free()
}

func TestRefusalHasTensorRTsWords(t *testing.T) {
	b, err := library(t, "rtx15", sdktest.Library(t)).NewBuilder(nil, Fatal)
	require.NoError(t, err)
	defer b.Free()
	n, err := b.NewNetwork("net")
	require.NoError(t, err)
	defer n.Free()
	x, err := n.AddInput("x", Float32, []int64{2, 3})
	require.NoError(t, err)
	require.Equal(t, []Tensor{{1, Float32, []int64{2, 3}}}, x)
	y, err := n.AddInput("y", Float16, []int64{2, 3})
	require.NoError(t, err)
	_, err = n.AddElementwise("sum", x[0].ID, y[0].ID, Add)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, Refused, e.Code)
	require.Equal(t, PhaseNetwork, e.Phase)
	require.Equal(t, "sum", e.Layer)
	require.Contains(t, e.Native, "must have same input types")
	require.NotContains(t, e.Native, "cudaError 35")

	_, err = n.AddInput("z", Float32, make([]int64, 9))
	require.ErrorAs(t, err, &e)
	require.Equal(t, BadArgument, e.Code, "a rank that C has no room for")
}

// tiny defines the least network that builds.
func tiny(t *testing.T, b *Builder) *Network {
	n, err := b.NewNetwork("tiny")
	require.NoError(t, err)
	t.Cleanup(n.Free)
	x, err := n.AddInput("x", Float32, []int64{1, 3})
	require.NoError(t, err)
	y, err := n.AddIdentity("copy", x[0].ID)
	require.NoError(t, err)
	require.NoError(t, n.MarkOutput("y", y[0].ID))
	return n
}

func TestPanicsOfCallbacksComeBack(t *testing.T) {
	lib := library(t, "rtx15", sdktest.Library(t))
	angry := false
	b, err := lib.NewBuilder(func(Severity, string) {
		if angry {
			panic("log")
		}
	}, Verbose)
	require.NoError(t, err)
	defer b.Free()
	n := tiny(t, b)
	c, err := b.NewConfig()
	require.NoError(t, err)
	defer c.Free()
	mood := "quiet"
	require.NoError(t, c.SetProgress(func(Progress) bool {
		if mood == "panic" {
			panic("progress")
		}
		return mood != "cancel"
	}))

	for _, who := range []string{"log", "progress"} {
		angry, mood = who == "log", map[string]string{"progress": "panic"}[who]
		_, err = n.Build(c)
		var p *PanicError
		require.ErrorAs(t, err, &p)
		require.Equal(t, who, p.Value)
		require.NotEmpty(t, p.Stack)
		if who == "log" {
			angry = false
			p, err := n.Build(c)
			require.NoError(t, err, "a panic is told once")
			require.NotEmpty(t, p.Bytes())
			p.Free()
		}
	}
	_, err = n.Build(c)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, Canceled, e.Code, "a cancelled config stays so")
}

func TestCancelFromAnotherGoroutine(t *testing.T) {
	b, err := library(t, "rtx15", sdktest.Library(t)).NewBuilder(nil, Fatal)
	require.NoError(t, err)
	defer b.Free()
	n := tiny(t, b)
	c, err := b.NewConfig()
	require.NoError(t, err)
	defer c.Free()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Cancel()
	}()
	<-done
	_, err = n.Build(c)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, Canceled, e.Code)
}
