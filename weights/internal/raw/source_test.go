package raw_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// ramp is a file of n values 0, 1, 2, … of a type, behind some bytes.
func ramp(t testing.TB, typ dtype.Type, n int64) (*weights.Tensor, []byte) {
	const before = 3
	b := make([]byte, before)
	for i := range n {
		switch typ {
		case dtype.Float32:
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(i)))
		case dtype.Int64:
			b = binary.LittleEndian.AppendUint64(b, uint64(i))
		case dtype.UInt16:
			b = binary.LittleEndian.AppendUint16(b, uint16(i))
		default:
			require.Fail(t, "no ramp of", typ)
		}
	}
	return &weights.Tensor{
		Name: "a", Type: typ, Count: n, File: "x.bin", Offset: before, Source: raw.Source{R: bytes.NewReader(b)},
	}, b
}

// TestSourceReadsFromAnywhere, over several of the chunks it converts in.
func TestSourceReadsFromAnywhere(t *testing.T) {
	const n = 60_000
	for _, typ := range []dtype.Type{dtype.Float32, dtype.Int64, dtype.UInt16} {
		x, b := ramp(t, typ, n)
		for _, from := range []int64{0, 1, 12_345, n - 1} {
			values := make([]float32, n-from)
			require.NoError(t, x.ReadFloat32(values, from))
			for i, v := range values {
				if v != float32(from+int64(i)) {
					require.Equal(t, float32(from+int64(i)), v, "%v from %d", typ, from)
				}
			}
			stored := make([]byte, (n-from)*int64(typ.Size()))
			require.NoError(t, x.ReadRaw(stored, from))
			require.True(t, bytes.Equal(b[3+from*int64(typ.Size()):], stored))
		}
	}
}

func TestSourceRefusesComplex(t *testing.T) {
	x := &weights.Tensor{Name: "a", Type: dtype.Complex64, Count: 1, File: "x.bin", Source: raw.Source{R: bytes.NewReader(make([]byte, 8))}}
	err := x.ReadFloat32(make([]float32, 1), 0)
	require.EqualError(t, err, `x.bin: tensor "a": expected real numbers, found complex64; leave the tensor out`)
	require.Equal(t, fault.Unsupported, fault.Of(err))
	require.NoError(t, x.ReadRaw(make([]byte, 8), 0))
}

// broken fails behind some bytes.
type broken struct {
	good int64
	err  error
}

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	n := max(0, min(int64(len(p)), b.good-at))
	if n < int64(len(p)) {
		return int(n), b.err
	}
	return int(n), nil
}

func TestSourceSaysWhereAFileEnds(t *testing.T) {
	errDisk := errors.New("bad disk")
	for _, c := range []struct {
		cause error
		want  string
	}{
		{io.EOF, `x.bin: tensor "a": the file ends within its values; it was cut short after it was opened: write or download it again`},
		{io.ErrUnexpectedEOF, `x.bin: tensor "a": the file ends within its values; it was cut short after it was opened: write or download it again`},
		{errDisk, `x.bin: tensor "a": cannot be read: bad disk`},
	} {
		for _, typ := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16} {
			x := &weights.Tensor{Name: "a", Type: typ, Count: 100, File: "x.bin", Offset: 10, Source: raw.Source{R: broken{50, c.cause}}}
			require.NoError(t, x.ReadFloat32(make([]float32, 5), 0))
			err := x.ReadFloat32(make([]float32, 90), 5)
			require.EqualError(t, err, c.want)
			var e *weights.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, int64(50), e.Offset)
			require.Equal(t, fault.BadInput, e.Kind)
		}
	}
}

func BenchmarkSource(b *testing.B) {
	for _, typ := range []dtype.Type{dtype.Float32, dtype.Float16, dtype.BFloat16, dtype.Float64, dtype.Int64, dtype.UInt8, dtype.Float8E4M3FN} {
		b.Run(typ.String(), func(b *testing.B) {
			size := typ.Size()
			x := &weights.Tensor{Type: typ, Count: 64 * weights.ChunkLen}
			f, err := os.Create(filepath.Join(b.TempDir(), "x"))
			require.NoError(b, err)
			defer f.Close()
			_, err = f.Write(make([]byte, x.Count*int64(size)))
			require.NoError(b, err)
			x.Source = raw.Source{R: f}
			dst := make([]float32, weights.ChunkLen)
			b.SetBytes(int64(size) * weights.ChunkLen)
			b.ReportAllocs()
			from := int64(0)
			for b.Loop() {
				require.NoError(b, x.ReadFloat32(dst, from))
				from = (from + weights.ChunkLen) % x.Count
			}
		})
	}
}
