package npz

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/trtbuild/trtbuild/internal/fault"
	npy "github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// member is one array of a file.
type member struct {
	f       *File
	name    string
	open    func() (io.ReadCloser, error) // whose end is an error if the CRC-32 is wrong
	at, end int64                         // in the file, packed
	size    int64                         // unpacked, with the header
	stored  bool
	header  *npy.Header
	tensor  weights.Tensor
	checked sync.Once
	err     error // of that
}

// plain reports whether the values lie as tensors' values do.
func (m *member) plain() bool {
	return !m.swapped() && !m.transposed()
}

func (m *member) swapped() bool { return m.header.BigEndian && m.tensor.Type.Size() > 1 }

func (m *member) transposed() bool { return m.header.Fortran && len(m.header.Shape) > 1 }

// direct reads values of a stored array by position.
type direct struct{ m *member }

func (s direct) source() (raw.Source, error) {
	s.m.checked.Do(func() { s.m.err = s.m.check() })
	return raw.Source{R: s.m.f.r}, s.m.err
}

// ReadFloat32 implements weights.Source.
func (s direct) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	r, err := s.source()
	if err != nil {
		return err
	}
	return r.ReadFloat32(t, dst, from)
}

// ReadRaw implements weights.RawSource.
func (s direct) ReadRaw(t *weights.Tensor, dst []byte, from int64) error {
	r, err := s.source()
	if err != nil {
		return err
	}
	return r.ReadRaw(t, dst, from)
}

// check reads a member of an archive through, for its CRC-32.
func (m *member) check() error {
	if m.at == 0 {
		return nil // a lone array has none
	}
	in, err := m.open()
	if err != nil {
		return m.f.wrong(m, err)
	}
	defer in.Close()
	buf := make([]byte, 256<<10)
	for {
		switch _, err := in.Read(buf); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return m.unreadable(err)
		}
	}
}

func (m *member) unreadable(err error) error {
	return m.f.wrong(m, fmt.Errorf("its values cannot be read: %w", err))
}

// unpacked reads values of an array that has to be unpacked as a whole.
type unpacked struct{ m *member }

// ReadFloat32 implements weights.Source.
func (s unpacked) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	if t.Type.IsComplex() {
		return raw.NotReal(t)
	}
	b, err := s.m.f.cache.get(s.m)
	if err != nil {
		return err
	}
	raw.Float32s(dst, b[from*int64(t.Type.Size()):], t.Type)
	return nil
}

// ReadRaw implements weights.RawSource.
func (s unpacked) ReadRaw(t *weights.Tensor, dst []byte, from int64) error {
	b, err := s.m.f.cache.get(s.m)
	if err != nil {
		return err
	}
	copy(dst, b[from*int64(t.Type.Size()):])
	return nil
}

// unpack returns the values in little-endian and row-major order.
func (m *member) unpack() ([]byte, error) {
	in, err := m.open()
	if err != nil {
		return nil, m.f.wrong(m, err)
	}
	defer in.Close()
	if _, err := io.CopyN(io.Discard, in, m.header.Size); err != nil {
		return nil, m.unreadable(err)
	}
	// The size is a claim: room is made for what the file can be expected to have,
	// and grows with what it has.
	n := m.size - m.header.Size
	var values bytes.Buffer
	values.Grow(int(min(n, 4*(m.end-m.at))) + bytes.MinRead)
	if _, err := values.ReadFrom(io.LimitReader(in, n+1)); err != nil {
		return nil, m.unreadable(err)
	}
	if int64(values.Len()) != n {
		return nil, m.unreadable(fault.New(fault.BadInput, "", "%d bytes of %d, or more", values.Len(), n))
	}
	b := values.Bytes()
	size := m.tensor.Type.Size()
	if m.swapped() {
		width := size
		if m.tensor.Type.IsComplex() {
			width /= 2
		}
		for ; len(b) > 0; b = b[width:] {
			slices.Reverse(b[:width])
		}
		b = values.Bytes()
	}
	if m.transposed() {
		b = transpose(b, m.header.Shape, size)
	}
	return b, nil
}

// transpose turns values of which the first index varies fastest into those of
// which the last does.
func transpose(from []byte, shape []int64, size int) []byte {
	strides := make([]int64, len(shape)) // in from, in bytes
	stride := int64(size)
	for i, e := range shape {
		strides[i] = stride
		stride *= e
	}
	to := make([]byte, 0, len(from))
	index := make([]int64, len(shape))
	for at := int64(0); len(to) < len(from); {
		to = append(to, from[at:at+int64(size)]...)
		for i := len(shape) - 1; i >= 0; i-- {
			index[i]++
			at += strides[i]
			if index[i] < shape[i] {
				break
			}
			at -= index[i] * strides[i]
			index[i] = 0
		}
	}
	return to
}
