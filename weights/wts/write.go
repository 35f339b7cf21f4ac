package wts

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

// Writer writes a .wts file from front to back, two blanks before the first
// value of each line as the usual scripts do.
type Writer struct {
	w         io.Writer
	announced int
	seen      map[string]bool
	values    []float32
	text      []byte
}

// NewWriter writes the first line, which announces the number of tensors.
func NewWriter(w io.Writer, tensors int) (*Writer, error) {
	if _, err := fmt.Fprintf(w, "%d\n", tensors); err != nil {
		return nil, err
	}
	return &Writer{w: w, announced: tensors, seen: make(map[string]bool, tensors)}, nil
}

// Tensor writes one line: count values of v, bit for bit.
func (w *Writer) Tensor(name string, count int64, v weights.Values) error {
	switch {
	case badName([]byte(name)) || hasSpace(name):
		return fault.New(fault.Unsupported, "rename the tensor", "tensor name %q cannot be written: the format has no way to quote white space or control characters, and names are at most %d bytes", name, maxName)
	case w.seen[name]:
		return fault.New(fault.BadInput, "write each tensor once", "tensor %q comes twice", name)
	case len(w.seen) == w.announced:
		return fmt.Errorf("tensor %q is one more than the %d announced", name, w.announced)
	}
	w.seen[name] = true
	if w.text == nil {
		w.text = make([]byte, cellLen*weights.ChunkLen)
	}
	w.values = grow(w.values, min(count, weights.ChunkLen))
	head := strconv.AppendInt(append(append(w.text[:0], name...), ' '), count, 10)
	if _, err := w.w.Write(append(head, ' ')); err != nil {
		return err
	}
	for from := int64(0); from < count; {
		n := min(count-from, weights.ChunkLen)
		chunk := w.values[:n]
		if err := v.ReadFloat32(chunk, from); err != nil {
			return err
		}
		text := w.text[:cellLen*n]
		encodeCells(text, chunk)
		if _, err := w.w.Write(text); err != nil {
			return err
		}
		from += n
	}
	_, err := w.w.Write([]byte{'\n'})
	return err
}

// Close checks that all announced tensors have been written. It does not close
// the underlying writer.
func (w *Writer) Close() error {
	if len(w.seen) != w.announced {
		return fmt.Errorf("%d tensors written, %d announced", len(w.seen), w.announced)
	}
	return nil
}

func grow(b []float32, n int64) []float32 {
	if int64(cap(b)) < n {
		return make([]float32, n)
	}
	return b
}

func hasSpace(name string) bool {
	for i := range len(name) {
		if isSpace(name[i]) {
			return true
		}
	}
	return false
}

const (
	ones = 0x0101010101010101
	lows = 0x0f * ones
)

// encodeCells writes a blank and eight lower-case digits for each value.
func encodeCells(text []byte, values []float32) {
	for i, v := range values {
		c := text[cellLen*i:][:cellLen]
		c[0] = ' '
		putHex(c[1:], math.Float32bits(v))
	}
}

// putHex writes the eight digits of x: it spreads its nibbles over the bytes
// of a word, then adds '0' to each, and 'a'-'0'-10 more to those above nine.
func putHex(c []byte, x uint32) {
	n := uint64(x)
	n = (n | n<<16) & 0x0000ffff0000ffff
	n = (n | n<<8) & 0x00ff00ff00ff00ff
	n = (n | n<<4) & lows
	letter := (n + 6*ones) >> 4 & ones
	binary.BigEndian.PutUint64(c, n+0x30*ones+letter*39)
}
