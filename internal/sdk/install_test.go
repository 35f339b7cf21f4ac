package sdk

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// writeWheel writes a wheel with the given files and returns it.
func writeWheel(t *testing.T, files map[string]string) (wheel, string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		f, err := z.Create(name)
		require.NoError(t, err)
		_, err = f.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	sum := sha256.Sum256(b.Bytes())
	path := filepath.Join(t.TempDir(), "some-1.2.3-py3-none-any.whl")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return wheel{"some", "1.2.3", hex.EncodeToString(sum[:])}, path
}

var complete = map[string]string{
	"some_libs/libtensorrt_rtx.so.1":            "the library",
	"some_libs/libtensorrt_onnxparser_rtx.so.1": "the parser",
	"some-1.2.3.dist-info/LICENSE.txt":          "the licence",
}

func TestInstallWheel(t *testing.T) {
	w, file := writeWheel(t, complete)
	dir := filepath.Join(t.TempDir(), "deep", "sdk")
	got, err := w.install(context.Background(), dir, InstallOptions{Wheel: file})
	require.NoError(t, err)
	require.Equal(t, &Installed{
		Library: filepath.Join(dir, "lib", LibraryName), License: filepath.Join(dir, "lib", "LICENSE.txt"),
		Version: "1.2.3", Bytes: 11,
	}, got)
	text, err := os.ReadFile(got.License)
	require.NoError(t, err)
	require.Equal(t, "the licence", string(text))
	entries, err := os.ReadDir(filepath.Join(dir, "lib"))
	require.NoError(t, err)
	require.Len(t, entries, 4, "library, parser, licence, mark")
	entries, err = os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing temporary is left")

	again, err := w.install(context.Background(), dir, InstallOptions{Wheel: "/nowhere"})
	require.NoError(t, err)
	require.True(t, again.Already)

	require.NoError(t, os.Remove(got.Library))
	repaired, err := w.install(context.Background(), dir, InstallOptions{Wheel: file})
	require.NoError(t, err)
	require.Equal(t, got, repaired)
}

func TestInstallRefuses(t *testing.T) {
	w, file := writeWheel(t, complete)
	lacking, without := writeWheel(t, map[string]string{"x/LICENSE.txt": "the licence"})
	notWheel := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(notWheel, []byte("<html>"), 0o600))
	page := sha256.Sum256([]byte("<html>"))
	for _, c := range []struct {
		name string
		w    wheel
		file string
		says string
	}{
		{"another wheel", w, without, "expected " + w.sha256},
		{"no library", lacking, without, "has no libtensorrt_rtx.so.1 in it"},
		{"no zip", wheel{"some", "1.2.3", hex.EncodeToString(page[:])}, notWheel, "is no wheel"},
		{"no file", w, "/nowhere.whl", "cannot read the wheel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := c.w.install(context.Background(), dir, InstallOptions{Wheel: c.file})
			require.ErrorContains(t, err, c.says)
			require.Equal(t, fault.BadInput, fault.Of(err))
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
	t.Run("no place", func(t *testing.T) {
		_, err := w.install(context.Background(), filepath.Join(file, "sdk"), InstallOptions{Wheel: file})
		require.Equal(t, fault.Resources, fault.Of(err), "%v", err)
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := w.install(ctx, t.TempDir(), InstallOptions{Wheel: file})
		require.ErrorIs(t, err, context.Canceled)
	})
}

// fakePip puts a pip on the path that runs a shell script.
func fakePip(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700))
	t.Setenv("PATH", dir)
}

func TestInstallByPip(t *testing.T) {
	w, file := writeWheel(t, complete)
	for name, script := range map[string]string{
		"pip":     `test "$1 $9" = "download some==1.2.3" && /bin/cp '%s' "$8" && echo fetched >&2`,
		"python3": `test "$1 $2 $3 ${11}" = "-m pip download some==1.2.3" && /bin/cp '%s' "${10}" && echo fetched >&2`,
	} {
		t.Run(name, func(t *testing.T) {
			fakePip(t, name, fmt.Sprintf(script, file))
			var out bytes.Buffer
			got, err := w.install(context.Background(), t.TempDir(), InstallOptions{Out: &out})
			require.NoError(t, err)
			require.False(t, got.Already)
			require.Equal(t, "fetched\n", out.String())
		})
	}
	t.Run("fails", func(t *testing.T) {
		fakePip(t, "pip", "echo one >&2; echo no such package >&2; exit 1\n")
		_, err := w.install(context.Background(), t.TempDir(), InstallOptions{})
		require.Equal(t, fault.Environment, fault.Of(err))
		require.ErrorContains(t, err, "no such package; fetch the wheel elsewhere")
	})
	t.Run("is not there", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := w.install(context.Background(), t.TempDir(), InstallOptions{})
		require.Equal(t, fault.Environment, fault.Of(err))
		require.ErrorContains(t, err, "no pip")
	})
}

func TestPaths(t *testing.T) {
	t.Setenv("TRTBUILD_SDK_DIR", "/some/where")
	dir, err := LibraryDir()
	require.NoError(t, err)
	require.Equal(t, "/some/where/lib", dir)
}

func TestParseHeaders(t *testing.T) {
	rtx := "#define TRT_MAJOR_RTX 1\n#define TRT_MINOR_RTX 7\n#define TRT_PATCH_RTX 1\n#define NV_TENSORRT_MAJOR TRT_MAJOR_RTX //!< major\n#define NV_TENSORRT_LWS_MAJOR 0\n"
	require.Equal(t, Headers{"d", "TensorRT-RTX", "1.7.1"}, parseHeaders("d", rtx))
	old := "#define NV_TENSORRT_MAJOR 10 //!< major\n#define NV_TENSORRT_MINOR 3\n#define NV_TENSORRT_PATCH 0\n"
	require.Equal(t, Headers{"d", "TensorRT", "10.3.0"}, parseHeaders("d", old))
}
