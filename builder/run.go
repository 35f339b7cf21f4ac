package builder

import (
	"context"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
)

// Run computes the network's outputs from its inputs, both by name, on the CPU
// reference: in FP32, or, when planned, with every tensor rounded as the
// precision plan types it.
func (p *Prepared) Run(ctx context.Context, planned bool, in map[string]*trt.Value) (map[string]*trt.Value, error) {
	if err := p.resident(); err != nil {
		return nil, err
	}
	net := p.Folded
	if planned {
		net = p.Typed
	}
	return refexec.Run(ctx, net, in, refexec.Options{})
}
