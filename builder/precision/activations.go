package precision

import (
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

// judgeTensor finds A-OVF and A-SUB of a tensor and notes them at its producer
// and its readers.
func (d *decider) judgeTensor(t *trt.Tensor) {
	fact := d.facts.Tensors[t.Name]
	if fact == nil {
		return
	}
	over := finding{code: ActivationOverflow, limit: largest}
	under := finding{code: ActivationUnderflow, tier: string(fact.Tier), limit: leastRMS, value: math.Inf(1)}
	err := make([]float64, len(fact.Channels))
	for i, c := range fact.Channels {
		if b := margin * c.Bound; b > largest && b > over.value {
			over.value, over.channel, over.tier = b, i, string(fact.Tier)
			if c.Certified() {
				over.tier = "certified"
			}
			over.why = fmt.Sprintf("tensor %s channel %d may reach %.4g (mean %.3g, deviation %.3g), which doubled is beyond %d",
				t.Name, i, c.Bound, c.Mean, c.Std(), largest)
		}
		if rms := math.Sqrt(c.MeanSquare()); rms > 0 && rms < leastRMS {
			err[i] = min(spacing*spacing/12, rms*rms)
			if rms < under.value {
				under.value, under.channel = rms, i
				under.why = fmt.Sprintf("tensor %s channel %d has a root mean square of %.3g, below %.1g, where float16 keeps less than %d dB",
					t.Name, i, rms, leastRMS, leastSQNR)
			}
		}
	}
	if over.value > 0 {
		d.blameAround(over, t)
	}
	if !math.IsInf(under.value, 1) && (d.isOutput[t] || d.matters(t, err, relevant)) {
		d.blameAround(under, t)
	}
}

func (d *decider) blameAround(f finding, t *trt.Tensor) {
	if p := t.Producer(); p != nil {
		d.blame(f, p)
	}
	d.blame(f, d.consumers[t]...)
}
