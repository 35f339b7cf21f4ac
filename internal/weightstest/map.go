// Package weightstest is weight maps in memory for tests.
package weightstest

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Tensor is one entry of a map. Without Values all its Count elements are zero;
// with them, Count may be left out.
type Tensor struct {
	Name   string
	Count  int64
	Shape  []int64 // nil: unknown, as in a .wts file
	Values []float32
}

// New returns a map of the entries in their order. file names it in messages.
func New(file string, entries []Tensor) weights.Map {
	m := &memory{tensors: map[string]*weights.Tensor{}, values: map[string][]float32{}}
	for _, e := range entries {
		m.names = append(m.names, e.Name)
		m.values[e.Name] = e.Values
		m.tensors[e.Name] = &weights.Tensor{
			Name: e.Name, Type: dtype.Float32, Shape: e.Shape, Count: max(e.Count, int64(len(e.Values))),
			Role: weights.RoleByName(e.Name), File: file, Source: m,
		}
	}
	return m
}

type memory struct {
	names   []string
	tensors map[string]*weights.Tensor
	values  map[string][]float32
}

func (m *memory) Names() []string { return m.names }

func (m *memory) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := m.tensors[name]
	return t, ok
}

func (m *memory) Format() string { return "memory" }

func (m *memory) Close() error { return nil }

func (m *memory) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	v := m.values[t.Name]
	if v == nil {
		clear(dst)
		return nil
	}
	if from+int64(len(dst)) > int64(len(v)) {
		return fmt.Errorf("%s: %d values of %d", t.Name, len(v), t.Count)
	}
	copy(dst, v[from:])
	return nil
}
