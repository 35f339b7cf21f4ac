package wts

import (
	"errors"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// scan indexes any file token by token and says what is wrong with a bad one.
func (f *File) scan(announced, body int64) error {
	s := newScanner(f.r, f.size, scanLen)
	s.seek(body)
	var (
		sums  totals
		lines bool // the first tensor starts on a line of its own
	)
	for first := true; ; first = false {
		more, newline, err := s.skipSpace()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		lines = lines || first && newline
		at := s.offset()
		err = f.scanTensor(s, announced, &sums, newline)
		var p *problem
		if errors.As(err, &p) && p.err == nil && lines && !newline && !first {
			return f.overlong(at)
		}
		if err != nil {
			return err
		}
	}
	if !f.warnExtras(announced) {
		return f.truncated("", announced, "its name")
	}
	// In a file of eight-digit values, a shorter one that ends the file is
	// the torso of one.
	if sums.short == 1 && sums.values > 1 && sums.shortEnd == f.size {
		return f.truncated(f.names[len(f.names)-1], announced, "the rest of its last value")
	}
	return nil
}

// scanTensor reads one tensor, from its name on.
func (f *File) scanTensor(s *scanner, announced int64, sums *totals, newline bool) error {
	at := s.offset()
	tok, err := s.token()
	if err != nil {
		return err
	}
	name := string(tok)
	inLine := !newline && len(f.names) > 0 // behind another tensor
	switch {
	case badName(tok):
		return &problem{
			off: at, expected: fmt.Sprintf("the name of tensor %d, at most %d bytes of text", len(f.names)+1, maxName), found: quote(tok), next: exportAgain,
		}
	case inLine && isHex(tok) && (len(tok) == maxDigits || tok[0] <= '9'):
		return &problem{off: at, expected: fmt.Sprintf("the name of tensor %d", len(f.names)+1), found: quote(tok), next: exportAgain}
	}
	if other := f.entries[name]; other != nil {
		line, _ := position(f.r, other.at)
		return &problem{off: at, tensor: name, what: fmt.Sprintf("the name comes twice, first on line %d", line), next: "write each tensor once"}
	}
	more, _, err := s.skipSpace()
	if err != nil {
		return err
	}
	if !more {
		return f.truncated(name, announced, "its number of elements")
	}
	countAt := s.offset()
	if tok, err = s.token(); err != nil {
		return err
	}
	count, ok := decimal(tok)
	if !ok {
		return &problem{off: countAt, tensor: name, expected: "its number of elements in decimal", found: quote(tok), next: exportAgain}
	}
	l, err := f.decoder.scanValues(s, name, count, sums)
	var end endError
	if errors.As(err, &end) {
		return f.truncated(name, announced, end.Error())
	}
	if err != nil {
		return err
	}
	f.add(f.newEntry(name, count, at, l))
	return nil
}

// truncated is the error for a file that ends too early.
func (f *File) truncated(tensor string, announced int64, missing string) error {
	k := len(f.names)
	if f.entries[tensor] == nil {
		k++
	}
	return &problem{
		off: f.size, tensor: tensor,
		what: fmt.Sprintf("truncated at tensor %d of %d: the file ends before %s", k, announced, missing),
		next: "the file was cut short or a count is wrong: " + exportAgain,
	}
}

// overlong explains what cannot be a tensor and stands at off behind the
// values of the last one, on its line.
func (f *File) overlong(off int64) error {
	last := f.entries[f.names[len(f.names)-1]]
	s := newScanner(f.r, f.size, headerLen)
	if err := f.dialect(s, last); err != nil {
		return err
	}
	s.seek(off)
	tok, err := s.token()
	if err != nil {
		return err
	}
	return &problem{
		off: off, tensor: last.Name, what: fmt.Sprintf("its line goes on behind the %d values of its count", last.Count),
		expected: "the end of the line", found: quote(tok), next: "the count is wrong, or two lines run into one: " + exportAgain,
	}
}

// dialect recognises the lines `name type count values…` and
// `name type (shape) bytes`, which were read as a tensor of type elements.
func (f *File) dialect(s *scanner, e *entry) error {
	s.seek(e.at)
	word := func() ([]byte, bool) {
		_, newline, err := s.skipSpace()
		if err != nil || newline {
			return nil, false
		}
		tok, err := s.token()
		return tok, err == nil && len(tok) > 0
	}
	if _, ok := word(); !ok {
		return nil
	}
	if typ, ok := word(); !ok || len(typ) != 1 {
		return nil
	}
	third, ok := word()
	if ok && third[0] == '(' {
		return unsupportedDialect(e.at, "the .wts2 dialect (name, type, shape, raw bytes) of TensorRT's sampleCharRNN")
	}
	count, ok := decimal(third)
	if !ok {
		return nil
	}
	for range count {
		if tok, ok := word(); !ok || !isHex(tok) {
			return nil
		}
	}
	more, newline, err := s.skipSpace()
	if err != nil {
		return err
	}
	if more && !newline {
		return nil
	}
	return unsupportedDialect(e.at, "the dialect with a type column (name, type, count, values) of TensorRT's sampleMNISTAPI")
}

func unsupportedDialect(off int64, what string) error {
	return &problem{off: off, kind: fault.Unsupported, what: what + " is not supported yet", next: "write lines of name, count and values"}
}
