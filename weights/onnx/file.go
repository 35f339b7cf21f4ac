package onnx

import (
	"io"
	"path/filepath"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/internal/wire"
)

// File is an opened model. It is a weights.Map, and safe for concurrent use.
type File struct {
	name     string
	r        io.ReaderAt
	size     int64
	closer   io.Closer
	external *folder // nil: not known

	names    []string
	tensors  map[string]*weights.Tensor
	metadata map[string]any
	warnings []string
}

var (
	_ weights.Map       = (*File)(nil)
	_ weights.Describer = (*File)(nil)
	_ weights.Warner    = (*File)(nil)
)

// Open indexes the model at path. Errors are *weights.Error.
func Open(path string) (*File, error) {
	r, size, err := input.Open(path)
	if err != nil {
		return nil, err
	}
	f := &File{name: path, r: r, size: size, closer: r, external: &folder{dir: filepath.Dir(path)}}
	if err := f.index(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Read indexes a model of the given size that has all its values inside. The
// name is for messages. The caller keeps r open as long as the File and its
// tensors are used, and closes it.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{name: name, r: r, size: size}
	if err := f.index(); err != nil {
		return nil, err
	}
	return f, nil
}

// index finds the tensors, or says what the file is instead of a model.
func (f *File) index() error {
	f.tensors, f.metadata = map[string]*weights.Tensor{}, map[string]any{}
	w := &walker{File: f, Reader: wire.NewReader(f.r, f.size, f.name), budget: metadataBudget}
	err := w.model()
	if err == nil {
		return nil
	}
	if kind, sniffErr := input.Sniff(f.r, f.size); sniffErr == nil && kind != input.ONNX && kind != input.Unknown {
		return kind.Refuse(f.name, "an ONNX model")
	}
	return err
}

// Names returns the tensor names in file order. The slice must not be changed.
func (f *File) Names() []string { return f.names }

// Tensor returns the descriptor of one tensor.
func (f *File) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Format returns "onnx".
func (f *File) Format() string { return "onnx" }

// Metadata returns what the model says of itself, under the names of ModelProto:
// "ir_version" and "model_version" (int64), "producer_name", "producer_version",
// "domain" and "doc_string" (string), "graph_name" (string), "opset_import"
// (map[string]any, versions by domain; the default domain is "ai.onnx") and
// "metadata_props" (map[string]any of strings; "names", "stride", "task" and
// "imgsz" of Ultralytics are there). What the file leaves out is not set.
func (f *File) Metadata() map[string]any { return f.metadata }

// Warnings returns what is odd about the file but harmless.
func (f *File) Warnings() []string { return f.warnings }

// Close releases the file and the external ones if Open opened them.
func (f *File) Close() error {
	err := f.external.close()
	if f.closer != nil {
		if e := f.closer.Close(); err == nil {
			err = e
		}
	}
	return err
}
