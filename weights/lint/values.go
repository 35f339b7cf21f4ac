package lint

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// values judges each tensor by its statistics as a whole.
func (c *checker) values() error {
	for _, t := range c.tensors {
		s := c.stats[t]
		switch {
		case t.Type.IsComplex():
			c.add(found(NotMeasured, t.Name, "%v, whose values are not looked at", t.Type))
		case t.Count == 0:
			c.add(found(EmptyTensor, t.Name, "no elements"))
		}
		if s == nil {
			continue
		}
		if err := c.nonfinite(t, &s.total); err != nil {
			return err
		}
		if t.Role == weights.Parameter && t.Type.IsFloat() {
			c.float16(t, s)
		}
	}
	return nil
}

func (c *checker) nonfinite(t *weights.Tensor, s *chanstat.Stats) error {
	for _, k := range []struct {
		code  Code
		count int64
		what  string
		is    func(x float32) bool
	}{
		{NaN, s.NaN, "NaN", func(x float32) bool { return x != x }},
		{Infinity, s.Inf, "infinite", func(x float32) bool { return math.IsInf(float64(x), 0) }},
	} {
		if k.count == 0 {
			continue
		}
		as := ""
		if t.Type == dtype.Float64 {
			as = " as float32"
		}
		f := found(k.code, t.Name, "%d of %d values are %s%s", k.count, t.Count, k.what, as).share(k.count, t.Count)
		err := c.scan(t, func(i int64, x float32) bool {
			if k.is(x) {
				f = f.at(i, float64(x))
				return false
			}
			return true
		})
		if err != nil {
			return err
		}
		c.add(f)
	}
	return nil
}

// float16 says what rounding to float16 loses.
func (c *checker) float16(t *weights.Tensor, s *measured) {
	if n := s.total.Overflow; n > 0 {
		f := found(FP16Overflow, t.Name, "%d of %d values overflow FP16; the largest magnitude is %.6g", n, t.Count, s.total.AbsMax()).share(n, t.Count)
		f.Value = number(s.total.AbsMax())
		for i := range s.channels {
			if len(s.channels) > 1 && s.channels[i].Overflow > 0 && s.channels[i].AbsMax() == s.total.AbsMax() {
				f = f.in(int64(i))
				break
			}
		}
		c.add(f)
	}
	if flushes(&s.total) {
		f := found(FP16Flush, t.Name, "all %d values that are not zero become zero in FP16; the largest magnitude is %.3g", s.total.Flushed, s.total.AbsMax()).share(s.total.Flushed, t.Count)
		f.Value = number(s.total.AbsMax())
		c.add(f)
		return
	}
	var channels, first int64
	for i := range s.channels {
		if flushes(&s.channels[i]) {
			if channels == 0 {
				first = int64(i)
			}
			channels++
		}
	}
	if channels > 0 {
		largest := s.channels[first].AbsMax()
		f := found(FP16Flush, t.Name, "%d of %d output channels become zero in FP16 as a whole; the largest magnitude in channel %d is %.3g", channels, len(s.channels), first, largest)
		f = f.share(channels, int64(len(s.channels))).in(first)
		f.Value = number(largest)
		c.add(f)
	}
	nonzero := s.total.Finite() - s.total.Zeros
	if low := s.total.Subnormal + s.total.Flushed; float64(low) > SubnormalShare*float64(nonzero) {
		c.add(found(FP16Subnormal, t.Name, "%d of %d values that are not zero are below 6.1e-05", low, nonzero).share(low, nonzero))
	}
}

func flushes(s *chanstat.Stats) bool {
	return s.Flushed > 0 && s.Flushed+s.Zeros == s.Count
}

func number(x float32) *float64 {
	v := float64(x)
	if v-v != 0 {
		return nil
	}
	return &v
}

// channels looks for output channels that do not depend on the input, or on
// which input it is.
func (c *checker) channels() error {
	for _, m := range c.modules {
		for _, t := range m.Tensors {
			s := c.stats[t]
			if s == nil || t.Role == weights.Buffer {
				continue
			}
			if !hasChannels(t, m.Layer) { // the scale of a BatchNorm is judged by channel elsewhere
				if t == m.Tensor("weight") && m.Layer.Kind != weights.BatchNorm && s.total.Zeros == t.Count && t.Count > 1 {
					c.add(found(DeadChannels, t.Name, "all %d weights are zero", t.Count).share(t.Count, t.Count))
				}
				continue
			}
			var dead, constant tally
			for i := range s.channels {
				ch := &s.channels[i]
				switch {
				case ch.Zeros == ch.Count:
					dead.add(int64(i))
				case ch.Min == ch.Max && ch.Count > 1 && ch.NaN+ch.Inf == 0:
					constant.add(int64(i))
				}
			}
			of := int64(len(s.channels))
			if dead.n > 0 {
				c.add(found(DeadChannels, t.Name, "%d of %d output channels have only zero weights, the first is channel %d", dead.n, of, dead.first).share(dead.n, of).in(dead.first))
			}
			if constant.n > 0 {
				v := s.channels[constant.first].Min
				f := found(ConstantChannels, t.Name, "%d of %d output channels have one weight throughout, channel %d the weight %g", constant.n, of, constant.first, v).share(constant.n, of).in(constant.first)
				f.Value = number(v)
				c.add(f)
			}
		}
	}
	return nil
}

// tally counts and keeps the first.
type tally struct{ n, first int64 }

func (t *tally) add(i int64) {
	if t.n == 0 {
		t.first = i
	}
	t.n++
}
