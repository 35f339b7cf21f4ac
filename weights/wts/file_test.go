package wts_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// bits reads all values of a tensor as bit patterns.
func bits(t *testing.T, m weights.Map, name string) []uint32 {
	t.Helper()
	tensor, ok := m.Tensor(name)
	require.True(t, ok, name)
	v := make([]float32, tensor.Count)
	require.NoError(t, tensor.ReadFloat32(v, 0))
	return toBits(v)
}

func toBits(v []float32) []uint32 {
	b := make([]uint32, len(v))
	for i, x := range v {
		b[i] = math.Float32bits(x)
	}
	return b
}

func read(text string) (*wts.File, error) {
	return wts.Read(strings.NewReader(text), int64(len(text)), "net.wts")
}

func TestScriptsFiles(t *testing.T) {
	raw, err := os.ReadFile("testdata/values.f32")
	require.NoError(t, err)
	for _, file := range []string{"testdata/a1.wts", "testdata/a2.wts"} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := wts.Open(file)
			require.NoError(t, err)
			defer f.Close()
			require.Equal(t, []string{"conv1.weight", "bn1.num_batches_tracked", "special", "empty", "fc.bias"}, f.Names())
			require.Equal(t, "wts", f.Format())
			require.Empty(t, f.Warnings())
			roles := map[string]weights.Role{"bn1.num_batches_tracked": weights.Buffer}
			var got []byte
			for _, name := range f.Names() {
				tensor, _ := f.Tensor(name)
				require.Equal(t, roles[name], tensor.Role, name)
				for _, b := range bits(t, f, name) {
					got = binary.LittleEndian.AppendUint32(got, b)
				}
			}
			require.Equal(t, raw, got)
		})
	}
}

// TestLayouts reads the same tensors from every layout the grammar allows.
func TestLayouts(t *testing.T) {
	const plain = "2\na.w 3  3f800000 bf8000ab 00000001\nb 1  40490fdb\n"
	for name, text := range map[string]string{
		"two blanks":        plain,
		"one blank":         strings.ReplaceAll(plain, "  ", " "),
		"CRLF":              strings.ReplaceAll(plain, "\n", "\r\n"),
		"byte-order mark":   "\xef\xbb\xbf" + plain,
		"no final newline":  strings.TrimSuffix(plain, "\n"),
		"blank lines first": " \n\r\n" + plain,
		"blank lines last":  plain + "\n\n  \n",
		"upper case":        strings.NewReplacer("3f8", "3F8", "bf8000ab", "BF8000AB").Replace(plain),
		"leading zeros cut": strings.ReplaceAll(plain, "00000001", "1"),
		"tabs":              strings.ReplaceAll(plain, " ", "\t"),
		"trailing blanks":   strings.ReplaceAll(plain, "\n", " \n"),
		"many blanks":       strings.ReplaceAll(plain, " ", "    "),
		"one line":          strings.ReplaceAll(plain, "\n", " "),
		"values on lines":   strings.ReplaceAll(strings.ReplaceAll(plain, " bf", "\nbf"), "  3f", "\n3f"),
		"same length, shifted": strings.ReplaceAll(plain, " bf8000ab 00000001",
			"  bf8000ab 0000001"),
	} {
		t.Run(name, func(t *testing.T) {
			f, err := read(text)
			require.NoError(t, err)
			require.Equal(t, []string{"a.w", "b"}, f.Names())
			require.Equal(t, []uint32{0x3f800000, 0xbf8000ab, 1}, bits(t, f, "a.w"))
			require.Equal(t, []uint32{0x40490fdb}, bits(t, f, "b"))
			require.Empty(t, f.Warnings())
		})
	}
}

func TestPartsOfLargeTensors(t *testing.T) {
	const n = 3*weights.ChunkLen + 17
	for name, cell := range map[string]string{"padded": " %08x", "unpadded": " %x", "wide": "  %08x"} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			fmt.Fprintf(&b, "2\nfirst 1  00000000\nbig %d", n)
			want := make([]uint32, n)
			for i := range want {
				want[i] = uint32(i) * 2654435761
				fmt.Fprintf(&b, cell, want[i])
			}
			b.WriteString("\n")
			f, err := wts.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "x.wts")
			require.NoError(t, err)
			require.Equal(t, want, bits(t, f, "big"))
			tensor, _ := f.Tensor("big")
			for _, from := range []int64{1, 7, weights.ChunkLen - 1, weights.ChunkLen, 2*weights.ChunkLen + 5, n - 9} {
				v := make([]float32, 9)
				require.NoError(t, tensor.ReadFloat32(v, from))
				require.Equal(t, want[from:from+9], toBits(v))
			}
			require.Error(t, tensor.ReadFloat32(make([]float32, 9), n-8))
			require.Error(t, tensor.ReadFloat32(make([]float32, 1), -1))
			require.NoError(t, tensor.ReadFloat32(nil, n))
		})
	}
}

// countingReader counts the bytes read.
type countingReader struct {
	*bytes.Reader
	n int64
}

func (c *countingReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Reader.ReadAt(p, off)
	c.n += int64(n)
	return n, err
}

func TestOpeningReadsHeadersOnly(t *testing.T) {
	var b bytes.Buffer
	w, err := wts.NewWriter(&b, 3)
	require.NoError(t, err)
	for _, name := range []string{"a", "b", "c"} {
		require.NoError(t, w.Tensor(name, 1<<20, values(make([]float32, 1<<20))))
	}
	require.NoError(t, w.Close())
	r := &countingReader{Reader: bytes.NewReader(b.Bytes())}
	f, err := wts.Read(r, r.Size(), "big.wts")
	require.NoError(t, err)
	require.Len(t, f.Names(), 3)
	require.Less(t, r.n, int64(40<<10), "of %d", r.Size())
}

func TestMoreTensorsThanAnnounced(t *testing.T) {
	f, err := read("1\na 1  3f800000\nb 1  3f800000\nc 0 \n")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, f.Names())
	require.Equal(t, []string{"net.wts announces 1 tensors and has 3; not announced, but read: b, c"}, f.Warnings())
}

// TestRefusals holds each message against the fault that causes it.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no tensor", "2\n", `net.wts:2:1: truncated at tensor 1 of 2: the file ends before its name; the file was cut short or a count is wrong: write or download the file again`},
		{"a tensor short", "2\na 1  3f800000\n", `net.wts:3:1: truncated at tensor 2 of 2: the file ends before its name`},
		{"cut in a name", "2\na 1  3f800000\nb.wei", `net.wts:3:6: tensor "b.wei": truncated at tensor 2 of 2: the file ends before its number of elements`},
		{"cut behind a count", "1\na 2", `net.wts:2:4: tensor "a": truncated at tensor 1 of 1: the file ends before value 1 of 2`},
		{"cut between values", "1\na 3  3f800000 3f800000", `net.wts:2:23: tensor "a": truncated at tensor 1 of 1: the file ends before value 3 of 3`},
		{"cut in the last value", "1\na 3  3f800000 3f800000 3f80", `net.wts:2:28: tensor "a": truncated at tensor 1 of 1: the file ends before the rest of its last value`},
		{"nine digits", "1\na 2  3f800000 3f8000000\n", `net.wts:2:15: tensor "a": value 2 of 2, expected 1 to 8 hexadecimal digits, found 9 digits, "3f8000000"`},
		{"sign", "1\na 2  3f800000 -3f80000\n", `net.wts:2:15: tensor "a": value 2 of 2, expected 1 to 8 hexadecimal digits without a sign, found "-3f80000"`},
		{"no digit", "1\na 2  3f800000 3f8g0000\n", `net.wts:2:15: tensor "a": value 2 of 2, expected 1 to 8 hexadecimal digits, found "3f8g0000"`},
		{"count too large", "2\na 3  3f800000 3f800000\nlayer 1  00000000\n", `net.wts:3:1: tensor "a": value 3 of 3, expected 1 to 8 hexadecimal digits, found "layer"; the count is too large for the values on this line, or values are missing`},
		{"count too small", "2\na 1  3f800000 3f800000\nb 1  00000000\n", `net.wts:2:15: tensor "a": its line goes on behind the 1 values of its count, expected the end of the line, found "3f800000"; the count is wrong`},
		{"count too small by two", "2\na 1  3f800000 00000000 00000000\nb 1  00000000\n", `net.wts:2:15: tensor "a": its line goes on behind the 1 values`},
		{"count of 32 bits", "2\na 4294967295  3f800000\nb.weight 1  00000000\n", `net.wts:3:1: tensor "a": value 2 of 4294967295`},
		{"count of 64 bits, last", "1\na 18446744073709551615  3f800000\n", `net.wts:3:1: tensor "a": truncated at tensor 1 of 1: the file ends before value 2 of`},
		{"negative count", "1\na -1  3f800000\n", `net.wts:2:3: tensor "a": expected its number of elements in decimal, found "-1"`},
		{"no count", "2\na b\n", `net.wts:2:3: tensor "a": expected its number of elements in decimal, found "b"`},
		{"twice", "2\na 1  3f800000\na 1  3f800000\n", `net.wts:3:1: tensor "a": the name comes twice, first on line 2; write each tensor once`},
		{"long name", "1\n" + strings.Repeat("n", 1025) + " 1  3f800000\n", `net.wts:2:1: expected the name of tensor 1, at most 1024 bytes of text, found "nnnn`},
		{"control character", "1\na\x01b 1  3f800000\n", `net.wts:2:1: expected the name of tensor 1, at most 1024 bytes of text, found "a\x01b"`},
		{"garbage behind", "1\na 1  3f800000\n\nend of file\n", `net.wts:4:5: tensor "end": expected its number of elements in decimal, found "of"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.text)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, fault.BadInput, fault.Of(err))
			var e *weights.Error
			require.ErrorAs(t, err, &e)
			require.NotEmpty(t, e.Next)
		})
	}
}

func TestBadValueInPaddedTensorIsFoundOnReading(t *testing.T) {
	text := []byte("1\nbig 2000 ")
	for i := range 2000 {
		text = fmt.Appendf(text, " %08x", i)
	}
	text = append(text, '\n')
	const at = len("1\nbig 2000 ") + 9*1000
	for _, c := range []struct {
		off  int
		byte byte
		want string
	}{
		{at + 1, 'g', `x.wts:2:9011: tensor "big": value 1001 of 2000, expected 1 to 8 hexadecimal digits, found "g00003e8"`},
		{at, '0', `x.wts:2:9002: tensor "big": value 1000 of 2000, expected 1 to 8 hexadecimal digits, found 17 digits, "000003e70000003e8"`},
		{at + 5, ' ', `x.wts:2:18001: tensor "big": its line does not hold the 2000 values of its count`},
	} {
		bad := bytes.Clone(text)
		bad[c.off] = c.byte
		f, err := wts.Read(bytes.NewReader(bad), int64(len(bad)), "x.wts")
		require.NoError(t, err)
		tensor, _ := f.Tensor("big")
		v := make([]float32, 10)
		require.NoError(t, tensor.ReadFloat32(v, 0))
		require.ErrorContains(t, tensor.ReadFloat32(v, 995), c.want)
		require.ErrorContains(t, tensor.ReadFloat32(v, 995), c.want)
	}
}

func TestFileCutShortWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wts")
	var b bytes.Buffer
	w, err := wts.NewWriter(&b, 1)
	require.NoError(t, err)
	require.NoError(t, w.Tensor("a", 100_000, values(make([]float32, 100_000))))
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	f, err := wts.Open(path)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, os.Truncate(path, 1000))
	tensor, _ := f.Tensor("a")
	err = tensor.ReadFloat32(make([]float32, 100_000), 0)
	require.ErrorContains(t, err, `tensor "a": the file became shorter while it was read: nothing at byte 1000`)
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestReadAfterClose(t *testing.T) {
	f, err := wts.Open("testdata/a1.wts")
	require.NoError(t, err)
	tensor, _ := f.Tensor("fc.bias")
	require.NoError(t, f.Close())
	require.ErrorIs(t, tensor.ReadFloat32(make([]float32, 1), 0), os.ErrClosed)
}
