package npz_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/npz"
)

func load(t testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return b
}

func read(b []byte) (map[string]*npz.Array, error) {
	return npz.Read(bytes.NewReader(b), int64(len(b)))
}

func TestReadWhatNumPyWrote(t *testing.T) {
	got, err := read(load(t, "arrays.npz"))
	require.NoError(t, err)
	require.Equal(t, map[string]*npz.Array{
		"f2":     {Descr: "<f2", Shape: []int64{3}, Floats: []float32{1.5, 0, 5.9604645e-08}},
		"f4":     {Descr: "<f4", Shape: []int64{2, 3}, Floats: []float32{0, 1, 2, 3, 4, 5}},
		"f8":     {Descr: "<f8", Shape: []int64{1, 1}, Floats: []float32{0.1}},
		"big":    {Descr: "<f4", Shape: []int64{2}, Floats: []float32{1, 2}},
		"i1":     {Descr: "<i1", Shape: []int64{2}, Ints: []int64{-1, 2}},
		"u1":     {Descr: "<u1", Shape: []int64{1}, Ints: []int64{255}},
		"i2":     {Descr: "<i2", Shape: []int64{1}, Ints: []int64{-300}},
		"u2":     {Descr: "<u2", Shape: []int64{1}, Ints: []int64{65535}},
		"i4":     {Descr: "<i4", Shape: []int64{1}, Ints: []int64{-70000}},
		"u4":     {Descr: "<u4", Shape: []int64{1}, Ints: []int64{4294967295}},
		"i8":     {Descr: "<i8", Shape: []int64{1}, Ints: []int64{-(1 << 40)}},
		"b1":     {Descr: "<b1", Shape: []int64{2}, Ints: []int64{1, 0}},
		"scalar": {Descr: "<f4", Shape: []int64{}, Floats: []float32{7}},
		"empty":  {Descr: "<f4", Shape: []int64{0, 3}, Floats: []float32{}},
	}, got)
}

func TestReadSingleArray(t *testing.T) {
	got, err := read(load(t, "one.npy"))
	require.NoError(t, err)
	require.Equal(t, []float32{3, 4}, got[""].Floats)
}

func TestReadRefuses(t *testing.T) {
	one := load(t, "one.npy")
	huge := bytes.Replace(one, []byte("(1, 2)"), []byte("(9, 9)"), 1)
	for _, c := range []struct {
		name string
		b    []byte
		want fault.Kind
	}{
		{"fortran order", load(t, "fortran.npy"), fault.Unsupported},
		{"complex", load(t, "complex.npy"), fault.Unsupported},
		{"cut short", one[:len(one)-1], fault.BadInput},
		{"header cut short", one[:20], fault.BadInput},
		{"more elements than bytes", huge, fault.BadInput},
		{"no array", []byte("hello"), fault.BadInput},
		{"empty", nil, fault.BadInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.b)
			require.Equal(t, c.want, fault.Of(err), "%v", err)
		})
	}
}

// The archive's CRC-32 of the values is checked.
func TestReadRefusesDamage(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, npz.Write(&b, map[string]*npz.Array{"a": {Descr: "<f4", Shape: []int64{2}, Floats: []float32{1, -2}}}))
	damaged := bytes.Replace(b.Bytes(), []byte("\x00\x00\x80\x3f"), []byte("\x01\x00\x80\x3f"), 1)
	_, err := read(damaged)
	require.ErrorContains(t, err, "checksum error")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestWriteRoundTrip(t *testing.T) {
	in := map[string]*npz.Array{
		"a": {Descr: "<f4", Shape: []int64{2, 1}, Floats: []float32{1, -2}},
		"b": {Descr: "<i8", Shape: []int64{1}, Ints: []int64{5}},
	}
	var b bytes.Buffer
	require.NoError(t, npz.Write(&b, in))
	got, err := read(b.Bytes())
	require.NoError(t, err)
	require.Equal(t, in, got)
}

func FuzzRead(f *testing.F) {
	f.Add(load(f, "arrays.npz"))
	f.Add(load(f, "one.npy"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = read(b) })
}
