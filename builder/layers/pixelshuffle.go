package layers

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
)

// maxFactor keeps the squares of factors small.
const maxFactor = 1 << 15

// PixelShuffle turns x [N, C*factor*factor, H, W] into [N, C, H*factor, W*factor],
// as torch.nn.PixelShuffle does. Channels must be static.
func PixelShuffle(net *trt.Network, name string, x *trt.Tensor, factor int64) *trt.Tensor {
	c, ok := image(net, name, x)
	if !ok {
		return x
	}
	if factor < 1 || factor > maxFactor || c%(factor*factor) != 0 {
		return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "has channels that do not split into pixels", Expected: fmt.Sprintf("a multiple of %d squared", factor), Found: fmt.Sprint(c)})
	}
	c /= factor * factor
	h, w := extentOf(2), extentOf(3)
	y := reshape(net, name+"/split", x, x, trt.Shuffle{SecondTranspose: []int{0, 1, 4, 2, 5, 3}}, fixed(0), fixed(c), fixed(factor), fixed(factor), h, w)
	return reshape(net, name, y, x, trt.Shuffle{}, fixed(0), fixed(c), h.by(factor), w.by(factor))
}

// PixelUnshuffle turns x [N, C, H, W] into [N, C*factor*factor, H/factor, W/factor],
// as torch.nn.PixelUnshuffle does. Channels must be static; a dynamic height or
// width that does not divide is an error when the network runs.
func PixelUnshuffle(net *trt.Network, name string, x *trt.Tensor, factor int64) *trt.Tensor {
	c, ok := image(net, name, x)
	if !ok {
		return x
	}
	divides := func(e int64) bool { return e == trt.Dynamic || e%factor == 0 }
	if factor < 1 || factor > maxFactor || !divides(x.Dims[2]) || !divides(x.Dims[3]) {
		return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "has a height or width that does not divide", Expected: fmt.Sprintf("multiples of %d", factor), Found: x.Dims.String()})
	}
	h, w := extentOf(2).part(factor), extentOf(3).part(factor)
	y := reshape(net, name+"/split", x, x, trt.Shuffle{SecondTranspose: []int{0, 1, 3, 5, 2, 4}}, fixed(0), fixed(c), h, fixed(factor), w, fixed(factor))
	return reshape(net, name, y, x, trt.Shuffle{}, fixed(0), fixed(c*factor*factor), h, w)
}

// image returns the channels of x [N,C,H,W], and false when the network has
// failed or does so now.
func image(net *trt.Network, name string, x *trt.Tensor) (channels int64, ok bool) {
	if net.Err() != nil {
		return 0, false
	}
	if len(x.Dims) != 4 || x.Dims[1] == trt.Dynamic {
		net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "must be a batch of images of a fixed number of channels", Expected: "[N,C,H,W]", Found: x.Dims.String()})
		return 0, false
	}
	return x.Dims[1], true
}
