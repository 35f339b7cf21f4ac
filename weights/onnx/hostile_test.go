package onnx_test

import (
	"bytes"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/onnx"
)

// TestCutFiles cuts models after every byte. What still opens was cut behind the
// graph, between two fields, and has all its tensors.
func TestCutFiles(t *testing.T) {
	for file, tensors := range truth(t) {
		if strings.HasPrefix(file, "external/") || file == "long.onnx" {
			continue
		}
		b, err := os.ReadFile("testdata/" + file)
		require.NoError(t, err)
		opened := 0
		for n := range b {
			f, err := read(b[:n])
			if err != nil {
				var e *weights.Error
				require.ErrorAs(t, err, &e, n)
				require.Equal(t, fault.BadInput, e.Kind, err)
				require.LessOrEqual(t, e.Offset, int64(n), err)
				continue
			}
			opened++
			require.Len(t, f.Names(), len(tensors), n)
		}
		require.LessOrEqual(t, opened, 8, file)
	}
}

// TestShrinkingFile reads values of a file that was cut after it was opened.
func TestShrinkingFile(t *testing.T) {
	b, err := os.ReadFile("testdata/types.onnx")
	require.NoError(t, err)
	r := &shrinking{bytes.NewReader(b), int64(len(b))}
	f, err := onnx.Read(r, int64(len(b)), "m.onnx")
	require.NoError(t, err)
	r.end = 100
	for _, name := range f.Names() {
		tensor, _ := f.Tensor(name)
		if tensor.Count == 0 || tensor.Offset < r.end {
			continue
		}
		err := tensor.ReadRaw(make([]byte, tensor.Count*int64(tensor.Type.Size())), 0)
		refused(t, err, fault.BadInput, name)
	}
}

type shrinking struct {
	*bytes.Reader
	end int64
}

func (s *shrinking) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.end {
		return 0, io.EOF
	}
	return s.Reader.ReadAt(p, off)
}

func TestCorruptModels(t *testing.T) {
	long := strings.Repeat("n", 17<<10)
	overflow := bytes.Repeat([]byte{0xff}, 11)
	for name, c := range map[string]struct {
		model []byte
		says  string
	}{
		"empty":                  {nil, "empty file"},
		"no graph":               {num(1, 8), "expected a graph"},
		"field 0":                {append(num(1, 8), 0), "expected a field"},
		"tag overflow":           {append(num(1, 8), overflow...), "expected a field"},
		"value overflow":         {append(num(1, 8), append([]byte{5 << 3}, overflow...)...), "field 5 at byte 2"},
		"length overflow":        {append(num(1, 8), append([]byte{7<<3 | 2}, overflow...)...), "field 7 at byte 2"},
		"length 2^40":            {append(num(1, 8), claim(7, 1<<40)...), "found a length of 1099511627776"},
		"length -1":              {append(num(1, 8), claim(7, math.MaxUint64)...), "found a length of 18446744073709551615"},
		"group":                  {append(num(1, 8), protowire.AppendTag(nil, 7, protowire.StartGroupType)...), "wire type 3"},
		"end of group":           {append(num(1, 8), protowire.AppendTag(nil, 7, protowire.EndGroupType)...), "wire type 4"},
		"graph is a number":      {append(num(1, 8), num(7, 1)...), "expected wire type 2, found wire type 0"},
		"version is text":        {text(1, "8"), "expected wire type 0, found wire type 2"},
		"raw_data 2^40":          {model(initializer(num(2, 1), num(1, 1), claim(9, 1<<40))), `tensor "w": field 9`},
		"raw_data beyond tensor": {append(model(initializer(num(2, 1), num(1, 1), claim(9, 4))), 0, 0, 0, 0), `tensor "w": field 9`},
		"raw_data is a number":   {model(initializer(num(2, 1), num(1, 1), num(9, 4))), `tensor "w": field 9`},
		"name too long":          {model(sub(5, text(8, long), num(2, 1), one)), "at most 16384 bytes"},
		"name 2^40":              {model(sub(5, claim(8, 1<<40))), "field 8"},
		"no name":                {model(sub(5, num(2, 1), num(1, 1), one)), "expected a name"},
		"name twice":             {model(initializer(num(2, 1), one), initializer(num(2, 1), one)), "comes a second time"},
		"no type":                {model(initializer(one)), "element type, expected 1 to 26, found 0"},
		"type 27":                {model(initializer(num(2, 27), one)), "element type, expected 1 to 26, found 27"},
		"type -1":                {model(initializer(num(2, -1), one)), "found -1"},
		"no values":              {model(initializer(num(2, 1))), "expected 1 for shape [], found none"},
		"no values of many":      {model(initializer(num(2, 1), num(1, 1<<40))), "found none"},
		"dimension -1":           {model(initializer(num(2, 1), num(1, -1), one)), "expected a shape, found [-1]"},
		"product overflows":      {model(initializer(num(2, 1), num(1, 1<<32), num(1, 1<<32), one)), "expected a shape"},
		"product overflows to 0": {model(initializer(num(2, 1), num(1, 1<<32), num(1, 1<<32), sub(9))), "expected a shape"},
		"rank 65":                {model(initializer(num(2, 1), bytes.Repeat(num(1, 1), 65), one)), "at most 64 dimensions"},
		"rank 65, packed":        {model(initializer(num(2, 1), sub(1, bytes.Repeat([]byte{1}, 65)), one)), "at most 64 dimensions"},
		"packed dims overflow":   {model(initializer(num(2, 1), sub(1, overflow), one)), "expected a number"},
		"raw_data too short":     {model(initializer(num(2, 1), num(1, 2), one)), "expected 8 bytes for shape [2] of float, found 4"},
		"raw_data too long":      {model(initializer(num(2, 10), num(1, 1), one)), "expected 2 bytes for shape [1] of float16, found 4"},
		"raw and typed":          {model(initializer(num(2, 1), num(1, 1), one, sub(4, []byte{0, 0, 0, 0}))), "raw_data and float_data"},
		"wrong typed field":      {model(initializer(num(2, 1), num(1, 1), num(7, 1))), "expected a field for float, found int64_data"},
		"typed too few":          {model(initializer(num(2, 7), num(1, 2), num(7, 1))), "int64_data, expected 2 values for shape [2], found 1"},
		"complex of one float":   {model(initializer(num(2, 14), num(1, 1), sub(4, []byte{0, 0, 0, 0}))), "expected 2 values"},
		"float_data of 5 bytes":  {model(initializer(num(2, 1), num(1, 1), sub(4, []byte{0, 0, 0, 0, 0}))), "a multiple of 4 bytes, found 5"},
		"float_data of doubles":  {model(initializer(num(2, 1), num(1, 1), protowire.AppendFixed64(protowire.AppendTag(nil, 4, protowire.Fixed64Type), 0))), "wire type 5"},
		"half a varint":          {model(initializer(num(2, 7), num(1, 2), sub(7, []byte{1, 0x80}))), "expected a number"},
		"long varint":            {model(initializer(num(2, 7), num(1, 2), sub(7, overflow))), "expected a number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(c.model)
			refused(t, err, fault.BadInput, c.says)
		})
	}
}

func TestRefusesByName(t *testing.T) {
	for found, m := range map[string][]byte{
		"a sparse initializer": model(sub(15, sub(1, text(8, "w"), num(2, 1)))),
		"strings":              model(initializer(num(2, 8), num(1, 1), text(6, "word"))),
		"a segment of one":     model(initializer(num(2, 1), num(1, 1), sub(3, num(1, 0), num(2, 1)), one)),
		"uint4":                model(initializer(num(2, 21), num(1, 2), sub(9, []byte{0}))),
		"int4":                 model(initializer(num(2, 22), num(1, 2), sub(9, []byte{0}))),
		"float4e2m1":           model(initializer(num(2, 23), num(1, 2), sub(9, []byte{0}))),
		"uint2":                model(initializer(num(2, 25), num(1, 2), sub(9, []byte{0}))),
		"int2":                 model(initializer(num(2, 26), num(1, 2), sub(9, []byte{0}))),
	} {
		_, err := read(m)
		refused(t, err, fault.Unsupported, found)
		require.ErrorContains(t, err, `tensor "w"`)
	}
}

func TestValuesOutOfRange(t *testing.T) {
	for kind, v := range map[int64]int64{2: 256, 3: -129, 4: -1, 5: 1 << 15, 10: 1 << 16, 17: 256} {
		f, err := read(model(initializer(num(2, kind), num(1, 2), num(5, 1), num(5, v))))
		require.NoError(t, err)
		tensor, _ := f.Tensor("w")
		require.NoError(t, tensor.ReadFloat32(make([]float32, 1), 0))
		err = tensor.ReadFloat32(make([]float32, 2), 0)
		refused(t, err, fault.BadInput, "value 1, expected")
		require.ErrorContains(t, err, `tensor "w"`)
	}
}

// nested is a graph with an initializer, inside depth others.
func nested(depth int) []byte {
	g := initializer(num(2, 1), num(1, 1), one)
	for range depth {
		g = sub(1, text(2, "y"), text(4, "Loop"), sub(5, text(1, "b"), sub(6, g)))
	}
	return model(g)
}

func TestNesting(t *testing.T) {
	f, err := read(nested(32))
	require.NoError(t, err)
	require.Equal(t, []string{strings.Repeat("y/b/", 32) + "w"}, f.Names())
	for _, depth := range []int{33, 1000} {
		_, err = read(nested(depth))
		refused(t, err, fault.BadInput, "at most 32 in each other")
	}
}

// TestManyMetadata: what a model says of itself is kept within a budget.
func TestManyMetadata(t *testing.T) {
	big := strings.Repeat("x", 3<<20)
	m := append(model(), sub(14, text(1, "a"), text(2, big))...)
	m = append(m, sub(14, text(1, "b"), text(2, big))...)
	m = append(m, sub(14, text(1, "c"), text(2, "small"))...)
	m = append(m, text(6, big)...)
	f, err := read(m)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"a": big, "c": "small"}, f.Metadata()["metadata_props"])
	require.NotContains(t, f.Metadata(), "doc_string")
	require.Len(t, f.Warnings(), 2)
}

func TestOtherFiles(t *testing.T) {
	for content, says := range map[string]string{
		"<!DOCTYPE html><html>":               "found an HTML page",
		"version https://git-lfs.github.com/": "found a git-LFS pointer",
		"PK\x03\x04":                          "found a zip archive",
	} {
		_, err := read([]byte(content))
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "expected an ONNX model")
	}
	_, err := onnx.Open("testdata/typo.onnx")
	require.ErrorContains(t, err, "did you mean testdata/types.onnx")
}
