package layers

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
)

// PixelShuffle turns x [N, C*factor*factor, H, W] into [N, C, H*factor, W*factor],
// as torch.nn.PixelShuffle does. Height and width must be static.
func PixelShuffle(net *trt.Network, name string, x *trt.Tensor, factor int64) *trt.Tensor {
	c, h, w, ok := image(net, name, x)
	if !ok {
		return x
	}
	if factor < 1 || c%(factor*factor) != 0 {
		return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "has channels that do not split into pixels", Expected: fmt.Sprintf("a multiple of %d squared", factor), Found: fmt.Sprint(c)})
	}
	c /= factor * factor
	x = net.AddShuffle(name+"/split", x, trt.Shuffle{Reshape: trt.Dims{0, c, factor, factor, h, w}, SecondTranspose: []int{0, 1, 4, 2, 5, 3}})
	return net.AddShuffle(name, x, trt.Shuffle{Reshape: trt.Dims{0, c, h * factor, w * factor}})
}

// PixelUnshuffle turns x [N, C, H, W] into [N, C*factor*factor, H/factor, W/factor],
// as torch.nn.PixelUnshuffle does. Height and width must be static.
func PixelUnshuffle(net *trt.Network, name string, x *trt.Tensor, factor int64) *trt.Tensor {
	c, h, w, ok := image(net, name, x)
	if !ok {
		return x
	}
	if factor < 1 || h%factor != 0 || w%factor != 0 {
		return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "has a height or width that does not divide", Expected: fmt.Sprintf("multiples of %d", factor), Found: x.Dims.String()})
	}
	h, w = h/factor, w/factor
	x = net.AddShuffle(name+"/split", x, trt.Shuffle{Reshape: trt.Dims{0, c, h, factor, w, factor}, SecondTranspose: []int{0, 1, 3, 5, 2, 4}})
	return net.AddShuffle(name, x, trt.Shuffle{Reshape: trt.Dims{0, c * factor * factor, h, w}})
}

// image returns the channels, height and width of x [N,C,H,W], and false when
// the network has failed or does so now.
func image(net *trt.Network, name string, x *trt.Tensor) (c, h, w int64, ok bool) {
	if net.Err() != nil {
		return 0, 0, 0, false
	}
	if len(x.Dims) != 4 || !x.Dims[1:].IsStatic() {
		net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "must be a batch of images of static size", Expected: "[N,C,H,W]", Found: x.Dims.String()})
		return 0, 0, 0, false
	}
	return x.Dims[1], x.Dims[2], x.Dims[3], true
}
