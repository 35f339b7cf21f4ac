package trt

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Dynamic is a dimension known only when the engine runs.
const Dynamic = -1

// MaxDims is the highest rank TensorRT's Dims can hold.
const MaxDims = 8

// maxExtent bounds every extent and every parameter that extents are computed
// from, so that no rule's arithmetic overflows. TensorRT takes more.
const maxExtent = math.MaxInt32

// Dims are the extents of a tensor or window, outermost first. Dynamic (-1)
// stands for an extent that an optimization profile bounds.
type Dims []int64

// Clone returns a copy, which is never nil.
func (d Dims) Clone() Dims { return append(Dims{}, d...) }

// Equal reports whether both have the same rank and extents.
func (d Dims) Equal(o Dims) bool { return slices.Equal(d, o) }

// IsStatic reports whether no extent is dynamic.
func (d Dims) IsStatic() bool { return !slices.Contains(d, Dynamic) }

// Count returns the product of the extents, 1 for rank 0. It returns -1 when
// an extent is dynamic or negative, or the product does not fit an int64.
func (d Dims) Count() int64 {
	n := int64(1)
	for _, e := range d {
		if e < 0 {
			return -1
		}
		if e != 0 && n > math.MaxInt64/e {
			return -1
		}
		n *= e
	}
	return n
}

// String prints [1,3,-1,224].
func (d Dims) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for i, e := range d {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(e, 10))
	}
	b.WriteByte(']')
	return b.String()
}
