package chanstat

import "math"

// Stats are the statistics of a set of float32 values. The zero value is that
// of the empty set.
type Stats struct {
	Count int64
	Zeros int64 // of either sign
	NaN   int64
	Inf   int64

	Min, Max float32 // of the finite values, -0 below +0; +Inf and -Inf if there are none
	AbsMin   float32 // smallest magnitude that is not zero; +Inf if there is none

	Sum, SumSq float64 // of the finite values

	// What rounding to float16, to nearest even, makes of finite values.
	Overflow  int64 // infinity, from 65520 on
	Subnormal int64 // 2^-24 to 2^-14, that exclusive
	Flushed   int64 // zero, without having been

	TF32Overflow int64 // infinity in TF32, from 2^128-2^116 on

	// Squared rounding errors, summed. Values that overflow are left out.
	ErrFP16      float64
	ErrFP16Flush float64 // when the device flushes subnormal float16 to zero
	// ErrTF32 is for the 10 bits of significand of TF32 and the exponents of
	// float32. Whether ties go to even, or away from zero as NVIDIA's
	// cvt.rna.tf32 has it, makes no difference to a squared error.
	ErrTF32 float64
}

// Of returns the statistics of x.
func Of(x []float32) Stats {
	var s Stats
	s.Add(x)
	return s
}

// Merge adds the values of another set. Merging the same sets in the same order
// gives the same bits.
func (s *Stats) Merge(o Stats) {
	if o.Count == 0 {
		return
	}
	if s.Count == 0 {
		*s = o
		return
	}
	s.Count += o.Count
	s.Zeros += o.Zeros
	s.NaN += o.NaN
	s.Inf += o.Inf
	if key(o.Min) < key(s.Min) {
		s.Min = o.Min
	}
	if key(o.Max) > key(s.Max) {
		s.Max = o.Max
	}
	s.AbsMin = min(s.AbsMin, o.AbsMin)
	s.Sum += o.Sum
	s.SumSq += o.SumSq
	s.Overflow += o.Overflow
	s.Subnormal += o.Subnormal
	s.Flushed += o.Flushed
	s.TF32Overflow += o.TF32Overflow
	s.ErrFP16 += o.ErrFP16
	s.ErrFP16Flush += o.ErrFP16Flush
	s.ErrTF32 += o.ErrTF32
}

// key orders all float32 but NaN as integers, -0 below +0.
func key(x float32) int32 {
	u := int32(math.Float32bits(x))
	return u ^ int32(uint32(u>>31)>>1)
}

// AbsMax returns the largest finite magnitude, 0 if there is none.
func (s *Stats) AbsMax() float32 {
	if s.Finite() == 0 {
		return 0
	}
	return max(-s.Min, s.Max)
}

// Finite returns the number of finite values.
func (s *Stats) Finite() int64 { return s.Count - s.NaN - s.Inf }

// Mean returns the mean of the finite values, 0 if there are none.
func (s *Stats) Mean() float64 { return ratio(s.Sum, s.Finite()) }

// RMS returns the root of the mean square of the finite values.
func (s *Stats) RMS() float64 { return math.Sqrt(ratio(s.SumSq, s.Finite())) }

// Std returns the standard deviation of the finite values about their mean.
func (s *Stats) Std() float64 {
	m := s.Mean()
	return math.Sqrt(max(0, ratio(s.SumSq, s.Finite())-m*m))
}

func ratio(sum float64, n int64) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// SQNRFP16 returns the ratio of signal to rounding noise in float16, in
// decibels: +Inf if nothing is lost, -Inf if a value overflows.
func (s *Stats) SQNRFP16() float64 { return sqnr(s.SumSq, s.ErrFP16, s.Overflow) }

// SQNRFP16Flush is SQNRFP16 on a device that flushes subnormals to zero.
func (s *Stats) SQNRFP16Flush() float64 { return sqnr(s.SumSq, s.ErrFP16Flush, s.Overflow) }

// SQNRTF32 is the same ratio in TF32.
func (s *Stats) SQNRTF32() float64 { return sqnr(s.SumSq, s.ErrTF32, s.TF32Overflow) }

func sqnr(signal, noise float64, overflow int64) float64 {
	switch {
	case overflow > 0:
		return math.Inf(-1)
	case noise == 0:
		return math.Inf(1)
	}
	return 10 * math.Log10(signal/noise)
}
