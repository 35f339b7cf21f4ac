package wts

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/trtbuild/trtbuild/weights/internal/input"
)

// index finds all tensors: by jumping from header to header if the file is
// padded throughout, else token by token. Only the latter reports errors, so
// that there is one judge of what is a valid file.
func (f *File) index() error {
	announced, body, err := f.header()
	if err != nil {
		return err
	}
	if binary, err := f.isBinary(body); err != nil {
		return err
	} else if binary {
		return f.indexBinary(announced, body)
	}
	if ok, err := f.jump(announced, body); ok || err != nil {
		return err
	}
	return f.judge(announced, body)
}

// judge scans the file as lines of name, count and values and, if it is not
// that, as lines with a type column. A line or two may fit both, a whole file
// hardly does, so only the whole decides. The error is that of the reading that
// gets farther.
func (f *File) judge(announced, body int64) error {
	f.reset("wts")
	plain := f.scan(announced, body, false)
	if plain == nil {
		f.warnAmbiguous()
		return nil
	}
	f.reset("wts with a type column")
	typed := f.scan(announced, body, true)
	if typed == nil {
		return nil
	}
	var p, t *problem
	if errors.As(plain, &p) && errors.As(typed, &t) && t.off > p.off {
		return typed
	}
	f.reset("wts")
	return plain
}

func (f *File) reset(format string) {
	clear(f.entries)
	f.names, f.warnings, f.format = nil, nil, format
}

// warnAmbiguous says so if every line fits the type column too: name, type 1
// and no values, or name, one value and that 0.
func (f *File) warnAmbiguous() {
	zero := make([]float32, 1)
	for _, e := range f.entries {
		if e.Count != 1 || e.end-e.start != 2 || e.ReadFloat32(zero, 0) != nil || zero[0] != 0 {
			return
		}
	}
	f.warnings = append(f.warnings, fmt.Sprintf("%s also reads as a file with a type column and no values; taken for one value of 0 in each tensor", f.name))
}

// header reads the announced number of tensors and returns where the tensors
// begin. A file that does not start with a number is recognised by its content.
func (f *File) header() (announced, body int64, err error) {
	format, err := input.Sniff(f.r, f.size)
	if err != nil {
		return 0, 0, readError(0, "", err)
	}
	if format != input.WTS {
		return 0, 0, format.Refuse(f.name, "a .wts file, which starts with its number of tensors")
	}
	s := newScanner(f.r, f.size, headerLen)
	head, err := s.need(3)
	if err != nil {
		return 0, 0, err
	}
	if strings.HasPrefix(string(head), "\xef\xbb\xbf") {
		s.seek(3)
	}
	if _, _, err := s.skipSpace(); err != nil {
		return 0, 0, err
	}
	at := s.offset()
	tok, err := s.token()
	if err != nil {
		return 0, 0, err
	}
	announced, ok := decimal(tok)
	if !ok {
		return 0, 0, &problem{off: at, expected: "the number of tensors", found: quote(tok), next: exportAgain}
	}
	if announced == 0 {
		return 0, 0, &problem{off: at, what: "announces no tensors", next: exportAgain}
	}
	return announced, s.offset(), nil
}

// decimal parses a count. Writers put no leading zeros, so one means that the
// token is a value.
func decimal(tok []byte) (n int64, ok bool) {
	if len(tok) == 0 || len(tok) > 1 && tok[0] == '0' {
		return 0, false
	}
	for _, c := range tok {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	if len(tok) > 18 {
		return math.MaxInt64, true // no file is that long
	}
	for _, c := range tok {
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// jump indexes a padded file without reading its values: of each tensor it
// checks the cells that came with the header, the last one, and that the line
// ends behind it. It returns false at the first irregularity of any kind.
func (f *File) jump(announced, body int64) (bool, error) {
	s := newScanner(f.r, f.size, headerLen)
	s.seek(body)
	cells := make([]float32, headerLen/cellLen)
	for {
		more, newline, err := s.skipSpace()
		if err != nil {
			return false, err
		}
		if !more {
			return f.warnExtras(announced), nil
		}
		if !newline {
			return false, nil
		}
		at := s.offset()
		tok, err := s.token()
		if err != nil {
			return false, err
		}
		name := string(tok)
		if badName(tok) || f.entries[name] != nil {
			return false, nil
		}
		head, err := s.need(1)
		if err != nil {
			return false, err
		}
		if len(head) == 0 || head[0] != ' ' {
			return false, nil
		}
		s.pos++
		if tok, err = s.token(); err != nil {
			return false, err
		}
		count, ok := decimal(tok)
		if !ok {
			return false, nil
		}
		start := s.offset()
		if head, err = s.need(min(headerLen, 2+cellLen)); err != nil {
			return false, err
		}
		if count > 0 {
			if len(head) > 1 && head[1] == ' ' { // two blanks
				start++
				head = head[1:]
			}
			if count > (f.size-start)/cellLen {
				return false, nil
			}
			k := min(count, int64(len(head)/cellLen), int64(len(cells)))
			if f.decoder.cells(cells[:k], head) < int(k) {
				return false, nil
			}
		}
		end := start + cellLen*count
		if count > 0 {
			s.seek(end - cellLen)
			if head, err = s.need(cellLen); err != nil {
				return false, err
			}
			if len(head) < cellLen || f.decoder.cells(cells[:1], head) < 1 {
				return false, nil
			}
			s.seek(end)
		}
		f.add(f.newEntry(name, column{count: count, digits: maxDigits}, at, layout{start: start, end: end, padded: true}))
	}
}

func (f *File) add(e *entry) {
	f.entries[e.Name] = e
	f.names = append(f.names, e.Name)
}

// warnExtras notes tensors beyond the announced number; it reports whether
// there are at least as many as announced.
func (f *File) warnExtras(announced int64) bool {
	if int64(len(f.names)) < announced {
		return false
	}
	if extra := f.names[announced:]; len(extra) > 0 {
		const listed = 10
		list := strings.Join(extra[:min(listed, len(extra))], ", ")
		if len(extra) > listed {
			list += fmt.Sprintf(" and %d more", len(extra)-listed)
		}
		f.warnings = append(f.warnings, fmt.Sprintf("%s announces %d tensors and has %d; not announced, but read: %s",
			f.name, announced, len(f.names), list))
	}
	return true
}

// badName reports whether tok cannot be a tensor's name.
func badName(tok []byte) bool {
	for _, c := range tok {
		if c < ' ' || c == 0x7f {
			return true
		}
	}
	return len(tok) == 0 || len(tok) > maxName
}
