package weights

import (
	"fmt"

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
	if from < 0 || from+int64(len(dst)) > t.Count {
		return fmt.Errorf("%s: tensor %q: elements [%d,%d) asked for, it has %d", t.File, t.Name, from, from+int64(len(dst)), t.Count)
	}
	if len(dst) == 0 {
		return nil
	}
	return t.Source.ReadFloat32(t, dst, from)
}
