package wts

import (
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/input"
)

// File is an opened .wts file. It is a weights.Map, and safe for concurrent use.
type File struct {
	name     string
	r        io.ReaderAt
	size     int64
	closer   io.Closer
	names    []string
	entries  map[string]*entry
	warnings []string
	decoder  decoder
	buffers  sync.Pool // of *[]byte, cellLen*weights.ChunkLen bytes
}

var (
	_ weights.Map    = (*File)(nil)
	_ weights.Source = (*File)(nil)
	_ weights.Warner = (*File)(nil)
)

// entry is where one tensor is.
type entry struct {
	weights.Tensor
	at     int64 // of its name
	start  int64 // of the white space before the first value
	end    int64 // behind the last value
	padded bool  // every value is a blank and eight digits
	marks  atomic.Pointer[[]int64]
	once   sync.Once // finds marks when padded turns out to be untrue
	err    error     // of that
}

// Open indexes the file at path. Errors are *weights.Error.
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
	f.closer = r
	return f, nil
}

// Read indexes a file of the given size. The name is for messages. The caller
// keeps r open as long as the File and its tensors are used, and closes it.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{name: name, r: r, size: size, entries: map[string]*entry{}, decoder: newDecoder()}
	f.buffers.New = func() any {
		b := make([]byte, cellLen*weights.ChunkLen)
		return &b
	}
	if err := f.index(); err != nil {
		return nil, f.locate(err)
	}
	return f, nil
}

// Names returns the tensor names in file order. The slice must not be changed.
func (f *File) Names() []string { return f.names }

// Tensor returns the descriptor of one tensor.
func (f *File) Tensor(name string) (*weights.Tensor, bool) {
	e, ok := f.entries[name]
	if !ok {
		return nil, false
	}
	return &e.Tensor, true
}

// Format returns "wts".
func (f *File) Format() string { return "wts" }

// Warnings returns what is odd about the file but harmless.
func (f *File) Warnings() []string { return f.warnings }

// Close releases the file if Open opened it.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

func (f *File) newEntry(name string, count, at int64, l layout) *entry {
	e := &entry{
		Tensor: weights.Tensor{
			Name: name, Type: dtype.Float32, Count: count, Role: weights.RoleByName(name),
			File: filepath.Base(f.name), Offset: min(l.start+1, f.size), Source: f,
		},
		at: at, start: l.start, end: l.end, padded: l.padded,
	}
	if !l.padded {
		e.marks.Store(&l.marks)
	}
	return e
}

// ReadFloat32 fills dst with the values of t from index from on, bit for bit,
// NaN payloads included. Errors are *weights.Error.
func (f *File) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	e, ok := f.entries[t.Name]
	if !ok || t != &e.Tensor {
		return fmt.Errorf("%s: tensor %q is not of this file", f.name, t.Name)
	}
	if e.padded && e.marks.Load() == nil {
		done, err := f.readCells(e, dst, from)
		if err != nil || done == len(dst) {
			return f.locate(err)
		}
		// Something is irregular after all. Scanning tells what.
		e.once.Do(func() { e.err = f.mark(e) })
		if e.err != nil {
			return f.locate(e.err)
		}
	}
	return f.locate(f.readTokens(e, dst, from))
}

// readCells decodes from a padded tensor. It returns less than len(dst) when
// it meets an irregular cell.
func (f *File) readCells(e *entry, dst []float32, from int64) (int, error) {
	buf := f.buffers.Get().(*[]byte)
	defer f.buffers.Put(buf)
	for done := 0; done < len(dst); {
		d := dst[done:min(done+weights.ChunkLen, len(dst))]
		b := (*buf)[:cellLen*len(d)]
		at := e.start + cellLen*(from+int64(done))
		if n, err := f.r.ReadAt(b, at); n < len(b) {
			return done, readError(at+int64(n), e.Name, err)
		}
		n := f.decoder.cells(d, b)
		done += n
		if n < len(d) {
			return done, nil
		}
	}
	return len(dst), nil
}
