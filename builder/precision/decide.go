package precision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/trt"
)

// Options of Decide.
type Options struct {
	// FP16 allows FP16 where nothing speaks against it; else every layer is FP32.
	FP16 bool
	// KeepFP32 are globs of layer names that stay FP32: * stands for any
	// characters, / included, and ? for one.
	KeepFP32 []string
	// TF32 is noted in the plan.
	TF32 bool
}

// exact is the tier of statements on weights.
const exact = "exact"

// finding is a hazard that was found.
type finding struct {
	code    Code
	tier    string
	value   float64
	limit   float64
	channel int
	why     string
}

type decider struct {
	net       *trt.Network
	facts     *ranges.Facts
	consumers map[*trt.Tensor][]*trt.Layer
	index     map[*trt.Layer]int
	isOutput  map[*trt.Tensor]bool
	tf32      bool
	findings  map[*trt.Layer][]finding
}

// Decide chooses the precision of each layer of n, which is what
// ranges.Analyze returned together with the facts and still holds its weights.
// A glob of KeepFP32 that fits no layer is an error of kind usage.
func Decide(n *trt.Network, facts *ranges.Facts, o Options) (*Plan, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	d := &decider{
		net: n, facts: facts, consumers: n.Consumers(), tf32: o.TF32,
		index: map[*trt.Layer]int{}, isOutput: map[*trt.Tensor]bool{}, findings: map[*trt.Layer][]finding{},
	}
	for i, l := range n.Layers() {
		d.index[l] = i
	}
	for _, t := range n.Outputs() {
		d.isOutput[t] = true
	}
	kept, err := keep(n, d.consumers, o.KeepFP32)
	if err != nil {
		return nil, err
	}
	if o.FP16 {
		d.judge()
		for l, glob := range kept {
			d.blame(finding{code: User, why: "kept in FP32 by " + glob}, l)
		}
		d.follow()
	}
	p := &Plan{Layers: []Decision{}, TF32: o.TF32, byName: map[string]int{}}
	for _, l := range n.Layers() {
		if computes(l) {
			p.byName[l.Name] = len(p.Layers)
			p.Layers = append(p.Layers, d.decision(l, o.FP16))
		}
	}
	p.Casts = countCasts(n, p)
	return p, nil
}

// computes reports whether a layer has to do with floating-point numbers; a shape
// has not, whatever it is the shape of.
func computes(l *trt.Layer) bool {
	if l.Op.Kind() == trt.KindShape {
		return false
	}
	return slices.ContainsFunc(l.Inputs, castable) || slices.ContainsFunc(l.Outputs, castable)
}

func isConstant(l *trt.Layer) bool { return l.Op.Kind() == trt.KindConstant }

func isCast(l *trt.Layer) bool { return l.Op.Kind() == trt.KindCast }

// keepsTypes reports whether a layer reads and makes tensors of the types that it
// was recorded with, whatever is decided.
func keepsTypes(l *trt.Layer) bool {
	switch l.Op.Kind() {
	case trt.KindPluginV3, trt.KindQuantize, trt.KindDequantize, trt.KindDynamicQuantize:
		return true
	}
	return trt.Bodies(l.Op) != nil
}

func (d *decider) judge() {
	for _, t := range d.net.Inputs() {
		d.judgeTensor(t)
	}
	early := d.net.ReadEarly()
	for _, l := range d.net.Layers() {
		if isConstant(l) {
			continue
		}
		if computes(l) && early[l] {
			d.blame(finding{code: Dimensions, why: "computes dimensions of other tensors, before the network runs"}, l)
		}
		switch {
		case trt.Bodies(l.Op) != nil:
			d.blame(finding{code: ControlFlow, why: "holds networks of its own, which keep their types"}, l)
		case !ranges.Knows(l):
			d.blame(finding{code: Unknown, why: fmt.Sprintf("what this %s makes of its inputs is not analysed", l.Op.Kind())}, l)
		default:
			d.judgeWeights(l)
		}
		for _, t := range l.Outputs {
			d.judgeTensor(t)
		}
	}
	d.judgeCoordinates()
}

// blame notes a finding at layers, once each; nil layers are skipped.
func (d *decider) blame(f finding, layers ...*trt.Layer) {
	for _, l := range layers {
		if l == nil || slices.Contains(d.findings[l], f) {
			continue
		}
		d.findings[l] = append(d.findings[l], f)
	}
}

// fp32 reports whether a layer has been found to be FP32. A constant is what
// all its readers are.
func (d *decider) fp32(l *trt.Layer) bool {
	if isConstant(l) {
		readers := d.consumers[l.Outputs[0]]
		return len(readers) > 0 && !slices.ContainsFunc(readers, func(r *trt.Layer) bool { return !d.fp32(r) })
	}
	return len(d.findings[l]) > 0
}

// found returns the findings on a layer. A constant with none of its own is
// FP32 for its readers' reasons.
func (d *decider) found(l *trt.Layer) []finding {
	found := slices.Clone(d.findings[l])
	if !isConstant(l) || len(found) > 0 {
		return found
	}
	for _, r := range d.consumers[l.Outputs[0]] {
		for _, f := range d.findings[r] {
			if !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	}
	return found
}

func (d *decider) decision(l *trt.Layer, allowed bool) Decision {
	out := Decision{Name: l.Name, Op: string(l.Op.Kind()), Precision: FP16, Codes: []Code{}, Remedy: []Remedy{}}
	switch {
	case isCast(l):
		out.Precision, out.Why = FP32, "a cast of the network's own"
		if l.Outputs[0].Type.Size() == 2 {
			out.Precision = FP16
		}
		return out
	case !allowed:
		out.Precision, out.Why = FP32, "FP16 was not asked for"
		return out
	case !d.fp32(l):
		d.commend(&out, l)
		return out
	}
	out.Precision = FP32
	found := d.found(l)
	slices.SortStableFunc(found, func(a, b finding) int { return slices.Index(order[:], a.code) - slices.Index(order[:], b.code) })
	var why []string
	for _, f := range found {
		if !slices.Contains(out.Codes, f.code) {
			out.Codes = append(out.Codes, f.code)
		}
		why = append(why, string(f.code)+" "+f.why)
	}
	if f := found[0]; f.limit > 0 {
		out.Tier, out.Value, out.Limit, out.Channel = f.tier, rounded4(f.value), &f.limit, &f.channel
	}
	out.Why, out.Remedy = strings.Join(why, "; "), remedies(out.Codes)
	return out
}

// commend says by how much a layer stays clear of the limits.
func (d *decider) commend(out *Decision, l *trt.Layer) {
	var why []string
	if y := d.facts.Tensors[l.Outputs[0].Name]; y != nil {
		top := 0
		for i, c := range y.Channels {
			if c.Bound > y.Channels[top].Bound {
				top = i
			}
		}
		tier := string(y.Tier)
		if y.Channels[top].Certified() {
			tier = "certified"
		}
		out.Tier, out.Value, out.Limit, out.Channel = tier, rounded4(margin*y.Channels[top].Bound), constant(largest), &top
		why = append(why, fmt.Sprintf("values stay within %.3g of %d (channel %d, %s)", y.Channels[top].Bound, largest, top, tier))
	}
	operands := d.operands(l)
	if isConstant(l) {
		if w := d.facts.Weights[ranges.Place{Layer: l.Name, Operand: "value"}]; w != nil {
			operands = []operand{{name: "constant", fact: w}}
		}
	}
	for _, o := range operands {
		if w := worst(o.fact.Channels); w.channel >= 0 {
			why = append(why, fmt.Sprintf("%s keeps at least %.1f dB (channel %d)", o.name, w.db, w.channel))
			if w.db < leastSQNR {
				why = append(why, "what is lost there does not show in the output")
			}
			if o.source == nil && (out.Tier != exact || *out.Value > w.db) {
				c := w.channel
				out.Tier, out.Value, out.Limit, out.Channel = exact, rounded4(w.db), constant(leastSQNR), &c
			}
		}
	}
	if why == nil {
		why = []string{"nothing is known of its values"}
	}
	out.Why = strings.Join(why, "; ")
}

func constant(x float64) *float64 { return &x }
