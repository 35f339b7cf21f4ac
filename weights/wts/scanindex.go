package wts

import (
	"errors"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// scan indexes any file token by token and says what is wrong with a bad one.
// typed is whether a type column stands before the counts.
func (f *File) scan(announced, body int64, typed bool) error {
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
		if lines && !newline && !first {
			return f.overlong(s, s.offset())
		}
		if err := f.scanTensor(s, announced, &sums, newline, typed); err != nil {
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
func (f *File) scanTensor(s *scanner, announced int64, sums *totals, newline, typed bool) error {
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
	c := column{tensor: name, digits: maxDigits}
	if typed {
		if tok, err = f.field(s, name, announced, "its type"); err != nil {
			return err
		}
		if c.digits, err = digitsOf(tok, name, s.offset()-int64(len(tok))); err != nil {
			return err
		}
	}
	if tok, err = f.field(s, name, announced, "its number of elements"); err != nil {
		return err
	}
	countAt := s.offset() - int64(len(tok))
	var ok bool
	c.count, ok = decimal(tok)
	if !ok {
		return &problem{off: countAt, tensor: name, expected: "its number of elements in decimal", found: quote(tok), next: exportAgain}
	}
	l, err := f.decoder.scanValues(s, c, sums)
	var end endError
	if errors.As(err, &end) {
		return f.truncated(name, announced, end.Error())
	}
	if err != nil {
		return err
	}
	f.add(f.newEntry(name, c, at, l))
	return nil
}

// field returns the next token of the tensor; missing says what it is.
func (f *File) field(s *scanner, tensor string, announced int64, missing string) ([]byte, error) {
	more, _, err := s.skipSpace()
	if err != nil {
		return nil, err
	}
	if !more {
		return nil, f.truncated(tensor, announced, missing)
	}
	return s.token()
}

// digitsOf returns the number of digits that values of the type tok have.
func digitsOf(tok []byte, tensor string, off int64) (int, error) {
	switch string(tok) {
	case "0":
		return maxDigits, nil
	case "1":
		return halfDigits, nil
	}
	return 0, &problem{
		off: off, tensor: tensor, kind: fault.Unsupported, expected: "type 0 (float32) or 1 (float16)", found: quote(tok), next: exportAgain,
	}
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

// overlong explains what stands at off behind the values of the last tensor, on
// its line.
func (f *File) overlong(s *scanner, off int64) error {
	tok, err := s.token()
	if err != nil {
		return err
	}
	last := f.entries[f.names[len(f.names)-1]]
	return &problem{
		off: off, tensor: last.Name, what: fmt.Sprintf("its line goes on behind the %d values of its count", last.Count),
		expected: "the end of the line", found: quote(tok), next: "the count is wrong, or two lines run into one: " + exportAgain,
	}
}
