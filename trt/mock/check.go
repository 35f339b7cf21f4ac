package mock

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// convolutionScratch is the scratch memory below which TensorRT-RTX 1.7 finds
// no tactic for a convolution: it refused 1 MiB and asks for about 8.
const convolutionScratch = 8 << 20

// check refuses what the target's TensorRT would refuse, before or during its
// build.
func (b *Backend) check(n *trt.Network, c trt.Config) error {
	if err := n.Validate(); err != nil {
		return err
	}
	if got := n.Target().Product; got != b.target.Product {
		return fault.New(fault.Unsupported, "record the network for the backend's target", "network %s is for %v, this backend stands for %v", n.Name(), got, b.target.Product)
	}
	if err := n.CheckProfiles(c.Profiles); err != nil {
		return err
	}
	for l := range n.EveryLayer() {
		if err := b.checkLayer(l, c); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backend) checkLayer(l *trt.Layer, c trt.Config) error {
	switch l.Op.(type) {
	case trt.BatchNorm:
		return &trt.Error{Layer: l.Name, Op: l.Op.Kind(), Msg: "TensorRT has no such layer; fold it into a convolution or lower it to a scale"}
	case trt.Convolution, trt.Deconvolution:
		if c.Workspace > 0 && c.Workspace < convolutionScratch {
			return fault.New(fault.Backend, "raise the workspace", "layer %s: no tactics to implement the operation within workspace limit of %d bytes, about %d are needed", l.Name, c.Workspace, convolutionScratch)
		}
	}
	for _, t := range l.Outputs {
		if t.Type == dtype.BFloat16 && !b.target.SupportsBF16() {
			return &trt.Error{Layer: l.Name, Op: l.Op.Kind(), Msg: "bfloat16 needs compute capability 8.0 or later", Found: fmt.Sprint(b.target.ComputeCapabilities)}
		}
	}
	// The network may be recorded for another version or other GPUs.
	in := make([]trt.Info, len(l.Inputs))
	for i, t := range l.Inputs {
		in[i] = t.Info()
	}
	if _, err := l.Op.Infer(in, b.target); err != nil {
		return &trt.Error{Layer: l.Name, Op: l.Op.Kind(), Msg: "is refused for this backend's target", Err: err}
	}
	return nil
}
