package wts

import (
	"bytes"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// FuzzRead holds the two ways through a file against each other: jumping over
// padded lines and decoding cells, and scanning every token. What the first
// accepts the second accepts too, with the same values.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/a1.wts", "testdata/a2.wts"} {
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
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, size := bytes.NewReader(text), int64(len(text))
		fast, err := Read(r, size, "x.wts")

		slow := &File{name: "x.wts", r: r, size: size, entries: map[string]*entry{}, decoder: newDecoder()}
		announced, body, slowErr := slow.header()
		if slowErr == nil {
			slowErr = slow.scan(announced, body)
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
		for name, e := range slow.entries {
			v := make([]float32, e.Count)
			require.NoError(t, slow.readTokensFor(e, v))
			got, ok := fast.Tensor(name)
			require.True(t, ok, name)
			require.Equal(t, e.Count, got.Count)
			require.Equal(t, dtype.Float32, got.Type)
			w := make([]float32, e.Count)
			require.NoError(t, got.ReadFloat32(w, 0))
			for i := range v {
				require.Equal(t, math.Float32bits(v[i]), math.Float32bits(w[i]), "%s[%d]", name, i)
			}
		}
		require.Equal(t, slow.names, fast.names)
	})
}

func sum(f *File) (n int64) {
	for _, e := range f.entries {
		n += e.Count
	}
	return n
}

// readTokensFor reads a whole tensor by its tokens, padded or not.
func (f *File) readTokensFor(e *entry, dst []float32) error {
	if e.Count == 0 {
		return nil
	}
	if e.marks.Load() == nil {
		if err := f.mark(e); err != nil {
			return err
		}
	}
	return f.readTokens(e, dst, 0)
}
