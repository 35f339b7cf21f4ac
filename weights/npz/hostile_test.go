package npz_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/npz"
)

func load(t testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return b
}

// readAll opens a file and reads every value.
func readAll(b []byte, name string) (*npz.File, error) {
	f, err := npz.Read(bytes.NewReader(b), int64(len(b)), name)
	if err != nil {
		return nil, err
	}
	for _, name := range f.Names() {
		x, _ := f.Tensor(name)
		if err := x.ReadRaw(make([]byte, x.Count*int64(x.Type.Size())), 0); err != nil {
			return f, err
		}
	}
	return f, nil
}

// array is an .npy with a header of the given text.
func array(header string, values int) []byte {
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(b, header...), make([]byte, values)...)
}

// of is the header of a plain array.
func of(descr, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape)
}

func refused(t *testing.T, b []byte, kind fault.Kind, want string) {
	t.Helper()
	_, err := readAll(b, "x.npz")
	require.ErrorContains(t, err, want)
	var e *weights.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, "%v", err)
	require.NotEmpty(t, e.Next)
	require.Less(t, len(err.Error()), 500)
}

func TestOpenRefusesWhatIsNoNumber(t *testing.T) {
	for name, want := range map[string]string{
		"no_objects.npz":    `tensor "objects": elements are Python objects, which are stored as a pickle: it is not run; save it as an array of numbers`,
		"no_records.npy":    `elements are records of several fields`,
		"no_text.npy":       `element type "U2"`,
		"no_bytes.npy":      `element type "S2"`,
		"no_dates.npy":      `element type "M8[D]"`,
		"no_longdouble.npy": `element type "f16"`,
		"no_bfloat16.npy":   `element type "V2"`,
		"no_float8.npy":     `element type "V1"`,
		"no_bzip2.npz":      `tensor "a": it is compressed with method 12`,
	} {
		t.Run(name, func(t *testing.T) { refused(t, load(t, name), fault.Unsupported, want) })
	}
}

func TestReadTakesOddHeaders(t *testing.T) {
	for _, header := range []string{
		of("<f4", "(2L, 3L)"), // Python 2
		"{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}",
		"{'descr':'<f4','fortran_order':False,'shape':(2,3)}",
		of("=f4", "( 2 , 3 )"),
		strings.TrimSpace(of("f4", "(2,3,)")) + strings.Repeat(" ", 5000),
	} {
		f, err := readAll(array(header, 24), "x.npy")
		require.NoError(t, err)
		x, ok := f.Tensor("x")
		require.True(t, ok)
		require.Equal(t, []int64{2, 3}, x.Shape)
	}
}

func TestReadRefusesHeaders(t *testing.T) {
	valid := array(of("<f4", "(2, 3)"), 24)
	version := func(v byte) []byte {
		b := bytes.Clone(valid)
		b[6] = v
		return b
	}
	length := func(n uint16) []byte {
		b := bytes.Clone(valid)
		binary.LittleEndian.PutUint16(b[8:], n)
		return b
	}
	for _, c := range []struct {
		name string
		b    []byte
		kind fault.Kind
		want string
	}{
		{"magic alone", valid[:6], fault.BadInput, "not NumPy's .npy format"},
		{"no version", valid[:7], fault.BadInput, "not NumPy's .npy format"},
		{"version 0", version(0), fault.Unsupported, "version 0.0"},
		{"version 4", version(4), fault.Unsupported, "version 4.0"},
		{"version 2 with a length of 2^29", version(2), fault.BadInput, "header of "},
		{"longer than the file", length(1000), fault.BadInput, "header of 1000 bytes in an array file of"},
		{"shorter than it is", length(30), fault.BadInput, "is not understood"},
		{"empty header", length(0), fault.BadInput, `header "" is not understood`},
		{"header ends early", array("{'descr': '<f4', 'fortran_order': False}", 4), fault.BadInput, "is not understood"},
		{"two types", array("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", 4), fault.BadInput, "is not understood"},
		{"order is no bool", array("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", 4), fault.BadInput, "is not understood"},
		{"code", array("{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os').system('x'),)}", 4), fault.BadInput, "shape (__import__('os'"},
		{"negative", array(of("<f4", "(-1,)"), 4), fault.BadInput, "shape (-1,)"},
		{"2^64", array(of("<f4", "(18446744073709551616,)"), 4), fault.BadInput, "shape (18446744073709551616,)"},
		{"fraction", array(of("<f4", "(1.0,)"), 4), fault.BadInput, "shape (1.0,)"},
		{"2^40 elements", array(of("<f4", "(1099511627776,)"), 4), fault.BadInput, "takes 4398046511104 bytes, there are 4"},
		{"size that overflows", array(of("<f8", "(4611686018427387905,)"), 8), fault.BadInput, "is too large"},
		{"product that overflows", array(of("<f4", "(4294967296, 4294967296)"), 4), fault.BadInput, "is too large"},
		{"values missing", valid[:len(valid)-1], fault.BadInput, "shape [2 3] of f4 takes 24 bytes, there are 23"},
		{"bytes behind", append(bytes.Clone(valid), 0), fault.BadInput, "shape [2 3] of f4 takes 24 bytes, there are 25"},
		{"empty, with values", array(of("<f4", "(0, 9223372036854775807)"), 4), fault.BadInput, "takes 0 bytes, there are 4"},
		{"no such type", array(of("<f3", "(1,)"), 3), fault.Unsupported, `element type "f3"`},
		{"objects", array(of("|O", "(1,)"), 3), fault.Unsupported, `Python objects`},
		{"a web page", []byte("<!DOCTYPE html><html>"), fault.BadInput, "expected a NumPy archive (.npz) or array (.npy), found an HTML page"},
		{"empty", nil, fault.BadInput, "found an empty file"},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.b, c.kind, c.want) })
	}
	_, err := npz.Open(filepath.Join(t.TempDir(), "none.npz"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// member is one of an archive that may lie about it.
type member struct {
	zip.FileHeader
	b []byte
}

func stored(name string, b []byte) member {
	return member{zip.FileHeader{
		Name: name, CRC32: crc32.ChecksumIEEE(b), CompressedSize64: uint64(len(b)), UncompressedSize64: uint64(len(b)),
	}, b}
}

func archive(t testing.TB, members ...member) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range members {
		w, err := z.CreateRaw(&m.FileHeader)
		require.NoError(t, err)
		_, err = w.Write(m.b)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

func TestReadRefusesArchives(t *testing.T) {
	good := array(of("<f4", "(2, 3)"), 24)
	lie := func(change func(*member)) []byte {
		m := stored("a.npy", good)
		change(&m)
		return archive(t, m)
	}
	deflate := func(m *member) { m.Method = zip.Deflate }
	cut := archive(t, stored("a.npy", good))
	overlap := archive(t, stored("a.npy", good), stored("b.npy", good))
	// Let the directory's second record point at the first member.
	at := bytes.LastIndex(overlap, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(overlap[at+42:], 0)
	for _, c := range []struct {
		name string
		b    []byte
		kind fault.Kind
		want string
	}{
		{"wrong CRC", lie(func(m *member) { m.CRC32++ }), fault.BadInput, `tensor "a": its values cannot be read: zip: checksum error`},
		{"flipped bit", bytes.Replace(cut, append([]byte("}\n"), make([]byte, 8)...), append([]byte("}\n\x01"), make([]byte, 7)...), 1), fault.BadInput, `zip: checksum error`},
		{"stored in two sizes", lie(func(m *member) { m.UncompressedSize64++ }), fault.BadInput, `it claims to unpack from`},
		{"size of 2^40", lie(func(m *member) { m.UncompressedSize64, m.CompressedSize64 = 1<<40, 1<<40 }), fault.BadInput, `it claims 1099511627776 bytes at byte 35`},
		{"size of -1", lie(func(m *member) { m.UncompressedSize64, m.CompressedSize64 = 1<<64-1, 1<<64-1 }), fault.BadInput, `it claims 18446744073709551615 bytes`},
		{"bomb", lie(func(m *member) { deflate(m); m.UncompressedSize64 = 1 << 40 }), fault.BadInput, `it claims to unpack from`},
		{"not deflated", lie(deflate), fault.BadInput, `not NumPy's .npy format`},
		{"encrypted", lie(func(m *member) { m.Flags |= 1 }), fault.Unsupported, `it is encrypted`},
		{"name twice", archive(t, stored("a.npy", good), stored("a.npy", good)), fault.BadInput, `tensor "a": it comes twice`},
		{"overlap", overlap, fault.BadInput, `it begins at byte 35, within "a"`},
		{"no array", archive(t, stored("a.npy", []byte("hello"))), fault.BadInput, `tensor "a": not NumPy's .npy format: it begins with "hello"`},
		{"empty member", archive(t, stored("a.npy", nil)), fault.BadInput, `begins with ""`},
		{"no directory", cut[:len(cut)-22], fault.BadInput, `the archive's directory cannot be read: zip: not a valid zip file`},
		{"another archive", archive(t, stored("a.txt", nil)), fault.Unsupported, `found a zip archive`},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.b, c.kind, c.want) })
	}
}

// TestReadRefusesDamagedData flips a bit in each byte of compressed arrays.
func TestReadRefusesDamagedData(t *testing.T) {
	b := load(t, "types_compressed.npz")
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	for _, entry := range z.File {
		at, err := entry.DataOffset()
		require.NoError(t, err)
		for i := at; i < at+int64(entry.CompressedSize64)-1; i++ { // the last byte has bits that say nothing
			c := bytes.Clone(b)
			c[i] ^= 0x10
			_, err := readAll(c, "x.npz")
			var e *weights.Error
			require.ErrorAs(t, err, &e, "%s, byte %d", entry.Name, i)
		}
	}
}

// The array may be longer than its member says.
func TestReadRefusesMoreThanClaimed(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("a.npy")
	require.NoError(t, err)
	_, err = w.Write(append(array(of("<f4", "(2, 3)"), 24), make([]byte, 1000)...))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	r, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	require.NoError(t, err)
	in, err := r.File[0].OpenRaw()
	require.NoError(t, err)
	m := member{FileHeader: zip.FileHeader{
		Name: "a.npy", Method: zip.Deflate, CRC32: r.File[0].CRC32, CompressedSize64: r.File[0].CompressedSize64,
		UncompressedSize64: r.File[0].UncompressedSize64 - 1000,
	}}
	m.b, err = io.ReadAll(in)
	require.NoError(t, err)
	refused(t, archive(t, m), fault.BadInput, "its values cannot be read")
}

func TestEveryTruncationIsRefused(t *testing.T) {
	for _, name := range []string{"types.npz", "types_compressed.npz", "orders.npz", "zip64.npz", "lone.npy", "version2.npy"} {
		b := load(t, name)
		for n := range b {
			_, err := readAll(b[:n], name)
			var e *weights.Error
			require.ErrorAs(t, err, &e, "%s cut to %d bytes", name, n)
			require.NotEqual(t, fault.Bug, e.Kind)
		}
	}
}

func TestOtherMembersAreLeftOut(t *testing.T) {
	f, err := readAll(archive(t, stored("readme.txt", []byte("x")), stored("a.npy", array(of("<f4", "(1,)"), 4))), "x.npz")
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, f.Names())
	require.Equal(t, []string{`member "readme.txt" is no array and left out`}, f.Warnings())
}

// shrinking is a file of which all but the first bytes went away.
type shrinking struct {
	b    []byte
	left int64
}

var errShort = errors.New("short")

func (s *shrinking) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > s.left {
		return 0, errShort
	}
	return copy(b, s.b[at:]), nil
}

func TestFileThatShrinksIsAnError(t *testing.T) {
	for _, name := range []string{"types.npz", "types_compressed.npz"} {
		b := load(t, name)
		s := &shrinking{b, int64(len(b))}
		f, err := npz.Read(s, int64(len(b)), name)
		require.NoError(t, err)
		s.left = 100
		x, _ := f.Tensor("f4")
		for range 2 {
			err := x.ReadFloat32(make([]float32, 1), 0)
			var e *weights.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "f4", e.Tensor)
		}
	}
}
