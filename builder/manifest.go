package builder

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"math"
	"path/filepath"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// manifest records a build. The engine's own entry and the tool's version are
// the caller's to fill in.
func (p *Prepared) manifest(b trt.Backend, info trt.BuildInfo, held *trt.Network, key string, source sourceDigest) (*plan.Manifest, error) {
	hash, err := held.Hash()
	if err != nil {
		return nil, err
	}
	preprocessing, err := json.Marshal(p.Built.Input.Preprocessing)
	if err != nil {
		return nil, err
	}
	m := &plan.Manifest{
		Schema:  plan.ManifestSchema,
		Library: library(b, info, held.Target()),
		Source: plan.Source{
			File: filepath.Base(p.Request.Weights), Format: p.file.Format(), Bytes: source.bytes, SHA256: source.sha256,
		},
		Network: plan.NetworkInfo{
			Name: held.Name(), Family: p.Match.Family, Variant: p.Match.Variant, Task: string(p.Match.Task),
			Classes: p.Match.Classes, ClassNames: classNames(p.file, p.Match.Classes), SHA256: hex.EncodeToString(hash[:]),
		},
		BuildKey: key,
		Build: plan.BuildFlags{
			Precision: string(p.Request.Precision), TF32: !p.Request.NoTF32, KeepFP32: p.Request.KeepFP32,
			Workspace: p.Request.Workspace, Output: cmp.Or(p.Request.Network.Output, zoo.OutputNative),
			BNEps: p.Request.Network.Eps, StrideOnConv1: p.Request.Network.StrideOnConv1, AveragePool: p.Request.Network.AveragePool,
		},
		Layers:  p.layerRecords(),
		Weights: p.weightRecords(),
		Notes:   append(append([]string{}, p.Match.Notes...), p.Warnings...),
	}
	for _, x := range held.Inputs() {
		in := plan.Binding{TensorInfo: trt.TensorInfo{Name: x.Name, Type: x.Type, Dims: x.Dims}, Preprocessing: preprocessing}
		for _, profile := range p.Built.Profiles {
			if r, ok := profile[x.Name]; ok {
				in.Profiles = append(in.Profiles, r)
			}
		}
		m.Inputs = append(m.Inputs, in)
	}
	for _, y := range held.Outputs() {
		m.Outputs = append(m.Outputs, plan.Binding{
			TensorInfo: trt.TensorInfo{Name: y.Name, Type: y.Type, Dims: y.Dims}, Tolerance: y.Tolerance,
		})
	}
	return m, nil
}

// library says what built the engine and what can load it.
func library(b trt.Backend, info trt.BuildInfo, target trt.Target) plan.Library {
	l := plan.Library{
		Backend: b.Name(), Name: target.Product.String(), Version: info.Version.String(),
		ComputeCapabilities: target.ComputeCapabilities, Plugins: info.Plugins,
	}
	switch {
	case b.Name() == "mock":
		l.Name, l.LoadableBy = "mock of "+l.Name, "nothing but this tool: it is no engine"
	case target.Product == trt.RTX:
		l.LoadableBy = "TensorRT-RTX " + info.Version.String() + " only (not trtexec, DeepStream or Triton's TensorRT backend); no compute capability 9.0"
	default:
		l.LoadableBy = "TensorRT " + info.Version.String() + " on the kind of GPU that built it"
	}
	return l
}

func (p *Prepared) layerRecords() []plan.Layer {
	layers := make([]plan.Layer, len(p.Plan.Layers))
	for i, d := range p.Plan.Layers {
		layers[i] = plan.Layer{Name: d.Name, Op: d.Op, Precision: string(d.Precision)}
		for _, c := range d.Codes {
			layers[i].Codes = append(layers[i].Codes, string(c))
		}
		if l, ok := p.Typed.Layer(d.Name); ok {
			if op, ok := l.Op.(trt.PluginV3); ok {
				layers[i].Plugin = op.String()
			}
		}
	}
	return layers
}

// weightRecords says where each tensor of the source went, in file order. The
// loss is that of the whole operand which the tensor is part of.
func (p *Prepared) weightRecords() []plan.Weight {
	used := map[string][]plan.Weight{}
	for _, l := range p.Typed.Layers() {
		for _, o := range l.Op.Weights() {
			if o.Weights == nil {
				continue
			}
			for _, from := range o.Weights.Origins {
				used[from.Tensor] = append(used[from.Tensor], plan.Weight{
					Tensor: from.Tensor, Layer: l.Name, Operand: o.Name, Part: from.Part, Stored: o.Weights.Type.String(),
					WorstSQNR: p.worstLoss(l.Name, o),
				})
			}
		}
	}
	unused := map[string]string{}
	for _, s := range p.Built.Weights.Skipped {
		unused[s.Tensor] = s.Reason
	}
	var all []plan.Weight
	for _, name := range p.file.Names() {
		switch {
		case used[name] != nil:
			all = append(all, used[name]...)
		default:
			all = append(all, plan.Weight{Tensor: name, Unused: unused[name]})
		}
	}
	return all
}

// worstLoss returns the output channel that rounding hurts most, nil when
// nothing is rounded or nothing is lost.
func (p *Prepared) worstLoss(layer string, o trt.Operand) *plan.Loss {
	fact, ok := p.Facts.Weights[ranges.Place{Layer: layer, Operand: o.Name}]
	if !ok || o.Weights.Type != dtype.Float16 {
		return nil
	}
	worst := &plan.Loss{SQNRdB: math.Inf(1)}
	for c := range fact.Channels {
		if db := fact.Channels[c].SQNRFP16(); db < worst.SQNRdB {
			worst.SQNRdB, worst.Channel = db, c
		}
	}
	if math.IsInf(worst.SQNRdB, 0) {
		return nil
	}
	worst.SQNRdB = math.Round(worst.SQNRdB*100) / 100
	return worst
}
