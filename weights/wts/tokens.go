package wts

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/trtbuild/trtbuild/weights"
)

// layout is how the values of one tensor lie in the file.
type layout struct {
	start  int64   // the white space before the first value
	end    int64   // behind the last value
	padded bool    // blank and eight digits each
	marks  []int64 // offset of every ChunkLen-th value, if not padded
}

// column is what is known of a tensor's values before they are read.
type column struct {
	tensor string
	count  int64
	digits int // of a value at most
}

// totals are counts over the whole file.
type totals struct {
	values   int64
	short    int64 // of fewer digits than their type has
	shortEnd int64 // where the last of those ends
}

// endError is the end of the file among the values of a tensor.
type endError struct{ index, count int64 }

func (e endError) Error() string { return fmt.Sprintf("value %d of %d", e.index+1, e.count) }

// scanValues checks the next count values and notes where they are. Nothing is
// allocated by the count alone.
func (d decoder) scanValues(s *scanner, c column, sums *totals) (layout, error) {
	if c.count == 0 {
		return layout{start: s.offset(), end: s.offset(), padded: true}, nil
	}
	if more, _, err := s.skipSpace(); err != nil {
		return layout{}, err
	} else if !more {
		return layout{}, endError{0, c.count}
	}
	l := layout{start: s.offset() - 1, padded: c.digits == maxDigits}
	s.seek(l.start)
	for i := int64(0); i < c.count; {
		if i%weights.ChunkLen == 0 {
			l.marks = append(l.marks, s.offset())
		}
		b, err := s.need(cellLen + 1)
		if err != nil {
			return l, err
		}
		// The last cell of a run is left to the tokens: it may be longer.
		if n := min(c.count-i, weights.ChunkLen-i%weights.ChunkLen, int64(len(b)-1)/cellLen); n > 0 && c.digits == maxDigits {
			k := d.count(b, int(n))
			if k > 0 && !isSpace(b[cellLen*k]) {
				k--
			}
			s.pos += cellLen * k
			i += int64(k)
			if k > 0 {
				continue
			}
		}
		// Values of any width, as far as the window goes without anything odd.
		if k, used, short := d.run(nil, b, int(min(c.count-i, weights.ChunkLen-i%weights.ChunkLen)), c.digits); k > 0 {
			if short.count > 0 {
				sums.short += short.count
				sums.shortEnd = s.offset() + int64(short.end)
			}
			s.pos += used
			i += int64(k)
			l.padded = false
			continue
		}
		// And one value the slow way, which finds what is wrong with it.
		blank := len(b) > 0 && b[0] == ' '
		_, digits, err := d.value(s, c, i)
		if err != nil {
			return l, err
		}
		if digits < c.digits {
			sums.short++
			sums.shortEnd = s.offset()
		}
		i++
		// A cell comes here only at the end of the file.
		l.padded = l.padded && blank && digits == maxDigits && s.offset() == l.start+cellLen*i && s.offset() == s.size
	}
	sums.values += c.count
	l.end = s.offset()
	return l, nil
}

// value decodes the next token, value i of count of a tensor, and returns its
// number of digits.
func (d decoder) value(s *scanner, c column, i int64) (bits uint32, digits int, err error) {
	more, _, err := s.skipSpace()
	if err != nil {
		return 0, 0, err
	}
	if !more {
		return 0, 0, endError{i, c.count}
	}
	off := s.offset()
	tok, err := s.token()
	if err != nil {
		return 0, 0, err
	}
	if bits, digits = decodeToken(tok); digits == 0 || digits > c.digits {
		return 0, 0, badValue(c, off, i, tok)
	}
	return bits, digits, nil
}

// shorts are the values of a run that have fewer digits than their type.
type shorts struct {
	count int64
	end   int // behind the last one
}

// run decodes up to n values of one to digits digits from the start of b, with
// white space and perhaps 0x before each, into dst, or nowhere if that is nil. It
// stops early at whatever it has to leave to value: the last bytes of b, or
// anything odd. It returns the number of values and of bytes they take.
func (d decoder) run(dst []float32, b []byte, n, digits int) (k, used int, short shorts) {
	const longest = 1 + prefixLen + maxDigits + 1
	if dst != nil {
		dst = dst[:n]
	}
	at := 0
	for ; k < n && at+longest <= len(b); k++ {
		// One blank, 0x and eight digits are what most values of such files are.
		c := (*[longest]byte)(b[at:])
		bits, ok := d.eight((*[maxDigits]byte)(c[1+prefixLen:]))
		if ok != 0 && c[0] == ' ' && c[1] == '0' && c[2] == 'x' && isSpace(c[longest-1]) && digits == maxDigits {
			at += longest - 1
		} else {
			var width, length int
			if bits, width, length = d.token(b[at:]); width == 0 || width > digits {
				break
			}
			if at += length; width < digits {
				short.count++
				short.end = at
			}
		}
		if dst != nil {
			dst[k] = math.Float32frombits(bits)
		}
	}
	return k, at, short
}

// token decodes the value behind the white space that b starts with. length is
// that of both; width is 0 for what is no value that ends within b.
func (d decoder) token(b []byte) (bits uint32, width, length int) {
	const longest = prefixLen + maxDigits + 1
	at := 0
	for at < len(b) && isSpace(b[at]) {
		at++
	}
	if at+longest > len(b) {
		return 0, 0, 0
	}
	if hasPrefix(b[at:]) {
		at += prefixLen
	}
	c := (*[maxDigits + 1]byte)(b[at:])
	bits, ok := d.eight((*[maxDigits]byte)(c[:]))
	width = maxDigits
	if ok == 0 {
		bits, width = leading((*[maxDigits]byte)(c[:]))
	}
	if !isSpace(c[width]) {
		return 0, 0, 0
	}
	return bits, width, at + width
}

// leading decodes the digits that c starts with.
func leading(c *[maxDigits]byte) (bits uint32, width int) {
	for _, x := range c {
		digit, ok := nibble(x)
		if !ok {
			break
		}
		bits = bits<<4 | digit
		width++
	}
	return bits, width
}

// mark finds the values of a tensor that was taken for padded and is not.
func (f *File) mark(e *entry) error {
	s := newScanner(f.r, f.size, scanLen)
	s.seek(e.start)
	l, err := f.decoder.scanValues(s, e.column(), new(totals))
	var end endError
	if errors.As(err, &end) || err == nil && l.end != e.end {
		return &problem{
			off: l.end, tensor: e.Name, what: fmt.Sprintf("its line does not hold the %d values of its count", e.Count), next: exportAgain,
		}
	}
	if err != nil {
		return err
	}
	e.marks.Store(&l.marks)
	return nil
}

// readTokens puts the bits of values of any width into dst, from the nearest
// mark on.
func (f *File) readTokens(e *entry, dst []float32, from int64) error {
	marks, c := *e.marks.Load(), e.column()
	s := f.scanners.Get().(*scanner)
	defer f.scanners.Put(s)
	s.rewind(marks[from/weights.ChunkLen])
	skip := from % weights.ChunkLen
	for i := -skip; i < int64(len(dst)); {
		b, err := s.need(1)
		if err != nil {
			return err
		}
		out, n := []float32(nil), -i // to be skipped
		if i >= 0 {
			out, n = dst[i:], int64(len(dst))-i
		}
		if k, used, _ := f.decoder.run(out, b, int(n), c.digits); k > 0 {
			s.pos += used
			i += int64(k)
			continue
		}
		bits, _, err := f.decoder.value(s, c, from+i)
		if err != nil {
			var end endError
			if errors.As(err, &end) {
				return readError(f.size, e.Name, io.ErrUnexpectedEOF)
			}
			return err
		}
		if i >= 0 {
			dst[i] = math.Float32frombits(bits)
		}
		i++
	}
	return nil
}
