//go:build tensorrt && cgo

package native

import (
	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/trt"
)

func (d definition) quantize(name string, op trt.Quantize, in []cbridge.ID) ([]cbridge.Tensor, error) {
	return d.net.AddQuantize(name, in[0], in[1], cbridge.Quantize{To: dataTypes[op.To], Axis: op.Axis, BlockShape: op.BlockShape, ZeroPoint: optional(in, 2)})
}

func (d definition) dequantize(name string, op trt.Dequantize, in []cbridge.ID) ([]cbridge.Tensor, error) {
	return d.net.AddDequantize(name, in[0], in[1], cbridge.Quantize{To: dataTypes[op.To], Axis: op.Axis, BlockShape: op.BlockShape, ZeroPoint: optional(in, 2)})
}

func (d definition) dynamicQuantize(name string, op trt.DynamicQuantize, in []cbridge.ID) ([]cbridge.Tensor, error) {
	return d.net.AddDynamicQuantize(name, in[0], cbridge.DynamicQuantize{
		To: dataTypes[op.To], ScaleType: dataTypes[op.ScaleType], BlockShape: op.BlockShape, DoubleScale: optional(in, 1),
	})
}

// convolution holds the kernel and the bias that are inputs, in the place of
// weights.
func convolution(op trt.Convolution, in []cbridge.ID) cbridge.Convolution {
	c := cbridge.Convolution{
		OutChannels: op.OutChannels, Groups: op.Groups, Kernel: op.Kernel, Stride: op.Stride,
		PrePadding: op.PrePadding, PostPadding: op.PostPadding, Dilation: op.Dilation,
		Weight: weights(op.Weight), Bias: weights(op.Bias),
	}
	bias := 1
	if op.Weight == nil {
		c.KernelTensor, bias = optional(in, 1), 2
	}
	c.BiasTensor = optional(in, bias)
	return c
}
