//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

// SliceMode is what a slice finds outside its input.
type SliceMode int32

// The modes of a slice.
const (
	SliceStrict  SliceMode = C.TB_SLICE_STRICT
	SliceClamp   SliceMode = C.TB_SLICE_CLAMP
	SliceWrap    SliceMode = C.TB_SLICE_WRAP
	SliceReflect SliceMode = C.TB_SLICE_REFLECT
	SliceFill    SliceMode = C.TB_SLICE_FILL
)

// FillOperation is what a fill makes.
type FillOperation int32

// The fills.
const (
	FillLinspace FillOperation = C.TB_FILL_LINSPACE
	FillUniform  FillOperation = C.TB_FILL_UNIFORM
	FillNormal   FillOperation = C.TB_FILL_NORMAL
)

// AddShape adds the dimensions of a tensor as a tensor.
func (n *Network) AddShape(name string, in ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_shape(n.api.c, n.c, s, l, C.int32_t(in), &out), &out)
}

// Fill is tb_fill.
type Fill struct {
	Operation                        FillOperation
	Type                             DataType
	Dims                             []int64
	Alpha, Beta                      float64
	AlphaInt, BetaInt                int64
	InputDims, InputAlpha, InputBeta ID
}

// AddFill adds a tensor made of nothing.
func (n *Network) AddFill(name string, p Fill) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_fill{
		operation: C.int32_t(p.Operation), dtype: C.int32_t(p.Type), dims: dims(p.Dims),
		alpha: C.double(p.Alpha), beta: C.double(p.Beta), alpha_int: C.int64_t(p.AlphaInt), beta_int: C.int64_t(p.BetaInt),
		input_dims: C.int32_t(p.InputDims), input_alpha: C.int32_t(p.InputAlpha), input_beta: C.int32_t(p.InputBeta),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_fill(n.api.c, n.c, s, l, &c, &out), &out)
}

// SetValues gives the range of the elements of an input that is read as
// dimensions. The three have one length.
func (p *Profile) SetValues(input string, smallest, usual, largest []int64) error {
	name, n := chars(input)
	c := func(v []int64) *C.int64_t {
		list := make([]C.int64_t, max(1, len(v))) // not null
		for i := range v {
			list[i] = C.int64_t(v[i])
		}
		return &list[0]
	}
	return p.api.failed(C.tb_profile_set_values(p.api.c, p.c, name, n, c(smallest), c(usual), c(largest), C.int32_t(len(usual))))
}
