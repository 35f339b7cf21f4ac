package wts

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// maxShape bounds the text of a shape in a .wts2 file: TensorRT has eight
// dimensions at most.
const maxShape = 512

// isBinary reports whether the first tensor is `name type (shape) bytes`.
func (f *File) isBinary(body int64) (bool, error) {
	s := newScanner(f.r, f.size, headerLen)
	s.seek(body)
	for range 2 {
		if more, _, err := s.skipSpace(); err != nil || !more {
			return false, err
		}
		if _, err := s.token(); err != nil {
			return false, err
		}
	}
	_, newline, err := s.skipSpace()
	if err != nil || newline {
		return false, err
	}
	b, err := s.need(1)
	return len(b) > 0 && b[0] == '(', err
}

// indexBinary finds the tensors of a .wts2 file without reading their values.
func (f *File) indexBinary(announced, body int64) error {
	f.reset("wts2")
	s := newScanner(f.r, f.size, headerLen)
	s.seek(body)
	for {
		more, newline, err := s.skipSpace()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if !newline && len(f.names) > 0 {
			return f.misfit(s.offset())
		}
		if err := f.binaryTensor(s, announced); err != nil {
			return err
		}
	}
	if !f.warnExtras(announced) {
		return f.truncated("", announced, "its name")
	}
	return nil
}

// binaryTensor reads the header of one tensor and jumps over its values.
func (f *File) binaryTensor(s *scanner, announced int64) error {
	at := s.offset()
	tok, err := s.token()
	if err != nil {
		return err
	}
	name := string(tok)
	if badName(tok) {
		if len(f.names) > 0 {
			return f.misfit(at)
		}
		return &problem{off: at, expected: "the name of the first tensor", found: quote(tok), next: exportAgain}
	}
	if f.entries[name] != nil {
		return &problem{off: at, tensor: name, what: "the name comes twice", next: "write each tensor once"}
	}
	if tok, err = f.field(s, name, announced, "its type"); err != nil {
		return err
	}
	digits, err := digitsOf(tok, name, s.offset()-int64(len(tok)))
	if err != nil {
		return err
	}
	if more, _, err := s.skipSpace(); err != nil {
		return err
	} else if !more {
		return f.truncated(name, announced, "its shape")
	}
	shapeAt := s.offset()
	head, err := s.need(maxShape)
	if err != nil {
		return err
	}
	head = head[:min(len(head), maxShape)]
	n := bytes.IndexByte(head, ')') + 1
	if n == 0 && s.base+int64(len(s.buf)) == f.size && len(head) < maxShape {
		return f.truncated(name, announced, "its shape")
	}
	shape, count, ok := parseShape(head[:n])
	if !ok {
		return &problem{
			off: shapeAt, tensor: name, expected: "its shape as a tuple, such as (64, 3, 7, 7)", found: quote(head), next: exportAgain,
		}
	}
	start := shapeAt + int64(n)
	switch {
	case start == f.size:
		return f.truncated(name, announced, "its values")
	case len(head) > n && head[n] != ' ':
		return &problem{off: start, tensor: name, expected: "a blank before its values", found: quote(head[n : n+1]), next: exportAgain}
	}
	start++
	size := int64(digits / 2)
	if count > (f.size-start)/size {
		return f.truncated(name, announced, fmt.Sprintf("its %s values of %d bytes", countText(count), size))
	}
	typ := dtype.Float32
	if digits == halfDigits {
		typ = dtype.Float16
	}
	e := &entry{at: at, start: start, end: start + size*count, binary: true, Tensor: weights.Tensor{
		Name: name, Type: typ, Shape: shape, Count: count, Role: weights.RoleByName(name), File: f.base(), Offset: start, Source: f,
	}}
	f.add(e)
	s.seek(e.end)
	return nil
}

func countText(n int64) string {
	if n == math.MaxInt64 {
		return "2^63 or more"
	}
	return strconv.FormatInt(n, 10)
}

// misfit explains why no line starts at off, behind the values of the last
// tensor: the script that writes such files calls every type 0.
func (f *File) misfit(off int64) error {
	last := f.entries[f.names[len(f.names)-1]]
	p := &problem{
		off: off, tensor: last.Name, what: fmt.Sprintf("its line does not end behind %d values of %v, its type", last.Count, last.Type), next: exportAgain,
	}
	for _, size := range []int64{1, 2, 8} {
		b := make([]byte, 1)
		end := last.start + size*last.Count
		if n, err := f.r.ReadAt(b, end); n == 1 && b[0] == '\n' && err == nil {
			p.next = fmt.Sprintf("elements of %d bytes would fit, of which the file does not say the type: convert them to float32 before writing", size)
		}
	}
	p.kind = fault.BadInput
	return p
}

// parseShape reads a tuple as Python prints it: (2, 3), (10,), () for a scalar,
// with an L behind each number of a long of Python 2. count is the product, or
// math.MaxInt64 if no file holds so many.
func parseShape(b []byte) (shape []int64, count int64, ok bool) {
	inner, opened := bytes.CutPrefix(b, []byte("("))
	inner, closed := bytes.CutSuffix(inner, []byte(")"))
	if !opened || !closed {
		return nil, 0, false
	}
	shape, count = []int64{}, 1
	inner = bytes.TrimSuffix(bytes.TrimSpace(inner), []byte(","))
	if len(inner) == 0 {
		return shape, count, true
	}
	for part := range bytes.SplitSeq(inner, []byte(",")) {
		d, ok := decimal(bytes.TrimSuffix(bytes.TrimSpace(part), []byte("L")))
		if !ok {
			return nil, 0, false
		}
		shape = append(shape, d)
	}
	count, ok = product(shape)
	return shape, count, ok
}

// product returns the number of elements of a shape, or math.MaxInt64 if that
// is no int64. It reports false for a negative dimension.
func product(shape []int64) (int64, bool) {
	count := int64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, false
		}
		if d == 0 {
			count = 0
		}
	}
	for _, d := range shape {
		if count > 0 && d > math.MaxInt64/count {
			return math.MaxInt64, true
		}
		count *= d
	}
	return count, true
}
