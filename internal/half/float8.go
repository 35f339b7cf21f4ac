package half

import "math"

// maxFloat8 is the greatest value of float8_e4m3fn.
const maxFloat8 = 448

// RoundFloat8 returns the value of float8_e4m3fn nearest to x. The type has no
// infinity: what is too large becomes 448.
func RoundFloat8(x float32) float32 {
	v := float64(x)
	if math.Abs(v) >= maxFloat8 {
		return float32(math.Copysign(maxFloat8, v))
	}
	if v == 0 || v != v {
		return x
	}
	_, e := math.Frexp(v)
	step := math.Ldexp(1, max(e-1, -6)-3) // 3 bits of significand; subnormals below 2^-6
	return float32(math.RoundToEven(v/step) * step)
}

// Float8 returns the float8_e4m3fn nearest to x.
func Float8(x float32) uint8 {
	x = RoundFloat8(x)
	sign := uint8(math.Float32bits(x) >> 24 & 0x80)
	a := math.Abs(float64(x))
	switch {
	case a != a:
		return sign | 0x7f
	case a < 0x1p-6:
		return sign | uint8(a*0x1p9)
	}
	f, e := math.Frexp(a)
	return sign | uint8(e+6)<<3 | uint8(f*16)&7
}

// FromFloat8 returns the value of a float8_e4m3fn, exactly.
func FromFloat8(b uint8) float32 {
	sign := uint32(b&0x80) << 24
	e, m := int(b>>3&15), float64(b&7)
	v := math.NaN()
	switch {
	case b&0x7f == 0x7f:
	case e == 0:
		v = m * 0x1p-9
	default:
		v = math.Ldexp(8+m, e-10)
	}
	return math.Float32frombits(sign | math.Float32bits(float32(v))&^signs)
}

// ToFloat8s converts src, whose length is that of dst.
func ToFloat8s(dst []uint8, src []float32) {
	for i, v := range src {
		dst[i] = Float8(v)
	}
}

// CeilScale8s replaces each value by what CeilScale8 makes of it.
func CeilScale8s(x []float32) {
	for i, v := range x {
		x[i] = CeilScale8(v)
	}
}

// RoundFloat8s replaces each value by the nearest float8_e4m3fn.
func RoundFloat8s(x []float32) {
	for i, v := range x {
		x[i] = RoundFloat8(v)
	}
}

// FromScale8 returns the value of a float8_e8m0fnu, 2^(b-127), exactly.
func FromScale8(b uint8) float32 {
	if b == 0xff {
		return float32(math.NaN())
	}
	return float32(math.Ldexp(1, int(b)-127))
}

// CeilScale8 returns the least float8_e8m0fnu that is not less than x. The type
// has no zero and no sign: what is too small becomes 2^-127, too large 2^127.
func CeilScale8(x float32) float32 {
	if x != x {
		return x
	}
	f, e := math.Frexp(min(max(float64(x), 0x1p-127), 0x1p127))
	if f == 0.5 {
		e--
	}
	return float32(math.Ldexp(1, e))
}
