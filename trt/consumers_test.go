package trt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func TestConsumers(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2})
	y := n.AddElementWise("twice", x, x, trt.Sum)
	z := n.AddIdentity("copy", x)
	n.MarkOutput(y, "y")
	readers := n.Consumers()
	require.Equal(t, []*trt.Layer{y.Producer(), y.Producer(), z.Producer()}, readers[x])
	require.Empty(t, readers[y])
}
