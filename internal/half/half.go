package half

import "math"

const (
	signs    = 0x80000000
	infinity = 0x7f800000
	// The float16 value 2^-14 is its smallest normal one, 2^16 the first that
	// is out of range whatever the rounding.
	minNormal = (127 - 14) << 23
	tooLarge  = (127 + 16) << 23
	rebias    = (127 - 15) << 23
)

// Float16 returns the float16 nearest to x.
func Float16(x float32) uint16 {
	u := math.Float32bits(x)
	a := u &^ signs
	sign := uint16(u >> 16 & 0x8000)
	switch {
	case a-minNormal < tooLarge-minNormal:
		// A carry out of the significand is the right exponent, up to infinity.
		return sign | uint16((a-rebias+0xfff+a>>13&1)>>13)
	case a < minNormal:
		// Float32s from 1/2 to 1 are 2^-24 apart as float16 subnormals are.
		return sign | uint16(math.Float32bits(math.Float32frombits(a)+0.5)-math.Float32bits(0.5))
	case a <= infinity:
		return sign | 0x7c00
	}
	return sign | 0x7e00 | uint16(a>>13&0x1ff)
}

// FromFloat16 returns the value of a float16, exactly.
func FromFloat16(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	a := uint32(h & 0x7fff)
	switch {
	case a >= 0x7c00:
		if a > 0x7c00 {
			a |= 0x200
		}
		return math.Float32frombits(sign | infinity | a<<13)
	case a < 0x400:
		return math.Float32frombits(sign | math.Float32bits(float32(a)*0x1p-24))
	}
	return math.Float32frombits(sign | (a<<13 + rebias))
}

// BFloat16 returns the bfloat16 nearest to x.
func BFloat16(x float32) uint16 {
	u := math.Float32bits(x)
	if u&^signs > infinity {
		return uint16(u>>16) | 0x40
	}
	return uint16((u + 0x7fff + u>>16&1) >> 16)
}

// FromBFloat16 returns the value of a bfloat16, exactly.
func FromBFloat16(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

// ToFloat16s converts src, whose length is that of dst.
func ToFloat16s(dst []uint16, src []float32) {
	n := toFloat16sVector(dst, src)
	for i, x := range src[n:] {
		dst[n+i] = Float16(x)
	}
}

// FromFloat16s converts src, whose length is that of dst.
func FromFloat16s(dst []float32, src []uint16) {
	n := fromFloat16sVector(dst, src)
	for i, h := range src[n:] {
		dst[n+i] = FromFloat16(h)
	}
}

// ToBFloat16s converts src, whose length is that of dst.
func ToBFloat16s(dst []uint16, src []float32) {
	n := toBFloat16sVector(dst, src)
	for i, x := range src[n:] {
		dst[n+i] = BFloat16(x)
	}
}

// FromBFloat16s converts src, whose length is that of dst.
func FromBFloat16s(dst []float32, src []uint16) {
	n := fromBFloat16sVector(dst, src)
	for i, b := range src[n:] {
		dst[n+i] = FromBFloat16(b)
	}
}

// RoundFloat16s replaces each value by the nearest float16.
func RoundFloat16s(x []float32) {
	n := roundFloat16sVector(x)
	for i, v := range x[n:] {
		x[n+i] = FromFloat16(Float16(v))
	}
}

// RoundBFloat16s replaces each value by the nearest bfloat16.
func RoundBFloat16s(x []float32) {
	n := roundBFloat16sVector(x)
	for i, v := range x[n:] {
		x[n+i] = FromBFloat16(BFloat16(v))
	}
}
