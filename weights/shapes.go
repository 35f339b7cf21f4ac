package weights

// WithShapes returns m with the shapes of tensors whose format does not record
// any, as far as shapes has them and they fit the element counts. Closing it
// closes m.
func WithShapes(m Map, shapes map[string][]int64) Map {
	s := &shaped{m, map[string]*Tensor{}}
	for name, dims := range shapes {
		t, ok := m.Tensor(name)
		if !ok || t.Shape != nil || product(dims) != t.Count {
			continue
		}
		with := *t
		with.Shape, with.Source = dims, original{t}
		s.inferred[name] = &with
	}
	return s
}

type shaped struct {
	Map
	inferred map[string]*Tensor
}

func (s *shaped) Tensor(name string) (*Tensor, bool) {
	if t, ok := s.inferred[name]; ok {
		return t, true
	}
	return s.Map.Tensor(name)
}

// original reads the tensor that the file's own reader knows.
type original struct{ t *Tensor }

func (o original) ReadFloat32(_ *Tensor, dst []float32, from int64) error {
	return o.t.ReadFloat32(dst, from)
}

func (o original) ReadRaw(_ *Tensor, dst []byte, from int64) error { return o.t.ReadRaw(dst, from) }

func product(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return n
}
