//go:build tensorrt && cgo

package cbridge

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if n := LiveHandles(); n != 0 {
		fmt.Fprintf(os.Stderr, "%d handles of the shim were never freed\n", n)
		code = 1
	}
	os.Exit(code)
}

// built returns CMake's directory of shims.
func built(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(sdktest.Root(t), "build", "bridge")
	if _, err := os.Stat(filepath.Join(dir, FileName("rtx15"))); err != nil {
		sdktest.Missing(t, "%v; run `make bridge`", err)
	}
	return dir
}

func code(t *testing.T, family string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(built(t), FileName(family)))
	require.NoError(t, err)
	return b
}

func TestOverride(t *testing.T) {
	dir := built(t)
	file := filepath.Join(dir, FileName("rtx15"))
	for _, override := range []string{dir, file} {
		api, err := Load("rtx15", override)
		require.NoError(t, err)
		require.Equal(t, Override, api.Source)
		require.Equal(t, file, api.Path)
		require.Equal(t, "rtx15", api.Family)
		require.Equal(t, 1, api.Headers.Major)
		again, err := Load("rtx15", override)
		require.NoError(t, err)
		require.Same(t, api, again)
	}
	t.Setenv("TRTBUILD_BRIDGE", dir)
	api, err := find("trt11", "")
	require.NoError(t, err)
	require.Equal(t, Override, api.Source)
}

func TestWrongShim(t *testing.T) {
	wrong := filepath.Join(built(t), FileName("trt11"))
	for override, says := range map[string]string{
		wrong:              "is of family trt11, asked for was rtx15",
		"/nowhere/shim.so": "cannot open shared object file",
		"libc.so.6":        "not a shim of this project",
		t.TempDir():        "cannot open shared object file",
	} {
		_, err := Load("rtx15", override)
		require.Equal(t, fault.Environment, fault.Of(err))
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "TRTBUILD_BRIDGE")
	}
}

func TestNoShimAnywhere(t *testing.T) {
	t.Setenv("TRTBUILD_BRIDGE", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	_, err := find("none", "")
	require.Equal(t, fault.Environment, fault.Of(err))
	for _, place := range []Source{Embedded, Executable, Cache} {
		require.ErrorContains(t, err, string(place)+": ")
	}
	require.ErrorContains(t, err, "make bridge")
}

// TestMemory loads several shims from memory: had a descriptor been closed, the
// second would be taken for the first.
func TestMemory(t *testing.T) {
	for _, family := range []string{"rtx15", "trt11", "rtx14"} {
		api, err := openMemory(family, code(t, family))
		require.NoError(t, err)
		require.Equal(t, family, api.Family)
		require.Empty(t, api.Path)
	}
	_, err := openMemory("rtx15", []byte("no library"))
	require.Error(t, err)
}

func TestFileWhereThereIsNoMemory(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	noMemfd := func(string, []byte) (*API, error) { return nil, errors.New("memfd_create: function not implemented") }
	api, err := openCode("rtx15", code(t, "rtx15"), noMemfd)
	require.NoError(t, err)
	require.FileExists(t, api.Path)

	t.Setenv("XDG_CACHE_HOME", os.DevNull)
	_, err = openCode("rtx15", code(t, "rtx15"), noMemfd)
	require.ErrorContains(t, err, "from memory: memfd_create")
	require.ErrorContains(t, err, "from a file: ")
}

func TestUnpack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "trtbuild", "bridge")
	so := code(t, "rtx15")
	path, err := unpack(dir, "rtx15", so)
	require.NoError(t, err)
	api, err := open(path, "rtx15")
	require.NoError(t, err)
	require.Equal(t, "rtx15", api.Family)
	before, err := os.Stat(path)
	require.NoError(t, err)

	again, err := unpack(dir, "rtx15", so)
	require.NoError(t, err)
	require.Equal(t, path, again)
	after, err := os.Stat(path)
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "what is there is used")

	// Not in place: the file is mapped.
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.WriteFile(path, []byte("tampered with"), 0o700))
	_, err = unpack(dir, "rtx15", so)
	require.NoError(t, err)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, so, got)
}

func TestCachedShimMustBePrivate(t *testing.T) {
	t.Setenv("TRTBUILD_BRIDGE", "")
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	dir := filepath.Join(cache, "trtbuild", "bridge")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	path := filepath.Join(dir, FileName("rtx15"))
	require.NoError(t, os.WriteFile(path, code(t, "rtx15"), 0o700))
	api, err := openCached("rtx15")
	require.NoError(t, err)
	require.Equal(t, path, api.Path)

	for _, p := range []string{dir, path} {
		require.NoError(t, os.Chmod(p, 0o777))
		_, err = openCached("rtx15")
		require.ErrorContains(t, err, p+" may be written by others")
		require.NoError(t, os.Chmod(p, 0o700))
	}
	require.NoError(t, os.Rename(path, path+".real"))
	require.NoError(t, os.Symlink(path+".real", path))
	_, err = openCached("rtx15")
	require.ErrorContains(t, err, "symbolic link")
	if os.Geteuid() == 0 {
		require.NoError(t, os.Remove(path))
		require.NoError(t, os.Rename(path+".real", path))
		require.NoError(t, os.Chown(path, 12345, 12345))
		_, err = openCached("rtx15")
		require.ErrorContains(t, err, "belongs to user 12345")
	}
}

func TestFamilies(t *testing.T) {
	require.Equal(t, []string{"rtx14", "rtx15", "trt10", "trt11"}, Families())
	for version, family := range map[Version]string{
		{1, 2, 9, 0}: "", {1, 3, 0, 0}: "rtx14", {1, 4, 99, 0}: "rtx14", {1, 5, 0, 0}: "rtx15", {1, 7, 1, 116}: "rtx15", {1, 8, 0, 0}: "",
		{8, 6, 1, 0}: "", {10, 0, 1, 0}: "trt10", {10, 8, 0, 0}: "trt10", {11, 4, 0, 0}: "trt11", {12, 0, 0, 0}: "",
	} {
		require.Equal(t, family, Family(version), "%v", version)
	}
}

func TestLibraryVersion(t *testing.T) {
	v, err := LibraryVersion(sdktest.Library(t))
	require.NoError(t, err)
	require.Equal(t, "1.7.1.116", v.String())
	_, err = LibraryVersion("libc.so.6")
	require.ErrorContains(t, err, "not a TensorRT library")
}
