package native

import (
	"log/slog"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// The names of the backends of this package.
const (
	RTX      = "rtx"      // TensorRT-RTX
	TensorRT = "tensorrt" // TensorRT Enterprise
)

// ErrNotBuilt is returned by Open where this program cannot drive TensorRT.
var ErrNotBuilt error = fault.New(fault.Environment,
	"build trtbuild with `make`, or with cgo and -tags tensorrt", "this program was not built with TensorRT")

// Options of Open. Library is required.
type Options struct {
	Library string       // TensorRT's library: a path, or a name that the system's loader finds
	Bridge  string       // the shim, or a directory of shims; empty: found
	Log     *slog.Logger // what the library logs while it is opened; nil: dropped

	// Libraries of plugins, as trtexec takes them: paths, or names that the system's
	// loader finds. TensorRT-RTX takes none. Static ones register their plugins
	// themselves, when they are opened or, like TensorRT's own libnvinfer_plugin, by
	// initLibNvInferPlugins, and stay; dynamic ones export getCreators.
	StaticPlugins, DynamicPlugins []string
}

// Backend is a trt.Backend over an opened TensorRT library. It may be used by
// several goroutines at once, but the library serialises part of its compile
// inside a process.
type Backend interface {
	trt.Backend
	// Library describes what was opened.
	Library() Library
}

// Library describes an opened TensorRT library and its shim.
type Library struct {
	Path    string      `json:"path"` // the file that the loader really opened
	Product trt.Product `json:"-"`
	Version trt.Version `json:"version"`
	Shim    Shim        `json:"shim"`
	// Plugins are the libraries of plugins that were loaded.
	Plugins []trt.PluginLibrary `json:"plugins,omitempty"`
}

// Shim describes a shim that can be loaded.
type Shim struct {
	Family  string      `json:"family"`
	Source  string      `json:"source"`         // where it was found, in words
	Path    string      `json:"path,omitempty"` // empty when it came out of this program
	Headers trt.Version `json:"headers"`        // of the TensorRT it was compiled with
	Err     error       `json:"-"`              // why there is none
}
