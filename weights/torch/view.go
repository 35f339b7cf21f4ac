package torch

import (
	"slices"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// view is the source of one tensor. It implements weights.RawSource.
type view struct {
	rec     *record
	start   int64 // of element 0, in bytes
	size    int64 // of an element
	swap    int   // bytes of a number to turn around; 0: none
	shape   []int64
	strides []int64 // in elements; nil: contiguous
}

// ReadFloat32 reads values and converts them to float32.
func (v *view) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	if t.Type.IsComplex() {
		return raw.NotReal(t)
	}
	return raw.Convert(v, t, dst, from)
}

// ReadRaw reads the bytes of elements, in row-major order and little-endian.
func (v *view) ReadRaw(t *weights.Tensor, dst []byte, from int64) error {
	read := v.gather
	if v.strides == nil {
		read = func(t *weights.Tensor, dst []byte, from int64) error { return v.rec.read(t, dst, v.start+from*v.size) }
	}
	if err := read(t, dst, from); err != nil {
		return err
	}
	if v.swap > 1 {
		for i := 0; i+v.swap <= len(dst); i += v.swap {
			slices.Reverse(dst[i : i+v.swap])
		}
	}
	return nil
}

const (
	// gatherLen is the number of elements that are gathered at a time; an index
	// among them takes gatherBits.
	gatherBits = 15
	gatherLen  = 1 << gatherBits
	// spanLen is how many bytes are read at once around scattered elements.
	spanLen = 512 << 10
	// gapLen is how many bytes between two elements are rather read than skipped.
	gapLen = 4 << 10
)

// gather collects elements through the strides. Those that are near each other
// in the storage are read together: elements are visited in the storage's order,
// so that a transposed matrix takes a read for each of its runs and not one for
// each element.
func (v *view) gather(t *weights.Tensor, dst []byte, from int64) error {
	var order []uint64
	var span []byte
	for len(dst) > 0 {
		n := min(gatherLen, int64(len(dst))/v.size)
		var near bool
		if order, near = v.offsets(order[:0], from, n); !near {
			if err := v.rec.check(t); err != nil {
				return err
			}
			slices.Sort(order)
		}
		for rest := order; len(rest) > 0; {
			first, last, k := v.together(rest, near)
			need := int((last - first + 1) * v.size)
			if need > cap(span) {
				span = make([]byte, need)
			}
			span = span[:need]
			if err := v.rec.read(t, span, v.start+first*v.size); err != nil {
				return err
			}
			for _, o := range rest[:k] {
				to, at := int64(o&(gatherLen-1))*v.size, (int64(o>>gatherBits)-first)*v.size
				copy(dst[to:to+v.size], span[at:at+v.size])
			}
			rest = rest[k:]
		}
		dst, from = dst[n*v.size:], from+n
	}
	return nil
}

// together returns how many of the elements are read at once, and the first and
// last place among them. Elements that are not all near each other are sorted.
func (v *view) together(order []uint64, near bool) (first, last int64, k int) {
	if near {
		return int64(slices.Min(order) >> gatherBits), int64(slices.Max(order) >> gatherBits), len(order)
	}
	first = int64(order[0] >> gatherBits)
	last = first
	for k = 1; k < len(order); k++ {
		at := int64(order[k] >> gatherBits)
		if (at-last)*v.size > gapLen || (at-first+1)*v.size > spanLen {
			break
		}
		last = at
	}
	return first, last, k
}

// offsets appends, for n elements from index from on, the place in the storage
// above the bits of the index among the n, and reports whether all lie within
// one span.
func (v *view) offsets(order []uint64, from, n int64) (all []uint64, near bool) {
	rank := len(v.shape)
	index := make([]int64, rank)
	at, left := int64(0), from
	for i := rank - 1; i >= 0; i-- {
		index[i] = left % v.shape[i]
		left /= v.shape[i]
		at += index[i] * v.strides[i]
	}
	for k := range n {
		order = append(order, uint64(at)<<gatherBits|uint64(k))
		for i := rank - 1; i >= 0; i-- {
			index[i]++
			at += v.strides[i]
			if index[i] < v.shape[i] {
				break
			}
			at -= index[i] * v.strides[i]
			index[i] = 0
		}
	}
	near = int64(slices.Max(order)>>gatherBits-slices.Min(order)>>gatherBits+1)*v.size <= spanLen
	return order, near
}

// swapLen returns how many bytes make one number of an element.
func swapLen(t dtype.Type) int {
	if t.IsComplex() {
		return t.Size() / 2
	}
	return t.Size()
}
