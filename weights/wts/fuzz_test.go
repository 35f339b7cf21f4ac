package wts

import (
	"bytes"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/input"
)

// FuzzRead holds the two ways through a file against each other: jumping over
// padded lines and decoding cells, and scanning every token. What the first
// accepts the second accepts too, with the same values.
func FuzzRead(f *testing.F) {
	for _, name := range []string{
		"testdata/a1.wts", "testdata/a2.wts", "testdata/a3.wts", "testdata/b.wts", "testdata/b_half.wts", "testdata/c.wts2", "testdata/c_int64.wts2",
	} {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	for _, s := range []string{
		"2\na.w 3  3f800000 bf8000ab 00000001\nb 1  40490fdb\n",
		"2\r\na 2 3F800000 1\r\nb 0 \r\n",
		"\xef\xbb\xbf\n 1 a 2 0 0",
		"1\na 4  3f80000 3f80000 3f80000 3f80000\nb 0\n",
		"1\na 2  3f80000   3f80000\n",
		"2\nw 0 2 40490000 40490000\nb 0 1 3f800000\n",
		"1\na 4294967295  3f800000\n",
		"2\nbias 1 0\nw 1 2 3c00 3c00\n",
		"1\na 2 0x3f800000L 0x0\n",
		"2\nw 1 (2, 1) 1234\nb 0 () 1234\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, size := bytes.NewReader(text), int64(len(text))
		if format, err := input.Sniff(r, size); err != nil || format == input.Gzip || format == input.Zstandard {
			return // for FuzzUnpack
		}
		fast, err := Read(r, size, "x.wts")

		slow := &File{name: "x.wts", r: r, size: size, entries: map[string]*entry{}, decoder: newDecoder()}
		slow.scanners.New = func() any { return newScanner(r, size, scanLen) }
		announced, body, slowErr := slow.header()
		binary := false
		if slowErr == nil {
			binary, slowErr = slow.isBinary(body)
		}
		switch {
		case binary:
			slowErr = slow.indexBinary(announced, body)
		case slowErr == nil:
			slowErr = slow.judge(announced, body)
		}
		if slowErr != nil {
			// The index does not look at every value; reading does.
			if err == nil {
				for _, e := range fast.entries {
					if err = e.ReadFloat32(make([]float32, e.Count), 0); err != nil {
						break
					}
				}
			}
			require.Error(t, err, "scanning says %v", slowErr)
			return
		}
		require.NoError(t, err)
		require.LessOrEqual(t, sum(fast), size/2)
		require.Equal(t, slow.names, fast.names)
		require.Equal(t, slow.format, fast.format)
		for name, e := range slow.entries {
			v := make([]byte, e.Count*int64(e.Type.Size()))
			require.NoError(t, slow.readTokensFor(e, v))
			got, ok := fast.Tensor(name)
			require.True(t, ok, name)
			require.Equal(t, e.Count, got.Count)
			require.Equal(t, e.Type, got.Type)
			w := make([]byte, len(v))
			require.NoError(t, got.ReadRaw(w, 0))
			require.Equal(t, v, w, name)
		}
		for d := TwoBlanks; d <= Binary; d++ {
			roundTrip(t, fast, d)
		}
	})
}

// roundTrip writes a file in a dialect, reads that and compares.
func roundTrip(t *testing.T, f *File, d Dialect) {
	var b bytes.Buffer
	w, err := NewDialectWriter(&b, len(f.names), d)
	require.NoError(t, err)
	for _, name := range f.names {
		out := f.entries[name].Tensor
		if !d.HasType() {
			out.Type = dtype.Float32
		}
		require.NoError(t, w.Write(&out, &f.entries[name].Tensor))
	}
	require.NoError(t, w.Close())
	again, err := Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "again.wts")
	require.NoError(t, err, "%q", b.String())
	require.Equal(t, f.names, again.names)
	for _, name := range f.names {
		e, a := f.entries[name], again.entries[name]
		require.Equal(t, e.Count, a.Count)
		v, u := make([]float32, e.Count), make([]float32, e.Count)
		require.NoError(t, e.ReadFloat32(v, 0))
		require.NoError(t, a.ReadFloat32(u, 0))
		for i := range v {
			require.Equal(t, math.Float32bits(v[i]), math.Float32bits(u[i]), "%s[%d]", name, i)
		}
	}
}

// FuzzUnpack reads compressed files: an error or what they hold, and never more
// than the limit.
func FuzzUnpack(f *testing.F) {
	for _, name := range []string{"testdata/a1.wts.gz", "testdata/b.wts.zst"} {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		file, err := Read(bytes.NewReader(packed), int64(len(packed)), "x.wts.gz")
		if err != nil {
			var e *weights.Error
			require.ErrorAs(t, err, &e)
			return
		}
		require.LessOrEqual(t, file.size, int64(unpackFree)+unpackFactor*int64(len(packed)))
		for _, e := range file.entries {
			if err := e.ReadFloat32(make([]float32, e.Count), 0); err != nil {
				require.Equal(t, fault.BadInput, fault.Of(err))
			}
		}
		require.NoError(t, file.Close())
	})
}

func sum(f *File) (n int64) {
	for _, e := range f.entries {
		n += e.Count
	}
	return n
}

// readTokensFor reads a whole tensor by its tokens, padded or not.
func (f *File) readTokensFor(e *entry, dst []byte) error {
	if e.Count == 0 {
		return nil
	}
	if e.binary {
		return f.ReadRaw(&e.Tensor, dst, 0)
	}
	if e.marks.Load() == nil {
		if err := f.mark(e); err != nil {
			return err
		}
	}
	e.padded = false
	return f.ReadRaw(&e.Tensor, dst, 0)
}
