package precision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// What range analysis has no rule for stays in FP32, and says so.
func TestUnknownLayersStay(t *testing.T) {
	n := trt.NewNetwork("unknown", trt.Target{})
	a := conv(n, "a", image(n), kernel(gaussian(0.06)), nil)
	y := n.AddLRN("lrn", a, trt.LRN{Window: 5, Alpha: 1e-4, Beta: 0.75, K: 1})
	n.MarkOutput(conv(n, "b", y, kernel(gaussian(0.06)), nil), "y")
	p, typed := plan(t, n, precision.Options{FP16: true})
	require.Equal(t, codes{"lrn": {precision.Unknown}}, found(p))
	l, _ := typed.Layer("lrn")
	require.Equal(t, dtype.Float32, l.Inputs[0].Type)
	require.Equal(t, dtype.Float32, l.Outputs[0].Type)
}
