package chanstat

import (
	"math"
	"unsafe"
)

// The bits of magnitudes that bound what is handled in lanes: from the
// smallest normal float16 up to where rounding to float16 overflows, 65520.
const (
	magnitude = 0x7fffffff
	exponents = 0x7f800000
	minNormal = 0x38800000 // 2^-14
	tooLarge  = 0x477ff000 // 65520
	span      = tooLarge - minNormal
)

// laneCount is the number of partial sums.
const laneCount = 4

// lanes hold the statistics of values whose magnitude is in [minNormal, tooLarge).
type lanes struct {
	sum, sq  [laneCount]float64
	e16      [laneCount]float64
	greatest int32  // as signed bits: the maximum if one is positive
	lowest   uint32 // as unsigned bits: the minimum if one is negative
	least    uint32 // magnitude
}

func newLanes() lanes { return lanes{greatest: math.MinInt32, least: math.MaxUint32} }

// Add adds a run of values.
func (s *Stats) Add(x []float32) {
	if len(x) == 0 {
		return
	}
	run := Stats{
		Count: int64(len(x)),
		Min:   float32(math.Inf(1)), Max: float32(math.Inf(-1)), AbsMin: float32(math.Inf(1)),
	}
	l := newLanes()
	if len(x) < shortLen {
		for i, v := range x {
			l.add(&run, i%laneCount, v)
		}
	} else {
		for n := addVector(&l, &run, x); n < len(x); n += blockLen {
			addBlock(&l, &run, x[n:min(n+blockLen, len(x))])
		}
	}
	run.finish(&l)
	s.Merge(run)
}

func (s *Stats) finish(l *lanes) {
	s.Sum += total(&l.sum)
	s.SumSq += total(&l.sq)
	e16 := total(&l.e16)
	s.ErrFP16 += e16
	s.ErrFP16Flush += e16
	s.ErrTF32 += e16 // the significands of TF32 and float16 are equally long
	if l.least == math.MaxUint32 {
		return
	}
	least := math.Float32frombits(l.least)
	low, high := least, -least
	if l.lowest > magnitude {
		low = math.Float32frombits(l.lowest)
	}
	if l.greatest >= 0 {
		high = math.Float32frombits(uint32(l.greatest))
	}
	s.Min, s.Max, s.AbsMin = min(s.Min, low), max(s.Max, high), min(s.AbsMin, least)
}

func total(l *[laneCount]float64) float64 { return (l[0] + l[1]) + (l[2] + l[3]) }

// shortLen is the length from which on setting up a block or vectors pays.
const shortLen = 32

// blockLen is how many values addBlock takes, a multiple of laneCount. A block
// stays in the first-level cache between the two passes over it.
const blockLen = 256

// addBlock adds at most blockLen values, the first of them to lane 0. It makes
// two passes, because eight partial sums are what the registers hold.
func addBlock(l *lanes, s *Stats, x []float32) {
	var (
		apart [blockLen]uint8 // places of values outside the lanes' range
		n     int
	)
	// The same memory as integers, sparing moves between register files.
	y := unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
	greatest, lowest, least := l.greatest, l.lowest, l.least
	s0, s1, s2, s3 := l.sum[0], l.sum[1], l.sum[2], l.sum[3]
	q0, q1, q2, q3 := l.sq[0], l.sq[1], l.sq[2], l.sq[3]
	i := 0
	for ; i+laneCount <= len(x); i += laneCount {
		v, b := (*[laneCount]float32)(x[i:]), (*[laneCount]uint32)(y[i:])
		if u := b[0]; u&magnitude-minNormal < span {
			greatest, lowest, least = max(greatest, int32(u)), max(lowest, u), min(least, u&magnitude)
			d := float64(v[0])
			s0 += d
			q0 += d * d
		} else {
			apart[n&(blockLen-1)] = uint8(i)
			n++
		}
		if u := b[1]; u&magnitude-minNormal < span {
			greatest, lowest, least = max(greatest, int32(u)), max(lowest, u), min(least, u&magnitude)
			d := float64(v[1])
			s1 += d
			q1 += d * d
		} else {
			apart[n&(blockLen-1)] = uint8(i + 1)
			n++
		}
		if u := b[2]; u&magnitude-minNormal < span {
			greatest, lowest, least = max(greatest, int32(u)), max(lowest, u), min(least, u&magnitude)
			d := float64(v[2])
			s2 += d
			q2 += d * d
		} else {
			apart[n&(blockLen-1)] = uint8(i + 2)
			n++
		}
		if u := b[3]; u&magnitude-minNormal < span {
			greatest, lowest, least = max(greatest, int32(u)), max(lowest, u), min(least, u&magnitude)
			d := float64(v[3])
			s3 += d
			q3 += d * d
		} else {
			apart[n&(blockLen-1)] = uint8(i + 3)
			n++
		}
	}
	l.greatest, l.lowest, l.least = greatest, lowest, least
	l.sum = [laneCount]float64{s0, s1, s2, s3}
	l.sq = [laneCount]float64{q0, q1, q2, q3}

	// The second pass needs no look at ranges: zeros in the places of values
	// apart add nothing.
	if n > 0 {
		var cleared [blockLen]uint32
		copy(cleared[:], y)
		for _, k := range apart[:n] {
			cleared[k] = 0
		}
		y = cleared[:len(y)]
	}
	s0, s1, s2, s3 = l.e16[0], l.e16[1], l.e16[2], l.e16[3]
	for i := 0; i+laneCount <= len(y); i += laneCount {
		b := (*[laneCount]uint32)(y[i:])
		s0 += lost13(b[0]) * weight(b[0])
		s1 += lost13(b[1]) * weight(b[1])
		s2 += lost13(b[2]) * weight(b[2])
		s3 += lost13(b[3]) * weight(b[3])
	}
	l.e16 = [laneCount]float64{s0, s1, s2, s3}

	for _, k := range apart[:n] {
		s.addApart(x[k])
	}
	for lane, v := range x[i:] {
		l.add(s, lane, v)
	}
}

// add adds one value to a lane.
func (l *lanes) add(s *Stats, lane int, v float32) {
	u := math.Float32bits(v)
	if u&magnitude-minNormal >= span {
		s.addApart(v)
		return
	}
	l.greatest, l.lowest, l.least = max(l.greatest, int32(u)), max(l.lowest, u), min(l.least, u&magnitude)
	d := float64(v)
	l.sum[lane] += d
	l.sq[lane] += d * d
	l.e16[lane] += lost13(u) * weight(u)
}

// Rounding a normal value to float16 drops 13 bits of its significand. The error
// is the dropped bits as a signed number, times 2^(e-23) for a value of exponent
// e; which way a tie goes makes no difference to its square. Both are exact, and
// so is the product.

// lost13 returns the square of the 13 dropped bits.
func lost13(u uint32) float64 {
	r := int32(u<<19) >> 19
	return float64(r * r)
}

// weight returns 2^(2(e-23)) for the bits of a normal value of exponent e.
func weight(u uint32) float64 {
	return math.Float64frombits(uint64(u&exponents)<<30 + (1023-2*(127+23))<<52)
}

// addApart adds a value that is zero, too small or too large for a normal
// float16, infinite, or NaN.
func (s *Stats) addApart(v float32) {
	a := math.Float32bits(v) & magnitude
	if a > exponents {
		s.NaN++
		return
	}
	if a == exponents {
		s.Inf++
		return
	}
	if key(v) < key(s.Min) {
		s.Min = v
	}
	if key(v) > key(s.Max) {
		s.Max = v
	}
	if a == 0 {
		s.Zeros++
		return
	}
	abs := math.Float32frombits(a)
	s.AbsMin = min(s.AbsMin, abs)
	d := float64(v)
	s.Sum += d
	s.SumSq += d * d

	if t := (a + 0xfff + a>>13&1) &^ 0x1fff; t < exponents {
		e := float64(math.Float32frombits(t)) - float64(abs)
		s.ErrTF32 += e * e
	} else {
		s.TF32Overflow++
	}

	if a >= tooLarge {
		s.Overflow++
		return
	}
	// Float32s from 1/2 to 1 are 2^-24 apart as subnormal float16 are.
	h := (abs + 0.5) - 0.5
	e := float64(h) - float64(abs)
	s.ErrFP16 += e * e
	switch {
	case h == 0:
		s.Flushed++
		s.ErrFP16Flush += d * d
	case h < 0x1p-14:
		s.Subnormal++
		s.ErrFP16Flush += d * d
	default:
		s.ErrFP16Flush += e * e
	}
}
