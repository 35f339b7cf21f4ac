package wts

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Writer writes a .wts file from front to back.
type Writer struct {
	w         io.Writer
	dialect   Dialect
	announced int
	seen      map[string]bool
	scratch   sync.Pool // of *block
}

// block is what encoding a chunk of values takes.
type block struct {
	values []float32
	text   []byte
}

// NewWriter writes the first line of a file of the usual dialect.
func NewWriter(w io.Writer, tensors int) (*Writer, error) {
	return NewDialectWriter(w, tensors, TwoBlanks)
}

// NewDialectWriter writes the first line, which announces the number of tensors.
func NewDialectWriter(w io.Writer, tensors int, d Dialect) (*Writer, error) {
	if _, err := fmt.Fprintf(w, "%d\n", tensors); err != nil {
		return nil, err
	}
	o := &Writer{w: w, dialect: d, announced: tensors, seen: make(map[string]bool, tensors)}
	o.scratch.New = func() any { return new(block) }
	return o, nil
}

// Tensor writes count float32 values of v, bit for bit, without a shape.
func (w *Writer) Tensor(name string, count int64, v weights.Values) error {
	return w.Write(&weights.Tensor{Name: name, Type: dtype.Float32, Count: count}, v)
}

// Write writes t.Count values of v under t's name. They are stored as float32,
// bit for bit, or as float16, rounded to nearest, if that is t.Type; only the
// dialects with a type can. t.Shape is stored where the dialect has one; nil
// is one dimension. v is read on several cores at once.
func (w *Writer) Write(t *weights.Tensor, v weights.Values) error {
	switch {
	case badName([]byte(t.Name)) || hasSpace(t.Name):
		return fault.New(fault.Unsupported, "rename the tensor", "tensor name %q cannot be written: the format has no way to quote white space or control characters, and names are at most %d bytes", t.Name, maxName)
	case w.seen[t.Name]:
		return fault.New(fault.BadInput, "write each tensor once", "tensor %q comes twice", t.Name)
	case len(w.seen) == w.announced:
		return fmt.Errorf("tensor %q is one more than the %d announced", t.Name, w.announced)
	case t.Type != dtype.Float32 && (t.Type != dtype.Float16 || !w.dialect.HasType()):
		return fmt.Errorf("tensor %q: the dialect %v has no %v", t.Name, w.dialect, t.Type)
	}
	if n, ok := product(t.Shape); t.Shape != nil && (!ok || n != t.Count) {
		return fmt.Errorf("tensor %q: %d elements of shape %v", t.Name, t.Count, t.Shape)
	}
	w.seen[t.Name] = true
	if _, err := w.w.Write(w.head(t)); err != nil {
		return err
	}
	if err := w.values(t, v); err != nil {
		return err
	}
	_, err := w.w.Write([]byte{'\n'})
	return err
}

// head returns what stands before the values of a tensor.
func (w *Writer) head(t *weights.Tensor) []byte {
	b := append([]byte(t.Name), ' ')
	if w.dialect.HasType() {
		b = append(b, "0 "...)
		if t.Type == dtype.Float16 {
			b[len(b)-2] = '1'
		}
	}
	if w.dialect == Binary {
		return append(b, tuple(t)+" "...)
	}
	b = strconv.AppendInt(b, t.Count, 10)
	if w.dialect == TwoBlanks || w.dialect == Typed {
		b = append(b, ' ')
	}
	return b
}

// tuple returns a shape as Python prints it.
func tuple(t *weights.Tensor) string {
	shape := t.Shape
	if shape == nil {
		shape = []int64{t.Count}
	}
	if len(shape) == 1 {
		return fmt.Sprintf("(%d,)", shape[0])
	}
	s := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")
	return "(" + s + ")"
}

// values encodes the values, a chunk on each core, and writes them in turn.
func (w *Writer) values(t *weights.Tensor, v weights.Values) error {
	chunks := int((t.Count + weights.ChunkLen - 1) / weights.ChunkLen)
	turns := newTurns()
	parallel.Run(0, chunks, func(next func() (int, bool)) {
		b := w.scratch.Get().(*block)
		defer w.scratch.Put(b)
		for i, ok := next(); ok; i, ok = next() {
			from := int64(i) * weights.ChunkLen
			text, err := b.encode(w.dialect, t, v, from, int(min(weights.ChunkLen, t.Count-from)))
			if !turns.take(i) {
				return
			}
			if err == nil {
				_, err = w.w.Write(text)
			}
			turns.done(err)
		}
	})
	return turns.err
}

func (b *block) encode(d Dialect, t *weights.Tensor, v weights.Values, from int64, n int) ([]byte, error) {
	if cap(b.values) < n {
		b.values = make([]float32, n)
	}
	b.values = b.values[:n]
	if err := v.ReadFloat32(b.values, from); err != nil {
		return nil, err
	}
	b.text = d.appendValues(b.text[:0], b.values, t.Type)
	return b.text, nil
}

// turns lets workers write in the order of their chunks.
type turns struct {
	mu   sync.Mutex
	cond *sync.Cond
	next int
	err  error // of the earliest chunk that failed
}

func newTurns() *turns {
	t := &turns{}
	t.cond = sync.NewCond(&t.mu)
	return t
}

// take waits for the turn of chunk i. It returns false if an earlier one failed.
func (t *turns) take(i int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next != i && t.err == nil {
		t.cond.Wait()
	}
	return t.err == nil
}

func (t *turns) done(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	t.err = err
	t.cond.Broadcast()
}

// Close checks that all announced tensors have been written. It does not close
// the underlying writer.
func (w *Writer) Close() error {
	if len(w.seen) != w.announced {
		return fmt.Errorf("%d tensors written, %d announced", len(w.seen), w.announced)
	}
	return nil
}

func hasSpace(name string) bool {
	for i := range len(name) {
		if isSpace(name[i]) {
			return true
		}
	}
	return false
}
