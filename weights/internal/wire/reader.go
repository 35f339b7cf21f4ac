package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

// WriteAgain is the next step when a file is corrupt.
const WriteAgain = "it was cut short or damaged: write or download it again"

// windowLen is what one read fetches: a few dozen small fields, or the field
// behind a value that was jumped over.
const windowLen = 16 << 10

// Span is a part of the file, [Start, End).
type Span struct{ Start, End int64 }

// Len returns the number of bytes.
func (s Span) Len() int64 { return s.End - s.Start }

// Field is one field of a message.
type Field struct {
	Number protowire.Number
	Type   protowire.Type
	Offset int64  // of its tag
	Value  uint64 // of a number
	Body   Span   // of the value, without tag and length
}

// Reader walks the messages of one file. It is not safe for concurrent use;
// several may read the same file.
type Reader struct {
	r      io.ReaderAt
	size   int64
	file   string
	buf    []byte // of windowLen
	window []byte // the part of buf that is filled
	at     int64  // offset of window
	kept   int64  // bytes of names
}

// NewReader returns a Reader of a file of the given size. file is for messages.
func NewReader(r io.ReaderAt, size int64, file string) *Reader {
	return &Reader{r: r, size: size, file: file}
}

// All is the whole file.
func (r *Reader) All() Span { return Span{0, r.size} }

// Fields yields the fields of a message in file order, and an error as the last
// pair. Groups, which protobuf has given up, are errors.
func (r *Reader) Fields(m Span) iter.Seq2[Field, error] {
	return func(yield func(Field, error) bool) {
		for at := m.Start; at < m.End; {
			f, err := r.field(at, m.End)
			if !yield(f, err) || err != nil {
				return
			}
			at = f.Body.End
		}
	}
}

// field reads the field whose tag is at at, in a message that ends at end.
func (r *Reader) field(at, end int64) (Field, error) {
	f := Field{Offset: at}
	b, err := r.peek(at, min(end-at, 2*binary.MaxVarintLen64))
	if err != nil {
		return f, err
	}
	var n int
	if f.Number, f.Type, n = protowire.ConsumeTag(b); n < 0 || !f.Number.IsValid() {
		return f, r.Errorf(at, "", "a field", "none at byte %d", at)
	}
	f.Body.Start = at + int64(n)
	b = b[n:]
	switch f.Type {
	case protowire.VarintType, protowire.BytesType:
		f.Value, n = protowire.ConsumeVarint(b)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(b)
		f.Value = uint64(v)
	case protowire.Fixed64Type:
		f.Value, n = protowire.ConsumeFixed64(b)
	default:
		return f, r.Errorf(at, r.place(f), "a number or bytes", "wire type %d", f.Type)
	}
	if n < 0 {
		return f, r.Errorf(at, r.place(f), "its value", "%d bytes that hold none", len(b))
	}
	f.Body.End = f.Body.Start + int64(n)
	if f.Type == protowire.BytesType {
		f.Body.Start = f.Body.End
		if left := end - f.Body.Start; f.Value > uint64(left) {
			return f, r.Errorf(at, r.place(f), fmt.Sprintf("at most the %d bytes that are left", left), "a length of %d", f.Value)
		}
		f.Body.End += int64(f.Value)
	}
	return f, nil
}

// peek returns the n bytes at at, which are inside the file and at most
// windowLen. They are valid until the next call.
func (r *Reader) peek(at, n int64) ([]byte, error) {
	b, err := r.from(at, n)
	if err != nil {
		return nil, err
	}
	return b[:n], nil
}

// from returns what the window has from at on, at least n bytes.
func (r *Reader) from(at, n int64) ([]byte, error) {
	if at < r.at || at+n > r.at+int64(len(r.window)) {
		if r.buf == nil {
			r.buf = make([]byte, min(windowLen, r.size))
		}
		b := r.buf[:min(int64(len(r.buf)), r.size-at)]
		got, err := r.r.ReadAt(b, at)
		r.at, r.window = at, b[:got]
		if int64(got) < n {
			return nil, r.readError(at+int64(got), err)
		}
	}
	return r.window[at-r.at:], nil
}

func (r *Reader) readError(at int64, err error) error {
	e := &weights.Error{Kind: fault.BadInput, File: r.file, Offset: at, Problem: fmt.Sprintf("cannot be read at byte %d", at), Err: err}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		e.Problem, e.Next, e.Err = fmt.Sprintf("nothing at byte %d", at), "it became shorter while it was read: keep others from writing to it", nil
	}
	return e
}

// Errorf returns the error for a file that is not as expected at off.
func (r *Reader) Errorf(off int64, problem, expected, found string, args ...any) *weights.Error {
	return &weights.Error{
		Kind: fault.BadInput, File: r.file, Offset: off, Problem: problem,
		Expected: expected, Found: fmt.Sprintf(found, args...), Next: WriteAgain,
	}
}

// Keep charges for a name that is made of parts of the file and kept. A part may
// be in many names, so together they could be far larger than the file.
func (r *Reader) Keep(name string, at int64) error {
	const free = 16 << 20
	if r.kept += int64(len(name)); r.kept > free+r.size {
		return r.Errorf(at, "names of tensors", fmt.Sprintf("at most %d bytes together", free+r.size), "more")
	}
	return nil
}

func (r *Reader) place(f Field) string {
	return fmt.Sprintf("field %d at byte %d", f.Number, f.Offset)
}

// Message returns the span of a field that must be a message or bytes.
func (r *Reader) Message(f Field) (Span, error) {
	if f.Type != protowire.BytesType {
		return Span{}, r.wrongType(f, protowire.BytesType)
	}
	return f.Body, nil
}

// Int returns the value of a field that must be a varint.
func (r *Reader) Int(f Field) (int64, error) {
	if f.Type != protowire.VarintType {
		return 0, r.wrongType(f, protowire.VarintType)
	}
	return int64(f.Value), nil
}

// Text reads a field that must be a string of at most limit bytes.
func (r *Reader) Text(f Field, limit int64) (string, error) {
	s, err := r.Message(f)
	switch {
	case err != nil:
		return "", err
	case s.Len() > limit:
		return "", r.Errorf(f.Offset, r.place(f), fmt.Sprintf("a name of at most %d bytes", limit), "%d bytes", s.Len())
	case s.Len() <= windowLen:
		b, err := r.peek(s.Start, s.Len())
		return string(b), err
	}
	b := make([]byte, s.Len())
	if n, err := r.r.ReadAt(b, s.Start); n < len(b) {
		return "", r.readError(s.Start+int64(n), err)
	}
	return string(b), nil
}

func (r *Reader) wrongType(f Field, want protowire.Type) error {
	return r.Errorf(f.Offset, r.place(f), fmt.Sprintf("wire type %d", want), "wire type %d", f.Type)
}

// Ints appends the value of an unpacked occurrence of a repeated integer to dst,
// or all of a packed one; dst may hold at most limit values, called what in the
// error.
func (r *Reader) Ints(dst []int64, f Field, limit int, what string) ([]int64, error) {
	if f.Type != protowire.BytesType {
		v, err := r.Int(f)
		if err == nil && len(dst) >= limit {
			err = r.Errorf(f.Offset, r.place(f), fmt.Sprintf("at most %d %s", limit, what), "more")
		}
		return append(dst, v), err
	}
	for at := f.Body.Start; at < f.Body.End; {
		v, n, err := r.varint(at, f.Body.End)
		if err != nil {
			return nil, err
		}
		if len(dst) >= limit {
			return nil, r.Errorf(f.Offset, r.place(f), fmt.Sprintf("at most %d %s", limit, what), "more")
		}
		dst = append(dst, int64(v))
		at += n
	}
	return dst, nil
}

// varint reads the number at at, in a run that ends at end.
func (r *Reader) varint(at, end int64) (uint64, int64, error) {
	b, err := r.peek(at, min(end-at, binary.MaxVarintLen64))
	if err != nil {
		return 0, 0, err
	}
	v, n := protowire.ConsumeVarint(b)
	if n < 0 {
		return 0, 0, r.Errorf(at, "", "a number", "none at byte %d", at)
	}
	return v, int64(n), nil
}
