package raw

import (
	"math"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// float8 holds the values of all bytes of the 8-bit types, as defined by the OCP
// 8-bit floating point specification (E4M3, E5M2), the OCP microscaling
// specification (E8M0) and, for the FNUZ kinds, arXiv:2206.02915. The bits of
// NaNs, of which these say nothing, are PyTorch's.
var float8 = map[dtype.Type]*[256]float32{
	dtype.Float8E4M3FN:   small(3, 7, func(b byte) bool { return b&0x7f == 0x7f }),
	dtype.Float8E5M2:     small(2, 15, func(b byte) bool { return b&0x7f > 0x7c }),
	dtype.Float8E4M3FNUZ: unsignedZero(3, 8),
	dtype.Float8E5M2FNUZ: unsignedZero(2, 16),
	dtype.Float8E8M0FNU:  exponents(),
}

const (
	quietNaN = 0x7fc00000
	loneNaN  = 0x7f800001 // of types that have one NaN
)

// small returns the values of a sign, an exponent and a number of mantissa bits.
func small(mantissa, bias int, isNaN func(byte) bool) *[256]float32 {
	var all [256]float32
	for i := range all {
		b := byte(i)
		m, e := int(b)&(1<<mantissa-1), int(b&0x7f)>>mantissa
		v := math.Ldexp(float64(m), 1-bias-mantissa)
		if e > 0 {
			v = math.Ldexp(float64(m+1<<mantissa), e-bias-mantissa)
		}
		bits := math.Float32bits(float32(v))
		switch {
		case isNaN(b):
			bits = quietNaN | uint32(m)<<(23-mantissa)
		case bias == 15 && b&0x7f == 0x7c: // only E5M2 has infinities
			bits = math.Float32bits(float32(math.Inf(1)))
		}
		all[i] = math.Float32frombits(bits | uint32(b>>7)<<31)
	}
	return &all
}

// unsignedZero returns the values of types whose negative zero is their NaN.
func unsignedZero(mantissa, bias int) *[256]float32 {
	all := small(mantissa, bias, func(byte) bool { return false })
	all[0x80] = math.Float32frombits(loneNaN)
	return all
}

func exponents() *[256]float32 {
	var all [256]float32
	for i := range all {
		all[i] = float32(math.Ldexp(1, i-127))
	}
	all[255] = math.Float32frombits(loneNaN)
	return &all
}
