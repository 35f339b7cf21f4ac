package trt

import (
	"cmp"
	"fmt"
)

// KindGridSample names GridSample.
const KindGridSample Kind = "grid_sample"

// GridPadding says what lies outside of the sampled tensor.
type GridPadding string

// The paddings of GridSample.
const (
	GridZeros   GridPadding = "zeros"   // TensorRT's fill
	GridBorder  GridPadding = "border"  // the nearest element: TensorRT's clamp
	GridReflect GridPadding = "reflect" // mirrored about the outermost elements' centres if corners are aligned, else their edges
)

// GridSample reads x [N,C,spatial…] at the places that a grid
// [N,out…,spatial rank] holds: F.grid_sample. A place is (x, y[, z]), the last
// spatial axis first, each from -1 to 1: the centres of the outermost elements
// if AlignCorners is set, else their outer edges. Nearest rounds ties to even,
// as PyTorch does; cubic has its coefficient of -0.75.
type GridSample struct {
	noWeights
	Mode         ResizeMode  `json:"mode"`    // "" means ResizeLinear
	Padding      GridPadding `json:"padding"` // "" means GridZeros
	AlignCorners bool        `json:"align_corners"`
}

// AddGridSample adds a sampling of x at the places of grid.
func (n *Network) AddGridSample(name string, x, grid *Tensor, op GridSample) *Tensor {
	return n.add(name, op, x, grid)
}

func (op GridSample) withDefaults([]Info) Op {
	op.Mode = cmp.Or(op.Mode, ResizeLinear)
	op.Padding = cmp.Or(op.Padding, GridZeros)
	return op
}

// Kind returns KindGridSample.
func (op GridSample) Kind() Kind { return KindGridSample }

// Operands names input and grid.
func (op GridSample) Operands(n int) []string { return named(n, "input", "grid") }

// WithWeights returns op: it holds none.
func (op GridSample) WithWeights([]*Weights) Op { return op }

// Infer returns [N,C,out…]. That the batches differ or the places have another
// number of coordinates TensorRT finds out only at build. It builds cubic
// sampling of three spatial dimensions, which no framework defines.
func (op GridSample) Infer(in []Info, _ Target) ([]Info, error) {
	x, grid := in[0], in[1]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantSameType("the input", "grid", x, grid); err != nil {
		return nil, err
	}
	if err := wantOneOf("mode", op.Mode, ResizeNearest, ResizeLinear, ResizeCubic); err != nil {
		return nil, err
	}
	if err := wantOneOf("padding", op.Padding, GridZeros, GridBorder, GridReflect); err != nil {
		return nil, err
	}
	rank := len(x.Dims)
	if rank != 4 && rank != 5 {
		return nil, &Error{Operand: "input", Msg: "must have 4 or 5 dimensions", Found: x.Dims.String()}
	}
	if rank == 5 && op.Mode == ResizeCubic {
		return nil, &Error{Operand: "mode", Msg: "is for two spatial dimensions", Found: x.Dims.String()}
	}
	if err := wantSameRank("the input", "grid", x.Dims, grid.Dims); err != nil {
		return nil, err
	}
	if _, ok := unify(x.Dims[0], grid.Dims[0]); !ok {
		return nil, &Error{Operand: "grid", Msg: "must have the batch of the input", Expected: x.Dims.String(), Found: grid.Dims.String()}
	}
	if _, ok := unify(int64(rank-2), grid.Dims[rank-1]); !ok {
		return nil, &Error{Operand: "grid", Msg: "must hold a coordinate for each spatial dimension", Expected: fmt.Sprint(rank - 2), Found: grid.Dims.String()}
	}
	return []Info{{Type: x.Type, Dims: append(x.Dims[:2].Clone(), grid.Dims[1:rank-1]...)}}, nil
}
