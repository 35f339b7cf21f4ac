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

// tokensInRow is how many values are taken singly after one that is no cell.
const tokensInRow = 16

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
		// Then some tokens, whatever they are, before cells are tried again.
		blank := len(b) > 0 && b[0] == ' '
		for range min(tokensInRow, c.count-i, weights.ChunkLen-i%weights.ChunkLen) {
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
	}
	sums.values += c.count
	l.end = s.offset()
	return l, nil
}

// value decodes the next token, value i of count of a tensor, and returns its
// number of digits.
func (d decoder) value(s *scanner, c column, i int64) (bits uint32, digits int, err error) {
	before := s.pos
	if bits, digits = d.inWindow(s); digits > 0 && digits <= c.digits {
		return bits, digits, nil
	}
	s.pos = before
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

// inWindow is value for the common case: a token that ends in the scanner's
// window. It returns 0 digits and does nothing in any other.
func (d decoder) inWindow(s *scanner) (bits uint32, digits int) {
	b := s.buf[s.pos:]
	at := 0
	for at < len(b) && isSpace(b[at]) {
		at++
	}
	if len(b)-at > prefixLen && hasPrefix(b[at:]) {
		at += prefixLen
	}
	if len(b)-at <= maxDigits {
		return 0, 0
	}
	if bits, ok := d.eight((*[maxDigits]byte)(b[at:])); ok != 0 {
		if !isSpace(b[at+maxDigits]) {
			return 0, 0
		}
		s.pos += at + maxDigits
		return bits, maxDigits
	}
	for n, c := range b[at : at+maxDigits] {
		digit, ok := nibble(c)
		if !ok {
			if !isSpace(c) {
				return 0, 0
			}
			s.pos += at + n
			return bits, n
		}
		bits = bits<<4 | digit
	}
	return 0, 0
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
	s := newScanner(f.r, f.size, scanLen)
	s.seek(marks[from/weights.ChunkLen])
	skip := from % weights.ChunkLen
	for i := -skip; i < int64(len(dst)); i++ {
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
	}
	return nil
}
