//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

// ConditionalID is a conditional of a network.
type ConditionalID int32

// OpenIf begins a conditional; the layers of its branches and its other parts
// are added after it.
func (n *Network) OpenIf(name string, condition ID) (ConditionalID, error) {
	s, l := chars(name)
	var out C.int32_t
	err := n.api.failed(C.tb_open_if(n.api.c, n.c, s, l, C.int32_t(condition), &out))
	return ConditionalID(out), err
}

// AddIfInput adds a tensor from outside as the branches read it.
func (n *Network) AddIfInput(name string, c ConditionalID, in ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_if_input(n.api.c, n.c, s, l, C.int32_t(c), C.int32_t(in), &out), &out)
}

// AddIfOutput adds the one of two tensors that the condition chooses.
func (n *Network) AddIfOutput(name string, c ConditionalID, then, otherwise ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_if_output(n.api.c, n.c, s, l, C.int32_t(c), C.int32_t(then), C.int32_t(otherwise), &out), &out)
}
