package wts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

const exportAgain = "write or download the file again"

// problem is an error that does not know its file and line yet.
type problem struct {
	off             int64
	tensor          string
	what            string
	expected, found string
	next            string
	kind            fault.Kind // zero: bad input
	err             error
}

func (p *problem) Error() string { return p.what }

// locate turns a problem into the error for the caller: it counts the lines
// before the offset, which only errors need.
func (f *File) locate(err error) error {
	var p *problem
	if !errors.As(err, &p) {
		return err
	}
	if p.kind == fault.Bug {
		p.kind = fault.BadInput
	}
	e := &weights.Error{
		Kind: p.kind, File: f.name, Offset: p.off, Tensor: p.tensor,
		Problem: p.what, Expected: p.expected, Found: p.found, Next: p.next, Err: p.err,
	}
	if p.err == nil {
		e.Line, e.Column = position(f.r, p.off)
	}
	return e
}

// position returns the line and column of a byte offset, both from 1, or zeros
// if the file cannot be read any more.
func position(r io.ReaderAt, off int64) (line, column int) {
	buf := make([]byte, 64<<10)
	line, last := 1, int64(-1)
	for at := int64(0); at < off; {
		b := buf[:min(int64(len(buf)), off-at)]
		n, err := r.ReadAt(b, at)
		line += bytes.Count(b[:n], []byte{'\n'})
		if i := bytes.LastIndexByte(b[:n], '\n'); i >= 0 {
			last = at + int64(i)
		}
		at += int64(n)
		if n < len(b) || err != nil && err != io.EOF {
			return 0, 0
		}
	}
	return line, int(off - last)
}

// readError is what a failed or short read at off means.
func readError(off int64, tensor string, err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &problem{
			off: off, tensor: tensor, what: fmt.Sprintf("the file became shorter while it was read: nothing at byte %d", off),
			next: "keep others from writing to it", err: io.ErrUnexpectedEOF,
		}
	}
	return &problem{off: off, tensor: tensor, what: fmt.Sprintf("read at byte %d", off), kind: fault.Resources, err: err}
}

// quote prints a token from the file for a message, cut to a readable length.
func quote(tok []byte) string {
	const limit = 40
	if len(tok) > limit {
		return strconv.Quote(string(tok[:limit])) + "…"
	}
	return strconv.Quote(string(tok))
}

// badValue explains a token that is no value. index counts from 0.
func badValue(c column, off, index int64, tok []byte) error {
	p := &problem{off: off, tensor: c.tensor, found: quote(tok), next: exportAgain}
	p.expected = fmt.Sprintf("1 to %d hexadecimal digits", c.digits)
	p.what = fmt.Sprintf("value %d of %d", index+1, c.count)
	s := string(tok)
	switch {
	case strings.HasPrefix(s, "+"), strings.HasPrefix(s, "-"):
		p.expected += " without a sign"
	case isHex(digitsIn(tok)) && len(digitsIn(tok)) > c.digits:
		p.found = fmt.Sprintf("%d digits, %s", len(digitsIn(tok)), quote(tok))
	case looksLikeName(tok):
		p.next = "the count is too large for the values on this line, or values are missing: " + exportAgain
	}
	return p
}

func looksLikeName(tok []byte) bool {
	return len(tok) > 0 && (tok[0] == '_' || tok[0]|0x20 >= 'a' && tok[0]|0x20 <= 'z') && !isHex(tok)
}

func isHex(tok []byte) bool {
	for _, c := range tok {
		if _, ok := nibble(c); !ok {
			return false
		}
	}
	return len(tok) > 0
}
