package wts

import (
	"bytes"
	"encoding/binary"
	"math"
)

// cellLen is the length of a value in a padded file: a blank and eight digits.
const cellLen = 9

// decoder decodes hexadecimal digits, of either case, two at a time: pairs
// holds, at the two characters as a little-endian number, valid plus their
// value, or 0 if they are no digits.
type decoder struct {
	pairs *[1 << 16]uint16
}

const valid = 0x100

func newDecoder() decoder {
	const digits = "0123456789abcdefABCDEF"
	d := decoder{new([1 << 16]uint16)}
	for i := range len(digits) {
		for k := range len(digits) {
			high, _ := nibble(digits[i])
			low, _ := nibble(digits[k])
			d.pairs[int(digits[i])|int(digits[k])<<8] = valid | uint16(high<<4|low)
		}
	}
	return d
}

// cells decodes len(dst) cells from src, which holds as many, and returns how
// many are well-formed from the start: a blank and eight digits.
func (d decoder) cells(dst []float32, src []byte) int {
	n := decodeVector(dst, src)
	return n + d.cellsPortable(dst[n:], src[cellLen*n:])
}

// cellsPortable is cells without vectors.
func (d decoder) cellsPortable(dst []float32, src []byte) int {
	const block = 4
	i := 0
	for ; i+block <= len(dst); i += block {
		c := (*[block * cellLen]byte)(src[cellLen*i:])
		v0, ok0 := d.eight((*[8]byte)(c[1:]))
		v1, ok1 := d.eight((*[8]byte)(c[10:]))
		v2, ok2 := d.eight((*[8]byte)(c[19:]))
		v3, ok3 := d.eight((*[8]byte)(c[28:]))
		if ok0&ok1&ok2&ok3 == 0 || (c[0]^' ')|(c[9]^' ')|(c[18]^' ')|(c[27]^' ') != 0 {
			break
		}
		o := (*[block]float32)(dst[i:])
		o[0], o[1], o[2], o[3] = math.Float32frombits(v0), math.Float32frombits(v1), math.Float32frombits(v2), math.Float32frombits(v3)
	}
	for ; i < len(dst); i++ {
		c := (*[cellLen]byte)(src[cellLen*i:])
		bits, ok := d.eight((*[8]byte)(c[1:]))
		if ok == 0 || c[0] != ' ' {
			break
		}
		dst[i] = math.Float32frombits(bits)
	}
	return i
}

// count returns how many of the n cells at the start of src are well-formed.
func (d decoder) count(src []byte, n int) int {
	for i := range n {
		c := (*[cellLen]byte)(src[cellLen*i:])
		if _, ok := d.eight((*[8]byte)(c[1:])); ok == 0 || c[0] != ' ' {
			return i
		}
	}
	return n
}

// eight decodes eight digits; ok is not zero exactly if all are.
func (d decoder) eight(c *[8]byte) (bits, ok uint32) {
	v0 := uint32(d.pairs[binary.LittleEndian.Uint16(c[0:])])
	v1 := uint32(d.pairs[binary.LittleEndian.Uint16(c[2:])])
	v2 := uint32(d.pairs[binary.LittleEndian.Uint16(c[4:])])
	v3 := uint32(d.pairs[binary.LittleEndian.Uint16(c[6:])])
	const carried = valid<<16 + valid<<8 + valid
	return v0<<24 + v1<<16 + v2<<8 + v3 - carried, v0 & v1 & v2 & v3 & valid
}

const prefixLen = len("0x")

// hasPrefix reports whether b, of at least prefixLen bytes, starts with 0x.
func hasPrefix(b []byte) bool { return b[0] == '0' && b[1]|0x20 == 'x' }

// digitsIn returns the digits of a token without what Python's hex() puts
// around them: 0x before and, of a long of Python 2, L behind.
func digitsIn(tok []byte) []byte {
	if len(tok) > prefixLen && hasPrefix(tok) {
		tok = tok[prefixLen:]
	}
	return bytes.TrimSuffix(tok, []byte("L"))
}

// decodeToken decodes one to eight digits; fewer mean leading zeros left out.
// digits is how many there are, or 0 if tok is no value.
func decodeToken(tok []byte) (bits uint32, digits int) {
	tok = digitsIn(tok)
	if len(tok) > maxDigits {
		return 0, 0
	}
	for _, c := range tok {
		n, ok := nibble(c)
		if !ok {
			return 0, 0
		}
		bits = bits<<4 | n
	}
	return bits, len(tok)
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
