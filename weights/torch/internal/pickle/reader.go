package pickle

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Error is what is wrong with a pickle.
type Error struct {
	Offset  int64 // of the opcode, from where the reader began
	Problem string
	// Harmful: the pickle calls a function that is known to do harm.
	Harmful bool
	Err     error // ErrBudget, or nil
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Error returns the problem and its place.
func (e *Error) Error() string { return fmt.Sprintf("%s at byte %d", e.Problem, e.Offset) }

// source reads the bytes of pickles that lie one behind the other.
type source struct {
	r      io.Reader
	buf    *bufio.Reader
	off    int64 // of the next byte
	size   int64 // bytes there are; what is claimed beyond is refused unread
	budget *Budget
}

var errEnd = errors.New("ends within a value")

const (
	bufferLen = 32 << 10
	// pieceLen is how much of a long string is allocated on its word alone.
	pieceLen = 256 << 10
)

func (s *source) byte() (byte, error) {
	b, err := s.buf.ReadByte()
	if err != nil {
		return 0, ended(err)
	}
	s.off++
	s.budget.read++
	return b, nil
}

// peek returns the next n bytes, at most eight, and goes behind them.
func (s *source) peek(n int) ([]byte, error) {
	b, err := s.buf.Peek(n)
	if err != nil {
		return nil, ended(err)
	}
	s.skipped(n)
	_, err = s.buf.Discard(n)
	return b, err
}

func (s *source) skipped(n int) {
	s.off += int64(n)
	s.budget.read += int64(n)
}

// check refuses a claimed length that the file does not have.
func (s *source) check(n uint64) error {
	if left := s.size - s.off; n > uint64(max(left, 0)) {
		return fmt.Errorf("claims %d bytes where %d are left", n, max(left, 0))
	}
	return nil
}

// text returns n bytes as a string.
func (s *source) text(n uint64) (string, error) {
	if err := s.check(n); err != nil {
		return "", err
	}
	if n <= pieceLen {
		if err := s.budget.Charge(int64(n) + valueSize); err != nil {
			return "", err
		}
		b := make([]byte, n)
		m, err := io.ReadFull(s.buf, b)
		s.skipped(m)
		return string(b), ended(err)
	}
	// The size is the member's claim: let the bytes come before their memory.
	var all bytes.Buffer
	for left := int64(n); left > 0; {
		m, err := io.CopyN(&all, s.buf, min(left, pieceLen))
		s.skipped(int(m))
		if err != nil {
			return "", ended(err)
		}
		// A buffer that doubles allocates twice its end, and then the string.
		if err := s.budget.Charge(3 * m); err != nil {
			return "", err
		}
		left -= m
	}
	return all.String(), nil
}

// skip goes behind n bytes.
func (s *source) skip(n uint64) error {
	if err := s.check(n); err != nil {
		return err
	}
	m, err := io.CopyN(io.Discard, s.buf, int64(n))
	s.off += m
	s.budget.read += m
	return ended(err)
}

// jump goes behind n bytes without reading those that are far.
func (s *source) jump(n int64) error {
	s.off += n
	if near := int64(s.buf.Buffered()); n > near {
		if seeker, ok := s.r.(io.Seeker); ok {
			_, err := seeker.Seek(n-near, io.SeekCurrent)
			s.buf.Reset(s.r)
			return err
		}
	}
	_, err := io.CopyN(io.Discard, s.buf, n)
	return ended(err)
}

// maxLine bounds the lines of protocol 0.
const maxLine = 64 << 10

// line returns what comes before the next newline, and goes behind it.
func (s *source) line() (string, error) {
	var all []byte
	for {
		part, err := s.buf.ReadSlice('\n')
		s.skipped(len(part))
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return "", ended(err)
		}
		if len(all)+len(part) > maxLine {
			return "", fmt.Errorf("has a line of more than %d bytes", maxLine)
		}
		if err := s.budget.Charge(2*int64(len(part)) + valueSize); err != nil {
			return "", err
		}
		all = append(all, part...)
		if err == nil {
			return string(all[:len(all)-1]), nil
		}
	}
}

// ended names the end of the file in words; other errors pass.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errEnd
	}
	return err
}
