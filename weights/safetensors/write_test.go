package safetensors_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/safetensors"
)

var update = flag.Bool("update", false, "write the golden file anew")

// copyOf writes what a file has anew.
func copyOf(t testing.TB, f *safetensors.File) []byte {
	var tensors []safetensors.Tensor
	for _, name := range f.Names() {
		x, _ := f.Tensor(name)
		tensors = append(tensors, safetensors.Tensor{Name: name, Type: x.Type, Shape: x.Shape, Values: x})
	}
	var metadata map[string]string
	if m := f.Metadata(); m != nil {
		metadata = map[string]string{}
		for key, v := range m {
			metadata[key] = v.(string)
		}
	}
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, tensors, metadata))
	return b.Bytes()
}

// TestWriteIsPythons writes the tensors of files that the Python package wrote,
// in their order: the bytes are the same.
func TestWriteIsPythons(t *testing.T) {
	for _, file := range []string{
		"types.safetensors", "network.safetensors", "shapes.safetensors", "empty.safetensors",
		"sharded/model-00001-of-00002.safetensors", "sharded/model-00002-of-00002.safetensors",
	} {
		path := filepath.Join("testdata", file)
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		f, err := safetensors.Open(path)
		require.NoError(t, err)
		require.Equal(t, want, copyOf(t, f), file)
		require.NoError(t, f.Close())
	}
}

// slab yields its values.
type slab []float32

func (s slab) ReadFloat32(dst []float32, from int64) error {
	copy(dst, s[from:])
	return nil
}

func written(t testing.TB, tensors []safetensors.Tensor, metadata map[string]string) ([]byte, *safetensors.File) {
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, tensors, metadata))
	f, err := safetensors.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "written.safetensors")
	require.NoError(t, err)
	return b.Bytes(), f
}

// mixed is out of the reference implementation's order, and converts.
func mixed(t testing.TB) []safetensors.Tensor {
	f, err := safetensors.Open("testdata/types.safetensors")
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	stored := func(name string) safetensors.Tensor {
		x, ok := f.Tensor(name)
		require.True(t, ok)
		return safetensors.Tensor{Name: name, Type: x.Type, Shape: x.Shape, Values: x}
	}
	v := slab{0, 1, -2.5, 65519, 65520, 1e-8, float32(math.Inf(-1))}
	return []safetensors.Tensor{
		stored("torch.bool"),
		{Name: "z.half", Type: dtype.Float16, Shape: []int64{7}, Values: v},
		{Name: "z.brain", Type: dtype.BFloat16, Shape: []int64{1, 7}, Values: v},
		stored("torch.float8_e4m3fn"),
		{Name: "z.single", Type: dtype.Float32, Shape: []int64{7}, Values: v},
		{Name: "z.none", Type: dtype.Float32, Shape: []int64{0, 3}, Values: slab{}},
		stored("torch.int64"),
		stored("torch.complex64"),
		stored("torch.int16"),
	}
}

// TestWriteKeepsOrderAndAligns: the header has the order given, and each tensor
// lies at a multiple of its element's size. That the Python package loads the
// same values from these very bytes is what truth.json says of them.
func TestWriteKeepsOrderAndAligns(t *testing.T) {
	tensors := mixed(t)
	b, f := written(t, tensors, map[string]string{"b": "2", "a": "1"})
	golden := filepath.Join("testdata", "written", "mixed.safetensors")
	if *update {
		require.NoError(t, os.WriteFile(golden, b, 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, want, b)

	require.Equal(t, map[string]any{"a": "1", "b": "2"}, f.Metadata())
	loaded := map[string]described{}
	for _, d := range truth(t, "written/mixed.safetensors") {
		loaded[d.Name] = d
	}
	for i, x := range tensors {
		require.Equal(t, x.Name, f.Names()[i])
		got, _ := f.Tensor(x.Name)
		require.Zero(t, got.Offset%int64(x.Type.Size()), x.Name)
		same(t, loaded[x.Name], got)
	}
	require.Len(t, loaded, len(tensors))
}

func TestWriteRefuses(t *testing.T) {
	f, err := safetensors.Open("testdata/types.safetensors")
	require.NoError(t, err)
	defer f.Close()
	stored, _ := f.Tensor("torch.int64")
	one := slab{1}
	for _, c := range []struct {
		name    string
		tensors []safetensors.Tensor
		kind    fault.Kind
		want    string
	}{
		{"twice", []safetensors.Tensor{{"a", dtype.Float32, nil, one}, {"a", dtype.Float16, nil, one}}, fault.BadInput, `tensor "a" comes twice`},
		{"reserved", []safetensors.Tensor{{"__metadata__", dtype.Float32, nil, one}}, fault.Unsupported, "cannot be written"},
		{"no UTF-8", []safetensors.Tensor{{"\xff", dtype.Float32, nil, one}}, fault.Unsupported, `"\xff" cannot be written`},
		{"type", []safetensors.Tensor{{"a", dtype.Complex128, nil, one}}, fault.Unsupported, "type complex128"},
		{"no type", []safetensors.Tensor{{"a", dtype.Invalid, nil, one}}, fault.Unsupported, "type invalid"},
		{"conversion", []safetensors.Tensor{{"a", dtype.Int32, nil, one}}, fault.Unsupported, "cannot be converted to int32"},
		{"conversion of stored", []safetensors.Tensor{{"a", dtype.Int32, stored.Shape, stored}}, fault.Unsupported, "cannot be converted to int32"},
		{"too large", []safetensors.Tensor{{"a", dtype.Float32, []int64{1 << 31, 1 << 31}, one}}, fault.Unsupported, "too large"},
		{"too large together", []safetensors.Tensor{
			{"a", dtype.Float32, []int64{1 << 60}, one}, {"b", dtype.Float32, []int64{1 << 60}, one},
		}, fault.Unsupported, "too large"},
		{"negative", []safetensors.Tensor{{"a", dtype.Float32, []int64{-1}, one}}, fault.Bug, "has shape [-1]"},
		{"count", []safetensors.Tensor{{"a", dtype.Int64, []int64{5}, stored}}, fault.Bug, "has 5 elements, not 6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			err := safetensors.Write(&b, c.tensors, nil)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.kind, fault.Of(err))
			require.Zero(t, b.Len())
		})
	}
	for _, m := range []map[string]string{{"a": "\xff"}, {"\xff": "a"}} {
		require.ErrorContains(t, safetensors.Write(&bytes.Buffer{}, nil, m), "not UTF-8")
	}
	long := map[string]string{"a": strings.Repeat("\x01", 100_000_000/6)} // escaped in six bytes each
	require.ErrorContains(t, safetensors.Write(&bytes.Buffer{}, nil, long), "more than the 100000000")
}

// endless yields zeros of which there are many.
type endless struct{ err error }

func (e endless) ReadFloat32(dst []float32, _ int64) error {
	clear(dst)
	return e.err
}

// sink takes some bytes, then fails.
type sink struct{ left, most int }

var errFull = errors.New("full")

func (s *sink) Write(b []byte) (int, error) {
	s.most = max(s.most, len(b))
	if s.left -= len(b); s.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestWriteStreams writes 32 MiB without holding them.
func TestWriteStreams(t *testing.T) {
	const n = 1 << 24
	s := &sink{left: math.MaxInt}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.NoError(t, safetensors.Write(s, []safetensors.Tensor{{Name: "a", Type: dtype.Float16, Shape: []int64{n}, Values: endless{}}}, nil))
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
	require.Less(t, s.most, 1<<20)
	require.Greater(t, math.MaxInt-s.left, 2*n)
}

func TestWritePassesErrorsOn(t *testing.T) {
	one := []safetensors.Tensor{{Name: "a", Type: dtype.Float32, Shape: []int64{100}, Values: endless{}}}
	require.ErrorIs(t, safetensors.Write(&sink{left: 10}, one, nil), errFull)
	require.ErrorIs(t, safetensors.Write(&sink{left: 100}, one, nil), errFull)
	one[0].Values = endless{context.Canceled}
	require.ErrorIs(t, safetensors.Write(&bytes.Buffer{}, one, nil), context.Canceled)
}
