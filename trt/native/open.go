//go:build tensorrt && cgo

package native

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
)

// Compiled says that this program can drive TensorRT.
const Compiled = true

type backend struct {
	info    Library
	plugins []pluginLibrary

	mu      sync.Mutex
	lib     *cbridge.Library // nil once closed
	opening time.Duration    // spent in the library by Open; counted in the first build
	builds  sync.WaitGroup
}

// Open opens a TensorRT library with the shim that fits it and makes a builder
// on trial. Its errors are of kind fault.Environment.
func Open(o Options) (Backend, error) {
	start := time.Now()
	v, err := cbridge.LibraryVersion(o.Library)
	if err != nil {
		return nil, fault.New(fault.Environment, "", "cannot open TensorRT library: %w", err)
	}
	spent := time.Since(start)
	family := cbridge.Family(v)
	if family == "" {
		return nil, fault.New(fault.Environment, "use TensorRT 10, 11 or TensorRT-RTX 1.3 to 1.7", "%s is TensorRT %v, which no shim serves", o.Library, v)
	}
	api, err := cbridge.Load(family, o.Bridge)
	if err != nil {
		return nil, fault.New(fault.Environment, "", "%s is TensorRT %v: %w", o.Library, v, err)
	}
	start = time.Now()
	lib, err := api.OpenLibrary(o.Library)
	if err != nil {
		return nil, asError(err)
	}
	b := &backend{lib: lib, plugins: pluginLibraries(o)}
	trial, files, err := b.newBuilder(lib, o.Log)
	if err != nil {
		lib.Free()
		return nil, err
	}
	trial.Free()
	b.opening = spent + time.Since(start)
	info := lib.Info()
	b.info = Library{Path: info.Path, Version: trt.Version(info.Version), Shim: describe(api)}
	if b.info.Plugins, err = identify(files); err != nil {
		lib.Free()
		return nil, err
	}
	if !info.RTX {
		b.info.Product = trt.Enterprise
	}
	return b, nil
}

// Shims says for each ABI family where its shim comes from, or why there is
// none. override is as in Options.Bridge.
func Shims(override string) []Shim {
	var all []Shim
	for _, family := range cbridge.Families() {
		api, err := cbridge.Load(family, override)
		if err != nil {
			all = append(all, Shim{Family: family, Err: err})
			continue
		}
		all = append(all, describe(api))
	}
	return all
}

func describe(api *cbridge.API) Shim {
	return Shim{Family: api.Family, Source: string(api.Source), Path: api.Path, Headers: trt.Version(api.Headers)}
}

// Name returns "rtx" or "tensorrt".
func (b *backend) Name() string {
	if b.info.Product == trt.RTX {
		return RTX
	}
	return TensorRT
}

// Target returns the library's product and version.
func (b *backend) Target() trt.Target {
	return trt.Target{Product: b.info.Product, Version: b.info.Version}
}

// Library describes what was opened.
func (b *backend) Library() Library { return b.info }

// Open says why an engine cannot be loaded: running one needs a GPU, and this
// program has no way to one yet.
func (b *backend) Open(_ context.Context, r io.ReaderAt, size int64) (trt.Engine, error) {
	h, err := plan.Read(r, size)
	if err != nil {
		return nil, err
	}
	if h.Format == plan.Mock {
		return nil, fault.New(fault.Unsupported, "open it with the mock backend", "this is a plan of the mock, which no TensorRT loads")
	}
	return nil, fault.New(fault.Environment, "run the network on the CPU reference, or the engine on a machine with an NVIDIA GPU in a program of TensorRT's",
		"an engine (%s %v) runs on a GPU only", h.Format, h.Version)
}

// Close waits for running builds and releases the library's handle; the library
// itself stays mapped.
func (b *backend) Close() error {
	b.mu.Lock()
	lib := b.lib
	b.lib = nil
	b.mu.Unlock()
	b.builds.Wait()
	lib.Free()
	return nil
}

// enter keeps the library open for a build, which calls builds.Done at its end.
// The first build is told how long opening took.
func (b *backend) enter() (lib *cbridge.Library, opening time.Duration, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lib == nil {
		return nil, 0, errors.New("the backend is closed")
	}
	b.builds.Add(1)
	opening, b.opening = b.opening, 0
	return b.lib, opening, nil
}

// logTo passes the library's lines on, as far as the logger wants them.
func logTo(log *slog.Logger) (cbridge.LogFunc, cbridge.Severity) {
	if log == nil {
		return nil, cbridge.Fatal
	}
	level := cbridge.Fatal
	for severity := range levels {
		if log.Enabled(context.Background(), levels[severity]) {
			level = max(level, severity)
		}
	}
	return func(s cbridge.Severity, text string) {
		log.Log(context.Background(), levels[s], text, slog.String("source", "tensorrt"))
	}, level
}

var levels = map[cbridge.Severity]slog.Level{
	cbridge.Fatal: slog.LevelError, cbridge.Failure: slog.LevelError, cbridge.Warning: slog.LevelWarn,
	cbridge.Info: slog.LevelInfo, cbridge.Verbose: slog.LevelDebug,
}

// kinds says whose turn it is after a failure. A bad argument is ours: what the
// shim refuses, the rules of package trt should have.
var kinds = map[cbridge.Code]fault.Kind{
	cbridge.NoLibrary: fault.Environment, cbridge.NotTensorRT: fault.Environment, cbridge.WrongFamily: fault.Environment,
	cbridge.BadVersion: fault.Environment, cbridge.NoBuilder: fault.Environment, cbridge.NoPlugin: fault.Environment,
	cbridge.Unsupported: fault.Unsupported,
	cbridge.Refused:     fault.Backend, cbridge.OutOfMemory: fault.Resources,
}

// asError turns the raw binding's error into one of this package's, without a
// layer; other errors pass.
func asError(err error) error {
	var raw *cbridge.Error
	if !errors.As(err, &raw) {
		return err
	}
	e := &Error{Kind: kinds[raw.Code], Message: raw.Message, Native: raw.Native, Log: raw.Log}
	switch raw.Code {
	case cbridge.NoBuilder:
		e.Next = "TensorRT builds only where an NVIDIA driver is; TensorRT-RTX needs none: `trtbuild sdk install`"
	case cbridge.NoPlugin:
		e.Next = "name the library that registers it among the backend's plugins"
	case cbridge.OutOfMemory:
		e.Next = "free memory, or lower --workspace"
	case cbridge.Refused:
		if strings.Contains(raw.Native, "workspace limit") {
			e.Next = "raise --workspace"
		}
	case cbridge.ShimInternal:
		e.Message = "mistake in the shim: " + raw.Message
	}
	return e
}
