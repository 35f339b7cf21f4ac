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

// LoopID is a loop of a network.
type LoopID int32

// TripLimit is what ends a loop.
type TripLimit int32

// The trip limits.
const (
	TripCount TripLimit = C.TB_TRIP_COUNT
	TripWhile TripLimit = C.TB_TRIP_WHILE
)

// LoopOutputKind is what is kept of the iterations.
type LoopOutputKind int32

// The kinds of outputs of loops.
const (
	LoopLast        LoopOutputKind = C.TB_LOOP_LAST
	LoopConcatenate LoopOutputKind = C.TB_LOOP_CONCATENATE
	LoopReverse     LoopOutputKind = C.TB_LOOP_REVERSE
)

// OpenLoop begins a loop; its parts and the layers of its body are added after
// it.
func (n *Network) OpenLoop(name string) (LoopID, error) {
	s, l := chars(name)
	var out C.int32_t
	err := n.api.failed(C.tb_open_loop(n.api.c, n.c, s, l, &out))
	return LoopID(out), err
}

// AddTripLimit says when the loop ends.
func (n *Network) AddTripLimit(name string, loop LoopID, kind TripLimit, t ID) error {
	s, l := chars(name)
	return n.api.failed(C.tb_add_trip_limit(n.api.c, n.c, s, l, C.int32_t(loop), C.int32_t(kind), C.int32_t(t)))
}

// AddRecurrence adds a tensor that one iteration passes on to the next.
func (n *Network) AddRecurrence(name string, loop LoopID, initial ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_recurrence(n.api.c, n.c, s, l, C.int32_t(loop), C.int32_t(initial), &out), &out)
}

// CloseRecurrence says what a recurrence's tensor is in the next iteration.
func (n *Network) CloseRecurrence(name string, state, next ID) error {
	s, l := chars(name)
	return n.api.failed(C.tb_close_recurrence(n.api.c, n.c, s, l, C.int32_t(state), C.int32_t(next)))
}

// AddIterator adds an entry of a tensor for each iteration.
func (n *Network) AddIterator(name string, loop LoopID, in ID, axis int, reverse bool) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_iterator{axis: C.int32_t(axis), reverse: flag(reverse)}
	var out C.tb_outputs
	return n.added(C.tb_add_iterator(n.api.c, n.c, s, l, C.int32_t(loop), C.int32_t(in), &c, &out), &out)
}

// LoopOutput is tb_loop_output.
type LoopOutput struct {
	Kind   LoopOutputKind
	Axis   int
	Length ID // not of LoopLast
}

// AddLoopOutput adds an output of a loop.
func (n *Network) AddLoopOutput(name string, loop LoopID, in ID, p LoopOutput) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_loop_output{kind: C.int32_t(p.Kind), axis: C.int32_t(p.Axis), length: C.int32_t(p.Length)}
	var out C.tb_outputs
	return n.added(C.tb_add_loop_output(n.api.c, n.c, s, l, C.int32_t(loop), C.int32_t(in), &c, &out), &out)
}
