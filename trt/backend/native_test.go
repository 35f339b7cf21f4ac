//go:build tensorrt && cgo

package backend

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/sdk"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/native"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if n := cbridge.LiveHandles(); n != 0 {
		fmt.Fprintf(os.Stderr, "%d handles of the shim were never freed\n", n)
		code = 1
	}
	os.Exit(code)
}

func TestAutoFindsTheInstalledLibrary(t *testing.T) {
	real := sdktest.Library(t)
	bare(t)
	dir := filepath.Join(os.Getenv("TRTBUILD_SDK_DIR"), "lib")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.Symlink(real, filepath.Join(dir, sdk.LibraryName)))
	b, err := Open(context.Background(), Auto, Options{})
	require.NoError(t, err)
	require.Equal(t, native.RTX, b.Name())
	require.NoError(t, b.Close())

	r, err := Doctor(context.Background(), Options{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Chosen)
	require.Empty(t, r.Problems)
	last := r.Libraries[len(r.Libraries)-1]
	require.Equal(t, filepath.Join(dir, sdk.LibraryName), last.Path)
	require.Equal(t, "TensorRT-RTX", last.Product)
	require.Equal(t, "1.7.1.116", last.Library.Version.String())
}

// TestAutoTriesTheNext has an Enterprise library without a driver before an RTX
// one: doubles of both, below a TENSORRT_ROOT.
func TestAutoTriesTheNext(t *testing.T) {
	rtx, enterprise := sdktest.Library(t), sdktest.Double(t, "trt11")
	bare(t)
	root := t.TempDir()
	lib := filepath.Join(root, "lib")
	require.NoError(t, os.Mkdir(lib, 0o700))
	require.NoError(t, os.Symlink(enterprise, filepath.Join(lib, "libnvinfer.so.11")))
	require.NoError(t, os.Symlink(rtx, filepath.Join(lib, sdk.LibraryName)))
	t.Setenv("TENSORRT_ROOT", root)

	b, err := Open(context.Background(), Auto, Options{})
	require.NoError(t, err)
	require.Equal(t, trt.Enterprise, b.Target().Product, "with a driver the first is taken")
	require.NoError(t, b.Close())

	t.Setenv("FAKENV_BUILDER", "null")
	b, err = Open(context.Background(), Auto, Options{})
	require.NoError(t, err)
	require.Equal(t, trt.RTX, b.Target().Product)
	require.NoError(t, b.Close())

	_, err = Open(context.Background(), native.TensorRT, Options{})
	var none *NotFound
	require.ErrorAs(t, err, &none)
	require.Equal(t, filepath.Join(lib, "libnvinfer.so.11"), none.Attempts[0].Path)
	require.ErrorContains(t, none.Attempts[0].Err, "CUDA initialization failure")
}

func TestNamedLibraryIsTakenOrRefused(t *testing.T) {
	rtx, enterprise := sdktest.Library(t), sdktest.Double(t, "trt11")
	bare(t)
	t.Setenv("TRTBUILD_TENSORRT_LIB", rtx)
	for _, c := range []struct{ name, library, says string }{
		{Auto, "/nowhere.so", "/nowhere.so (asked for): cannot open TensorRT library"},
		{native.TensorRT, rtx, "it is TensorRT-RTX, not what backend tensorrt asks for"},
		{native.RTX, enterprise, "it is TensorRT, not what backend rtx asks for"},
		{native.TensorRT, "", "(TRTBUILD_TENSORRT_LIB): it is TensorRT-RTX"},
	} {
		_, err := Open(context.Background(), c.name, Options{Library: c.library})
		require.Equal(t, fault.Environment, fault.Of(err))
		require.ErrorContains(t, err, c.says)
		var none *NotFound
		require.ErrorAs(t, err, &none)
		require.Len(t, none.Attempts, 1, "nothing else is tried")
	}
}

// TestPluginsReachTheLibrary: a library that takes none of the plugins is passed
// over.
func TestPluginsReachTheLibrary(t *testing.T) {
	rtx, enterprise, plugins := sdktest.Library(t), sdktest.Double(t, "trt11"), sdktest.Plugins(t, "trt11")
	bare(t)
	b, err := Open(context.Background(), Auto, Options{Library: enterprise, DynamicPlugins: []string{plugins}})
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, filepath.Base(plugins), b.(native.Backend).Library().Plugins[0].File)
	for library, says := range map[string]string{rtx: "TensorRT-RTX has no plugins", enterprise: "/nowhere.so: cannot open shared object file"} {
		_, err := Open(context.Background(), Auto, Options{Library: library, StaticPlugins: []string{"/nowhere.so"}})
		require.ErrorContains(t, err, says)
		require.Equal(t, fault.Environment, fault.Of(err))
	}
}

func TestVersionThatNoShimServes(t *testing.T) {
	double := sdktest.Double(t, "rtx15")
	bare(t)
	t.Setenv("FAKENV_VERSION", "10900")
	_, err := Open(context.Background(), Auto, Options{Library: double})
	require.Equal(t, fault.Environment, fault.Of(err))
	require.ErrorContains(t, err, "TensorRT 1.9.0.42, which no shim serves")
}
