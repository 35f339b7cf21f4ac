package mock

import (
	"context"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// Name is the backend's name and the one to ask for it by; nothing chooses it
// unasked.
const Name = "mock"

// Options of New. The zero value is a backend without faults.
type Options struct {
	// Fault, when set, is asked at the start of each phase, PhaseWrite and
	// PhaseOpen included; the error it returns is what the phase fails with.
	Fault func(phase string) error
}

// Backend implements trt.Backend. It may be used by several goroutines at once.
type Backend struct {
	target trt.Target
	fault  func(phase string) error
}

var _ trt.Backend = (*Backend)(nil)

// New returns a backend that stands for the TensorRT of target. It returns the
// error of resolving target.
func New(target trt.Target, o Options) (*Backend, error) {
	target, err := target.Resolve()
	if err != nil {
		return nil, err
	}
	return &Backend{target: target, fault: o.Fault}, nil
}

// Name returns "mock".
func (b *Backend) Name() string { return Name }

// Target returns the target given to New, resolved.
func (b *Backend) Target() trt.Target { return b.target }

// Close has nothing to release.
func (b *Backend) Close() error { return nil }

// OutOfMemory returns what a library that runs out of memory fails with, for
// Options.Fault.
func OutOfMemory() error {
	return fault.New(fault.Resources, "build on a machine with more memory", "mock: out of memory")
}

// VersionMismatch returns what fails when a library of another version is
// found than was wanted, for Options.Fault.
func VersionMismatch(wanted, found trt.Version) error {
	return fault.New(fault.Environment, "install the version that was asked for", "mock: library has version %v, expected %v", found, wanted)
}

// enter begins a phase: the context's error goes before an injected one.
func (b *Backend) enter(ctx context.Context, phase string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if b.fault == nil {
		return nil
	}
	return b.fault(phase)
}
