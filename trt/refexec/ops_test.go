package refexec_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/opcase"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
)

const fixtures = "../../testdata/refexec"

func TestOpsAgainstPyTorch(t *testing.T) {
	cases, err := opcase.Read(fixtures)
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			n, in, err := c.Network(trt.Dims.Clone)
			require.NoError(t, err)
			require.Len(t, n.Outputs(), len(c.Outputs))
			for _, o := range []refexec.Options{{Workers: 1}, {Workers: 3}, {Float64: true}} {
				out, err := refexec.Run(context.Background(), n, in, o)
				require.NoError(t, err)
				for i, y := range c.Outputs {
					want := y.Value()
					requireFits(t, n.Outputs()[i].Dims, want.Dims)
					require.Equal(t, want.Type, n.Outputs()[i].Type)
					requireClose(t, want, out[opcase.OutputName(i)], c.Tolerance)
				}
			}
		})
	}
}

// requireFits asserts that recorded dimensions are those found, or dynamic.
func requireFits(t *testing.T, recorded, found trt.Dims) {
	t.Helper()
	require.Len(t, found, len(recorded))
	for i, e := range recorded {
		require.True(t, e == found[i] || e == trt.Dynamic, "%v for %v", found, recorded)
	}
}

func requireClose(t *testing.T, want, got *trt.Value, tolerance float64) {
	t.Helper()
	require.Equal(t, want.Type, got.Type)
	require.Equal(t, want.Dims, got.Dims)
	require.Equal(t, want.Ints, got.Ints)
	require.Len(t, got.Floats, len(want.Floats))
	largest := 0.0
	for _, v := range want.Floats {
		if a := math.Abs(float64(v)); a <= math.MaxFloat32 {
			largest = max(largest, a)
		}
	}
	for i, v := range want.Floats {
		switch {
		case math.IsNaN(float64(v)):
			require.True(t, math.IsNaN(float64(got.Floats[i])), "element %d", i)
		case math.IsInf(float64(v), 0):
			require.Equal(t, v, got.Floats[i], "element %d", i)
		default:
			require.InDelta(t, v, got.Floats[i], tolerance*largest, "element %d", i)
		}
	}
}
