package npz_test

import (
	"archive/zip"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/npz"
)

// BenchmarkReadAll opens an archive of 64 MiB and reads all of it, CRC-32 and all.
func BenchmarkReadAll(b *testing.B) {
	const arrays, n = 16, 1 << 20
	values := array(of("<f4", "(1048576,)"), 4*n)
	noise := rand.NewChaCha8([32]byte{})
	_, _ = noise.Read(values[len(values)-4*n:])
	for i := len(values) - 4*n; i < len(values); i += 4 {
		values[i], values[i+3] = 0, values[i+3]&0x81|0x3c // as compressible as weights are
	}
	for name, method := range map[string]uint16{"stored": zip.Store, "deflated": zip.Deflate} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "x.npz")
			out, err := os.Create(path)
			require.NoError(b, err)
			z := zip.NewWriter(out)
			for i := range arrays {
				w, err := z.CreateHeader(&zip.FileHeader{Name: string(rune('a'+i)) + ".npy", Method: method})
				require.NoError(b, err)
				_, err = w.Write(values)
				require.NoError(b, err)
			}
			require.NoError(b, z.Close())
			require.NoError(b, out.Close())
			b.SetBytes(arrays * 4 * n)
			dst := make([]float32, n)
			for b.Loop() {
				f, err := npz.Open(path)
				require.NoError(b, err)
				for _, name := range f.Names() {
					x, _ := f.Tensor(name)
					require.NoError(b, weights.Read(context.Background(), 0, []weights.Job{{Name: name, Values: x, Count: n, Dst: dst}}))
				}
				require.NoError(b, f.Close())
			}
		})
	}
}
