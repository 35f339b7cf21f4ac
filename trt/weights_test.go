package trt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func TestRawFloatsAreValues(t *testing.T) {
	w := trt.RawWeights(dtype.Float32, trt.Dims{2}, []byte{0, 0, 128, 63, 0, 0, 0, 192})
	got := make([]float32, 2)
	require.NoError(t, w.Values().ReadFloat32(got, 0))
	require.Equal(t, []float32{1, -2}, got)

	w = trt.RawWeights(dtype.Float4E2M1FN, trt.Dims{4}, []byte{0x21, 0xf7})
	require.NoError(t, w.Values().ReadFloat32(got, 1))
	require.Equal(t, []float32{1, 6}, got)
	require.EqualError(t, w.Values().ReadFloat32(got, 3), "elements [3,5) of 4")
	require.Nil(t, trt.RawWeights(dtype.Int32, trt.Dims{1}, []byte{1, 0, 0, 0}).Values())
}

func TestWeightsWhoseSizeNoNumberHolds(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	n.AddConstant("c", trt.RawWeights(dtype.Float32, trt.Dims{1 << 30, 1 << 30, 4}, nil))
	require.ErrorContains(t, n.Err(), "have no fixed size")
}
