package wts

import (
	"io"
)

const (
	maxName   = 1024 // bytes; the longest names of real networks are below 200
	maxDigits = 8    // of a value
	// halfDigits are those of a float16 value, which a type column announces.
	halfDigits = 4
	scanLen    = 256 << 10
	headerLen  = 4 << 10
)

// scanner yields the white-space separated tokens of a file, from any offset
// on, with their positions.
type scanner struct {
	r    io.ReaderAt
	size int64
	fill int    // bytes per read
	buf  []byte // a window of the file
	base int64  // file offset of buf[0]
	pos  int    // next byte, in buf
}

func newScanner(r io.ReaderAt, size int64, fill int) *scanner {
	return &scanner{r: r, size: size, fill: fill}
}

// offset returns the file offset of the next byte.
func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// seek makes off the next byte.
func (s *scanner) seek(off int64) {
	if off >= s.base && off <= s.base+int64(len(s.buf)) {
		s.pos = int(off - s.base)
		return
	}
	s.rewind(off)
}

// rewind makes off the next byte and forgets what was read of the file before.
func (s *scanner) rewind(off int64) { s.base, s.pos, s.buf = off, 0, s.buf[:0] }

// more keeps the unread bytes and reads on behind them. It returns false at
// the end of the file.
func (s *scanner) more() (bool, error) {
	rest := len(s.buf) - s.pos
	at := s.base + int64(len(s.buf))
	n := int(min(int64(s.fill), s.size-at))
	if n <= 0 {
		return false, nil
	}
	if cap(s.buf) < rest+n {
		grown := make([]byte, rest, max(rest+n, s.fill+2*maxName))
		copy(grown, s.buf[s.pos:])
		s.buf = grown
	} else {
		copy(s.buf[:rest], s.buf[s.pos:])
	}
	s.base, s.pos = s.base+int64(s.pos), 0
	s.buf = s.buf[:rest+n]
	if got, err := s.r.ReadAt(s.buf[rest:], at); got < n {
		s.buf = s.buf[:rest+got]
		return false, readError(at+int64(got), "", err)
	}
	return true, nil
}

// need makes at least n unread bytes available, fewer only at the end of the
// file, and returns all that are.
func (s *scanner) need(n int) ([]byte, error) {
	for len(s.buf)-s.pos < n {
		if ok, err := s.more(); err != nil {
			return nil, err
		} else if !ok {
			break
		}
	}
	return s.buf[s.pos:], nil
}

// skipSpace moves to the next byte that is not white space, and reports
// whether there is one and whether a line ended on the way.
func (s *scanner) skipSpace() (ok, newline bool, err error) {
	for {
		for ; s.pos < len(s.buf); s.pos++ {
			c := s.buf[s.pos]
			if !isSpace(c) {
				return true, newline, nil
			}
			newline = newline || c == '\n'
		}
		if ok, err := s.more(); err != nil || !ok {
			return false, newline, err
		}
	}
}

// token returns the bytes up to the next white space or the end of the file,
// at most maxName+1 of them, and moves behind those. They are valid until the
// next call.
func (s *scanner) token() ([]byte, error) {
	n := 0
	for {
		for ; s.pos+n < len(s.buf); n++ {
			if n > maxName || isSpace(s.buf[s.pos+n]) {
				tok := s.buf[s.pos : s.pos+n]
				s.pos += n
				return tok, nil
			}
		}
		if ok, err := s.more(); err != nil {
			return nil, err
		} else if !ok {
			tok := s.buf[s.pos : s.pos+n]
			s.pos += n
			return tok, nil
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
