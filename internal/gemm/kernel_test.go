package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The kernel in use agrees with the portable one: to 1e-6 of the sum of
// absolute products in float32, 1e-15 in float64.
func TestKernelsAgree(t *testing.T) {
	agree[float32](t, 1e-6)
	agree[float64](t, 1e-15)
}

func agree[T Float](t *testing.T, tolerance float64) {
	r := rand.New(rand.NewPCG(1, 2))
	for depth := range 300 {
		width := 1 + depth%kernelN
		t.Run(fmt.Sprintf("%T depth %d width %d", T(0), depth, width), func(t *testing.T) {
			a, b := make([]T, depth*kernelM), make([]T, depth*kernelN)
			for i := range a {
				a[i] = T(r.NormFloat64())
			}
			for i := range b {
				b[i] = T(r.NormFloat64())
			}
			const ld = 3 * kernelN
			want, got := make([]T, kernelM*ld), make([]T, kernelM*ld)
			for i := range want {
				want[i] = T(i)
				got[i] = T(i)
			}
			portable(want, ld, a, b, width)
			kernelOf[T]()(got, ld, a, b, width)
			for i := range kernelM {
				for j := range width {
					sum := float64(i*ld + j) // what was there
					for k := range depth {
						sum += math.Abs(float64(a[k*kernelM+i] * b[k*kernelN+j]))
					}
					require.InDelta(t, float64(want[i*ld+j]), float64(got[i*ld+j]), tolerance*(1+sum))
				}
			}
		})
	}
}
