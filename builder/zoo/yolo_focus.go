package zoo

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/trt"
)

// focus records the stem of YOLOv5 up to 5.0, a 3x3 convolution over 2x2 pixels
// that were put into channels, as what it is on the image itself: a 6x6
// convolution of stride 2. Every product is the same.
func (r *yoloRecorder) focus(c yoloConv, x *trt.Tensor) *trt.Tensor {
	path := c.path + ".conv"
	op := trt.Convolution{OutChannels: c.out, Kernel: bind.Square(6), Stride: bind.Square(2), PrePadding: bind.Square(2), PostPadding: bind.Square(2)}
	w := r.Weights(path+".weight", "kernel, 3x3 over 2x2 pixels", fmt.Sprintf("%d outputs of %d channels of 2x2 pixels", c.out, c.in/4), trt.Dims{c.out, c.in, 3, 3})
	op.Weight = trt.NewWeights(trt.Dims{c.out, c.in / 4, 6, 6}, unfocused{w.Values(), c.in / 4}, w.Origins...)
	if r.fused {
		op.Bias = r.Weights(path+".bias", "bias", fmt.Sprintf("%d outputs", c.out), trt.Dims{c.out})
	}
	return r.Network().AddConvolution(bind.Layer(path), x, op)
}

// unfocused are the elements [out,channels,6,6] of the kernel whose elements in
// the file are [out,4*channels,3,3]. The four groups of channels there are the
// pixels (row, column) = (0,0), (1,0), (0,1), (1,1) of a 2x2.
type unfocused struct {
	kernel   trt.Values
	channels int64
}

// ReadFloat32 fills dst with the elements from index from on.
func (u unfocused) ReadFloat32(dst []float32, from int64) error {
	filter := 36 * u.channels // elements of one output, in either layout
	row := make([]float32, filter)
	for held := int64(-1); len(dst) > 0; dst, from = dst[1:], from+1 {
		out, i := from/filter, from%filter
		if out != held {
			if err := u.kernel.ReadFloat32(row, out*filter); err != nil {
				return err
			}
			held = out
		}
		channel, y, x := i/36, i/6%6, i%6
		group := y%2 + 2*(x%2)
		dst[0] = row[(group*u.channels+channel)*9+y/2*3+x/2]
	}
	return nil
}
