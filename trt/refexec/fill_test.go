package refexec_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func random(t *testing.T, name string, op trt.Fill) []float32 {
	n := trt.NewNetwork("n", trt.Target{})
	n.MarkOutput(n.AddFill(name, op), "y")
	out, err := refexec.Run(context.Background(), n, nil, refexec.Options{})
	require.NoError(t, err)
	return out["y"].Floats
}

func TestRandomFills(t *testing.T) {
	uniform := trt.Fill{Operation: trt.FillUniform, Type: dtype.Float32, Dims: trt.Dims{100, 100}, Alpha: -1, Beta: 3}
	normal := trt.Fill{Operation: trt.FillNormal, Type: dtype.Float32, Dims: trt.Dims{100, 100}, Alpha: 2, Beta: 0.5}
	first := random(t, "noise", uniform)
	require.Equal(t, first, random(t, "noise", uniform), "the same in every run")
	require.NotEqual(t, first, random(t, "other", uniform), "layers differ")
	for _, c := range []struct {
		op              trt.Fill
		mean, deviation float64
	}{{uniform, 1, 4 / math.Sqrt(12)}, {normal, 2, 0.5}} {
		sum, squares := 0.0, 0.0
		x := random(t, "noise", c.op)
		for _, v := range x {
			sum += float64(v)
			squares += float64(v) * float64(v)
			if c.op.Operation == trt.FillUniform {
				require.True(t, v >= -1 && v <= 3)
			}
		}
		mean := sum / float64(len(x))
		require.InDelta(t, c.mean, mean, 0.05)
		require.InDelta(t, c.deviation, math.Sqrt(squares/float64(len(x))-mean*mean), 0.05)
	}
}
