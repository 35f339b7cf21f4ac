package half

import "math"

// maxFloat4 is the greatest value of float4_e2m1fn.
const maxFloat4 = 6

// RoundFloat4 returns the value of float4_e2m1fn nearest to x, ties to the even
// one. The type has no infinity and no NaN: what is too large becomes 6, and so
// does NaN, as NVIDIA's GPUs convert it.
func RoundFloat4(x float32) float32 {
	v := float64(x)
	switch {
	case v != v:
		return maxFloat4
	case math.Abs(v) >= maxFloat4:
		return float32(math.Copysign(maxFloat4, v))
	case v == 0:
		return x
	}
	_, e := math.Frexp(v)
	step := math.Ldexp(1, max(e-1, 0)-1) // 1 bit of significand; subnormals below 1
	return float32(math.Copysign(math.RoundToEven(v/step)*step, v))
}

// RoundFloat4s replaces each value by the nearest float4_e2m1fn.
func RoundFloat4s(x []float32) {
	for i, v := range x {
		x[i] = RoundFloat4(v)
	}
}

// magnitudes are those of float4_e2m1fn.
var magnitudes = [8]float32{0, 0.5, 1, 1.5, 2, 3, 4, 6}

// Float4 returns the 4 bits of the float4_e2m1fn nearest to x.
func Float4(x float32) uint8 {
	x = RoundFloat4(x)
	sign := uint8(math.Float32bits(x) >> 28 & 8)
	for i, m := range magnitudes {
		if m == float32(math.Abs(float64(x))) {
			return sign | uint8(i)
		}
	}
	panic("unreachable: rounded to no float4")
}

// FromFloat4 returns the value of a float4_e2m1fn, the low 4 bits of b.
func FromFloat4(b uint8) float32 {
	v := magnitudes[b&7]
	if b&8 != 0 {
		return -v
	}
	return v
}
