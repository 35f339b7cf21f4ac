//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

// Quantize is tb_quantize.
type Quantize struct {
	To         DataType
	Axis       int
	BlockShape []int64
	ZeroPoint  ID
}

func (p Quantize) c() C.tb_quantize {
	return C.tb_quantize{to: C.int32_t(p.To), axis: C.int32_t(p.Axis), block_shape: dims(p.BlockShape), zero_point: C.int32_t(p.ZeroPoint)}
}

// AddQuantize stores a tensor in 8 or 4 bits.
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

// DynamicQuantize is tb_dynamic_quantize.
type DynamicQuantize struct {
	To, ScaleType DataType
	BlockShape    []int64
	DoubleScale   ID
}

// AddDynamicQuantize stores a tensor in 8 or 4 bits and returns it and its scales.
func (n *Network) AddDynamicQuantize(name string, in ID, p DynamicQuantize) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_dynamic_quantize{
		to: C.int32_t(p.To), scale_type: C.int32_t(p.ScaleType), block_shape: dims(p.BlockShape), double_scale: C.int32_t(p.DoubleScale),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_dynamic_quantize(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// AddAssertion ends executions in which a condition does not hold. It has no
// output.
func (n *Network) AddAssertion(name string, condition ID, message string) ([]Tensor, error) {
	s, l := chars(name)
	m, k := chars(message)
	var out C.tb_outputs
	return n.added(C.tb_add_assertion(n.api.c, n.c, s, l, C.int32_t(condition), m, k, &out), &out)
}
