package mock

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
)

// engine runs a mock plan on the CPU reference.
type engine struct {
	network  *trt.Network
	profiles []trt.Profile
	closed   atomic.Bool
}

// Open reads a mock plan of size bytes into memory. A plan for another product
// or version is refused, as TensorRT does.
func (b *Backend) Open(ctx context.Context, r io.ReaderAt, size int64) (trt.Engine, error) {
	if err := b.enter(ctx, PhaseOpen); err != nil {
		return nil, err
	}
	e, err := read(r, size)
	if err != nil {
		return nil, err
	}
	if t := e.network.Target(); t.Product != b.target.Product || t.Version != b.target.Version {
		return nil, fault.New(fault.Environment, "build the plan again with this backend", "mock plan is for %v %v, this backend stands for %v %v", t.Product, t.Version, b.target.Product, b.target.Version)
	}
	return e, nil
}

// Inputs describes the inputs in the order they were added.
func (e *engine) Inputs() []trt.TensorInfo { return infos(e.network.Inputs()) }

// Outputs describes the outputs in the order they were marked.
func (e *engine) Outputs() []trt.TensorInfo { return infos(e.network.Outputs()) }

func infos(ts []*trt.Tensor) []trt.TensorInfo {
	out := make([]trt.TensorInfo, len(ts))
	for i, t := range ts {
		out[i] = trt.TensorInfo{Name: t.Name, Type: t.Type, Dims: t.Dims}
	}
	return out
}

// Run computes the outputs. Dynamic dimensions must lie in one of the profiles.
func (e *engine) Run(ctx context.Context, in map[string]*trt.Value) (map[string]*trt.Value, error) {
	if e.closed.Load() {
		return nil, fault.New(fault.Usage, "", "mock engine is closed")
	}
	if err := trt.CheckInputs(e.profiles, in); err != nil {
		return nil, err
	}
	return refexec.Run(ctx, e.network, in, refexec.Options{})
}

// Close makes further runs fail. It is idempotent.
func (e *engine) Close() error {
	e.closed.Store(true)
	return nil
}
