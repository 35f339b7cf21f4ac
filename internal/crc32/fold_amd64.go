//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package crc32

import (
	"hash/crc32"
	"simd/archsimd"
)

const (
	vector = 64         // bytes
	stride = 4 * vector // bytes that are taken at a time
)

// A multiplier moves a block of 128 bits forward in the message: what it is
// multiplied with, the low and the high half each with its own factor, can be
// added to the block at the distance without changing the remainder. Reversed
// bits shift the products by one, which the factors make up for.
//
// After V. Gopal, E. Ozturk et al., "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction", Intel, 2009.
type multiplier [8]uint64

func newMultiplier(bytes uint64) (m multiplier) {
	for i := range m {
		exponent := 8*bytes + 32
		if i%2 == 1 {
			exponent -= 64
		}
		m[i] = uint64(power(exponent, 0)) << 1
	}
	return m
}

var byStride, byVector = newMultiplier(stride), newMultiplier(vector)

// updateVector sums up what whole strides cover and returns how many bytes that
// is, 0 without AVX-512 and VPCLMULQDQ.
func updateVector(crc uint32, b []byte) (uint32, int) {
	if len(b) < 2*stride || !archsimd.X86.AVX512() || !archsimd.X86.AVX512VPCLMULQDQ() {
		return crc, 0
	}
	n := len(b) / stride * stride
	by := archsimd.LoadUint64x8((*[8]uint64)(&byStride))
	load := func(at int) archsimd.Uint64x8 { return archsimd.LoadUint8x64Slice(b[at:]).AsUint64x8() }
	// The sum so far is added to the first bytes, as if it had been theirs.
	first := archsimd.LoadUint64x8(&[8]uint64{uint64(^crc)})
	s0, s1, s2, s3 := load(0).Xor(first), load(vector), load(2*vector), load(3*vector)
	for at := stride; at < n; at += stride {
		s0 = fold(s0, by).Xor(load(at))
		s1 = fold(s1, by).Xor(load(at + vector))
		s2 = fold(s2, by).Xor(load(at + 2*vector))
		s3 = fold(s3, by).Xor(load(at + 3*vector))
	}
	by = archsimd.LoadUint64x8((*[8]uint64)(&byVector))
	for _, next := range [...]archsimd.Uint64x8{s1, s2, s3} {
		s0 = fold(s0, by).Xor(next)
	}
	var rest [vector]byte
	s0.AsUint8x64().Store(&rest)
	archsimd.ClearAVXUpperBits()
	// What is left has the same remainder as the whole, without its beginning.
	return crc32.Update(^uint32(0), crc32.IEEETable, rest[:]), n
}

func fold(s, by archsimd.Uint64x8) archsimd.Uint64x8 {
	return s.CarrylessMultiplyGrouped(0, 0, by).Xor(s.CarrylessMultiplyGrouped(1, 1, by))
}
