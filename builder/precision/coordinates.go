package precision

import (
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/trt"
)

// claim is what the tolerances of tensors ask of one that they are made of.
type claim struct {
	// weight is by how many tolerances what is asked for is off when this
	// tensor is off by 1.
	weight float64
	of     *trt.Tensor // what is asked for
}

// judgeCoordinates finds COORD: tensors that float16 spaces so widely at their
// bounds that a tolerance behind them is used up. Rounding is off by half a
// spacing at most; the other half is left to the other roundings on the way.
//
// It goes backward from the tensors that have a tolerance, and ends in front of
// products and functions whose input has no certified bound: what a network has
// learned to predict has no absolute scale and comes out of FP16 layers, whose
// noise no precision behind them takes away.
func (d *decider) judgeCoordinates() {
	claims := map[*trt.Tensor]claim{}
	carriers := map[*trt.Tensor][]*trt.Layer{} // the readers through which claims came
	layers := d.net.Layers()
	for i := len(layers) - 1; i >= 0; i-- {
		l := layers[i]
		if len(l.Outputs) == 0 { // an assertion
			continue
		}
		y := l.Outputs[0]
		c := claims[y].or(own(y))
		if c.of == nil {
			continue
		}
		d.judgeClaim(y, c, carriers[y])
		for x, weight := range d.amplified(l) {
			claims[x] = claims[x].or(claim{c.weight * weight, c.of})
			carriers[x] = append(carriers[x], l)
		}
	}
	for _, x := range d.net.Inputs() {
		if c := claims[x]; c.of != nil {
			d.judgeClaim(x, c, carriers[x])
		}
	}
}

func own(t *trt.Tensor) claim {
	if t.Tolerance > 0 && t.Type.IsFloat() {
		return claim{1 / t.Tolerance, t}
	}
	return claim{}
}

// or returns the stronger of two claims. They are not added up: a tensor that
// is read twice goes to different elements, as a rule.
func (c claim) or(e claim) claim {
	if e.weight > c.weight || c.of == nil {
		return e
	}
	return c
}

// amplified returns the inputs that claims on the output of l pass to, with
// what an error of theirs grows by; an input that l reads twice counts twice.
func (d *decider) amplified(l *trt.Layer) map[*trt.Tensor]float64 {
	all := map[*trt.Tensor]float64{}
	for i, x := range l.Inputs {
		if x.Type.IsFloat() && d.passes(l, x) {
			all[x] += d.facts.Amplification(l, i)
		}
	}
	return all
}

// passes reports whether a claim goes through l to its input x.
func (d *decider) passes(l *trt.Layer, x *trt.Tensor) bool {
	switch l.Op.(type) {
	case trt.Activation, trt.Unary, trt.Softmax:
		return d.facts.Bounded(x)
	}
	return !multiplies(l) || d.facts.Bounded(x)
}

// multiplies reports whether TensorRT may compute a layer in TF32.
func multiplies(l *trt.Layer) bool {
	switch l.Op.(type) {
	case trt.Convolution, trt.Deconvolution, trt.MatrixMultiply:
		return true
	}
	return false
}

func (d *decider) judgeClaim(t *trt.Tensor, c claim, carriers []*trt.Layer) {
	if d.exact(t) {
		return
	}
	f := finding{code: Coordinate, limit: c.of.Tolerance}
	bound, channel := d.facts.Bound(t)
	gap := gapAt(bound)
	f.channel, f.value = channel, gap*c.weight*c.of.Tolerance
	if !(f.value > f.limit) {
		return
	}
	if known := d.facts.Tensors[t.Name]; known != nil {
		f.tier = string(known.Tier)
		if known.Channels[channel].Certified() {
			f.tier = string(ranges.Certified)
		}
		makes := fmt.Sprintf("%.3g", f.value)
		if math.IsInf(f.value, 1) {
			makes = "nobody knows how much"
		}
		f.why = fmt.Sprintf("tensor %s channel %d may reach %.4g, where float16 numbers lie %.3g apart: %s in %s, which may be off by %.3g",
			t.Name, channel, bound, gap, makes, c.of.Name, f.limit)
	} else {
		f.why = fmt.Sprintf("nothing is known of tensor %s, and %s may be off by %.3g only", t.Name, c.of.Name, f.limit)
	}
	if p := t.Producer(); p != nil && !isConstant(p) {
		d.blame(f, p)
	}
	for _, l := range carriers {
		at := f
		if d.tf32 && multiplies(l) {
			at.why += "; TF32 rounds what it multiplies as coarsely, --no-tf32 does not"
		}
		d.blame(at, l)
	}
}

// exact reports whether t is a constant that float16 holds as it is.
func (d *decider) exact(t *trt.Tensor) bool {
	if t.Producer() == nil || !isConstant(t.Producer()) {
		return false
	}
	w := d.facts.Weights[ranges.Place{Layer: t.Producer().Name, Operand: "value"}]
	return w != nil && w.Total.ErrFP16 == 0 && w.Total.Overflow == 0
}

// gapAt returns how far float16 numbers lie apart just below a magnitude.
func gapAt(bound float64) float64 {
	if bound == 0 || math.IsInf(bound, 1) {
		return bound
	}
	_, exponent := math.Frexp(math.Nextafter(bound, 0))
	return max(spacing, math.Ldexp(1, exponent-11))
}
