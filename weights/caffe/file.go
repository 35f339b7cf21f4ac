package caffe

import (
	"io"
	"path/filepath"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/internal/wire"
)

// Layer is a layer of the model, with blobs or without.
type Layer struct {
	Name string `json:"name"`
	Type string `json:"type"` // in today's spelling where it has one
}

// File is an opened model. It is a weights.Map, and safe for concurrent use.
type File struct {
	name   string
	base   string
	r      io.ReaderAt
	size   int64
	closer io.Closer

	names   []string
	tensors map[string]*weights.Tensor
	net     string
	layers  []Layer
	form    generation
}

var (
	_ weights.Map       = (*File)(nil)
	_ weights.Describer = (*File)(nil)
)

// Open indexes the model at path. Errors are *weights.Error.
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

// Read indexes a model of the given size. The name is for messages. The caller
// keeps r open as long as the File and its tensors are used, and closes it.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{name: name, base: filepath.Base(name), r: r, size: size, tensors: map[string]*weights.Tensor{}}
	w := &walker{File: f, Reader: wire.NewReader(r, size, name)}
	if err := w.model(); err != nil {
		if kind, sniffErr := input.Sniff(r, size); sniffErr == nil && kind != input.Caffe && kind != input.Unknown {
			return nil, kind.Refuse(name, "a Caffe model")
		}
		return nil, err
	}
	return f, nil
}

// Names returns the tensor names in file order. The slice must not be changed.
func (f *File) Names() []string { return f.names }

// Tensor returns the descriptor of one tensor.
func (f *File) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Format returns "caffe", and the generation of old files: "caffe-v0",
// "caffe-v1".
func (f *File) Format() string { return f.form.String() }

// Metadata returns "name", of the network, and "layers", a []Layer in file
// order.
func (f *File) Metadata() map[string]any {
	return map[string]any{"name": f.net, "layers": f.layers}
}

// Close releases the file if Open opened it.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}
