package trt_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Thresholds that no JSON can hold are refused before they are written.
func TestThresholdsAreFinite(t *testing.T) {
	in := []trt.Info{{Type: dtype.Float32, Dims: trt.Dims{1, 2, 4}}, {Type: dtype.Float32, Dims: trt.Dims{1, 2, 3}}}
	for _, v := range []float32{float32(math.NaN()), float32(math.Inf(-1))} {
		for _, op := range []trt.NMS{
			{Format: trt.BoxCorners, MaxPerClass: 1, ScoreThreshold: v}, {Format: trt.BoxCorners, MaxPerClass: 1, IoUThreshold: v},
		} {
			_, err := op.Infer(in, trt.Target{Product: trt.Enterprise})
			require.ErrorContains(t, err, "threshold: is not a finite number")
		}
	}
}
