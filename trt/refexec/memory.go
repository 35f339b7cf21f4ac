package refexec

import (
	"slices"
	"unsafe"

	"github.com/trtbuild/trtbuild/trt"
)

// memory holds the buffers that the float tensors of one network take turns in.
// It is used by the goroutine that runs the layers only.
type memory struct {
	used, free []piece
	live       map[*trt.Tensor]*trt.Value
	// last are the operands that the layer being computed is the last to read.
	last []*trt.Value
}

// piece is a part of a buffer.
type piece struct {
	buffer   []float32
	from, to int
}

func (p piece) size() int { return p.to - p.from }

func (p piece) floats() []float32 { return p.buffer[p.from:p.to:p.to] }

func (p piece) of(buffer []float32) bool { return &p.buffer[0] == &buffer[0] }

// take returns n elements of any value, more than none: of the smallest free
// piece that has them, or a new buffer in place of the largest that is wholly
// free.
func (m *memory) take(n int) []float32 {
	best, whole := -1, -1
	for i, p := range m.free {
		if p.size() >= n && (best < 0 || p.size() < m.free[best].size()) {
			best = i
		}
		if p.size() == len(p.buffer) && (whole < 0 || p.size() > m.free[whole].size()) {
			whole = i
		}
	}
	if best < 0 {
		if whole >= 0 {
			m.free = slices.Delete(m.free, whole, whole+1)
		}
		best = len(m.free)
		m.free = append(m.free, piece{make([]float32, n), 0, n})
	}
	p := m.free[best]
	taken := piece{p.buffer, p.from, p.from + n}
	if p.from = taken.to; p.size() > 0 {
		m.free[best] = p
	} else {
		m.free = slices.Delete(m.free, best, best+1)
	}
	m.used = append(m.used, taken)
	return taken.floats()
}

// sweep frees the pieces that no live tensor lies in.
func (m *memory) sweep() {
	m.used = slices.DeleteFunc(m.used, func(p piece) bool {
		if m.holds(p.floats(), nil) {
			return false
		}
		m.release(p)
		return true
	})
}

// release joins a piece with its free neighbours.
func (m *memory) release(p piece) {
	m.free = append(slices.DeleteFunc(m.free, func(o piece) bool {
		if !o.of(p.buffer) || o.to != p.from && o.from != p.to {
			return false
		}
		p.from, p.to = min(p.from, o.from), max(p.to, o.to)
		return true
	}), p)
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
	for _, p := range m.used {
		if overlap(p.floats(), v.Floats) && len(p.buffer) > len(v.Floats) {
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
		for _, p := range m.used {
			if overlap(p.floats(), x.Floats) {
				return x.Floats, !m.holds(p.floats(), x)
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
	if r.memory == nil || n == 0 {
		return make([]float32, n)
	}
	return r.memory.take(n)
}

// rounded returns where the elements of a result may be rounded to: in place if
// it shares them with no live tensor.
func (r *runner) rounded(v *trt.Value) []float32 {
	if r.memory != nil {
		for _, p := range r.memory.used {
			if overlap(p.floats(), v.Floats) && !r.memory.holds(p.floats(), nil) {
				return v.Floats
			}
		}
	}
	return r.temporary(len(v.Floats))
}
