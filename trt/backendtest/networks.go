package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Networks returns whole networks for a product and version: a small
// convolutional network in float32, the same in float16 between float32 inputs
// and outputs, and with a dynamic batch; and one that is quantized. Their input
// is "images".
func Networks(target trt.Target) []*trt.Network {
	return []*trt.Network{
		convolutional("float32", target, dtype.Float32, 1),
		convolutional("float16", target, dtype.Float16, 1),
		convolutional("dynamic", target, dtype.Float32, trt.Dynamic),
		quantized("quantized", target),
	}
}

// convolutional has branches, a residual, an upsampling and two outputs, so
// that most kinds of layers work together.
func convolutional(name string, target trt.Target, t dtype.Type, batch int64) *trt.Network {
	n := trt.NewNetwork(name, target)
	x := n.AddInput("images", dtype.Float32, trt.Dims{batch, 3, 16, 16})
	if t != dtype.Float32 {
		x = n.AddCast("images/cast", x, t)
	}
	block := func(name string, x *trt.Tensor, c, out int64) *trt.Tensor {
		y := n.AddConvolution(name+"/conv", x, conv(t, c, out, trt.Dims{3, 3}, padded(1)))
		return n.AddActivation(name+"/relu", y, trt.Activation{Type: trt.ReLU})
	}
	stem := block("stem", x, 3, 8)
	left := n.AddPooling("left/pool", stem, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{2, 2}, Stride: trt.Dims{2, 2}})
	left = n.AddElementWise("left/sum", left, block("left", left, 8, 8), trt.Sum)
	right := n.AddConvolution("right/conv", stem, conv(t, 8, 4, trt.Dims{2, 2}, func(c *trt.Convolution) { c.Stride = trt.Dims{2, 2} }))
	y := n.AddConcatenation("cat", 1, left, right)
	up := n.AddDeconvolution("up/deconv", y, deconv(t, 12, 4, trt.Dims{2, 2}, func(c *trt.Convolution) { c.Stride = trt.Dims{2, 2} }))
	wide := n.AddResize("up/resize", y, trt.Resize{Scales: []float32{1, 1, 2, 2}})
	wide = n.AddSlice("up/slice", wide, trt.Slice{Axes: []int{1}, Start: trt.Dims{0}, Size: trt.Dims{4}})
	mask := n.AddElementWise("mask/mul", n.AddActivation("mask/sigmoid", up, trt.Activation{Type: trt.Sigmoid}), wide, trt.Prod)
	n.MarkOutput(n.AddCast("mask/cast", mask, dtype.Float32), "mask")

	y = n.AddReduce("head/mean", y, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2, 3}, KeepDims: true})
	y = n.AddShuffle("head/flatten", y, trt.Shuffle{Reshape: trt.Dims{0, -1}})
	w := n.AddConstant("head/fc/weight", values(t, 10, 12))
	y = n.AddMatrixMultiply("head/fc/matmul", y, trt.MatrixNone, w, trt.MatrixTranspose)
	y = n.AddElementWise("head/fc", y, n.AddConstant("head/fc/bias", values(t, 1, 10)), trt.Sum)
	y = n.AddSoftmax("head/softmax", y, 1)
	n.MarkOutput(n.AddCast("head/cast", y, dtype.Float32), "scores")
	return n
}

// batches is a profile of Networks' input.
func batches(low, best, high int64) trt.Profile {
	at := func(b int64) trt.Dims { return trt.Dims{b, 3, 16, 16} }
	return trt.Profile{"images": {Min: at(low), Opt: at(best), Max: at(high)}}
}

// configFor is the least that a network needs.
func configFor(n *trt.Network) trt.Config {
	if n.Inputs()[0].Dims.IsStatic() {
		return trt.Config{}
	}
	return trt.Config{Profiles: []trt.Profile{batches(1, 2, 4)}}
}
