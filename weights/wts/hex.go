package wts

import (
	"encoding/binary"
	"math"
)

// cellLen is the length of a value in a padded file: a blank and eight digits.
const cellLen = 9

const (
	ones  = 0x0101010101010101
	highs = 0xf0 * ones
	lows  = 0x0f * ones
)

// decodeCells decodes len(dst) cells from src, which holds at least
// cellLen*len(dst) bytes, and returns how many are well-formed from the start:
// len(dst), or less when a cell near the returned one is no blank followed by
// eight hexadecimal digits. It is the portable twin of the SIMD kernel.
func decodeCellsPortable(dst []float32, src []byte) int {
	const block = 8
	i := 0
	for ; i+block <= len(dst); i += block {
		b := src[cellLen*i:][:cellLen*block]
		d := dst[i:][:block]
		var bad uint64
		for k := range d {
			c := b[cellLen*k:][:cellLen]
			bits, wrong := decode8(binary.BigEndian.Uint64(c[1:]))
			bad |= wrong | uint64(c[0]^' ')
			d[k] = math.Float32frombits(bits)
		}
		if bad != 0 {
			break
		}
	}
	for ; i < len(dst); i++ {
		c := src[cellLen*i:][:cellLen]
		bits, wrong := decode8(binary.BigEndian.Uint64(c[1:]))
		if wrong|uint64(c[0]^' ') != 0 {
			break
		}
		dst[i] = math.Float32frombits(bits)
	}
	return i
}

// decode8 decodes eight hexadecimal digits, the first in the top byte of x.
// bad is zero exactly if all are digits, of either case.
//
// Per byte, with letter = bit 6 of x: a digit has the high half 3, a letter 4
// or 6; n = low half + 9*letter must be 0..9 for a digit and 10..15 for a
// letter, that is, bit 4 of n+6 equals letter and bit 4 of n is clear. No sum
// carries into the next byte.
func decode8(x uint64) (bits uint32, bad uint64) {
	letter := x >> 6 & ones
	n := x&lows + letter*9
	bad = (x|letter<<5)&highs ^ (0x30*ones + letter*0x30)
	bad |= (n + 6*ones ^ letter<<4 | n) & (0x10 * ones)
	n = (n | n>>4) & 0x00ff00ff00ff00ff
	n = (n | n>>8) & 0x0000ffff0000ffff
	return uint32(n | n>>16), bad
}

// decodeToken decodes one to eight digits; fewer mean leading zeros left out.
func decodeToken(tok []byte) (bits uint32, ok bool) {
	if len(tok) == 0 || len(tok) > maxDigits {
		return 0, false
	}
	for _, c := range tok {
		n, ok := nibble(c)
		if !ok {
			return 0, false
		}
		bits = bits<<4 | n
	}
	return bits, true
}

func nibble(c byte) (uint32, bool) {
	switch {
	case c >= '0' && c <= '9':
		return uint32(c - '0'), true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return uint32(c|0x20-'a') + 10, true
	}
	return 0, false
}
