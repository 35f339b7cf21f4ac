package safetensors_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/safetensors"
)

// large is a file of 256 MiB, of the layers of a network.
func large(b *testing.B, t dtype.Type) (path string, size int64) {
	path = filepath.Join(b.TempDir(), "large.safetensors")
	var tensors []safetensors.Tensor
	for size = int64(0); size < 256<<20; {
		n := int64(512 * 512 * 3 * 3)
		tensors = append(tensors, safetensors.Tensor{Name: string(rune('A' + len(tensors))), Type: t, Shape: []int64{512, 512, 3, 3}, Values: endless{}})
		size += n * int64(t.Size())
	}
	out, err := os.Create(path)
	require.NoError(b, err)
	w := bufio.NewWriter(out)
	require.NoError(b, safetensors.Write(w, tensors, nil))
	require.NoError(b, w.Flush())
	require.NoError(b, out.Close())
	return path, size
}

// BenchmarkReadAll opens a file and reads all of it as float32, on all cores.
func BenchmarkReadAll(b *testing.B) {
	for _, t := range []dtype.Type{dtype.Float32, dtype.Float16, dtype.BFloat16} {
		b.Run(t.String(), func(b *testing.B) {
			path, size := large(b, t)
			b.SetBytes(size)
			values := make([]float32, size/int64(t.Size()))
			for b.Loop() {
				f, err := safetensors.Open(path)
				require.NoError(b, err)
				var jobs []weights.Job
				at := int64(0)
				for _, name := range f.Names() {
					x, _ := f.Tensor(name)
					jobs = append(jobs, weights.Job{Name: name, Values: x, Count: x.Count, Dst: values[at : at+x.Count]})
					at += x.Count
				}
				require.NoError(b, weights.Read(context.Background(), 0, jobs))
				require.NoError(b, f.Close())
			}
		})
	}
}

// BenchmarkPlainRead is its peer: one core fills memory with the bytes of the file.
func BenchmarkPlainRead(b *testing.B) {
	path, size := large(b, dtype.Float32)
	b.SetBytes(size)
	bytes := make([]byte, size)
	for b.Loop() {
		f, err := os.Open(path)
		require.NoError(b, err)
		_, err = f.Read(bytes)
		require.NoError(b, err)
		require.NoError(b, f.Close())
	}
}
