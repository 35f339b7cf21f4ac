//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

import "unsafe"

// Network is a network being defined: strongly typed, with explicit batch. Its
// tensors are ids.
type Network struct {
	api     *API
	c       *C.tb_network
	builder *Builder
}

// ID is a tensor of a network.
type ID int32

// NoTensor stands for an operand that is left out; it is the zero value.
const NoTensor ID = C.TB_NO_TENSOR

// Tensor is a tensor as TensorRT inferred it.
type Tensor struct {
	ID   ID
	Type DataType
	Dims []int64 // AnySize where dynamic
}

// AnySize is a dimension that is known only at run time.
const AnySize = C.TB_ANY_SIZE

// DataType is an element type.
type DataType int32

// The element types.
const (
	Float32  DataType = C.TB_FLOAT32
	Float16  DataType = C.TB_FLOAT16
	BFloat16 DataType = C.TB_BFLOAT16
	Int8     DataType = C.TB_INT8
	UInt8    DataType = C.TB_UINT8
	Int32    DataType = C.TB_INT32
	Int64    DataType = C.TB_INT64
	Bool     DataType = C.TB_BOOL
	Float8   DataType = C.TB_FLOAT8
	Scale8   DataType = C.TB_FLOAT8_SCALE
	Int4     DataType = C.TB_INT4
	Float4   DataType = C.TB_FLOAT4
)

// Weights are Count elements in row-major order. The zero value is absent. See
// the package's text for how long Values must live.
type Weights struct {
	Values unsafe.Pointer
	Count  int64
	Type   DataType
}

func (w Weights) c() C.tb_weights {
	return C.tb_weights{values: w.Values, count: C.int64_t(w.Count), dtype: C.int32_t(w.Type)}
}

// dims passes a shape or one number per dimension. C refuses a rank that it has
// no room for.
func dims(d []int64) C.tb_dims {
	c := C.tb_dims{rank: C.int32_t(len(d))}
	for i := range min(len(d), len(c.d)) {
		c.d[i] = C.int64_t(d[i])
	}
	return c
}

// NewNetwork makes an empty network; its name becomes part of the plan.
func (b *Builder) NewNetwork(name string) (*Network, error) {
	s, l := chars(name)
	n := &Network{api: b.api, builder: b}
	if err := b.api.failed(C.tb_network_create(b.api.c, b.c, s, l, &n.c)); err != nil {
		return nil, err
	}
	return n, nil
}

// Free releases the network.
func (n *Network) Free() {
	if n != nil {
		C.tb_network_free(n.api.c, n.c)
		n.c = nil
	}
}

// MarkOutput names a tensor and makes it an output of the network.
func (n *Network) MarkOutput(name string, t ID) error {
	s, l := chars(name)
	return n.api.failed(C.tb_mark_output(n.api.c, n.c, s, l, C.int32_t(t)))
}

// added turns the outputs of a layer into Go values.
func (n *Network) added(err *C.tb_error, out *C.tb_outputs) ([]Tensor, error) {
	if err := n.api.failed(err); err != nil {
		return nil, err
	}
	tensors := make([]Tensor, out.count)
	for i := range tensors {
		t := &out.tensor[i]
		d := make([]int64, t.dims.rank)
		for j := range d {
			d[j] = int64(t.dims.d[j])
		}
		tensors[i] = Tensor{ID(t.id), DataType(t.dtype), d}
	}
	return tensors, nil
}
