//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

import "unsafe"

// GridPadding is one of the TB_GRID_ constants.
type GridPadding int32

// The paddings of a grid sampling.
const (
	GridZeros   GridPadding = C.TB_GRID_ZEROS
	GridBorder  GridPadding = C.TB_GRID_BORDER
	GridReflect GridPadding = C.TB_GRID_REFLECT
)

// Normalization is tb_normalization.
type Normalization struct {
	Axes    uint32 // bit i for axis i
	Epsilon float32
	Groups  int64
}

// AddNormalization adds a layer, instance or group normalization.
func (n *Network) AddNormalization(name string, in, scale, bias ID, p Normalization) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_normalization{axes: C.uint32_t(p.Axes), epsilon: C.float(p.Epsilon), groups: C.int64_t(p.Groups)}
	var out C.tb_outputs
	return n.added(C.tb_add_normalization(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(scale), C.int32_t(bias), &c, &out), &out)
}

// AddParametricReLU adds a ReLU with a tensor of slopes.
func (n *Network) AddParametricReLU(name string, in, slope ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_parametric_relu(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(slope), &out), &out)
}

// AddEinsum adds a sum of products.
func (n *Network) AddEinsum(name string, in []ID, equation string) ([]Tensor, error) {
	s, l := chars(name)
	e, el := chars(equation)
	var out C.tb_outputs
	ids := (*C.int32_t)(unsafe.SliceData(in))
	return n.added(C.tb_add_einsum(n.api.c, n.c, s, l, ids, C.size_t(len(in)), e, el, &out), &out)
}

// GridSample is tb_grid_sample.
type GridSample struct {
	Mode         ResizeMode
	Padding      GridPadding
	AlignCorners bool
}

// AddGridSample adds a sampling at the places of a grid.
func (n *Network) AddGridSample(name string, in, grid ID, p GridSample) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_grid_sample{mode: C.int32_t(p.Mode), padding: C.int32_t(p.Padding), align_corners: flag(p.AlignCorners)}
	var out C.tb_outputs
	return n.added(C.tb_add_grid_sample(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(grid), &c, &out), &out)
}

// LRN is tb_lrn.
type LRN struct {
	Window         int64
	Alpha, Beta, K float32
}

// AddLRN adds a local response normalization.
func (n *Network) AddLRN(name string, in ID, p LRN) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_lrn{window: C.int64_t(p.Window), alpha: C.float(p.Alpha), beta: C.float(p.Beta), k: C.float(p.K)}
	var out C.tb_outputs
	return n.added(C.tb_add_lrn(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}
