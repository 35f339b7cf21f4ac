package bind_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func TestMasksThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		name, text string
		masks      func(net *trt.Network) (mask, padding *trt.Tensor)
	}{
		{"type", "layer l/self_attn: mask: must be of bools or of the type of the input: expected bool or float32, found int32", func(net *trt.Network) (_, _ *trt.Tensor) {
			return net.AddInput("m", dtype.Int32, trt.Dims{5, 5}), nil
		}},
		{"length", "mask: has the wrong dimensions: expected [5,5] or [6,5,5], found [5,4]", func(net *trt.Network) (_, _ *trt.Tensor) {
			return net.AddInput("m", dtype.Bool, trt.Dims{5, 4}), nil
		}},
		{"heads", "mask: has the wrong dimensions: expected [5,5] or [6,5,5], found [3,5,5]", func(net *trt.Network) (_, _ *trt.Tensor) {
			return net.AddInput("m", dtype.Float32, trt.Dims{3, 5, 5}), nil
		}},
		{"padding", "padding mask: has the wrong dimensions: expected [3,5], found [5,5]", func(net *trt.Network) (_, _ *trt.Tensor) {
			return nil, net.AddInput("m", dtype.Bool, trt.Dims{5, 5})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := trt.NewNetwork("refused", trt.Target{})
			x := net.AddInput("x", dtype.Float32, trt.Dims{3, 5, 4})
			e := bind.EncoderLayer{Heads: 2, Hidden: 4, Activation: trt.ReLU}
			e.Mask, e.PaddingMask = c.masks(net)
			b := bind.New(net, bind.NewView(weightstest.New("a.wts", nil)))
			x = b.EncoderLayer("l", x, e)
			require.ErrorContains(t, net.Err(), c.text)
			b.EncoderLayer("next", x, e) // does nothing after an error
			require.ErrorContains(t, net.Err(), c.text)
		})
	}
}
