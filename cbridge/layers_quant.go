//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

// Quantize is tb_quantize.
type Quantize struct {
	To         DataType
	Axis       int
	BlockShape []int64
}

func (p Quantize) c() C.tb_quantize {
	return C.tb_quantize{to: C.int32_t(p.To), axis: C.int32_t(p.Axis), block_shape: dims(p.BlockShape)}
}

// AddQuantize stores a tensor in 8 bits.
func (n *Network) AddQuantize(name string, in, scale ID, p Quantize) ([]Tensor, error) {
	s, l := chars(name)
	c := p.c()
	var out C.tb_outputs
	return n.added(C.tb_add_quantize(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(scale), &c, &out), &out)
}

// AddDequantize undoes AddQuantize.
func (n *Network) AddDequantize(name string, in, scale ID, p Quantize) ([]Tensor, error) {
	s, l := chars(name)
	c := p.c()
	var out C.tb_outputs
	return n.added(C.tb_add_dequantize(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(scale), &c, &out), &out)
}
