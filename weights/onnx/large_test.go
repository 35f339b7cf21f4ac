package onnx_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/onnx"
)

// TestLargeModel lists a model of 12 GiB, beyond what protobuf's own parsers
// take, in little memory. The file has holes and takes no room.
func TestLargeModel(t *testing.T) {
	const tensors, length = 6, 2 << 30
	path := filepath.Join(t.TempDir(), "large.onnx")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	heads, graph := make([][]byte, tensors), int64(0)
	for i := range heads {
		fields := append(text(8, "w"+strconv.Itoa(i)), append(num(2, 1), append(num(1, length/4), claim(9, length)...)...)...)
		heads[i] = append(claim(5, uint64(len(fields)+length)), fields...)
		graph += int64(len(heads[i])) + length
	}
	at := int64(0)
	write := func(b []byte) {
		_, err := file.WriteAt(b, at)
		require.NoError(t, err)
		at += int64(len(b))
	}
	write(append(num(1, 10), claim(7, uint64(graph))...))
	for _, head := range heads {
		write(head)
		at += length - 4
		write([]byte{0, 0, 0x80, 0x3f}) // its last value is 1
	}
	require.NoError(t, file.Close())

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := onnx.Open(path)
	require.NoError(t, err)
	defer f.Close()
	require.Len(t, f.Names(), tensors)
	for _, name := range f.Names() {
		tensor, _ := f.Tensor(name)
		require.Equal(t, int64(length/4), tensor.Count)
		v := make([]float32, 2)
		require.NoError(t, tensor.ReadFloat32(v, tensor.Count-2))
		require.Equal(t, []float32{0, 1}, v)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<10))
}

// TestMemoryOfHostileFile: a hole that claims to be packed integers is counted,
// not loaded.
func TestMemoryOfHostileFile(t *testing.T) {
	const length = 64 << 20
	path := filepath.Join(t.TempDir(), "hole.onnx")
	tensor := append(text(8, "w"), append(num(2, 7), append(num(1, length), claim(7, length)...)...)...)
	tensor = append(claim(5, uint64(len(tensor)+length)), tensor...)
	head := append(num(1, 10), append(claim(7, uint64(len(tensor)+length)), tensor...)...)
	require.NoError(t, os.WriteFile(path, head, 0o600))
	require.NoError(t, os.Truncate(path, int64(len(head)+length)))

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := onnx.Open(path)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	defer f.Close()
	w, ok := f.Tensor("w")
	require.True(t, ok)
	v := make([]float32, 3)
	require.NoError(t, w.ReadFloat32(v, length-3))
	require.Equal(t, []float32{0, 0, 0}, v)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}
