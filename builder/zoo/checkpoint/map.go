package checkpoint

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Checkpoint is a weights.Map whose values are made when they are read.
type Checkpoint struct {
	seed    uint64
	names   []string
	tensors map[string]*weights.Tensor
	specs   map[string]Tensor
}

// New returns the checkpoint of the given tensors, in their order. file names
// it in messages. Two tensors of one name are an error.
func New(file string, seed uint64, specs []Tensor) (*Checkpoint, error) {
	c := &Checkpoint{
		seed:    seed,
		names:   make([]string, 0, len(specs)),
		tensors: make(map[string]*weights.Tensor, len(specs)),
		specs:   make(map[string]Tensor, len(specs)),
	}
	for _, s := range specs {
		if _, twice := c.specs[s.Name]; twice {
			return nil, fmt.Errorf("checkpoint %s: two tensors named %q", file, s.Name)
		}
		t := &weights.Tensor{
			Name: s.Name, Type: dtype.Float32, Shape: s.Shape, Count: s.Count(), File: file, Source: c,
		}
		if s.IsBuffer() {
			t.Role = weights.Buffer
		}
		c.names = append(c.names, s.Name)
		c.tensors[s.Name] = t
		c.specs[s.Name] = s
	}
	return c, nil
}

// Names returns the names in the order given to New.
func (c *Checkpoint) Names() []string { return c.names }

// Tensor returns the descriptor of one tensor.
func (c *Checkpoint) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := c.tensors[name]
	return t, ok
}

// Format returns "generated".
func (c *Checkpoint) Format() string { return "generated" }

// Close does nothing.
func (c *Checkpoint) Close() error { return nil }

// ReadFloat32 makes the values of t from element index from on.
func (c *Checkpoint) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	s, ok := c.specs[t.Name]
	if !ok {
		return fmt.Errorf("%s: no tensor %q", t.File, t.Name)
	}
	Fill(s, c.seed, from, dst)
	return nil
}
