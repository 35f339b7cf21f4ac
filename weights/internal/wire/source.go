package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// Source reads a tensor from a repeated number. It implements
// weights.RawSource.
type Source struct {
	R      io.ReaderAt
	Size   int64
	File   string // for messages
	Values Values
	// PerElement is how many numbers make an element: 2 for complex types.
	PerElement int64
}

// ReadFloat32 reads values and converts them as raw.Float32s does.
func (s *Source) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	if t.Type.IsComplex() {
		return raw.NotReal(t)
	}
	size := t.Type.Size()
	buf := make([]byte, min(weights.ChunkLen, len(dst))*size)
	for len(dst) > 0 {
		n := min(weights.ChunkLen, len(dst))
		if err := s.ReadRaw(t, buf[:n*size], from); err != nil {
			return err
		}
		raw.Float32s(dst[:n], buf[:n*size], t.Type)
		dst, from = dst[n:], from+int64(n)
	}
	return nil
}

// ReadRaw decodes numbers to little-endian elements.
func (s *Source) ReadRaw(t *weights.Tensor, dst []byte, from int64) error {
	width := int64(t.Type.Size()) / s.PerElement
	r := NewReader(s.R, s.Size, s.File)
	varints := s.Values.Type == protowire.VarintType
	err := s.Values.each(r, from*s.PerElement, int64(len(dst))/width, func(i int64, bits uint64) error {
		if varints {
			if t.Type == dtype.Bool && bits != 0 {
				bits = 1
			}
			if lo, hi := limits(t.Type); int64(bits) < lo || int64(bits) > hi {
				return r.Errorf(s.Values.Start, fmt.Sprintf("value %d", from+i), fmt.Sprintf("%d to %d, as %v has", lo, hi, t.Type), "%d", int64(bits))
			}
		}
		put(dst[i*width:][:width], bits)
		return nil
	})
	var e *weights.Error
	if errors.As(err, &e) && e.Tensor == "" {
		e.Tensor = t.Name
	}
	return err
}

func put(dst []byte, bits uint64) {
	switch len(dst) {
	case 1:
		dst[0] = byte(bits)
	case 2:
		binary.LittleEndian.PutUint16(dst, uint16(bits))
	case 4:
		binary.LittleEndian.PutUint32(dst, uint32(bits))
	default:
		binary.LittleEndian.PutUint64(dst, bits)
	}
}

// limits returns the varints that stand for a value of t. Bit patterns are
// meant to be written as unsigned and 32-bit integers with their sign extended,
// but writers differ and nothing is lost by taking both.
func limits(t dtype.Type) (lo, hi int64) {
	bits := 8 * t.Size()
	switch t {
	case dtype.Bool:
		return 0, 1
	case dtype.UInt8, dtype.UInt16, dtype.UInt32:
		return 0, 1<<bits - 1
	case dtype.Int8, dtype.Int16:
		return -1 << (bits - 1), 1<<(bits-1) - 1
	case dtype.Int64, dtype.UInt64:
		return math.MinInt64, math.MaxInt64
	}
	return -1 << (bits - 1), 1<<bits - 1
}
