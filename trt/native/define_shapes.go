//go:build tensorrt && cgo

package native

import (
	"fmt"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

var sliceModes = map[trt.SliceMode]cbridge.SliceMode{
	trt.SliceStrict: cbridge.SliceStrict, trt.SliceClamp: cbridge.SliceClamp, trt.SliceWrap: cbridge.SliceWrap,
	trt.SliceReflect: cbridge.SliceReflect, trt.SliceFill: cbridge.SliceFill,
}

var fills = map[trt.FillOperation]cbridge.FillOperation{
	trt.FillLinspace: cbridge.FillLinspace, trt.FillUniform: cbridge.FillUniform, trt.FillNormal: cbridge.FillNormal,
}

func (d definition) shuffle(name string, op trt.Shuffle, in []cbridge.ID) ([]cbridge.Tensor, error) {
	return d.net.AddShuffle(name, in[0], cbridge.Shuffle{
		HasReshape: op.Reshape != nil, ZeroCopies: true, Shape: optional(in, 1),
		First: wide(op.FirstTranspose), Reshape: op.Reshape, Second: wide(op.SecondTranspose),
	})
}

// slice gives zeros where TensorRT wants numbers although it gets a tensor.
func (d definition) slice(name string, op trt.Slice, l *trt.Layer, in []cbridge.ID) ([]cbridge.Tensor, error) {
	p := cbridge.Slice{Mode: sliceModes[op.Mode], Axes: wide(op.Axes), Start: op.Start, Size: op.Size, Stride: op.Stride}
	none := make([]int64, len(op.Axes))
	given := map[trt.SliceInput]*cbridge.ID{
		trt.SliceStart: &p.InputStart, trt.SliceSize: &p.InputSize, trt.SliceStride: &p.InputStride,
		trt.SliceAxes: &p.InputAxes, trt.SliceValue: &p.InputValue,
	}
	if len(in) != len(op.Inputs)+1 {
		return nil, &Error{Kind: fault.Bug, Message: fmt.Sprintf("%d inputs, of which %d are named", len(in), len(op.Inputs))}
	}
	for i, what := range op.Inputs {
		if given[what] == nil {
			return nil, &Error{Kind: fault.Bug, Message: "no input of a slice is " + string(what)}
		}
		*given[what] = in[i+1]
		if what == trt.SliceAxes {
			none = make([]int64, max(0, l.Inputs[i+1].Dims.Count()))
		}
	}
	for _, field := range []struct {
		given cbridge.ID
		list  *[]int64
	}{{p.InputStart, &p.Start}, {p.InputSize, &p.Size}, {p.InputStride, &p.Stride}} {
		if field.given != cbridge.NoTensor {
			*field.list = none
		}
	}
	return d.net.AddSlice(name, in[0], p)
}

func (d definition) fill(name string, op trt.Fill, l *trt.Layer, in []cbridge.ID) ([]cbridge.Tensor, error) {
	p := cbridge.Fill{
		Operation: fills[op.Operation], Type: dataTypes[op.Type], Dims: op.Dims,
		Alpha: op.Alpha, Beta: op.Beta, AlphaInt: int64(op.Alpha), BetaInt: int64(op.Beta),
	}
	if len(in)%2 == 1 {
		p.InputDims = in[0]
		p.Dims = make([]int64, max(0, l.Inputs[0].Dims.Count()))
	}
	if len(in) > 1 {
		p.InputAlpha, p.InputBeta = in[len(in)-2], in[len(in)-1]
	}
	return d.net.AddFill(name, p)
}
