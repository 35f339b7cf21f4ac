package weights

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Map is an opened weight file.
type Map interface {
	// Names returns the tensor names in file order. The slice must not be changed.
	Names() []string
	// Tensor returns the descriptor of one tensor.
	Tensor(name string) (*Tensor, bool)
	// Format names the file's format and dialect, for example "wts".
	Format() string
	// Close releases the file. Tensors must not be read afterwards.
	Close() error
}

// Source decodes the values of the tensors of one file. Implementations are
// safe for concurrent use.
type Source interface {
	// ReadFloat32 fills dst with the values from element index from on, in
	// row-major order, converted to float32. from+len(dst) is at most t.Count.
	ReadFloat32(t *Tensor, dst []float32, from int64) error
}

// RawSource is a Source that also yields values as they are stored.
type RawSource interface {
	Source
	// ReadRaw fills dst with the little-endian bytes of the elements from index
	// from on, in row-major order. len(dst) is a multiple of the element size.
	ReadRaw(t *Tensor, dst []byte, from int64) error
}

// Describer is implemented by maps of formats that record more than tensors:
// class names, strides, versions.
type Describer interface {
	// Metadata returns what the file says of itself, ready for JSON. It must not
	// be changed.
	Metadata() map[string]any
}

// Tensor describes one tensor of a weight file without holding its values.
type Tensor struct {
	Name   string
	Type   dtype.Type // as stored; .wts stores float32 whatever the framework had
	Shape  []int64    // nil: the format does not record it
	Count  int64      // number of elements
	Role   Role
	File   string // base name of the file, for messages
	Offset int64  // of the first value, in bytes
	Source Source
}

// ReadFloat32 fills dst with the values from element index from on, in
// row-major order. It may be called concurrently; callers that want all cores
// read disjoint ranges of a few tens of thousands of elements.
func (t *Tensor) ReadFloat32(dst []float32, from int64) error {
	if err := t.holds(from, int64(len(dst))); err != nil || len(dst) == 0 {
		return err
	}
	return t.Source.ReadFloat32(t, dst, from)
}

// ReadRaw fills dst with the little-endian bytes of the elements from index from
// on, in row-major order and of type t.Type. It may be called concurrently.
func (t *Tensor) ReadRaw(dst []byte, from int64) error {
	size := max(t.Type.Size(), 1)
	n := len(dst) / size
	if len(dst)%size != 0 {
		return fmt.Errorf("%s: tensor %q: %d bytes asked for, elements have %d", t.File, t.Name, len(dst), size)
	}
	if err := t.holds(from, int64(n)); err != nil || n == 0 {
		return err
	}
	if s, ok := t.Source.(RawSource); ok {
		return s.ReadRaw(t, dst, from)
	}
	if t.Type != dtype.Float32 {
		return fmt.Errorf("%s: tensor %q: its %v values cannot be had as they are stored", t.File, t.Name, t.Type)
	}
	values := make([]float32, n)
	if err := t.Source.ReadFloat32(t, values, from); err != nil {
		return err
	}
	for i, x := range values {
		binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(x))
	}
	return nil
}

func (t *Tensor) holds(from, n int64) error {
	if from < 0 || from > t.Count-n {
		return fmt.Errorf("%s: tensor %q: elements [%d,%d) asked for, it has %d", t.File, t.Name, from, from+n, t.Count)
	}
	return nil
}
