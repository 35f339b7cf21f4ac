package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", -0.25: "−0.25", 0.0123456: "0.01235", 5.9604645e-8: "5.96e−8", 65504: "65504",
		70000: "70000", 3.4028235e38: "3.40282e38", -1.5e-45: "−1.5e−45", 1234567: "1.23457e6",
		math.Inf(1): "∞", math.Inf(-1): "−∞",
	} {
		require.Equal(t, want, number(v))
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		n, all int64
		want   string
	}{{0, 0, "0"}, {0, 9, "0"}, {9, 9, "100 %"}, {1, 100000, "<0.01 %"}, {99999, 100000, ">99.99 %"}, {1, 3, "33.3 %"}} {
		require.Equal(t, c.want, share(c.n, c.all))
	}
}

func TestInteger(t *testing.T) {
	require.Equal(t, "0", integer(0))
	require.Equal(t, "999", integer(999))
	require.Equal(t, "1,000", integer(1000))
	require.Equal(t, "12,345,678", integer(12345678))
}
