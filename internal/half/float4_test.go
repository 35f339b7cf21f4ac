package half

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFloat4RoundTrips(t *testing.T) {
	values := []float32{0, 0.5, 1, 1.5, 2, 3, 4, 6}
	for b := range uint8(16) {
		v := FromFloat4(b)
		want := values[b&7]
		if b >= 8 {
			want = float32(math.Copysign(float64(want), -1))
		}
		require.Equal(t, math.Float32bits(want), math.Float32bits(v))
		require.Equal(t, b, Float4(v))
		require.Equal(t, math.Float32bits(v), math.Float32bits(RoundFloat4(v)))
		require.Equal(t, v, FromFloat4(b|0xf0), "the high bits belong to the next element")
	}
}

// The nearest of all values is found by looking at them; of two as near, the one
// whose code is even.
func TestRoundFloat4FindsTheNearest(t *testing.T) {
	for i := -7 * 64; i <= 7*64; i++ {
		x := float32(i) / 64
		best := uint8(0)
		for b := range uint8(16) {
			switch d, least := math.Abs(float64(FromFloat4(b)-x)), math.Abs(float64(FromFloat4(best)-x)); {
			case d < least, d == least && b%2 == 0 && best%2 == 1:
				best = b
			}
		}
		require.Equal(t, FromFloat4(best), RoundFloat4(x), x)
	}
	inf := float32(math.Inf(1))
	all := []float32{inf, -inf, float32(math.NaN()), math.MaxFloat32, math.SmallestNonzeroFloat32}
	RoundFloat4s(all)
	require.Equal(t, []float32{6, -6, 6, 6, 0}, all)
}
