package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/mock"
	"github.com/trtbuild/trtbuild/trt/native"
)

// Auto is the name that takes the first library that can build.
const Auto = "auto"

// Options of Open. The zero value finds what there is.
type Options struct {
	Library string       // a TensorRT library or a directory of them; empty: found
	Bridge  string       // a shim or a directory of them; empty: found
	Target  trt.Target   // what the mock stands for; the zero value is TensorRT-RTX
	Log     *slog.Logger // what libraries log while they are opened; nil: dropped

	// Libraries of plugins, for TensorRT Enterprise; see native.Options.
	StaticPlugins, DynamicPlugins []string
}

// Compiled names the backends that this program can have.
func Compiled() []string {
	if !native.Compiled {
		return []string{mock.Name}
	}
	return []string{native.RTX, native.TensorRT, mock.Name}
}

// Open opens the backend of a name: auto, rtx, tensorrt or mock. Errors of a
// missing or unfit library are of kind fault.Environment.
func Open(ctx context.Context, name string, o Options) (trt.Backend, error) {
	switch name {
	case mock.Name:
		b, err := mock.New(o.Target, mock.Options{})
		if err != nil {
			return nil, err // b would be a backend that is not nil
		}
		return b, nil
	case Auto, native.RTX, native.TensorRT:
	default:
		return nil, fault.New(fault.Usage, "use auto, rtx, tensorrt or mock", "there is no backend %q", name)
	}
	failed := &NotFound{Backend: name}
	for _, c := range candidates(name, o.Library) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := open(name, c, o)
		if err == nil {
			return b, nil
		}
		if errors.Is(err, native.ErrNotBuilt) {
			return nil, err
		}
		failed.Attempts = append(failed.Attempts, Attempt{c.source, c.path, err})
	}
	return nil, failed
}

func open(name string, c candidate, o Options) (native.Backend, error) {
	b, err := native.Open(native.Options{
		Library: c.path, Bridge: o.Bridge, Log: o.Log, StaticPlugins: o.StaticPlugins, DynamicPlugins: o.DynamicPlugins,
	})
	if err != nil {
		return nil, err
	}
	if name != Auto && name != b.Name() {
		product := b.Target().Product
		b.Close()
		return nil, fault.New(fault.Environment, "", "it is %v, not what backend %s asks for", product, name)
	}
	return b, nil
}

// NotFound says that no library serves.
type NotFound struct {
	Backend  string
	Attempts []Attempt
}

// Attempt is a library that was looked at.
type Attempt struct {
	Source string // where it came from, in words
	Path   string
	Err    error // why it does not serve
}

// Error lists the candidates with their reasons, one a line, and the next step.
func (e *NotFound) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "no usable TensorRT library for backend %s", e.Backend)
	for _, a := range e.Attempts {
		fmt.Fprintf(&b, "\n  %s (%s): %v", a.Path, a.Source, a.Err)
	}
	b.WriteString("\n" + e.next())
	return b.String()
}

func (e *NotFound) next() string {
	if e.Backend == native.TensorRT {
		return "install TensorRT and name its library with --trt-lib, or use TensorRT-RTX: `trtbuild sdk install`"
	}
	return "run `trtbuild sdk install`, which fetches TensorRT-RTX, or name a library with --trt-lib"
}

// Unwrap returns the reasons.
func (e *NotFound) Unwrap() []error {
	errs := make([]error, len(e.Attempts))
	for i, a := range e.Attempts {
		errs[i] = a.Err
	}
	return errs
}

// FaultKind is fault.Environment.
func (e *NotFound) FaultKind() fault.Kind { return fault.Environment }
