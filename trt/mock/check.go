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
	for _, l := range n.Layers() {
		if err := b.checkLayer(l, c); err != nil {
			return err
		}
	}
	return b.checkExtremes(n, c.Profiles)
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
	_, err := infer(l, b.target, func(t *trt.Tensor) trt.Dims { return t.Dims })
	return err
}

// checkExtremes replays the shape rules with each profile's least, favourite
// and greatest dimensions: what a dynamic dimension hides, TensorRT finds then.
func (b *Backend) checkExtremes(n *trt.Network, profiles []trt.Profile) error {
	for i, p := range profiles {
		for _, point := range []struct {
			name string
			dims func(trt.Range) trt.Dims
		}{
			{"min", func(r trt.Range) trt.Dims { return r.Min }},
			{"opt", func(r trt.Range) trt.Dims { return r.Opt }},
			{"max", func(r trt.Range) trt.Dims { return r.Max }},
		} {
			dims := map[*trt.Tensor]trt.Dims{}
			for _, x := range n.Inputs() {
				dims[x] = x.Dims
				if r, ok := p[x.Name]; ok {
					dims[x] = point.dims(r)
				}
			}
			for _, l := range n.Layers() {
				out, err := infer(l, b.target, func(t *trt.Tensor) trt.Dims { return dims[t] })
				if err != nil {
					return fmt.Errorf("%s of profile %d: %w", point.name, i, err)
				}
				for j, t := range l.Outputs {
					dims[t] = out[j].Dims
				}
			}
		}
	}
	return nil
}

// infer replays the rule of one layer; its errors name the layer.
func infer(l *trt.Layer, target trt.Target, dims func(*trt.Tensor) trt.Dims) ([]trt.Info, error) {
	in := make([]trt.Info, len(l.Inputs))
	for i, t := range l.Inputs {
		in[i] = trt.Info{Type: t.Type, Dims: dims(t)}
	}
	out, err := l.Op.Infer(in, target)
	if err != nil {
		return nil, &trt.Error{Layer: l.Name, Op: l.Op.Kind(), Msg: "is refused", Err: err}
	}
	return out, nil
}
