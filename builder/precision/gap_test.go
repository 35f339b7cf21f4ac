package precision

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"
)

// gapAt is the distance to the next smaller float16, by another library.
func TestGapAt(t *testing.T) {
	for bits := uint16(1); bits < 0x7c00; bits++ {
		x, below := float16.Frombits(bits).Float32(), float16.Frombits(bits-1).Float32()
		require.Equal(t, float64(x)-float64(below), gapAt(float64(x)), "%g", x)
		between := float64(x) - gapAt(float64(x))/4
		require.Equal(t, gapAt(float64(x)), gapAt(between), "%g", between)
	}
	require.Zero(t, gapAt(0))
	require.True(t, math.IsInf(gapAt(math.Inf(1)), 1))
}
