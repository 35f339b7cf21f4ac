package ranges

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/trt"
)

// layoutOfScale is the layout of an operand of a scale with these elements, for
// an input of dimensions d. Values along axes that are not the channels are each
// met by all of those, and so is a single one: of absent operands nothing else is left.
func layoutOfScale(op trt.Scale, d trt.Dims, count int64) layout {
	switch c := channelCount(d); {
	case op.Mode == trt.ScaleChannel && op.ChannelAxis == 1:
		return inOrder(count, count)
	case op.Mode == trt.ScaleElementWise && op.ChannelAxis <= 1 && count > 1 && c > 0 && d[2:].Count() > 0:
		return layout{runs: chanstat.Layout{Channels: c, Inner: d[2:].Count()}}
	}
	return inOrder(1, count)
}

// scaling is what a scale does to each channel: one line (x*scale + shift)^power
// or, where its elements meet several, all of these. A single entry stands for
// all channels.
func (f *Facts) scaling(l *trt.Layer, op trt.Scale) [][]line {
	scale, shift, power := f.vector(l, "scale", 1), f.vector(l, "shift", 0), f.vector(l, "power", 1)
	count := max(len(scale), len(shift), len(power))
	y := layoutOfScale(op, l.Inputs[0].Dims, int64(count))
	out := make([][]line, y.runs.Channels)
	for i := range count {
		c := y.channel(int64(i))
		out[c] = append(out[c], line{float64(at(scale, i)), float64(at(shift, i)), float64(at(power, i))})
	}
	return out
}

type line struct{ scale, shift, power float64 }

func (f *Facts) scale(l *trt.Layer, op trt.Scale, in []Channel) []Channel {
	lines := f.scaling(l, op)
	out := make([]Channel, max(len(in), len(lines)))
	for i := range out {
		met := at(lines, i)
		all := make([]Channel, len(met))
		for j, m := range met {
			all[j] = m.apply(at(in, i))
		}
		out[i] = all[0]
		if len(all) > 1 {
			out[i] = mixture(all)
		}
	}
	return out
}

func (m line) apply(c Channel) Channel {
	s, b := m.scale, m.shift
	y := normal(c.Mean*s+b, c.Var*s*s)
	y.Bound = min(y.Bound, c.Bound*math.Abs(s)+math.Abs(b))
	if low, high := c.Low*s+b, c.High*s+b; s != 0 {
		y = y.within(min(low, high), max(low, high))
	} else {
		y = y.within(b, b)
	}
	if m.power != 1 {
		y = through(y, func(x float64) float64 { return math.Pow(x, m.power) })
	}
	return y
}

// spreadScale is Spread for a scale without powers.
func (f *Facts) spreadScale(l *trt.Layer, op trt.Scale, err []float64) []float64 {
	lines := f.scaling(l, op)
	out := make([]float64, max(len(err), len(lines)))
	for i := range out {
		met := at(lines, i)
		for _, m := range met {
			out[i] += at(err, i) * m.scale * m.scale / float64(len(met))
		}
	}
	return out
}
