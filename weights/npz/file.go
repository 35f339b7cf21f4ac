package npz

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	npy "github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/input"
)

const (
	suffix    = ".npy"
	saveAgain = "write it with numpy.savez, or download it again"
)

// types are the element types by NumPy's names, less byte order.
var types = map[string]dtype.Type{
	"b1": dtype.Bool,
	"i1": dtype.Int8, "i2": dtype.Int16, "i4": dtype.Int32, "i8": dtype.Int64,
	"u1": dtype.UInt8, "u2": dtype.UInt16, "u4": dtype.UInt32, "u8": dtype.UInt64,
	"f2": dtype.Float16, "f4": dtype.Float32, "f8": dtype.Float64,
	"c8": dtype.Complex64, "c16": dtype.Complex128,
}

// File is an opened .npz or .npy file. It is a weights.Map and safe for
// concurrent use.
type File struct {
	name     string
	r        io.ReaderAt
	size     int64
	closer   io.Closer
	format   string
	names    []string
	tensors  map[string]*weights.Tensor
	warnings []string
	cache    cache
}

var (
	_ weights.Map    = (*File)(nil)
	_ weights.Warner = (*File)(nil)
)

// Open reads the headers of the arrays of the file at path. Errors are
// *weights.Error.
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

// Read reads the headers of the arrays of a file of the given size. The name is
// for messages. The caller keeps r open as long as the File and its tensors are
// used, and closes it.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{name: name, r: r, size: size, tensors: map[string]*weights.Tensor{}}
	format, err := input.Sniff(r, size)
	if err != nil {
		return nil, f.wrong(nil, err)
	}
	switch format {
	case input.NumPy:
		f.format = "npy"
		err = f.add(&member{
			f: f, name: strings.TrimSuffix(filepath.Base(name), suffix), end: size, size: size, stored: true,
			open: func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(r, 0, size)), nil },
		})
	case input.NPZ:
		f.format = "npz"
		err = f.directory()
	default:
		err = format.Refuse(name, "a NumPy archive (.npz) or array (.npy)")
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// add reads the header of an array and makes it a tensor.
func (f *File) add(m *member) error {
	in, err := m.open()
	if err != nil {
		return f.wrong(m, err)
	}
	defer in.Close()
	h, err := npy.ReadHeader(in, m.size)
	if err != nil {
		return f.wrong(m, err)
	}
	t, ok := types[h.Descr]
	if !ok {
		return f.wrong(m, fault.New(fault.Unsupported, "save it as float32", "element type %.40q", h.Descr))
	}
	count, err := h.Elements(int64(t.Size()), m.size)
	if err != nil {
		return f.wrong(m, err)
	}
	m.header = h
	m.tensor = weights.Tensor{
		Name: m.name, Type: t, Shape: h.Shape, Count: count, Role: weights.RoleByName(m.name),
		File: filepath.Base(f.name), Offset: m.at + h.Size, Source: unpacked{m},
	}
	if m.stored && m.plain() {
		m.tensor.Source = direct{m}
	}
	f.names = append(f.names, m.name)
	f.tensors[m.name] = &m.tensor
	return nil
}

// wrong is the error for what is wrong with a member, nil for the archive.
func (f *File) wrong(m *member, err error) error {
	e := &weights.Error{Kind: fault.BadInput, File: f.name, Problem: err.Error(), Next: saveAgain}
	var known *fault.Error
	if errors.As(err, &known) {
		e.Kind, e.Problem, e.Err = known.Kind, known.Msg, nil
		if known.Next != "" {
			e.Next = known.Next
		}
	}
	if m != nil {
		e.Tensor, e.Offset = m.name, m.at
	}
	return e
}

// Names returns the tensor names in file order. The slice must not be changed.
func (f *File) Names() []string { return f.names }

// Tensor returns the descriptor of one tensor.
func (f *File) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Format returns "npz" or "npy".
func (f *File) Format() string { return f.format }

// Warnings returns what is odd about the file but harmless.
func (f *File) Warnings() []string { return f.warnings }

// Close releases the file if Open opened it.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}
