package safetensors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// File is an opened .safetensors file, or the shards of one. It is a
// weights.Map and safe for concurrent use.
type File struct {
	name     string
	source   raw.Source
	closers  []io.Closer
	names    []string
	tensors  map[string]*weights.Tensor
	metadata map[string]any
	warnings []string
	format   string
}

var (
	_ weights.Map       = (*File)(nil)
	_ weights.Describer = (*File)(nil)
	_ weights.Warner    = (*File)(nil)
)

// Open reads the header of the file at path. Errors are *weights.Error.
func Open(path string) (*File, error) {
	r, size, err := input.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := Read(r, size, path)
	if err != nil {
		r.Close()
		return nil, err
	}
	f.closers = []io.Closer{r}
	return f, nil
}

// Read reads the header of a file of the given size. The name is for messages.
// The caller keeps r open as long as the File and its tensors are used, and
// closes it.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{name: name, source: raw.Source{R: r}, tensors: map[string]*weights.Tensor{}, format: "safetensors"}
	var length [lengthLen]byte
	if err := f.readAt(length[:min(size, lengthLen)], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	bad := func(expected, found string) (*File, error) {
		// The first bytes may say what the file is instead.
		if format, err := input.Sniff(r, size); err == nil && format != input.SafeTensors && format != input.Unknown {
			return nil, format.Refuse(name, "a safetensors file")
		}
		return nil, &weights.Error{Kind: fault.BadInput, File: name, Expected: expected, Found: found, Next: damaged}
	}
	switch {
	case size < lengthLen:
		return bad(fmt.Sprintf("the %d bytes of the header's length", lengthLen), fmt.Sprintf("%d", size))
	case n > uint64(size-lengthLen):
		return bad(fmt.Sprintf("a header of at most %d bytes, as many as the file has behind byte %d", size-lengthLen, lengthLen), strconv.FormatUint(n, 10))
	case n > maxHeader:
		return bad(fmt.Sprintf("a header of at most %d bytes", maxHeader), strconv.FormatUint(n, 10))
	}
	text := make([]byte, n)
	if err := f.readAt(text, lengthLen); err != nil {
		return nil, err
	}
	s := scanner{text: text}
	if s.peek() != '{' {
		return bad(fmt.Sprintf("a header that begins with { at byte %d", lengthLen), fmt.Sprintf("%q", text[s.at:min(n, uint64(s.at)+8)]))
	}
	if at := invalid(text); at >= 0 {
		return bad("a header in UTF-8", fmt.Sprintf("%q at byte %d", text[at:at+1], lengthLen+at))
	}
	if err := f.header(text, lengthLen+int64(n), size-lengthLen-int64(n)); err != nil {
		return nil, err
	}
	return f, nil
}

// readAt fills b from a position.
func (f *File) readAt(b []byte, at int64) error {
	n, err := f.source.R.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &weights.Error{
		Kind: fault.BadInput, File: f.name, Offset: at + int64(n), Problem: fmt.Sprintf("cannot be read at byte %d", at+int64(n)), Err: err,
	}
}

// invalid returns where text stops to be UTF-8, or -1.
func invalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for at := 0; ; {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
}

// Names returns the tensor names in the order of the header. The slice must not
// be changed.
func (f *File) Names() []string { return f.names }

// Tensor returns the descriptor of one tensor.
func (f *File) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Format returns "safetensors", for shards with their number.
func (f *File) Format() string { return f.format }

// Metadata returns the strings of __metadata__. It must not be changed.
func (f *File) Metadata() map[string]any { return f.metadata }

// Warnings returns what is odd about the file but harmless.
func (f *File) Warnings() []string { return f.warnings }

// Close releases what Open or OpenIndex opened.
func (f *File) Close() error {
	var all error
	for _, c := range f.closers {
		all = errors.Join(all, c.Close())
	}
	f.closers = nil
	return all
}
