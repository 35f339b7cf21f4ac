package trt

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Values is a recipe for the elements of Weights: a tensor of a weight file, a
// slice in memory, or something computed from others. It is immutable and safe
// for concurrent use.
type Values = weights.Values

// Float32s are values in memory.
type Float32s []float32

// ReadFloat32 copies a range.
func (v Float32s) ReadFloat32(dst []float32, from int64) error {
	if from < 0 || from+int64(len(dst)) > int64(len(v)) {
		return fmt.Errorf("elements [%d,%d) of %d", from, from+int64(len(dst)), len(v))
	}
	copy(dst, v[from:])
	return nil
}

// rawFloats are the elements of raw weights of a floating-point type.
type rawFloats struct {
	t   dtype.Type
	raw []byte
}

// ReadFloat32 decodes a range.
func (v rawFloats) ReadFloat32(dst []float32, from int64) error {
	if count := 8 * int64(len(v.raw)) / int64(v.t.Bits()); from < 0 || from+int64(len(dst)) > count {
		return fmt.Errorf("elements [%d,%d) of %d", from, from+int64(len(dst)), count)
	}
	src := v.raw[from*int64(v.t.Size()):] // with 4 bits an element, all
	for i := range dst {
		switch v.t {
		case dtype.Float32:
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		case dtype.Float16:
			dst[i] = half.FromFloat16(binary.LittleEndian.Uint16(src[2*i:]))
		case dtype.BFloat16:
			dst[i] = half.FromBFloat16(binary.LittleEndian.Uint16(src[2*i:]))
		case dtype.Float8E4M3FN:
			dst[i] = half.FromFloat8(src[i])
		case dtype.Float8E8M0FNU:
			dst[i] = half.FromScale8(src[i])
		case dtype.Float4E2M1FN:
			at := from + int64(i)
			dst[i] = half.FromFloat4(src[at/2] >> (at % 2 * 4))
		default:
			return fmt.Errorf("%s is no floating-point type of TensorRT's", v.t)
		}
	}
	return nil
}

// Origin is one tensor of a weight file that Weights were made from, and its
// part in them.
type Origin struct {
	File   string `json:"file"`
	Tensor string `json:"tensor"`
	Part   string `json:"part"` // "kernel", "folded scale", …
}

// Weights describe constant data of a layer: element type, dimensions, where
// the values come from. They are immutable; the methods return new ones.
type Weights struct {
	Type    dtype.Type
	Dims    Dims
	Origins []Origin

	values Values
	raw    []byte // the bytes a backend holds; nil until materialized
	digest [sha256.Size]byte
}

// NewWeights returns float32 weights with the given values.
func NewWeights(dims Dims, v Values, origins ...Origin) *Weights {
	return &Weights{Type: dtype.Float32, Dims: dims.Clone(), Origins: origins, values: v}
}

// RawWeights returns weights of any type from their little-endian bytes, for
// example the int32 axes of an unsqueeze. The bytes must not be changed.
func RawWeights(t dtype.Type, dims Dims, raw []byte, origins ...Origin) *Weights {
	return &Weights{Type: t, Dims: dims.Clone(), Origins: origins, raw: raw, digest: sha256.Sum256(raw)}
}

// Count returns the number of elements.
func (w *Weights) Count() int64 { return w.Dims.Count() }

// Size returns the bytes a backend will hold.
func (w *Weights) Size() int64 { return w.Type.Bytes(w.Count()) }

// Values returns the recipe, which for raw floats is reading them; nil for raw
// weights of other types.
func (w *Weights) Values() Values {
	if w.values == nil && w.Type.IsFloat() {
		return rawFloats{w.Type, w.raw}
	}
	return w.values
}

// As returns the same values stored as another floating-point type, rounded to
// nearest even when a backend asks for the bytes.
func (w *Weights) As(t dtype.Type) *Weights {
	if t == w.Type {
		return w
	}
	c := *w
	c.values = w.Values()
	c.Type, c.raw, c.digest = t, nil, [sha256.Size]byte{}
	return &c
}

// WithValues returns weights of the same type and dimensions whose elements
// come from v; origins are added to those of w.
func (w *Weights) WithValues(v Values, origins ...Origin) *Weights {
	c := *w
	c.values, c.raw, c.digest = v, nil, [sha256.Size]byte{}
	c.Origins = append(slices.Clone(w.Origins), origins...)
	return &c
}

// stored returns the weights that hold raw and no recipe.
func (w *Weights) stored(raw []byte) *Weights {
	c := *w
	c.values, c.raw = nil, raw
	if c.raw == nil {
		c.raw = []byte{}
	}
	return &c
}

// Bytes returns the materialized bytes, nil before Materialize.
func (w *Weights) Bytes() []byte { return w.raw }

// Digest returns the SHA-256 of the materialized bytes.
func (w *Weights) Digest() [sha256.Size]byte { return w.digest }
