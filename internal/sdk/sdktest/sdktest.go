// Package sdktest finds for tests what NVIDIA's part of the SDK and CMake's
// output hold. What is missing fails the test where everything must run, and is
// named in the skip elsewhere.
package sdktest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/trtbuild/trtbuild/internal/sdk"
)

// Library returns the path of the real TensorRT-RTX library.
func Library(t testing.TB) string {
	t.Helper()
	path := os.Getenv("TRTBUILD_TENSORRT_LIB")
	if path == "" {
		dir, err := sdk.LibraryDir()
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(dir, sdk.LibraryName)
	}
	return present(t, path, "make sdk")
}

// Double returns the path of the double of a family's library.
func Double(t testing.TB, family string) string {
	t.Helper()
	return present(t, filepath.Join(Root(t), "build", "fakenv", "libfakenv_"+family+".so"), "make native-tests")
}

// Plugins returns the path of a library of dynamic plugins for a family's library.
func Plugins(t testing.TB, family string) string {
	t.Helper()
	return present(t, filepath.Join(Root(t), "build", "fakenv", "libfakenv_plugins_dynamic_"+family+".so"), "make native-tests")
}

// Replay builds dumped networks through NVIDIA's own Python binding of the
// library that Library returns, and returns the engine of each directory.
func Replay(t testing.TB, dirs ...string) [][]byte {
	t.Helper()
	Python(t, filepath.Join("testdata", "gen", "replay.py"), dirs...)
	engines := make([][]byte, len(dirs))
	for i, dir := range dirs {
		engine, err := os.ReadFile(filepath.Join(dir, "binding.plan"))
		if err != nil {
			t.Fatal(err)
		}
		engines[i] = engine
	}
	return engines
}

// Python runs a script of the module's over NVIDIA's own binding of the library
// that Library returns.
func Python(t testing.TB, script string, args ...string) {
	t.Helper()
	dir, err := sdk.Dir()
	if err != nil {
		t.Fatal(err)
	}
	present(t, filepath.Join(dir, "oracle"), "make oracle")
	script = filepath.Join(Root(t), script)
	// Looked at, so that a cached result of the test does not outlive a change.
	present(t, script, "git checkout")
	python := exec.Command("python3", append([]string{script}, args...)...)
	python.Env = append(os.Environ(), "TRTBUILD_TENSORRT_LIB="+Library(t))
	if out, err := python.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", python, err, out)
	}
}

// Root returns the module's directory.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test's directory")
		}
		dir = filepath.Dir(dir)
	}
}

func present(t testing.TB, path, mend string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		Missing(t, "%v; run `%s`", err, mend)
	}
	return path
}

// Missing says that a test cannot run here: it fails it in CI and where
// TRTBUILD_REQUIRE_SDK is set.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" || os.Getenv("TRTBUILD_REQUIRE_SDK") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
