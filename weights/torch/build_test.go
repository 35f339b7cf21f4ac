package torch_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pickler writes pickles opcode by opcode, as PyTorch's have them or worse.
type pickler struct{ bytes.Buffer }

func newPickle() *pickler { return new(pickler).raw("\x80\x02") }

func (p *pickler) raw(s string) *pickler {
	p.WriteString(s)
	return p
}

func (p *pickler) str(s string) *pickler {
	p.WriteByte('X')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
	return p.raw(s)
}

func (p *pickler) global(module, name string) *pickler {
	return p.raw("c" + module + "\n" + name + "\n")
}

func (p *pickler) int(i int64) *pickler {
	p.raw("\x8a\x08")
	p.Write(binary.LittleEndian.AppendUint64(nil, uint64(i)))
	return p
}

func (p *pickler) ints(all ...int64) *pickler {
	p.raw("(")
	for _, i := range all {
		p.int(i)
	}
	return p.raw("t")
}

// storage refers to a record.
func (p *pickler) storage(class, key string, count int64) *pickler {
	return p.raw("(").str("storage").global("torch", class).str(key).str("cpu").int(count).raw("tQ")
}

// tensor rebuilds a tensor of a storage.
func (p *pickler) tensor(class, key string, count, offset int64, shape, strides []int64) *pickler {
	return p.global("torch._utils", "_rebuild_tensor_v2").raw("(").storage(class, key, count).int(offset).
		ints(shape...).ints(strides...).raw("\x89}tR")
}

// vector is a tensor that has all of its storage.
func (p *pickler) vector(class, key string, count int64) *pickler {
	return p.tensor(class, key, count, 0, []int64{count}, []int64{1})
}

func (p *pickler) stop() []byte { return p.raw(".").Bytes() }

// record is a member of an archive.
type record struct {
	name    string
	content []byte
}

// archive packs members as PyTorch does, without compression.
func archive(tb testing.TB, records ...record) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, r := range records {
		m, err := w.CreateHeader(&zip.FileHeader{Name: "archive/" + r.name, Method: zip.Store})
		require.NoError(tb, err)
		_, err = m.Write(r.content)
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// floats is n float32 elements.
func floats(n int) []byte {
	b := make([]byte, 4*n)
	for i := range n {
		binary.LittleEndian.PutUint32(b[4*i:], 0x3f800000+uint32(i))
	}
	return b
}

func write(tb testing.TB, name string, content []byte) string {
	path := filepath.Join(tb.TempDir(), name)
	require.NoError(tb, os.WriteFile(path, content, 0o600))
	return path
}

// large writes a checkpoint of tensors of 500,000 float32 and one of 1,000,000
// float16.
func large(tb testing.TB, tensors int) string {
	const count = 500_000
	path := filepath.Join(tb.TempDir(), "large.pth")
	f, err := os.Create(path)
	require.NoError(tb, err)
	w := zip.NewWriter(f)
	member := func(name string) io.Writer {
		m, err := w.CreateHeader(&zip.FileHeader{Name: "archive/" + name, Method: zip.Store})
		require.NoError(tb, err)
		return m
	}
	p := newPickle().global("collections", "OrderedDict").raw(")R(")
	for i := range tensors {
		p.str(fmt.Sprintf("layer%d.weight", i)).vector("FloatStorage", fmt.Sprint(i), count)
	}
	p.str("half").vector("HalfStorage", "half", 2*count)
	_, err = member("data.pkl").Write(p.raw("u").stop())
	require.NoError(tb, err)
	values := make([]byte, 4*count)
	for i := range tensors {
		v := gaussian(i)
		for k := 0; k < count; k++ {
			binary.LittleEndian.PutUint32(values[4*k:], v.at(k))
		}
		_, err = member(fmt.Sprintf("data/%d", i)).Write(values)
		require.NoError(tb, err)
	}
	_, err = member("data/half").Write(values)
	require.NoError(tb, err)
	_, err = member("version").Write([]byte("3\n"))
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	require.NoError(tb, f.Close())
	return path
}

// gaussian yields the bits of normal-looking float32 below one half.
type gaussian uint64

func (g gaussian) at(i int) uint32 {
	x := (uint64(g)<<32 + uint64(i)) * 0x9e3779b97f4a7c15
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return uint32(x>>40)&0x807fffff | 0x3c000000 | uint32(x>>63)<<31
}

// member returns the content of an archive's member, by the end of its name.
func member(tb testing.TB, path, name string) []byte {
	a, err := zip.OpenReader(path)
	require.NoError(tb, err)
	defer a.Close()
	for _, f := range a.File {
		if strings.HasSuffix(f.Name, "/"+name) {
			r, err := f.Open()
			require.NoError(tb, err)
			b, err := io.ReadAll(r)
			require.NoError(tb, err)
			return b
		}
	}
	require.Failf(tb, "no such member", "%s in %s", name, path)
	return nil
}
