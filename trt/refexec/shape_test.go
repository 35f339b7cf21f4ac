package refexec_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func integers(v ...int64) *trt.Value {
	return &trt.Value{Type: dtype.Int64, Dims: trt.Dims{int64(len(v))}, Ints: v}
}

// What a tensor of dimensions holds is known, and can be wrong, only when the
// network runs.
func TestDimensionsOfAnInput(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	y := n.AddReshape("reshape", n.AddInput("x", dtype.Float32, trt.Dims{2, 3}), n.AddInput("shape", dtype.Int64, trt.Dims{2}))
	n.MarkOutput(y, "y")
	require.NoError(t, n.Err())
	require.Equal(t, trt.Dims{trt.Dynamic, trt.Dynamic}, y.Dims)
	run := func(shape ...int64) (trt.Dims, error) {
		x := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{2, 3}, Floats: make([]float32, 6)}
		out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": x, "shape": integers(shape...)}, refexec.Options{})
		if err != nil {
			require.Equal(t, fault.BadInput, fault.Of(err))
			return nil, err
		}
		return out["y"].Dims, nil
	}
	for _, c := range []struct{ shape, want []int64 }{{[]int64{3, 2}, []int64{3, 2}}, {[]int64{-1, 1}, []int64{6, 1}}, {[]int64{0, -1}, []int64{2, 3}}} {
		got, err := run(c.shape...)
		require.NoError(t, err)
		require.Equal(t, trt.Dims(c.want), got)
	}
	for want, shape := range map[string][]int64{"changes the volume": {4, 2}, "two extents to infer": {-1, -1}, "negative extent": {-2, 3}, "is too large": {1 << 40, 1}} {
		_, err := run(shape...)
		require.ErrorContains(t, err, "layer reshape")
		require.ErrorContains(t, err, want)
	}
}
