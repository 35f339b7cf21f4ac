package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every kernel that the processor has agrees with the portable one: to 1e-6 of
// the sum of absolute products in float32, 1e-15 in float64.
func TestKernelsAgree(t *testing.T) {
	agree[float32](t, 1e-6)
	agree[float64](t, 1e-15)
}

func agree[T Float](t *testing.T, tolerance float64) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, kernel := range kernels[T]() {
		for depth := range 70 {
			t.Run(fmt.Sprintf("%T %dx%d depth %d", T(0), kernel.rows, kernel.cols, depth), func(t *testing.T) {
				lda, ld := depth+depth%5, kernel.cols+depth%7
				a, b, c := make([]T, kernel.rows*lda), make([]T, depth*kernel.cols), make([]T, kernel.rows*ld)
				for _, v := range [][]T{a, b, c} {
					for i := range v {
						v[i] = T(r.NormFloat64())
					}
				}
				got := slices.Clone(c)
				kernel.run(got, ld, a, lda, b, depth)
				for i := range kernel.rows {
					for j := range ld {
						sum := float64(c[i*ld+j])
						size := math.Abs(sum)
						for k := 0; k < depth && j < kernel.cols; k++ {
							product := float64(a[i*lda+k]) * float64(b[k*kernel.cols+j])
							sum, size = sum+product, size+math.Abs(product)
						}
						require.InDelta(t, sum, float64(got[i*ld+j]), tolerance*size)
					}
				}
			})
		}
	}
}
