package trt_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// deep records n layers, in blocks of a convolution, an activation, and every
// third time a residual sum.
func deep(n int, w *trt.Weights) *trt.Network {
	net := trt.NewNetwork("deep", trt.Target{})
	x := net.AddInput("x", dtype.Float32, trt.Dims{trt.Dynamic, 64, 56, 56})
	for i := 0; len(net.Layers()) < n; i++ {
		y := net.AddConvolution(fmt.Sprintf("block%d/conv", i), x, trt.Convolution{
			OutChannels: 64, Kernel: trt.Dims{3, 3}, PrePadding: trt.Dims{1, 1}, PostPadding: trt.Dims{1, 1}, Weight: w,
		})
		if i%3 == 2 {
			y = net.AddElementWise(fmt.Sprintf("block%d/sum", i), x, y, trt.Sum)
		}
		x = net.AddActivation(fmt.Sprintf("block%d/relu", i), y, trt.Activation{Type: trt.ReLU})
	}
	net.MarkOutput(x, "y")
	return net
}

// BenchmarkRecord records and checks a network of 500 layers.
func BenchmarkRecord(b *testing.B) {
	w := ones(64, 64, 3, 3)
	at := func(n int64) trt.Dims { return trt.Dims{n, 64, 56, 56} }
	profiles := []trt.Profile{{"x": {Min: at(1), Opt: at(8), Max: at(16)}}}
	b.ReportAllocs()
	for b.Loop() {
		n := deep(500, w)
		require.NoError(b, n.Validate())
		require.NoError(b, n.CheckProfiles(profiles))
	}
}

// BenchmarkRewrite is what each transformation costs a network of 500 layers.
func BenchmarkRewrite(b *testing.B) {
	n := deep(500, ones(64, 64, 3, 3))
	for b.Loop() {
		_, err := n.Rewrite(func(*trt.Network, *trt.Layer, []*trt.Tensor) ([]*trt.Tensor, error) { return nil, nil })
		require.NoError(b, err)
	}
}

// BenchmarkWriteJSON is the canonical dump of a network of 500 layers.
func BenchmarkWriteJSON(b *testing.B) {
	n := deep(500, ones(64, 64, 3, 3))
	for b.Loop() {
		require.NoError(b, n.WriteJSON(io.Discard))
	}
}
