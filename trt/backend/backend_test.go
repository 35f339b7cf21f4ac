package backend

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/sdk"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/native"
)

// bare takes away all that a machine may say about libraries.
func bare(t *testing.T) {
	for _, name := range []string{"TRTBUILD_TENSORRT_LIB", "TENSORRT_ROOT", "TRTBUILD_BRIDGE"} {
		t.Setenv(name, "")
	}
	t.Setenv("TRTBUILD_SDK_DIR", t.TempDir())
}

func TestMockMustBeAskedFor(t *testing.T) {
	bare(t)
	b, err := Open(context.Background(), "mock", Options{})
	require.NoError(t, err)
	require.Equal(t, "mock", b.Name())
	require.NoError(t, b.Close())
	b, err = Open(context.Background(), "mock", Options{Target: trt.Target{ComputeCapabilities: []int{90}}})
	require.True(t, b == nil, "no backend at all, not one that is nil inside")
	require.Error(t, err)

	_, err = Open(context.Background(), Auto, Options{})
	require.Equal(t, fault.Environment, fault.Of(err))
	_, err = Open(context.Background(), "cuda", Options{})
	require.Equal(t, fault.Usage, fault.Of(err))
}

func TestSearchOrder(t *testing.T) {
	bare(t)
	sdkLib := filepath.Join(os.Getenv("TRTBUILD_SDK_DIR"), "lib", sdk.LibraryName)
	loader := []candidate{
		{"the loader's path", "libnvinfer.so.11"}, {"the loader's path", "libnvinfer.so.10"}, {"the loader's path", sdk.LibraryName},
	}
	cache := candidate{"the user's cache", sdkLib}
	require.Equal(t, append(loader, cache), candidates(Auto, ""))
	require.Equal(t, []candidate{loader[2], cache}, candidates(native.RTX, ""))
	require.Equal(t, loader[:2], candidates(native.TensorRT, ""))

	root := t.TempDir()
	t.Setenv("TENSORRT_ROOT", root)
	require.NoError(t, os.Mkdir(filepath.Join(root, "lib"), 0o700))
	ten := filepath.Join(root, "lib", "libnvinfer.so.10")
	require.NoError(t, os.WriteFile(ten, nil, 0o600))
	require.Equal(t, candidate{"TENSORRT_ROOT", ten}, candidates(Auto, "")[0])
	require.NotContains(t, candidates(native.RTX, ""), candidate{"TENSORRT_ROOT", ten})

	t.Setenv("TRTBUILD_TENSORRT_LIB", "/some/lib.so")
	require.Equal(t, []candidate{{"TRTBUILD_TENSORRT_LIB", "/some/lib.so"}}, candidates(Auto, ""))
	require.Equal(t, []candidate{{"asked for", "/other/lib.so"}}, candidates(Auto, "/other/lib.so"))
	require.Equal(t, []candidate{{"asked for", ten}}, candidates(Auto, filepath.Dir(ten)), "a directory")
	t.Chdir(filepath.Dir(ten))
	require.Equal(t, []candidate{{"asked for", "./libnvinfer.so.10"}}, candidates(Auto, "libnvinfer.so.10"), "a file here")
}

func TestNotFoundSaysWhyAndWhatMends(t *testing.T) {
	e := &NotFound{Backend: Auto, Attempts: []Attempt{{"the loader's path", "libnvinfer.so.11", native.ErrNotBuilt}}}
	require.Equal(t, fault.Environment, fault.Of(e))
	require.ErrorIs(t, e, native.ErrNotBuilt)
	require.ErrorContains(t, e, "libnvinfer.so.11 (the loader's path): ")
	require.ErrorContains(t, e, "trtbuild sdk install")
	require.ErrorContains(t, &NotFound{Backend: native.TensorRT}, "--trt-lib")
}

func TestDoctorOfABareMachine(t *testing.T) {
	bare(t)
	r, err := Doctor(context.Background(), Options{})
	require.NoError(t, err)
	require.Empty(t, r.Chosen)
	require.Len(t, r.Libraries, 4)
	for _, l := range r.Libraries {
		require.False(t, l.Usable)
		require.NotEmpty(t, l.Reason)
	}
	require.NotEmpty(t, r.Problems)
	require.Equal(t, Compiled(), r.Backends)
	require.Contains(t, r.Backends, "mock")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Doctor(ctx, Options{})
	require.ErrorIs(t, err, context.Canceled)
}
