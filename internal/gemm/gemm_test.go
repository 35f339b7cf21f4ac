package gemm_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/gemm"
)

func random(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]float32, n)
	for i := range v {
		v[i] = r.Float32()*2 - 1
	}
	return v
}

func multiply[T gemm.Float](m, n, k, workers int, a, b []float32) []T {
	c := make([]T, m*n)
	gemm.Product[T]{
		M: m, N: n, K: k, A: a,
		B: gemm.Rows(func(dst []float32, k, j int) { copy(dst, b[k*n+j:]) }),
		C: func(row []T, i, j int) { copy(c[i*n+j:], row) },
	}.Run(context.Background(), workers)
	return c
}

func TestAgainstSchoolbook(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {1, 7, 3}, {3, 2, 0}, {4, 16, 256}, {5, 17, 257}, {64, 49, 600}, {129, 300, 31}, {300, 1, 520}} {
		m, n, k := s[0], s[1], s[2]
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			a, b := random(m*k, 1), random(k*n, 2)
			want := make([]float64, m*n)
			for i := range m {
				for j := range n {
					for x := range k {
						want[i*n+j] += float64(a[i*k+x]) * float64(b[x*n+j])
					}
				}
			}
			got32, got64 := multiply[float32](m, n, k, 2, a, b), multiply[float64](m, n, k, 2, a, b)
			for i, w := range want {
				require.InDelta(t, w, got64[i], 1e-12)
				require.InDelta(t, w, float64(got32[i]), 1e-4)
			}
			require.Equal(t, got32, multiply[float32](m, n, k, 1, a, b), "workers must not change sums")
			require.Equal(t, got64, multiply[float64](m, n, k, 7, a, b))
		})
	}
}

func benchmark[T gemm.Float](b *testing.B, workers int) {
	const n = 512
	x, y := random(n*n, 1), random(n*n, 2)
	for b.Loop() {
		multiply[T](n, n, n, workers, x, y)
	}
	b.ReportMetric(2*n*n*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

func BenchmarkFloat32(b *testing.B) {
	for _, w := range []int{1, 2} {
		b.Run(fmt.Sprint("workers=", w), func(b *testing.B) { benchmark[float32](b, w) })
	}
}

func BenchmarkFloat64(b *testing.B) {
	for _, w := range []int{1, 2} {
		b.Run(fmt.Sprint("workers=", w), func(b *testing.B) { benchmark[float64](b, w) })
	}
}
