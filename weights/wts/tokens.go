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

// totals are counts over the whole file.
type totals struct {
	values   int64
	short    int64 // of fewer than eight digits
	shortEnd int64 // where the last of those ends
}

// endError is the end of the file among the values of a tensor.
type endError struct{ index, count int64 }

func (e endError) Error() string { return fmt.Sprintf("value %d of %d", e.index+1, e.count) }

// scanValues checks the next count values and notes where they are. Nothing is
// allocated by the count alone.
func (d decoder) scanValues(s *scanner, tensor string, count int64, sums *totals) (layout, error) {
	if count == 0 {
		return layout{start: s.offset(), end: s.offset(), padded: true}, nil
	}
	if more, _, err := s.skipSpace(); err != nil {
		return layout{}, err
	} else if !more {
		return layout{}, endError{0, count}
	}
	l := layout{start: s.offset() - 1, padded: true}
	s.seek(l.start)
	for i := int64(0); i < count; {
		if i%weights.ChunkLen == 0 {
			l.marks = append(l.marks, s.offset())
		}
		b, err := s.need(cellLen + 1)
		if err != nil {
			return l, err
		}
		// The last cell of a run is left to the tokens: it may be longer.
		if n := min(count-i, weights.ChunkLen-i%weights.ChunkLen, int64(len(b)-1)/cellLen); n > 0 {
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
		blank := len(b) > 0 && b[0] == ' '
		off, tok, err := nextValue(s, tensor, i, count)
		if err != nil {
			return l, err
		}
		if len(tok) < maxDigits {
			sums.short++
			sums.shortEnd = s.offset()
		}
		// A cell comes here only at the end of the file.
		l.padded = l.padded && blank && len(tok) == maxDigits && off == l.start+1+cellLen*i && s.offset() == s.size
		i++
	}
	sums.values += count
	l.end = s.offset()
	return l, nil
}

// nextValue returns the next token, which is one to eight digits.
func nextValue(s *scanner, tensor string, i, count int64) (off int64, tok []byte, err error) {
	more, _, err := s.skipSpace()
	if err != nil {
		return 0, nil, err
	}
	if !more {
		return 0, nil, endError{i, count}
	}
	off = s.offset()
	if tok, err = s.token(maxName); err != nil {
		return 0, nil, err
	}
	if _, ok := decodeToken(tok); !ok {
		return 0, nil, badValue(tensor, off, i, count, tok)
	}
	return off, tok, nil
}

// mark finds the values of a tensor that was taken for padded and is not.
func (f *File) mark(e *entry) error {
	s := newScanner(f.r, f.size, scanLen)
	s.seek(e.start)
	l, err := f.decoder.scanValues(s, e.Name, e.Count, new(totals))
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

// readTokens decodes values of any width from the nearest mark on.
func (f *File) readTokens(e *entry, dst []float32, from int64) error {
	marks := *e.marks.Load()
	s := newScanner(f.r, f.size, scanLen)
	s.seek(marks[from/weights.ChunkLen])
	skip := from % weights.ChunkLen
	for i := -skip; i < int64(len(dst)); i++ {
		bits, ok := f.decoder.next(s)
		if !ok {
			_, tok, err := nextValue(s, e.Name, from+i, e.Count)
			var end endError
			if errors.As(err, &end) {
				return readError(f.size, e.Name, io.ErrUnexpectedEOF)
			}
			if err != nil {
				return err
			}
			bits, _ = decodeToken(tok)
		}
		if i >= 0 {
			dst[i] = math.Float32frombits(bits)
		}
	}
	return nil
}

// next decodes white space and eight digits that end before white space, the
// usual value, if that is what comes next.
func (d decoder) next(s *scanner) (bits uint32, ok bool) {
	b := s.buf[s.pos:]
	if len(b) <= cellLen || !isSpace(b[0]) || !isSpace(b[cellLen]) {
		return 0, false
	}
	bits, valid := d.eight((*[8]byte)(b[1:]))
	if valid == 0 {
		return 0, false
	}
	s.pos += cellLen
	return bits, true
}
