package wts

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Dialect is a way of writing .wts files. Reading takes them all.
type Dialect uint8

// The dialects.
const (
	// TwoBlanks is the dialect of most scripts named gen_wts.py and of every
	// C++ reader: two blanks after the count.
	TwoBlanks Dialect = iota
	// OneBlank is for readers, mostly Python's, that split lines at each blank.
	OneBlank
	// Prefixed is what Python's hex() prints: 0x, no leading zeros.
	Prefixed
	// Typed has a column for the type, float32 or float16, before the count, as
	// TensorRT's sampleMNISTAPI reads it.
	Typed
	// Binary is .wts2 of TensorRT's dumpTFWts: type, shape and raw bytes.
	Binary
)

var dialectNames = [...]string{"a1", "a2", "a3", "b", "wts2"}

// String returns the dialect's short name.
func (d Dialect) String() string {
	if int(d) >= len(dialectNames) {
		return fmt.Sprintf("dialect(%d)", uint8(d))
	}
	return dialectNames[d]
}

// ParseDialect returns the dialect of a short name.
func ParseDialect(name string) (Dialect, error) {
	i := slices.Index(dialectNames[:], name)
	if i < 0 {
		return 0, fmt.Errorf("unknown dialect %q: expected one of %v", name, dialectNames)
	}
	return Dialect(i), nil
}

// HasType reports whether the dialect tells float16 from float32.
func (d Dialect) HasType() bool { return d == Typed || d == Binary }

// appendValues encodes values, which are rounded to nearest if t is Float16.
func (d Dialect) appendValues(b []byte, values []float32, t dtype.Type) []byte {
	switch {
	case d == Binary && t == dtype.Float16:
		for _, v := range values {
			b = binary.LittleEndian.AppendUint16(b, half.Float16(v))
		}
	case d == Binary:
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	case d == Typed && t == dtype.Float16:
		for _, v := range values {
			b = append(appendHex(b, uint32(half.Float16(v))), ' ')
		}
	case d == Typed:
		for _, v := range values {
			b = append(appendHex(b, math.Float32bits(v)), ' ')
		}
	case d == Prefixed:
		for _, v := range values {
			b = appendHex(append(b, " 0x"...), math.Float32bits(v))
		}
	default:
		n := len(b)
		b = slices.Grow(b, cellLen*len(values))[:n+cellLen*len(values)]
		encodeCells(b[n:], values)
	}
	return b
}

// appendHex appends the digits of x without leading zeros.
func appendHex(b []byte, x uint32) []byte {
	var digits [maxDigits]byte
	putHex(digits[:], x)
	return append(b, digits[min(bits.LeadingZeros32(x)/4, maxDigits-1):]...)
}

const (
	ones = 0x0101010101010101
	lows = 0x0f * ones
)

// encodeCells writes a blank and eight lower-case digits for each value.
func encodeCells(text []byte, values []float32) {
	for i, v := range values {
		c := text[cellLen*i:][:cellLen]
		c[0] = ' '
		putHex(c[1:], math.Float32bits(v))
	}
}

// putHex writes the eight digits of x: it spreads its nibbles over the bytes
// of a word, then adds '0' to each, and 'a'-'0'-10 more to those above nine.
func putHex(c []byte, x uint32) {
	n := uint64(x)
	n = (n | n<<16) & 0x0000ffff0000ffff
	n = (n | n<<8) & 0x00ff00ff00ff00ff
	n = (n | n<<4) & lows
	letter := (n + 6*ones) >> 4 & ones
	binary.BigEndian.PutUint64(c, n+0x30*ones+letter*39)
}
