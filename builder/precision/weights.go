package precision

import (
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
)

// operand is a weight operand of a layer: one of its own, or a constant that it
// reads.
type operand struct {
	name   string
	fact   *ranges.Weight
	source *trt.Layer // the constant's; nil for an operand of its own
	input  int        // the constant's place among the inputs
}

func (d *decider) operands(l *trt.Layer) []operand {
	var all []operand
	for _, o := range l.Op.Weights() {
		if w := d.facts.Weights[ranges.Place{Layer: l.Name, Operand: o.Name}]; w != nil {
			all = append(all, operand{name: o.Name, fact: w})
		}
	}
	for i, x := range l.Inputs {
		c := x.Producer()
		if c == nil || c.Op.Kind() != trt.KindConstant {
			continue
		}
		if w := d.facts.Weights[ranges.Place{Layer: c.Name, Operand: "value"}]; w != nil {
			all = append(all, operand{name: "constant " + c.Name, fact: w, source: c, input: i})
		}
	}
	return all
}

// judgeWeights finds W-OVF and W-SUB of a layer. What a constant is to blame
// for is noted at the constant as well.
func (d *decider) judgeWeights(l *trt.Layer) {
	operands := d.operands(l)
	for _, o := range operands {
		if f, ok := overflow(o); ok {
			d.blame(f, l, o.source)
		}
	}
	lost := d.lost(l, operands)
	if lost == nil {
		return
	}
	if f, ok := d.underflow(l, operands, lost); ok {
		for _, o := range operands {
			if s := worst(o.fact.Channels); s.db < leastSQNR {
				d.blame(f, l, o.source)
			}
		}
	}
}

func overflow(o operand) (finding, bool) {
	f := finding{code: WeightOverflow, tier: exact, limit: largest}
	for c, s := range o.fact.Channels {
		if v := float64(s.AbsMax()); s.Overflow > 0 && v > f.value {
			f.value, f.channel = v, c
			f.why = fmt.Sprintf("%s channel %d: %d of %d weights overflow, the largest is %.4g", o.name, c, s.Overflow, s.Count, v)
		}
	}
	return f, f.value > 0
}

// loss is the channel of a weight that keeps least in float16.
type loss struct {
	channel int
	db      float64
}

func worst(channels []chanstat.Stats) loss {
	w := loss{-1, math.Inf(1)}
	for c := range channels {
		if s := &channels[c]; s.Overflow == 0 && s.SQNRFP16() < w.db {
			w = loss{c, s.SQNRFP16()}
		}
	}
	return w
}

// lost returns the variance, per channel of l's output, of the error that
// channels below leastSQNR make there; nil when there are none. What cannot be
// computed is infinite.
func (d *decider) lost(l *trt.Layer, operands []operand) []float64 {
	var err []float64
	for _, o := range operands {
		if w := worst(o.fact.Channels); w.db >= leastSQNR {
			continue
		}
		e := d.lostBy(l, o)
		if e == nil {
			e = []float64{math.Inf(1)}
		}
		err = add(err, e)
	}
	return err
}

func (d *decider) lostBy(l *trt.Layer, o operand) []float64 {
	few := func(c int) bool {
		s := &o.fact.Channels[min(c, len(o.fact.Channels)-1)]
		return s.Overflow == 0 && s.SQNRFP16() < leastSQNR
	}
	own := make([]float64, len(o.fact.Channels))
	for c, s := range o.fact.Channels {
		if few(c) {
			own[c] = s.ErrFP16 / float64(s.Count)
		}
	}
	switch op := l.Op.(type) {
	case trt.Convolution, trt.Deconvolution:
		if o.name == "bias" {
			return own
		}
		return d.facts.WeightError(l, few, rounded)
	case trt.MatrixMultiply:
		return d.facts.WeightError(l, few, rounded)
	case trt.Scale:
		switch {
		case o.name == "shift" && op.Power == nil:
			return own
		case o.name == "scale" && op.Power == nil:
			rms := d.facts.RMS(l.Inputs[0])
			if rms == nil {
				return nil
			}
			lost := make([]float64, max(len(own), len(rms)))
			for c := range lost {
				lost[c] = at(own, c) * at(rms, c) * at(rms, c)
			}
			return lost
		}
		return nil
	}
	if o.source == nil {
		return nil
	}
	return d.facts.Spread(l, o.input, own)
}

func rounded(x float32) float32 { return half.FromFloat16(half.Float16(x)) }

// underflow reports W-SUB: a channel in which what rounding loses is more than
// relevant of the layer's output, and not drowned where that goes.
func (d *decider) underflow(l *trt.Layer, operands []operand, lost []float64) (finding, bool) {
	y := l.Outputs[0]
	rms := d.facts.RMS(y)
	own := make([]float64, len(lost))
	share, channel := 0.0, -1
	for c, e := range lost {
		r := math.Inf(1)
		if e > 0 && rms != nil {
			r = math.Sqrt(e) / at(rms, c)
		}
		if e > 0 && r > relevant {
			own[c] = e
			if channel < 0 || r > share {
				share, channel = r, c
			}
		}
	}
	if channel < 0 || !d.matters(y, own, drowned) {
		return finding{}, false
	}
	f := finding{code: WeightUnderflow, tier: exact, limit: leastSQNR, channel: channel, value: math.Inf(1)}
	for _, o := range operands {
		w := worst(o.fact.Channels)
		if len(o.fact.Channels) > channel {
			w = loss{channel, o.fact.Channels[channel].SQNRFP16()}
		}
		if w.db >= f.value {
			continue
		}
		s := o.fact.Channels[w.channel]
		f.value = w.db
		f.why = fmt.Sprintf("%s channel %d keeps %.1f dB: %d of %d weights become subnormal and %d zero, the largest is %.3g; that is %.2g of the output, limit %.2g",
			o.name, channel, w.db, s.Subnormal, s.Count, s.Flushed, s.AbsMax(), share, relevant)
	}
	return f, true
}
