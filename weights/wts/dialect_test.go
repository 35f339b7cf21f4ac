package wts_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/wts"
)

var scriptShapes = map[string][]int64{"conv1.weight": {3, 2, 5, 5}, "bn1.num_batches_tracked": {}, "special": {10}, "empty": {0, 4}, "fc.bias": {10}}

// TestDialectsOfScripts holds the values of every script's file against the
// digest that NumPy made.
func TestDialectsOfScripts(t *testing.T) {
	sums, err := os.ReadFile("testdata/SHA256SUMS")
	require.NoError(t, err)
	formats := map[string]string{"b.wts": "wts with a type column", "b.wts.zst": "wts with a type column", "b_half.wts": "wts with a type column", "c.wts2": "wts2"}
	for line := range strings.Lines(string(sums)) {
		want, file, ok := strings.Cut(strings.TrimSpace(line), "  ")
		require.True(t, ok)
		t.Run(file, func(t *testing.T) {
			f, err := wts.Open("testdata/" + file)
			require.NoError(t, err)
			defer f.Close()
			format := formats[file]
			if format == "" {
				format = "wts"
			}
			require.Equal(t, format, f.Format())
			require.Empty(t, f.Warnings())
			require.Equal(t, []string{"conv1.weight", "bn1.num_batches_tracked", "special", "empty", "fc.bias"}, f.Names())
			h := sha256.New()
			for _, name := range f.Names() {
				tensor, _ := f.Tensor(name)
				if file == "c.wts2" {
					require.Equal(t, scriptShapes[name], tensor.Shape)
				}
				if file == "b_half.wts" {
					require.Equal(t, dtype.Float16, tensor.Type)
				}
				for _, b := range bits(t, f, name) {
					require.NoError(t, binary.Write(h, binary.LittleEndian, b))
				}
			}
			require.Equal(t, want, hex.EncodeToString(h.Sum(nil)))
			require.NoError(t, f.Close())
		})
	}
}

// TestDialectsAreWrittenAsScriptsDo reads each script's file and writes it again
// in the same dialect: the same bytes.
func TestDialectsAreWrittenAsScriptsDo(t *testing.T) {
	for file, dialect := range map[string]wts.Dialect{
		"a1.wts": wts.TwoBlanks, "a2.wts": wts.OneBlank, "a3.wts": wts.Prefixed, "b.wts": wts.Typed, "b_half.wts": wts.Typed, "c.wts2": wts.Binary,
	} {
		t.Run(file, func(t *testing.T) {
			want, err := os.ReadFile("testdata/" + file)
			require.NoError(t, err)
			f, err := wts.Open("testdata/" + file)
			require.NoError(t, err)
			defer f.Close()
			require.Equal(t, string(want), string(write(t, f, dialect)))
		})
	}
}

// write writes all tensors in a dialect.
func write(t *testing.T, m weights.Map, d wts.Dialect) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := wts.NewDialectWriter(&b, len(m.Names()), d)
	require.NoError(t, err)
	for _, name := range m.Names() {
		tensor, _ := m.Tensor(name)
		require.NoError(t, w.Write(tensor, tensor))
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestDialectNames(t *testing.T) {
	for d := wts.TwoBlanks; d <= wts.Binary; d++ {
		got, err := wts.ParseDialect(d.String())
		require.NoError(t, err)
		require.Equal(t, d, got)
	}
	_, err := wts.ParseDialect("c")
	require.ErrorContains(t, err, `unknown dialect "c": expected one of [a1 a2 a3 b wts2]`)
}

// TestHalfPatterns writes and reads all 65,536 patterns of float16, as digits
// and as bytes.
func TestHalfPatterns(t *testing.T) {
	var text, raw bytes.Buffer
	fmt.Fprint(&text, "1\nw 1 65536 ")
	fmt.Fprint(&raw, "1\nw 1 (65536,) ")
	for i := range 1 << 16 {
		fmt.Fprintf(&text, "%x ", i)
		require.NoError(t, binary.Write(&raw, binary.LittleEndian, uint16(i)))
	}
	text.WriteString("\n")
	raw.WriteString("\n")
	var kept []byte
	for name, c := range map[string]struct {
		data    []byte
		dialect wts.Dialect
	}{"b": {text.Bytes(), wts.Typed}, "wts2": {raw.Bytes(), wts.Binary}} {
		t.Run(name, func(t *testing.T) {
			f, err := wts.Read(bytes.NewReader(c.data), int64(len(c.data)), "half.wts")
			require.NoError(t, err)
			tensor, _ := f.Tensor("w")
			require.Equal(t, dtype.Float16, tensor.Type)
			got := make([]byte, 2<<16)
			require.NoError(t, tensor.ReadRaw(got, 0))
			for i := range 1 << 16 {
				require.Equal(t, uint16(i), binary.LittleEndian.Uint16(got[2*i:]))
			}
			if kept == nil {
				kept = got
			}
			// Signalling NaNs become quiet on their way through float32.
			again, err := wts.Read(bytes.NewReader(write(t, f, c.dialect)), int64(len(write(t, f, c.dialect))), "again.wts")
			require.NoError(t, err)
			v, w := bits(t, f, "w"), bits(t, again, "w")
			require.Equal(t, v, w)
			require.Equal(t, float32(math.SmallestNonzeroFloat32*(1<<125)), math.Float32frombits(v[1])) // 2^-24
			require.Equal(t, uint32(0x80000000), v[0x8000])
		})
	}
}

func TestRawOfFloats(t *testing.T) {
	f, err := read("1\na 3  3f800000 00000001 7fc01234\n")
	require.NoError(t, err)
	tensor, _ := f.Tensor("a")
	got := make([]byte, 8)
	require.NoError(t, tensor.ReadRaw(got, 1))
	require.Equal(t, []byte{1, 0, 0, 0, 0x34, 0x12, 0xc0, 0x7f}, got)
}

func TestDialectIsThatOfTheWholeFile(t *testing.T) {
	for _, c := range []struct {
		name, text string
		format     string
		values     map[string][]uint32
		warning    string
	}{
		{"type column", "2\nw 0 4 3f800000 0 3f800000 bf \nb 0 1 3f800000\n", "wts with a type column", map[string][]uint32{"w": {0x3f800000, 0, 0x3f800000, 0xbf}, "b": {0x3f800000}}, ""},
		{"looks decimal", "2\nw 0 2 40490000 40490000\nb 0 1 3f800000\n", "wts with a type column", map[string][]uint32{"w": {0x40490000, 0x40490000}}, ""},
		{"half", "2\nw 1 3 bc00 3c00 3400 \nb 1 1 1\n", "wts with a type column", map[string][]uint32{"w": {0xbf800000, 0x3f800000, 0x3e800000}, "b": {0x33800000}}, ""},
		{"first line fits both, then typed", "2\nbias 1 0\nw 1 2 3c00 3c00\n", "wts with a type column", map[string][]uint32{"bias": {}, "w": {0x3f800000, 0x3f800000}}, ""},
		{"first line fits both, then plain", "2\nbias 1 0\nw 2 3c00 3c00\n", "wts", map[string][]uint32{"bias": {0}, "w": {0x3c00, 0x3c00}}, ""},
		{"all lines fit both", "2\nbias 1 0\nw 1 0\n", "wts", map[string][]uint32{"bias": {0}}, "net.wts also reads as a file with a type column and no values; taken for one value of 0 in each tensor"},
		{"typed on one line", "2 w 0 2 40490000 40490000 b 1 1 3c00", "wts with a type column", map[string][]uint32{"w": {0x40490000, 0x40490000}, "b": {0x3f800000}}, ""},
		{"longs of Python 2", "1\na 2 0x3f800000L 0x0L\n", "wts", map[string][]uint32{"a": {0x3f800000, 0}}, ""},
		{"prefix in upper case", "1\na 2 0X3F800000 0X0\r\n", "wts", map[string][]uint32{"a": {0x3f800000, 0}}, ""},
		{"wts2", "2\nw 0 (2, 1) \x00\x00\x80\x3f\n\n\n\n\nb 0 () 1234\n", "wts2", map[string][]uint32{"w": {0x3f800000, 0x0a0a0a0a}, "b": {0x34333231}}, ""},
		{"wts2, longs, no final newline", "1\r\nw 0 (1L, 1L) 1234", "wts2", map[string][]uint32{"w": {0x34333231}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := read(c.text)
			require.NoError(t, err)
			require.Equal(t, c.format, f.Format())
			for name, want := range c.values {
				require.Equal(t, want, bits(t, f, name))
			}
			if c.warning == "" {
				require.Empty(t, f.Warnings())
			} else {
				require.Equal(t, []string{c.warning}, f.Warnings())
			}
		})
	}
}

func TestDialectRefusals(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		kind             fault.Kind
	}{
		{"nine digits behind 0x", "1\na 1 0x3f8000000\n", `net.wts:2:5: tensor "a": value 1 of 1, expected 1 to 8 hexadecimal digits, found 9 digits, "0x3f8000000"`, fault.BadInput},
		{"0x alone", "1\na 2 0x0 0x\n", `net.wts:2:9: tensor "a": value 2 of 2, expected 1 to 8 hexadecimal digits, found "0x"`, fault.BadInput},
		{"half of five digits", "2\nw 1 2 3c00 13c00\nb 1 1 3c00\n", `net.wts:2:12: tensor "w": value 2 of 2, expected 1 to 4 hexadecimal digits, found 5 digits, "13c00"`, fault.BadInput},
		{"half of eight digits", "2\nw 1 2 3c00 00003c00\nb 1 1 3c00\n", `found 8 digits, "00003c00"`, fault.BadInput},
		{"unknown type", "2\nw 0 1 3f800000\nb 5 1 3c00\n", `net.wts:3:3: tensor "b": expected type 0 (float32) or 1 (float16), found "5"`, fault.Unsupported},
		{"typed, cut short", "2\nw 0 3 3f800000 3f80", `net.wts:2:20: tensor "w": truncated at tensor 1 of 2: the file ends before value 3 of 3`, fault.BadInput},
		{"typed, too many values", "2\nw 0 1 3f800000 3f800000 \nb 0 1 3f800000 \n", `net.wts:2:16: tensor "w": its line goes on behind the 1 values of its count`, fault.BadInput},
		{"plain, then typed", "2\nw 2  3f800000 3f800000\nb 0 1 3f800000\n", `net.wts:3:5: tensor "b": its line goes on behind the 0 values`, fault.BadInput},
		{"wts2, cut short", "1\nw 0 (2,) 1234567", `net.wts:2:17: tensor "w": truncated at tensor 1 of 1: the file ends before its 2 values of 4 bytes`, fault.BadInput},
		{"wts2, cut in the shape", "1\nw 0 (2, 3", `tensor "w": truncated at tensor 1 of 1: the file ends before its shape`, fault.BadInput},
		{"wts2, missing", "2\nw 0 (1,) 1234\n", `truncated at tensor 2 of 2: the file ends before its name`, fault.BadInput},
		{"wts2, doubles", "2\nw 0 (1,) 12345678\nb 0 () 1234\n", `net.wts:2:14: tensor "w": its line does not end behind 1 values of float32, its type; elements of 8 bytes would fit`, fault.BadInput},
		{"wts2, huge", "1\nw 0 (4294967296, 4294967296) 1234\n", `its 2^63 or more values of 4 bytes`, fault.BadInput},
		{"wts2, negative", "1\nw 0 (-1,) 1234\n", `net.wts:2:5: tensor "w": expected its shape as a tuple, such as (64, 3, 7, 7), found "(-1,) 1234`, fault.BadInput},
		{"wts2, no shape's end", "1\nw 0 (" + strings.Repeat("1, ", 400) + ") 1234\n", `expected its shape as a tuple`, fault.BadInput},
		{"wts2, int8", "1\nw 2 (1,) 1\n", `expected type 0 (float32) or 1 (float16), found "2"`, fault.Unsupported},
		{"wts2, twice", "2\nw 0 () 1234\nw 0 () 1234\n", `tensor "w": the name comes twice`, fault.BadInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.text)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.kind, fault.Of(err))
			var e *weights.Error
			require.ErrorAs(t, err, &e)
			require.NotEmpty(t, e.Next)
		})
	}
	_, err := wts.Open("testdata/c_int64.wts2")
	require.ErrorContains(t, err, `tensor "steps": its line does not end behind 2 values of float32, its type; elements of 8 bytes would fit`)
}

func TestWriterKeepsToItsDialect(t *testing.T) {
	w, err := wts.NewDialectWriter(new(bytes.Buffer), 1, wts.TwoBlanks)
	require.NoError(t, err)
	require.ErrorContains(t, w.Write(&weights.Tensor{Name: "a", Type: dtype.Float16, Count: 1}, values{1}), "the dialect a1 has no float16")
	w, err = wts.NewDialectWriter(new(bytes.Buffer), 1, wts.Binary)
	require.NoError(t, err)
	require.ErrorContains(t, w.Write(&weights.Tensor{Name: "a", Type: dtype.Float32, Count: 3, Shape: []int64{2, 2}}, values{1, 2, 3}), "3 elements of shape [2 2]")
	require.ErrorContains(t, w.Write(&weights.Tensor{Name: "a", Type: dtype.Int64, Count: 1}, values{1}), "no int64")
}

// TestChunksAreWrittenInOrder writes a tensor of several chunks in each dialect.
func TestChunksAreWrittenInOrder(t *testing.T) {
	const n = 5*weights.ChunkLen + 3
	want := make(values, n)
	for i := range want {
		want[i] = float32(i)
	}
	for d := wts.TwoBlanks; d <= wts.Binary; d++ {
		var b bytes.Buffer
		w, err := wts.NewDialectWriter(&b, 2, d)
		require.NoError(t, err)
		require.NoError(t, w.Tensor("big", n, want))
		require.NoError(t, w.Tensor("end", 1, want))
		f, err := wts.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "x.wts")
		require.NoError(t, err, d)
		require.Equal(t, toBits(want), bits(t, f, "big"), d)
		require.Equal(t, []uint32{0}, bits(t, f, "end"), d)
	}
}

func TestSidecar(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "net.wts")
	require.NoError(t, os.WriteFile(path, []byte("2\na.weight 6  00000000 00000000 00000000 00000000 00000000 00000000\nb 1  3f800000\n"), 0o600))
	open := func(side string) (*wts.File, error) {
		require.NoError(t, os.WriteFile(wts.SidecarPath(path), []byte(side), 0o600))
		f, err := wts.Open(path)
		if err == nil {
			t.Cleanup(func() { f.Close() })
		}
		return f, err
	}
	var b bytes.Buffer
	require.NoError(t, wts.Shapes{"a.weight": {2, 3}, "b": {}}.Encode(&b))
	f, err := open(b.String())
	require.NoError(t, err)
	require.Empty(t, f.Warnings())
	for name, want := range map[string][]int64{"a.weight": {2, 3}, "b": {}} {
		tensor, _ := f.Tensor(name)
		require.Equal(t, want, tensor.Shape)
	}
	for _, c := range []struct{ side, want string }{
		{`{"schema":"trtbuild.shapes/1","shapes":{"a.weight":[2,4]}}`, `net.wts.json: tensor "a.weight": the shape [2 4] has not the 6 elements that ` + path + ` has; the shapes are another file's`},
		{`{"schema":"trtbuild.shapes/1","shapes":{"a.weight":[2,-3]}}`, `tensor "a.weight"`},
		{`{"schema":"trtbuild.shapes/1","shapes":{"a.weight":[4294967296,4294967296]}}`, `tensor "a.weight"`},
		{`{"schema":"trtbuild.shapes/1","shapes":{"c":[1]}}`, `net.wts.json: tensor "c": ` + path + ` has no such tensor`},
	} {
		_, err := open(c.side)
		require.ErrorContains(t, err, c.want)
		require.Equal(t, fault.BadInput, fault.Of(err))
	}
	for _, side := range []string{`{"names": ["cat"]}`, "no JSON"} {
		f, err = open(side)
		require.NoError(t, err)
		require.Equal(t, []string{path + ".json is no list of shapes of this program, and not used"}, f.Warnings())
	}
	require.Equal(t, "a/net.wts.json", wts.SidecarPath("a/net.wts.gz"))
}
