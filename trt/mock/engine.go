package mock

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
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
	if err := e.checkProfiles(in); err != nil {
		return nil, err
	}
	return refexec.Run(ctx, e.network, in, refexec.Options{})
}

// Close makes further runs fail. It is idempotent.
func (e *engine) Close() error {
	e.closed.Store(true)
	return nil
}

// checkProfiles leaves what is wrong with an input by itself to refexec.
func (e *engine) checkProfiles(in map[string]*trt.Value) error {
	if len(e.profiles) == 0 {
		return nil
	}
	var first error
	for i, p := range e.profiles {
		err := inside(p, in)
		if err == nil {
			return nil
		}
		if first == nil {
			first = fmt.Errorf("no optimization profile takes these inputs; profile %d: %w", i, err)
		}
	}
	return first
}

func inside(p trt.Profile, in map[string]*trt.Value) error {
	for _, name := range slices.Sorted(maps.Keys(p)) {
		r, v := p[name], in[name]
		if v == nil || len(v.Dims) != len(r.Min) {
			continue
		}
		for i, e := range v.Dims {
			if e < r.Min[i] || e > r.Max[i] {
				return fault.New(fault.BadInput, "", "input %s is %v, allowed are %v to %v", name, v.Dims, r.Min, r.Max)
			}
		}
	}
	return nil
}
