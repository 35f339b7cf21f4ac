package crc32

import (
	"hash/crc32"
	"math/bits"
)

// Polynomials over GF(2) modulo the CRC's are kept with their bits reversed, as
// the CRC is: bit 31 is the coefficient of x to the power of 0.

// powers are x to the power of 2^k.
var powers = func() (all [32]uint32) {
	all[0] = 1 << 30
	for k := 1; k < 32; k++ {
		all[k] = multiply(all[k-1], all[k-1])
	}
	return all
}()

// power returns x to the power of n times 2^k.
func power(n uint64, k int) uint32 {
	p := uint32(1) << 31
	for ; n != 0; k, n = k+1, n>>1 {
		if n&1 != 0 {
			p = multiply(powers[k%32], p)
		}
	}
	return p
}

func multiply(a, b uint32) (p uint32) {
	for a != 0 {
		if n := bits.LeadingZeros32(a); n > 0 {
			for range n {
				b = b>>1 ^ crc32.IEEE*(b&1)
			}
			a <<= n
		}
		p ^= b
		a &^= 1 << 31
	}
	return p
}
