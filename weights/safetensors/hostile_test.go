package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/safetensors"
)

// file is a header and some bytes of values.
func file(header string, values int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, values)...)
}

func read(b []byte) (*safetensors.File, error) {
	return safetensors.Read(bytes.NewReader(b), int64(len(b)), "x.safetensors")
}

// one is a header of one tensor.
func one(description string) string { return `{"test":{` + description + `}}` }

// TestReadTakes are the reference implementation's tests of what is odd but valid.
func TestReadTakes(t *testing.T) {
	for _, c := range []struct {
		header string
		values int
		names  []string
	}{
		{`{}`, 0, nil},
		{"{}\r \t\n", 0, nil},
		{"\t\n{}\r ", 0, nil},
		{`{"__metadata__":{}}`, 0, nil},
		{one(`"dtype":"I32","shape":[],"data_offsets":[0,4]`), 4, []string{"test"}},
		{one(`"dtype":"I32","shape":[2,0],"data_offsets":[0, 0]`), 0, []string{"test"}},
		{one(`"dtype":"I32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]`), 0, []string{"test"}},
		{one(`"data_offsets":[0,16] , "shape" : [ 2 , 2 ] ,"dtype":"I32"`), 16, []string{"test"}},
		// Empty ones lie anywhere between others, and the header is in any order.
		{`{"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]},"n":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},` +
			`"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"m":{"dtype":"F64","shape":[0],"data_offsets":[4,4]}}`, 4, []string{"b", "n", "a", "m"}},
		{`{"\u0041\ud83c\udfb1\/\"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, []string{`A🎱/"`}},
	} {
		f, err := read(file(c.header, c.values))
		require.NoError(t, err, c.header)
		require.Equal(t, c.names, f.Names())
		for _, name := range c.names {
			x, _ := f.Tensor(name)
			require.NoError(t, x.ReadFloat32(make([]float32, x.Count), 0))
		}
	}
}

// TestReadRefuses has the attacks that the reference implementation keeps, the
// errors of its tests, and what its text disallows.
func TestReadRefuses(t *testing.T) {
	const i32 = `"dtype":"I32","shape":[2,2],"data_offsets":[0,16]`
	const u8 = `{"dtype":"U8","shape":[1],"data_offsets":[0,1]}`
	valid := file(one(i32), 16)
	length := func(n uint64) []byte {
		b := bytes.Clone(valid)
		binary.LittleEndian.PutUint64(b, n)
		return b
	}
	overlapping := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"weight_%d":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}`, i)
		}
		return "{" + b.String()[1:] + "}"
	}
	kindOf := map[string]fault.Kind{"unknown type": fault.Unsupported, "type of 4 bits": fault.Unsupported, "type of 6 bits": fault.Unsupported}
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "expected a safetensors file, found an empty file"},
		{"seven bytes", valid[:7], "expected the 8 bytes of the header's length, found 7"},
		{"length alone", valid[:8], "a header of at most 0 bytes, as many as the file has behind byte 8, found 60"},
		{"length beyond the file", length(1000), "as many as the file has behind byte 8, found 1000"},
		{"length of 2^40", length(1 << 40), "found 1099511627776"},
		{"length of -1", length(1<<64 - 1), "found 18446744073709551615"},
		{"length that overflows", length(1<<64 - 8), "found 18446744073709551608"},
		{"more than 100 MB", file("{}"+strings.Repeat(" ", 100_000_000), 0), "a header of at most 100000000 bytes, found 100000002"},
		{"no header", file("", 0), `begins with { at byte 8, found ""`},
		{"no object", file("[]", 0), `begins with { at byte 8, found "[]"`},
		{"byte-order mark", file("\xef\xbb\xbf{}", 0), `begins with { at byte 8, found "\ufeff`},
		{"no UTF-8", file("{\"a\xff\":"+u8+"}", 1), `a header in UTF-8, found "\xff" at byte 11`},
		{"no UTF-8 at all", file("\xff", 0), "found"},
		{"no JSON", file("{", 0), `header at byte 9, expected a string, found the end of it`},
		{"two objects", file("{}{}", 0), `header at byte 10, expected nothing behind the last brace, found "{}"`},
		{"zeros behind", file("{}\x00", 0), `expected nothing behind the last brace, found "\x00"`},
		{"comma", file("{,}", 0), `expected a string, found ",}"`},
		{"comma at the end", file(`{"test":{`+i32+`},}`, 16), `expected a string, found "}"`},
		{"no comma", file(`{"test":{`+i32+`}"b":`+u8+`}`, 16), `expected "," or "}"`},
		{"no colon", file(`{"test"{`+i32+`}}`, 16), `expected ":"`},
		{"no quotes", file(`{test:{`+i32+`}}`, 16), `expected a string, found "test:`},
		{"control character", file("{\"a\nb\":"+u8+"}", 1), `expected control characters escaped, found '\n'`},
		{"string without an end", file(`{"abc`, 0), `expected a string that ends`},
		{"string that ends in a backslash", file(`{"abc\`, 0), `expected an escaped character`},
		{"unknown escape", file(`{"\x41":`+u8+`}`, 1), `expected an escaped character, found "\\x41`},
		{"escape of a sign", file(`{"\u+041":`+u8+`}`, 1), `expected an escaped character`},
		{"half a surrogate pair", file(`{"\ud83c":`+u8+`}`, 1), `expected an escaped character`},
		{"half a surrogate pair twice", file(`{"\ud83c\ud83c":`+u8+`}`, 1), `expected an escaped character`},
		{"low surrogate", file(`{"\udfb1":`+u8+`}`, 1), `expected an escaped character`},
		{"name twice", file(`{"a":`+u8+`,"a":`+u8+`}`, 1), `tensor "a": name at byte 61, expected each tensor once`},
		{"name twice, escaped", file(`{"a":`+u8+`,"\u0061":`+u8+`}`, 1), `tensor "a": name at byte 61, expected each tensor once`},
		{"description is a number", file(`{"test":1}`, 0), `tensor "test": description at byte 16, expected "{", found "1}"`},
		{"description is null", file(`{"test":null}`, 0), `expected "{", found "null}"`},
		{"nothing described", file(one(``), 0), `tensor "test": description at byte 9, expected dtype, shape and two data_offsets, found less`},
		{"no dtype", file(one(`"shape":[2,2],"data_offsets":[0,16]`), 16), `found less`},
		{"no shape", file(one(`"dtype":"I32","data_offsets":[0,4]`), 4), `found less`},
		{"no offsets", file(one(`"dtype":"I32","shape":[]`), 4), `found less`},
		{"one offset", file(one(`"dtype":"I32","shape":[],"data_offsets":[0]`), 4), `found less`},
		{"three offsets", file(one(`"dtype":"I32","shape":[],"data_offsets":[0,4,8]`), 4), `data_offsets at byte 57, expected at most 2 numbers, found more`},
		{"dtype twice", file(one(i32+`,"dtype":"I32"`), 16), `expected dtype once`},
		{"shape twice", file(one(i32+`,"shape":[2,2]`), 16), `expected shape once`},
		{"offsets twice", file(one(i32+`,"data_offsets":[0,16]`), 16), `expected data_offsets once`},
		{"unknown key", file(one(i32+`,"path":"/etc/passwd"`), 16), `expected dtype, shape and data_offsets, found "path"`},
		{"unknown type", file(one(`"dtype":"F33","shape":[],"data_offsets":[0,4]`), 4), `tensor "test": dtype at byte 25, expected a type of whole bytes, such as F32, F16 or BF16, found "F33"`},
		{"type of 4 bits", file(one(`"dtype":"F4","shape":[2],"data_offsets":[0,1]`), 1), `found "F4"`},
		{"type of 6 bits", file(one(`"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]`), 3), `found "F6_E2M3"`},
		{"type is a number", file(one(`"dtype":4,"shape":[2],"data_offsets":[0,1]`), 1), `dtype at byte 25, expected a string, found "4,`},
		{"shape is a number", file(one(`"dtype":"I32","shape":1,"data_offsets":[0,4]`), 4), `shape at byte 39, expected "[", found "1,`},
		{"negative extent", file(one(`"dtype":"I32","shape":[-2,-2],"data_offsets":[0,16]`), 16), `shape at byte 40, expected a whole number without a sign, found "-2,`},
		{"negative offset", file(one(`"dtype":"I32","shape":[2,2],"data_offsets":[-16,0]`), 16), `data_offsets at byte 61, expected a whole number without a sign`},
		{"fraction", file(one(`"dtype":"I32","shape":[2.0,2],"data_offsets":[0,16]`), 16), `expected a whole number without a sign, found "2.0`},
		{"exponent", file(one(`"dtype":"I32","shape":[2e0,2],"data_offsets":[0,16]`), 16), `expected a whole number without a sign, found "2e0`},
		{"leading zero", file(one(`"dtype":"I32","shape":[02,2],"data_offsets":[0,16]`), 16), `expected a whole number without a sign, found "02`},
		{"extent is a string", file(one(`"dtype":"I32","shape":["2"],"data_offsets":[0,16]`), 16), `expected a whole number without a sign, found "\"2\"`},
		{"nested shape", file(one(`"dtype":"I32","shape":[[2]],"data_offsets":[0,16]`), 16), `expected a whole number`},
		{"65 dimensions", file(one(`"dtype":"U8","shape":[1`+strings.Repeat(",1", 64)+`],"data_offsets":[0,1]`), 1), `expected at most 64 numbers`},
		{"shape that overflows", file(one(`"dtype":"I32","shape":[2,18446744073709551614],"data_offsets":[0,16]`), 16), `expected a number that 63 bits hold, found "18446744073709551614]`},
		{"size that overflows", file(one(`"dtype":"I32","shape":[2,9223372036854775807],"data_offsets":[0,16]`), 16), `expected a size that 63 bits hold, found shape [2 9223372036854775807] of int32`},
		{"size that overflows to what is there", file(one(`"dtype":"I32","shape":[4611686018427387905],"data_offsets":[0,4]`), 4), `expected a size that 63 bits hold`},
		{"less than the shape", file(one(`"dtype":"I32","shape":[2,2],"data_offsets":[0,4]`), 4), `tensor "test": description at byte 9, expected data_offsets 16 bytes apart for shape [2 2] of int32, found [0 4]`},
		{"more than the shape", file(one(`"dtype":"I32","shape":[2,2],"data_offsets":[0,20]`), 20), `found [0 20]`},
		{"end before begin", file(one(`"dtype":"I32","shape":[2,2],"data_offsets":[16,0]`), 16), `found [16 0]`},
		{"empty, with values", file(one(`"dtype":"I32","shape":[0],"data_offsets":[0,4]`), 4), `expected data_offsets 0 bytes apart`},
		{"offsets beyond the file", file(one(`"dtype":"I32","shape":[2,2],"data_offsets":[16,32]`), 16), `tensor "test": expected its values at offset 0, behind those of the header, found offset 16`},
		{"values missing", valid[:len(valid)-2], `tensor "test": expected 16 bytes of values, found 14 before the file ends, at byte 82`},
		{"values of 2^62 bytes", file(one(`"dtype":"U8","shape":[4611686018427387904],"data_offsets":[0,4611686018427387904]`), 0), `expected 4611686018427387904 bytes of values, found 0`},
		{"bytes behind", append(bytes.Clone(valid), "extra_bogus_data_for_polyglot_file"...), `expected the file to end at byte 84, behind the values of "test", found 34 more bytes`},
		{"bytes and no tensor", file("{}", 1), `expected the file to end at byte 10, behind the values of the header, found 1 more bytes`},
		{"overlap", file(overlapping(10), 16), `expected its values at offset 16, behind those of "weight_0", found offset 0`},
		{"much overlap", file(overlapping(20_000), 16), `expected its values at offset 16`},
		{"partial overlap", file(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 3), `tensor "b": expected its values at offset 2, behind those of "a", found offset 1`},
		{"hole", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}`, 3), `tensor "b": expected its values at offset 1, behind those of "a", found offset 2`},
		{"empty one in a hole", file(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}`, 2), `tensor "a": expected its values at offset 0`},
		{"empty one within another", file(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}`, 2), `tensor "b": expected its values at offset 2, behind those of "a", found offset 1`},
		{"metadata of a number", file(`{"__metadata__":{"epoch":3}}`, 0), `__metadata__: value of "epoch" at byte 33, expected a string, found "3}}"`},
		{"metadata of a list", file(`{"__metadata__":{"a":["b"]}}`, 0), `expected a string, found "[\"b\"]`},
		{"metadata of null", file(`{"__metadata__":{"a":null}}`, 0), `expected a string, found "null`},
		{"metadata is null", file(`{"__metadata__":null}`, 0), `__metadata__ at byte 24, expected "{", found "null}"`},
		{"metadata twice", file(`{"__metadata__":{},"__metadata__":{}}`, 0), `header at byte 27, expected __metadata__ once`},
		{"metadata key twice", file(`{"__metadata__":{"a":"b","a":"c"}}`, 0), `expected each key once, found "a" a second time`},
		{"nested too deep", file(strings.Repeat(`{"a":`, 1<<20), 0), `expected dtype, shape and data_offsets, found "a"`},
		{"lists nested too deep", file(`{"a":`+strings.Repeat(`[`, 1<<20), 0), `expected "{", found "[[`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.b)
			require.ErrorContains(t, err, c.want)
			var e *weights.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "x.safetensors", e.File)
			require.NotEmpty(t, e.Next)
			want := fault.BadInput
			if k, ok := kindOf[c.name]; ok {
				want = k
			}
			require.Equal(t, want, e.Kind)
			require.Less(t, len(err.Error()), 400)
		})
	}
}

// TestReadSaysWhatItIs for files of other kinds.
func TestReadSaysWhatItIs(t *testing.T) {
	for text, want := range map[string]string{
		"<!DOCTYPE html><html>":                                   "found an HTML page",
		"version https://git-lfs.github.com/spec/v1\noid sha256:": "found a git-LFS pointer",
		"2\na 1  3f800000\n":                                      "found a .wts file",
	} {
		_, err := read([]byte(text))
		require.ErrorContains(t, err, "expected a safetensors file, "+want)
	}
	_, err := safetensors.Open(filepath.Join(t.TempDir(), "none.safetensors"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestEveryTruncationIsRefused, and every file with a byte more.
func TestEveryTruncationIsRefused(t *testing.T) {
	for _, name := range []string{"types", "network", "shapes", "empty"} {
		b, err := os.ReadFile("testdata/" + name + ".safetensors")
		require.NoError(t, err)
		for n := range b {
			_, err := read(b[:n])
			var e *weights.Error
			require.ErrorAs(t, err, &e, "%s cut to %d bytes", name, n)
			require.NotEqual(t, fault.Bug, e.Kind)
		}
		_, err = read(append(bytes.Clone(b), 0))
		require.ErrorContains(t, err, "1 more bytes")
	}
}

// shrinking is a file of which all but the first bytes went away.
type shrinking struct {
	b    []byte
	left int
}

func (s *shrinking) ReadAt(b []byte, at int64) (int, error) {
	if at >= int64(s.left) {
		return 0, io.EOF
	}
	return bytes.NewReader(s.b[:s.left]).ReadAt(b, at)
}

func TestFileThatShrinksIsAnError(t *testing.T) {
	b := file(one(`"dtype":"I32","shape":[2,2],"data_offsets":[0,16]`), 16)
	s := &shrinking{b, len(b)}
	f, err := safetensors.Read(s, int64(len(b)), "x.safetensors")
	require.NoError(t, err)
	x, _ := f.Tensor("test")
	require.NoError(t, x.ReadFloat32(make([]float32, 4), 0))
	s.left -= 3
	require.NoError(t, x.ReadFloat32(make([]float32, 3), 0))
	err = x.ReadFloat32(make([]float32, 4), 0)
	require.ErrorContains(t, err, `x.safetensors: tensor "test": the file ends within its values`)
	var e *weights.Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, int64(len(b)-3), e.Offset)

	s.left = 20
	_, err = safetensors.Read(s, int64(len(b)), "x.safetensors")
	require.ErrorContains(t, err, "cannot be read at byte 20: unexpected EOF")
}

// TestReadTakesLittleMemory for a header of nothing but tensors, the most that a
// file of its size can ask for.
func TestReadTakesLittleMemory(t *testing.T) {
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, `,"%x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`, i)
	}
	text := file("{"+b.String()[1:]+"}", 0)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, err := read(text)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Len(t, f.Names(), 50_000)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(12*len(text)+4<<20))
}
