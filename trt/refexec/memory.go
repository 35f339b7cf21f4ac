package refexec

import (
	"slices"
	"unsafe"

	"github.com/trtbuild/trtbuild/trt"
)

// memory holds the buffers that the float tensors of one network take turns in.
// It is used by the goroutine that runs the layers only.
type memory struct {
	used, free [][]float32
	live       map[*trt.Tensor]*trt.Value
	// last are the operands that the layer being computed is the last to read.
	last []*trt.Value
}

// take returns a buffer of n elements of any value: the smallest free one that
// is large enough, or a new one in place of the largest that is not.
func (m *memory) take(n int) []float32 {
	best := -1
	for i, b := range m.free {
		if best < 0 || cap(b) >= n && (cap(m.free[best]) < n || cap(b) < cap(m.free[best])) || cap(b) < n && cap(m.free[best]) < cap(b) {
			best = i
		}
	}
	var b []float32
	if best >= 0 {
		b = m.free[best]
		m.free[best] = m.free[len(m.free)-1]
		m.free = m.free[:len(m.free)-1]
	}
	if cap(b) < n {
		b = make([]float32, n)
	}
	m.used = append(m.used, b[:cap(b)])
	return b[:n]
}

// sweep frees the buffers that no live tensor lies in.
func (m *memory) sweep() {
	kept := m.used[:0]
	for _, b := range m.used {
		if m.holds(b, nil) {
			kept = append(kept, b)
		} else {
			m.free = append(m.free, b)
		}
	}
	clear(m.used[len(kept):])
	m.used = kept
}

// holds says whether a live tensor other than except lies in b.
func (m *memory) holds(b []float32, except *trt.Value) bool {
	for _, v := range m.live {
		if v != except && overlap(b, v.Floats) {
			return true
		}
	}
	return false
}

// own returns an output, which must not keep a larger buffer than its own.
func (m *memory) own(v *trt.Value) *trt.Value {
	for _, b := range m.used {
		if overlap(b, v.Floats) && cap(b) > len(v.Floats) {
			return &trt.Value{Type: v.Type, Dims: v.Dims, Floats: slices.Clone(v.Floats)}
		}
	}
	return v
}

// inPlace returns the elements of x if they may be overwritten: they are in a
// buffer, and nothing will read them any more.
func (m *memory) inPlace(x *trt.Value) ([]float32, bool) {
	for _, v := range m.last {
		if v != x {
			continue
		}
		for _, b := range m.used {
			if overlap(b, x.Floats) {
				return x.Floats, !m.holds(b, x)
			}
		}
	}
	return nil, false
}

func overlap(a, b []float32) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	from, at := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	size := unsafe.Sizeof(a[0])
	return at < from+uintptr(len(a))*size && from < at+uintptr(len(b))*size
}

// result returns a tensor for an op that sets every element. Where it may, it
// is one of the operands given, which have the same number of elements and of
// which the op reads each element before it sets that.
func (r *runner) result(i trt.Info, operands ...*trt.Value) *trt.Value {
	n := i.Dims.Count()
	if r.memory == nil || !i.Type.IsFloat() || n == 0 {
		return newValue(i)
	}
	for _, x := range operands {
		if int64(len(x.Floats)) != n {
			continue
		}
		if floats, ok := r.memory.inPlace(x); ok {
			return &trt.Value{Type: i.Type, Dims: i.Dims, Floats: floats}
		}
	}
	return &trt.Value{Type: i.Type, Dims: i.Dims, Floats: r.memory.take(int(n))}
}

// temporary returns memory of any value that an op may use until it returns.
func (r *runner) temporary(n int) []float32 {
	if r.memory == nil {
		return make([]float32, n)
	}
	return r.memory.take(n)
}
