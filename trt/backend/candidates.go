package backend

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/trtbuild/trtbuild/internal/sdk"
	"github.com/trtbuild/trtbuild/trt/native"
)

// candidate is a library to try.
type candidate struct{ source, path string }

// sonames are the libraries by product, the newest first.
var sonames = []struct{ backend, name string }{
	{native.TensorRT, "libnvinfer.so.11"},
	{native.TensorRT, "libnvinfer.so.10"},
	{native.RTX, sdk.LibraryName},
}

// candidates lists what to try for a backend, the best first. named is the
// library that the caller asks for.
func candidates(backend, named string) []candidate {
	source := "asked for"
	if named == "" {
		named, source = os.Getenv("TRTBUILD_TENSORRT_LIB"), "TRTBUILD_TENSORRT_LIB"
	}
	if named != "" {
		return fromName(source, backend, named)
	}
	var all []candidate
	if root := os.Getenv("TENSORRT_ROOT"); root != "" {
		for _, dir := range []string{"lib", filepath.Join("lib", multiarch())} {
			all = append(all, inDir("TENSORRT_ROOT", backend, filepath.Join(root, dir))...)
		}
	}
	for _, s := range sonames {
		if serves(backend, s.backend) {
			all = append(all, candidate{"the loader's path", s.name})
		}
	}
	if dir, err := sdk.LibraryDir(); err == nil && serves(backend, native.RTX) {
		all = append(all, candidate{"the user's cache", filepath.Join(dir, sdk.LibraryName)})
	}
	return all
}

// fromName is the library a person names: a file, a directory of libraries, or
// a name for the system's loader.
func fromName(source, backend, named string) []candidate {
	st, err := os.Stat(named)
	if err == nil && st.IsDir() {
		if found := inDir(source, backend, named); len(found) > 0 {
			return found
		}
		return []candidate{{source, filepath.Join(named, sdk.LibraryName)}}
	}
	if err == nil && !strings.ContainsRune(named, filepath.Separator) {
		named = "./" + named // a file here, where the loader would not look
	}
	return []candidate{{source, named}}
}

func inDir(source, backend, dir string) []candidate {
	var all []candidate
	for _, s := range sonames {
		path := filepath.Join(dir, s.name)
		if _, err := os.Stat(path); err == nil && serves(backend, s.backend) {
			all = append(all, candidate{source, path})
		}
	}
	return all
}

func serves(asked, has string) bool { return asked == Auto || asked == has }

// multiarch is Debian's name of the machine, below whose directory its packages
// put libraries.
func multiarch() string {
	if runtime.GOARCH == "arm64" {
		return "aarch64-linux-gnu"
	}
	return "x86_64-linux-gnu"
}
