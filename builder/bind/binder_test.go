package bind_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// After an error of the network no tensor is taken, so none is left over.
func TestFinishTellsTheNetworksError(t *testing.T) {
	net := trt.NewNetwork("tiny", trt.Target{ComputeCapabilities: []int{90}})
	b := bind.New(net, bind.NewView(weightstest.New("tiny.wts", entries())))
	b.Linear("fc", net.AddInput("x", dtype.Float32, trt.Dims{1, 6}), 5)
	_, err := b.Finish()
	require.ErrorContains(t, err, "no such compute capability")
	require.Equal(t, fault.Unsupported, fault.Of(err))
}
