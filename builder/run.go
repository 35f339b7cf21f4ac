package builder

import (
	"context"
	"time"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
)

// RunOptions of Run. The zero value runs in FP32.
type RunOptions struct {
	// Planned rounds every tensor as the precision plan types it.
	Planned bool
	// Tap and Timed are those of refexec.Options.
	Tap   func(name string, t *trt.Tensor, v *trt.Value)
	Timed func(l *trt.Layer, d time.Duration)
}

// Executed is the network that Run executes: Folded, or, when planned, Typed.
func (p *Prepared) Executed(planned bool) *trt.Network {
	if planned {
		return p.Typed
	}
	return p.Folded
}

// Run computes the network's outputs from its inputs, both by name, on the CPU
// reference. Dynamic dimensions must lie in one of the profiles.
func (p *Prepared) Run(ctx context.Context, in map[string]*trt.Value, o RunOptions) (map[string]*trt.Value, error) {
	if err := p.resident(); err != nil {
		return nil, err
	}
	if err := trt.CheckInputs(p.Built.Profiles, in); err != nil {
		return nil, err
	}
	return refexec.Run(ctx, p.Executed(o.Planned), in, refexec.Options{Tap: o.Tap, Timed: o.Timed})
}
