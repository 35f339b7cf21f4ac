package chanstat

import (
	"math"
	"math/bits"
	"sync"
)

// Bins is the number of bins of the linear histogram.
const Bins = 100

// Log2From is the exponent of the first bin of the histogram by powers of two,
// that of the smallest float32.
const Log2From = -149

// int8Max is the largest value of a symmetric quantization to 8 bits.
const int8Max = 127

// Residuals are sums that need the extremes and the mean of the values
// beforehand, or that a build has no use for. The zero value is that of the empty
// set.
type Residuals struct {
	// ErrBF16 is the squared rounding errors in bfloat16, summed. Values that
	// overflow, becoming infinite there, are counted and left out.
	ErrBF16      float64
	BF16Overflow int64
	// Deviation is the sum of squared distances from the channel's mean.
	Deviation float64
	// Squared errors, summed, of symmetric quantization to -127…127, the scale
	// being the largest magnitude over 127: the tensor's and the channel's own.
	ErrTensor, ErrChannel float64
}

// Merge adds the sums of other values of the channel.
func (r *Residuals) Merge(o Residuals) {
	r.ErrBF16 += o.ErrBF16
	r.BF16Overflow += o.BF16Overflow
	r.Deviation += o.Deviation
	r.ErrTensor += o.ErrTensor
	r.ErrChannel += o.ErrChannel
}

// Histogram counts magnitudes of finite values.
type Histogram struct {
	// Linear has bins of equal width from 0 to the largest magnitude, which is
	// in the last one.
	Linear [Bins]int64
	// Log2 counts values with 2^k <= |x| < 2^(k+1) at k-Log2From, zeros nowhere.
	Log2 [128 - Log2From]int64
}

// Second collects, at a second visit to the values of a tensor, what needs the
// statistics of the first.
type Second struct {
	spread[Residuals, *Residuals]
	first     []Stats
	fit       float64 // largest magnitude of the tensor
	allFinite bool

	mu        sync.Mutex
	histogram Histogram
}

// NewSecond returns a collector for the tensor whose channels a Collector of
// the same layout and chunks found to be first.
func NewSecond(l Layout, count, chunk int64, first []Stats) (*Second, error) {
	s, err := newSpread[Residuals](l, count, chunk)
	if err != nil {
		return nil, err
	}
	all := Merged(first)
	return &Second{spread: s, first: first, fit: float64(all.AbsMax()), allFinite: all.Finite() == all.Count}, nil
}

// Visit is as Collector's.
func (c *Second) Visit(chunk []float32, from int64) error {
	err := c.visit(chunk, from, func(r *Residuals, channel int, run []float32) {
		s := &c.first[channel]
		if s.Finite() < s.Count {
			run = finite(run)
		}
		k := newConstants(s, c.fit)
		r.Merge(k.residuals(run))
	})
	if err != nil {
		return err
	}
	if !c.allFinite {
		chunk = finite(chunk)
	}
	var t tables
	t.count(chunk, reciprocal(Bins, c.fit))
	c.mu.Lock()
	defer c.mu.Unlock()
	t.addTo(&c.histogram, c.fit)
	return nil
}

// Channels returns the sums of each channel, once all chunks have been visited.
// They do not depend on the order of the visits.
func (c *Second) Channels() []Residuals { return c.merged() }

// Histogram returns the counts of the tensor.
func (c *Second) Histogram() *Histogram { return &c.histogram }

func finite(x []float32) []float32 {
	var out []float32
	for _, v := range x {
		if math.Float32bits(v)&magnitude < exponents {
			out = append(out, v)
		}
	}
	return out
}

// reciprocal returns n/fit, 0 for a fit of 0.
func reciprocal(n, fit float64) float64 {
	if fit == 0 {
		return 0
	}
	return n / fit
}

// grid is that of a quantization: integers times fit/127.
type grid struct{ fit, inverse float64 }

func newGrid(fit float64) grid { return grid{fit, reciprocal(int8Max, fit)} }

// constants are those of the residuals of one channel.
type constants struct {
	mean            float64
	tensor, channel grid
	overflows       bool // a value may overflow bfloat16
}

// newConstants returns those of a channel of statistics s in a tensor whose
// largest magnitude is fit.
func newConstants(s *Stats, fit float64) constants {
	largest := s.AbsMax()
	return constants{
		mean: s.Mean(), tensor: newGrid(fit), channel: newGrid(float64(largest)),
		overflows: toBF16(largest) >= exponents,
	}
}

// toBF16 returns the bits of the bfloat16 nearest to the magnitude of x.
func toBF16(x float32) uint32 {
	a := math.Float32bits(x) & magnitude
	return (a + 0x7fff + a>>16&1) &^ 0xffff
}

// toInteger is added and subtracted again to round to an integer.
const toInteger = 3 << 51

// sums are partial sums of residuals, value i in lane i mod laneCount.
type sums struct{ bf16, dev, tensor, channel [laneCount]float64 }

func (k *constants) residuals(x []float32) Residuals {
	var l sums
	n := 0
	if !k.overflows {
		n = k.addVector(&l, x)
	}
	over := k.add(&l, x[n:])
	return Residuals{
		ErrBF16: total(&l.bf16), BF16Overflow: over,
		Deviation:  total(&l.dev),
		ErrTensor:  total(&l.tensor) / (int8Max * int8Max),
		ErrChannel: total(&l.channel) / (int8Max * int8Max),
	}
}

// add adds values, the first of them to lane 0, and returns how many overflow
// bfloat16. 127 times a rounding error is
// exact: all its terms have few bits. Its square is not, and converted so that
// no compiler fuses it with the sum.
func (k *constants) add(l *sums, x []float32) (over int64) {
	for i, v := range x {
		d := float64(v)
		if b := toBF16(v); b < exponents {
			e := float64(math.Float32frombits(b)) - math.Abs(d)
			l.bf16[i%laneCount] += e * e
		} else {
			over++
		}
		m := d - k.mean
		l.dev[i%laneCount] += float64(m * m)
		d127 := d * int8Max
		q := (float64(d*k.tensor.inverse) + toInteger) - toInteger
		e := d127 - q*k.tensor.fit
		l.tensor[i%laneCount] += float64(e * e)
		q = (float64(d*k.channel.inverse) + toInteger) - toInteger
		e = d127 - q*k.channel.fit
		l.channel[i%laneCount] += float64(e * e)
	}
	return over
}

// tables count values by the bins of both histograms at once, in four copies, so
// that counting does not wait for the value before.
type tables struct {
	both [4][2 * binades]uint32 // by place
	tiny [23]uint32             // subnormal float32, by the length of their bits less one
}

// binades is the number of exponents of float32.
const binades = 256

// place returns where a value of a linear bin and of an exponent's bits is
// counted: all of bin 0 by exponent; the other bins, of which none has more than
// two exponents because (k+1)/k is at most 2, by whether it is odd.
func place(bin int, exponent uint32) int {
	if bin == 0 {
		return binades + int(exponent)
	}
	return 2*bin + int(exponent&1)
}

// aboveTie is added to a place among bins before it is cut down to an integer,
// so that a value on a border is in the bin above: the product of value and
// reciprocal is less wrong than this, and values next to the border are
// further from it.
const aboveTie = 0x1p-38

func (t *tables) count(x []float32, perUnit float64) {
	for i, v := range x[t.countVector(x, perUnit):] {
		t.add(i, v, perUnit)
	}
}

// add counts a value in one of the copies.
func (t *tables) add(i int, v float32, perUnit float64) {
	u := math.Float32bits(v) & magnitude
	bin := int(float64(math.Float32frombits(u))*perUnit + aboveTie)
	// The mask is for values that grew since the first visit, in a file that is
	// written to meanwhile.
	t.both[i&3][place(bin, u>>23)&(2*binades-1)]++
	t.addTiny(u)
}

func (t *tables) addTiny(u uint32) {
	if u < 1<<23 && u != 0 {
		t.tiny[bits.Len32(u)-1]++
	}
}

// addTo adds the counts to those of a tensor whose largest magnitude is fit.
func (t *tables) addTo(h *Histogram, fit float64) {
	at := func(place int) (n int64) {
		for k := range t.both {
			n += int64(t.both[k][place])
		}
		return n
	}
	log2 := func(exponent int, n int64) {
		if n > 0 && exponent > 0 { // subnormals follow
			h.Log2[exponent-127-Log2From] += n
		}
	}
	for exponent := range binades - 1 {
		n := at(binades + exponent)
		h.Linear[0] += n
		log2(exponent, n)
	}
	for bin := 1; bin <= Bins; bin++ {
		first := max(math.Ilogb(float64(bin)*fit/Bins)+127, 0)
		for exponent := first; exponent <= first+1; exponent++ {
			n := at(place(bin, uint32(exponent)))
			h.Linear[min(bin, Bins-1)] += n
			log2(exponent, n)
		}
	}
	for i, n := range t.tiny {
		h.Log2[i] += int64(n)
	}
}
