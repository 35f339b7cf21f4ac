package sdk

import (
	"os"
	"path/filepath"
)

// LibraryName is the file name of TensorRT-RTX's library.
const LibraryName = "libtensorrt_rtx.so.1"

// Dir is where headers and library are put: TRTBUILD_SDK_DIR, else trtbuild/sdk
// in the user's cache.
func Dir() (string, error) {
	if dir := os.Getenv("TRTBUILD_SDK_DIR"); dir != "" {
		return dir, nil
	}
	return inCache("sdk")
}

// LibraryDir is where the library and its licence are put.
func LibraryDir() (string, error) {
	dir, err := Dir()
	return filepath.Join(dir, "lib"), err
}

// BridgeDir is where shims are put for programs that do not carry them.
func BridgeDir() (string, error) { return inCache("bridge") }

func inCache(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "trtbuild", name), nil
}
