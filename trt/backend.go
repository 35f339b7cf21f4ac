package trt

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Backend turns networks into engines. The real one drives TensorRT; the mock
// serves development and tests.
type Backend interface {
	// Name is "rtx", "tensorrt" or "mock".
	Name() string
	// Target is the product and version the backend builds for.
	Target() Target
	// Build writes the engine of n to w. It returns the context's error when
	// cancelled; nothing of a failed build is of use.
	Build(ctx context.Context, n *Network, c Config, w io.Writer) (BuildInfo, error)
	// Open loads an engine to run it.
	Open(ctx context.Context, r io.ReaderAt, size int64) (Engine, error)
	// Close releases the backend. It is idempotent.
	Close() error
}

// Engine runs a built network.
type Engine interface {
	Inputs() []TensorInfo
	Outputs() []TensorInfo
	Run(ctx context.Context, in map[string]*Value) (map[string]*Value, error)
	Close() error
}

// Config is what a build needs beyond the network. Its JSON is the part that
// shapes the engine.
type Config struct {
	Profiles  []Profile    `json:"profiles"`
	Workspace int64        `json:"workspace"` // bytes of scratch memory for each layer at most; 0: the library's default
	TF32      bool         `json:"tf32"`      // float32 convolutions and products may round their inputs to TF32
	Log       *slog.Logger `json:"-"`
	Progress  func(Phase)  `json:"-"` // called from any goroutine, one call at a time; may be nil
}

// Phase is a step of the library's build.
type Phase struct {
	Name  string // the library's own words
	Step  int
	Steps int
}

// BuildInfo describes a finished build.
type BuildInfo struct {
	Bytes   int64
	SHA256  [32]byte
	Version Version
	Library time.Duration   // spent in the library's own calls: opening, builder, build
	Plugins []PluginLibrary // that the backend has loaded; nil for a network without plugins
}

// PluginLibrary identifies a library of plugins. File is its base name.
type PluginLibrary struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// TensorInfo describes an input or output of an engine.
type TensorInfo struct {
	Name string     `json:"name"`
	Type dtype.Type `json:"dtype"`
	Dims Dims       `json:"dims"`
}

// Value is a tensor in memory. Floats holds the elements of floating-point
// types as float32; Ints those of integers and, as 0 and 1, of bools. Row-major.
type Value struct {
	Type   dtype.Type
	Dims   Dims
	Floats []float32
	Ints   []int64
}
