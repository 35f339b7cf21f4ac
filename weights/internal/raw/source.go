package raw

import (
	"errors"
	"io"
	"unsafe"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Source reads tensors that begin at their Offset in R and are contiguous,
// row-major and little-endian. It implements weights.RawSource.
type Source struct {
	R io.ReaderAt
}

// ReadFloat32 reads values and converts them as Float32s does.
func (s Source) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	return Convert(s, t, dst, from)
}

// few is how many elements are worth a buffer of their own.
const few = 64

// Convert reads values as they are stored and converts them as Float32s does: the
// ReadFloat32 of any source that can ReadRaw.
func Convert(s weights.RawSource, t *weights.Tensor, dst []float32, from int64) error {
	if t.Type == dtype.Float32 && littleEndian {
		return s.ReadRaw(t, memory(dst), from)
	}
	size := t.Type.Size()
	if size == 0 || t.Type.IsComplex() {
		return NotReal(t)
	}
	for len(dst) > 0 {
		// What is stored goes to the end of dst's own memory and is converted from
		// front to back: no value is overwritten before it is read. A buffer
		// would cost more than the conversion does. Of types wider than float32
		// as many as fit are read, then as many as fit in what is left.
		b := memory(dst)
		n := min(len(dst), len(b)/size)
		if n < min(few, len(dst)) {
			n = min(few, len(dst))
			b = make([]byte, n*size)
		}
		b = b[len(b)-n*size:]
		if err := s.ReadRaw(t, b, from); err != nil {
			return err
		}
		Float32s(dst[:n], b, t.Type)
		dst, from = dst[n:], from+int64(n)
	}
	return nil
}

// memory views values as bytes in the host's order.
func memory(values []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
}

// ReadRaw reads the bytes of elements.
func (s Source) ReadRaw(t *weights.Tensor, dst []byte, from int64) error {
	at := t.Offset + from*int64(t.Type.Size())
	n, err := s.R.ReadAt(dst, at)
	if n == len(dst) {
		return nil
	}
	e := &weights.Error{Kind: fault.BadInput, File: t.File, Tensor: t.Name, Offset: at + int64(n), Problem: "cannot be read", Err: err}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		e.Problem, e.Next, e.Err = "the file ends within its values", "it was cut short after it was opened: write or download it again", nil
	}
	return e
}

// NotReal is the refusal of values that no float32 stands for.
func NotReal(t *weights.Tensor) error {
	return &weights.Error{
		Kind: fault.Unsupported, File: t.File, Tensor: t.Name, Expected: "real numbers", Found: t.Type.String(),
		Next: "leave the tensor out",
	}
}
