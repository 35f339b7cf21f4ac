package precision

import (
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/trt"
)

// matters follows an error on tensor t, given by its variance per channel, to
// where channels are mixed or the network ends, and reports whether anywhere
// there it is more than limit of the root mean square. On the way it is dropped
// in channels where it drowns: what is less than the rounding of the tensor
// itself is not missed. What cannot be followed matters.
func (d *decider) matters(t *trt.Tensor, err []float64, limit float64) bool {
	live := map[*trt.Tensor][]float64{}
	if known, left := d.surface(t, err); !known {
		return true
	} else if left != nil {
		live[t] = left
	}
	if d.isOutput[t] && live[t] != nil && d.exceeds(t, live[t], limit) {
		return true
	}
	for _, l := range d.after(t) {
		var sum []float64
		for i, x := range l.Inputs {
			if live[x] == nil {
				continue
			}
			out := d.facts.Spread(l, i, live[x])
			if out == nil {
				return true
			}
			sum = add(sum, out)
		}
		if sum == nil {
			continue
		}
		y := l.Outputs[0]
		if ranges.Mixes(l.Op) {
			if d.exceeds(y, sum, limit) {
				return true
			}
			continue
		}
		known, left := d.surface(y, sum)
		switch {
		case !known, left != nil && d.isOutput[y] && d.exceeds(y, left, limit):
			return true
		case left != nil:
			live[y] = left
		}
	}
	return false
}

// after returns the layers behind the one that makes t.
func (d *decider) after(t *trt.Tensor) []*trt.Layer {
	if t.Producer() == nil {
		return d.net.Layers()
	}
	return d.net.Layers()[d.index[t.Producer()]+1:]
}

// surface clears the channels in which an error drowns, and returns nil when
// that is all of them. known is false when nothing is known of t.
func (d *decider) surface(t *trt.Tensor, err []float64) (known bool, left []float64) {
	rms := d.facts.RMS(t)
	if rms == nil {
		return false, nil
	}
	kept := make([]float64, max(len(err), len(rms)))
	any := false
	for i := range kept {
		e, r := at(err, i), at(rms, i)
		if e > drowned*drowned*r*r {
			kept[i], any = e, true
		}
	}
	if !any {
		return true, nil
	}
	return true, kept
}

// exceeds reports whether an error is more than limit of any channel of t.
func (d *decider) exceeds(t *trt.Tensor, err []float64, limit float64) bool {
	rms := d.facts.RMS(t)
	if rms == nil {
		return true
	}
	for i := range max(len(err), len(rms)) {
		if r := at(rms, i); at(err, i) > limit*limit*r*r {
			return true
		}
	}
	return false
}

// at returns the entry of channel i; a single entry stands for all, and so does
// the last one where a tensor's channels are not those of the error.
func at(all []float64, i int) float64 { return all[min(i, len(all)-1)] }

func add(a, b []float64) []float64 {
	if a == nil {
		return b
	}
	out := make([]float64, max(len(a), len(b)))
	for i := range out {
		out[i] = at(a, i) + at(b, i)
	}
	return out
}
