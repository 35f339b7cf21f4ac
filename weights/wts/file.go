package wts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// File is an opened .wts file. It is a weights.Map, and safe for concurrent use.
type File struct {
	name     string
	r        io.ReaderAt
	size     int64
	closers  []io.Closer
	names    []string
	entries  map[string]*entry
	warnings []string
	format   string
	decoder  decoder
	buffers  sync.Pool // of *[]byte, cellLen*weights.ChunkLen bytes
	scanners sync.Pool // of *scanner
}

var (
	_ weights.Map       = (*File)(nil)
	_ weights.RawSource = (*File)(nil)
	_ weights.Warner    = (*File)(nil)
)

// entry is where one tensor is.
type entry struct {
	weights.Tensor
	at     int64 // of its name
	start  int64 // of the white space before the first value
	end    int64 // behind the last value
	padded bool  // every value is a blank and eight digits
	binary bool  // values are no text but little-endian bytes
	marks  atomic.Pointer[[]int64]
	once   sync.Once // finds marks when padded turns out to be untrue
	err    error     // of that
}

// Open indexes the file at path, and takes shapes from the sidecar beside it if
// there is one. Errors are *weights.Error.
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
	f.closers = append(f.closers, r)
	if err := f.readSidecar(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Read indexes a file of the given size. The name is for messages. The caller
// keeps r open as long as the File and its tensors are used, and closes it
// after the File.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{name: name, r: r, size: size, format: "wts", entries: map[string]*entry{}, decoder: newDecoder()}
	f.buffers.New = func() any {
		b := make([]byte, cellLen*weights.ChunkLen)
		return &b
	}
	if err := f.unpack(); err != nil {
		f.Close()
		return nil, err
	}
	f.scanners.New = func() any { return newScanner(f.r, f.size, scanLen) }
	if err := f.index(); err != nil {
		err = f.locate(err)
		f.Close()
		return nil, err
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

// Format returns "wts", "wts with a type column" or "wts2".
func (f *File) Format() string { return f.format }

// Warnings returns what is odd about the file but harmless.
func (f *File) Warnings() []string { return f.warnings }

// Close releases the file if Open opened it, and what it was unpacked to.
func (f *File) Close() error {
	var errs []error
	for _, c := range f.closers {
		errs = append(errs, c.Close())
	}
	f.closers = nil
	return errors.Join(errs...)
}

func (f *File) newEntry(name string, c column, at int64, l layout) *entry {
	typ := dtype.Float32
	if c.digits == halfDigits {
		typ = dtype.Float16
	}
	e := &entry{
		Tensor: weights.Tensor{
			Name: name, Type: typ, Count: c.count, Role: weights.RoleByName(name),
			File: f.base(), Offset: min(l.start+1, f.size), Source: f,
		},
		at: at, start: l.start, end: l.end, padded: l.padded,
	}
	if !l.padded {
		e.marks.Store(&l.marks)
	}
	return e
}

// column is the inverse of newEntry.
func (e *entry) column() column {
	return column{tensor: e.Name, count: e.Count, digits: 2 * e.Type.Size()}
}

// ReadFloat32 fills dst with the values of t from index from on, bit for bit,
// NaN payloads included. Errors are *weights.Error.
func (f *File) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	e, err := f.entry(t)
	if err != nil {
		return err
	}
	if e.binary {
		return raw.Source{R: f.r}.ReadFloat32(t, dst, from)
	}
	if err := f.readBits(e, dst, from); err != nil {
		return f.locate(err)
	}
	if e.Type == dtype.Float16 {
		for i, x := range dst {
			dst[i] = half.FromFloat16(uint16(math.Float32bits(x)))
		}
	}
	return nil
}

// ReadRaw fills dst with the little-endian bytes of the values of t, float32 or
// float16, from index from on. Errors are *weights.Error.
func (f *File) ReadRaw(t *weights.Tensor, dst []byte, from int64) error {
	e, err := f.entry(t)
	if err != nil {
		return err
	}
	if e.binary {
		return raw.Source{R: f.r}.ReadRaw(t, dst, from)
	}
	size := t.Type.Size()
	bits := make([]float32, len(dst)/size)
	if err := f.readBits(e, bits, from); err != nil {
		return f.locate(err)
	}
	for i, x := range bits {
		if size == 2 {
			binary.LittleEndian.PutUint16(dst[2*i:], uint16(math.Float32bits(x)))
		} else {
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(x))
		}
	}
	return nil
}

func (f *File) entry(t *weights.Tensor) (*entry, error) {
	e, ok := f.entries[t.Name]
	if !ok || t != &e.Tensor {
		return nil, fmt.Errorf("%s: tensor %q is not of this file", f.name, t.Name)
	}
	return e, nil
}

// readBits puts the bits of values, as the digits have them, into dst.
func (f *File) readBits(e *entry, dst []float32, from int64) error {
	if e.padded && e.marks.Load() == nil {
		done, err := f.readCells(e, dst, from)
		if err != nil || done == len(dst) {
			return err
		}
		// Something is irregular after all. Scanning tells what.
		e.once.Do(func() { e.err = f.mark(e) })
		if e.err != nil {
			return e.err
		}
	}
	return f.readTokens(e, dst, from)
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

// base is the file's name for the descriptors of tensors.
func (f *File) base() string { return filepath.Base(f.name) }
