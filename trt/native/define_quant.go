//go:build tensorrt && cgo

package native

import (
	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/trt"
)

func (d definition) quantize(name string, op trt.Quantize, in []cbridge.ID) ([]cbridge.Tensor, error) {
	return d.net.AddQuantize(name, in[0], in[1], cbridge.Quantize{To: dataTypes[op.To], Axis: op.Axis, BlockShape: op.BlockShape})
}

func (d definition) dequantize(name string, op trt.Dequantize, in []cbridge.ID) ([]cbridge.Tensor, error) {
	return d.net.AddDequantize(name, in[0], in[1], cbridge.Quantize{To: dataTypes[op.To], Axis: op.Axis, BlockShape: op.BlockShape})
}
