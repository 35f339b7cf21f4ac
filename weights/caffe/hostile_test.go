package caffe_test

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/caffe"
)

// TestCutFiles cuts models after every byte. Layers are top-level fields: what
// was cut between two of them is a smaller model, and nothing in the format
// tells.
func TestCutFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.caffemodel")
	require.NoError(t, err)
	require.Len(t, files, 5)
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		whole, err := read(b)
		require.NoError(t, err)
		between := map[int]bool{}
		for rest := b; len(rest) > 0; {
			between[len(b)-len(rest)] = true
			_, _, n := protowire.ConsumeField(rest)
			require.Positive(t, n)
			rest = rest[n:]
		}
		for n := range b {
			f, err := read(b[:n])
			if err == nil {
				require.True(t, between[n], "%s of %d bytes", file, n)
				require.True(t, slices.Equal(whole.Names()[:len(f.Names())], f.Names()))
				continue
			}
			var e *weights.Error
			require.ErrorAs(t, err, &e, n)
			require.Equal(t, fault.BadInput, e.Kind, err)
			require.LessOrEqual(t, e.Offset, int64(n), err)
		}
	}
}

// TestShrinkingFile reads values of a file that was cut after it was opened.
func TestShrinkingFile(t *testing.T) {
	for _, file := range []string{"testdata/unpacked.caffemodel", "testdata/v1.caffemodel"} {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		r := &shrinking{bytes.NewReader(b), int64(len(b))}
		f, err := caffe.Read(r, int64(len(b)), "m.caffemodel")
		require.NoError(t, err)
		r.end = 1
		for _, name := range f.Names() {
			tensor, _ := f.Tensor(name)
			err := tensor.ReadFloat32(make([]float32, tensor.Count), 0)
			refused(t, err, fault.BadInput, name)
		}
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
	name := slices.Clip(text(1, "net"))
	for title, c := range map[string]struct {
		model []byte
		says  string
	}{
		"empty":                 {nil, "empty file"},
		"no layers":             {name, "expected layers, found none"},
		"field 0":               {append(conv(shape(1), data(1)), 0), "expected a field"},
		"tag overflow":          {append(conv(shape(1), data(1)), overflow...), "expected a field"},
		"length 2^40":           {append(name, claim(100, 1<<40)...), "found a length of 1099511627776"},
		"length -1":             {append(name, claim(2, math.MaxUint64)...), "found a length of 18446744073709551615"},
		"group":                 {append(name, protowire.AppendTag(nil, 100, protowire.StartGroupType)...), "wire type 3"},
		"layer is a number":     {append(name, num(100, 1)...), "expected wire type 2, found wire type 0"},
		"V1 layer is a number":  {append(name, num(2, 1)...), "expected wire type 2, found wire type 0"},
		"blob is a number":      {sub(100, text(1, "conv"), num(7, 3)), `tensor "conv.blob0": field 7`},
		"blob 2^40":             {sub(100, text(1, "conv"), claim(7, 1<<40)), "found a length of 1099511627776"},
		"data 2^40":             {conv(shape(1), claim(5, 1<<40)), `tensor "conv.weight": field 5`},
		"data beyond blob":      {append(conv(shape(1), claim(5, 4)), 0, 0, 0, 0), `tensor "conv.weight": field 5`},
		"data is varints":       {conv(shape(1), num(5, 4)), "expected wire type 5, found wire type 0"},
		"data of 5 bytes":       {conv(shape(1), sub(5, make([]byte, 5))), "a multiple of 4 bytes, found 5"},
		"double_data of 4":      {conv(shape(1), sub(8, make([]byte, 4))), "a multiple of 8 bytes, found 4"},
		"too few values":        {conv(shape(2, 3), data(5)), "expected 6 values for shape [2 3], found 5"},
		"too many values":       {conv(shape(2, 3), data(7)), "found 7"},
		"no values":             {conv(shape(2, 3)), "found 0"},
		"no shape":              {conv(data(2)), "expected 1 values for shape [], found 2"},
		"nothing":               {conv(), "expected 1 values for shape [], found 0"},
		"legacy without width":  {conv(num(1, 1), num(2, 1), num(3, 1), data(1)), "expected 0 values for shape [1 1 1 0], found 1"},
		"legacy wins":           {conv(shape(1), num(1, 1), num(2, 1), num(3, 1), num(4, 2), data(1)), "expected 2 values for shape [1 1 1 2]"},
		"legacy is text":        {conv(text(1, "1"), data(1)), "expected wire type 0, found wire type 2"},
		"dimension -1":          {conv(sub(7, num(1, -1)), data(1)), "expected a shape, found [-1]"},
		"dimension 2^40":        {conv(sub(7, num(1, 1<<40)), data(1)), "expected a shape"},
		"product overflows":     {conv(sub(7, num(1, 1<<30), num(1, 1<<30), num(1, 1<<30)), data(1)), "expected a shape"},
		"rank 33":               {conv(shape(bytes.Repeat([]byte{1}, 33)...), data(1)), "at most 32 dimensions"},
		"shape is a number":     {conv(num(7, 1), data(1)), "expected wire type 2, found wire type 0"},
		"name too long":         {sub(100, text(1, long)), "at most 16384 bytes"},
		"net name too long":     {text(1, long), "at most 16384 bytes"},
		"same name twice":       {append(conv(shape(1), data(1)), conv(shape(1), data(1))...), "comes a second time"},
		"two generations":       {append(conv(shape(1), data(1)), sub(2, text(4, "old"))...), "expected one generation of the format"},
		"two layers in a layer": {sub(2, sub(1, text(1, "a")), sub(1, text(1, "b"))), "layer of V0, expected one"},
		"blobs of V0 and V1":    {sub(2, sub(1, text(1, "a")), sub(6, data(1))), "expected blobs of one generation"},
		"V1 type is text":       {sub(2, text(4, "a"), text(5, "conv")), "expected wire type 0, found wire type 2"},
	} {
		t.Run(title, func(t *testing.T) {
			_, err := read(c.model)
			refused(t, err, fault.BadInput, c.says)
		})
	}
}

func TestRawData(t *testing.T) {
	for _, kind := range []int64{-1, 3, 4, 5, 6} {
		_, err := read(conv(shape(2), num(10, kind), sub(12, make([]byte, 4))))
		refused(t, err, fault.Unsupported, "conv.weight")
	}
	_, err := read(conv(shape(2), sub(12, make([]byte, 8))))
	refused(t, err, fault.Unsupported, "raw_data of type -1")
	_, err = read(conv(shape(2), num(10, 2), sub(12, make([]byte, 8))))
	refused(t, err, fault.BadInput, "raw_data, expected 4 bytes for shape [2] of float16, found 8")
}

func TestUnknownV1Type(t *testing.T) {
	f, err := read(sub(2, text(4, "a"), num(5, 99), sub(6, shape(1), data(1))))
	require.NoError(t, err)
	require.Equal(t, []string{"a.blob0"}, f.Names())
	require.Equal(t, []caffe.Layer{{Name: "a", Type: "99"}}, f.Metadata()["layers"])
}

func TestOtherFiles(t *testing.T) {
	for content, says := range map[string]string{
		"<!DOCTYPE html><html>":               "found an HTML page",
		"version https://git-lfs.github.com/": "found a git-LFS pointer",
		"PK\x03\x04":                          "found a zip archive",
	} {
		_, err := read([]byte(content))
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "expected a Caffe model")
	}
	_, err := caffe.Open("testdata/v2.caffemodel")
	require.ErrorContains(t, err, "did you mean testdata/v")
}

// TestLargeModel lists a model of 6 GiB in little memory. The file is mostly a
// hole and takes no room.
func TestLargeModel(t *testing.T) {
	const count = 1<<31 - 4
	path := filepath.Join(t.TempDir(), "large.caffemodel")
	dims := sub(7, num(1, count))
	blob := append(dims, claim(5, 4*count)...)
	layer := append(text(1, "fc"), append(text(2, "InnerProduct"), claim(7, uint64(len(blob)+4*count))...)...)
	head := append(claim(100, uint64(len(layer)+len(blob)+4*count)), append(layer, blob...)...)
	require.NoError(t, os.WriteFile(path, head, 0o600))
	require.NoError(t, os.Truncate(path, int64(len(head))+4*count))

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := caffe.Open(path)
	require.NoError(t, err)
	defer f.Close()
	tensor, ok := f.Tensor("fc.weight")
	require.True(t, ok)
	require.Equal(t, int64(count), tensor.Count)
	v := []float32{1, 1}
	require.NoError(t, tensor.ReadFloat32(v, count-2))
	require.Equal(t, []float32{0, 0}, v)
	runtime.ReadMemStats(&after)
	// 16 bytes for every 32 Ki values, in case that they are in pieces.
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
}
