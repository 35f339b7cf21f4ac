package half_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/half"
)

func TestFloat8RoundTrips(t *testing.T) {
	require.InDelta(t, 448, half.FromFloat8(0x7e), 0)
	require.InDelta(t, 0x1p-9, half.FromFloat8(1), 0)
	for b := range 256 {
		v := half.FromFloat8(uint8(b))
		if v != v {
			require.Equal(t, 0x7f, b&0x7f)
			continue
		}
		require.Equal(t, uint8(b), half.Float8(v), "%g", v)
		require.Equal(t, math.Float32bits(v), math.Float32bits(half.RoundFloat8(v)))
	}
}

// Between neighbours the middle goes to the even one, all else to the nearest.
func TestFloat8Ties(t *testing.T) {
	for b := range 0x7e {
		lo, hi := half.FromFloat8(uint8(b)), half.FromFloat8(uint8(b+1))
		even := []float32{lo, hi}[b&1]
		middle := (lo + hi) / 2
		require.InDelta(t, even, half.RoundFloat8(middle), 0, "%g", middle)
		require.InDelta(t, -even, half.RoundFloat8(-middle), 0, "%g", -middle)
		require.InDelta(t, lo, half.RoundFloat8(math.Nextafter32(middle, lo)), 0)
		require.InDelta(t, hi, half.RoundFloat8(math.Nextafter32(middle, hi)), 0)
	}
}

func TestFloat8Saturates(t *testing.T) {
	require.Equal(t, uint8(0x7e), half.Float8(float32(math.Inf(1))))
	require.Equal(t, uint8(0xfe), half.Float8(-449))
	require.Equal(t, uint8(0x7f), half.Float8(float32(math.NaN()))&0x7f)
	require.Equal(t, uint8(0x80), half.Float8(float32(math.Copysign(0, -1))))
}

func TestScale8(t *testing.T) {
	for b := range 255 {
		v := half.FromScale8(uint8(b))
		require.Equal(t, v, half.CeilScale8(v))
		require.Equal(t, min(2*v, 0x1p127), half.CeilScale8(math.Nextafter32(v, math.MaxFloat32)))
	}
	require.Equal(t, float32(0x1p-127), half.CeilScale8(0))
	require.Equal(t, float32(0x1p127), half.CeilScale8(float32(math.Inf(1))))
	require.True(t, math.IsNaN(float64(half.FromScale8(0xff))))
}
