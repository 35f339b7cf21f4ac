package vector_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/vector"
)

// special values, and others around them, in a length that no vector divides.
func values() []float32 {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	v := []float32{0, float32(math.Copysign(0, -1)), 1, -1, inf, -inf, nan, 88, -88, 87.5, 100, -100, 1e-40, -1e-40, 3e38, -3e38}
	r := rand.New(rand.NewPCG(1, 2))
	for range 10003 {
		v = append(v, float32(r.NormFloat64()*20))
	}
	return v
}

func TestArithmetic(t *testing.T) {
	a := values()
	b := append(a[5:len(a):len(a)], a[:5]...)
	for _, c := range []struct {
		vector func(dst, a, b []float32)
		scalar func(a, b float32) float32
	}{
		{vector.Add, func(a, b float32) float32 { return a + b }},
		{vector.Sub, func(a, b float32) float32 { return a - b }},
		{vector.Mul, func(a, b float32) float32 { return a * b }},
		{func(dst, a, _ []float32) { vector.ReLU(dst, a) }, func(a, _ float32) float32 {
			if a < 0 {
				return 0
			}
			return a
		}},
	} {
		dst := make([]float32, len(a))
		c.vector(dst, a, b)
		for i := range dst {
			want := c.scalar(a[i], b[i])
			if want != want {
				require.True(t, dst[i] != dst[i], "%v, %v", a[i], b[i])
				continue
			}
			require.Equal(t, want, dst[i], "%v, %v", a[i], b[i])
		}
	}
}

func TestSigmoid(t *testing.T) {
	x := values()
	dst := append([]float32{}, x...)
	vector.Sigmoid(dst, dst)
	for i, v := range x {
		want := 1 / (1 + math.Exp(-float64(v)))
		if v != v {
			require.True(t, dst[i] != dst[i])
			continue
		}
		require.InDelta(t, want, float64(dst[i]), max(0x1p-22*want, 1e-38), "of %v", v)
	}
}

func TestMulAdd(t *testing.T) {
	x := values()[16:]
	dst := slices.Clone(x)
	vector.MulAdd(dst, x, 1.7)
	for i, v := range x {
		require.InDelta(t, float64(v)+1.7*float64(v), float64(dst[i]), 1e-6*math.Abs(float64(v)))
	}
}

func BenchmarkSigmoid(b *testing.B) {
	x := values()
	dst := make([]float32, len(x))
	b.SetBytes(int64(4 * len(x)))
	for b.Loop() {
		vector.Sigmoid(dst, x)
	}
}
