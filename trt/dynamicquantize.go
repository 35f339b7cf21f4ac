package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindDynamicQuantize names DynamicQuantize.
const KindDynamicQuantize Kind = "dynamic_quantize"

// DynamicQuantize stores x in float8_e4m3fn or float4_e2m1fn in blocks and finds
// the scale of each: the largest magnitude of the block over the type's greatest
// value, 448 or 6. Scales that are powers of two (MXFP8, MXFP4) are rounded up;
// those of float8_e4m3fn (NVFP4) are divided by one more scale of the whole, the
// double-quantization scale, and rounded to nearest. So cuDNN defines block
// scaling, and TensorRT says no more. The outputs are the quantized tensor and the
// scales, which a Dequantize of the same BlockShape takes.
//
// Blocks lie along one of the last two axes, 16 elements long or, with scales of
// float8_e8m0fnu, 32; only with scales of float8_e4m3fn may one be the whole axis.
// Or they cover rectangles of the last two axes, in float8 alone, where -1 is the
// whole axis and the last block of an axis may be smaller.
type DynamicQuantize struct {
	noWeights
	To         dtype.Type `json:"to"`         // float8_e4m3fn or float4_e2m1fn
	ScaleType  dtype.Type `json:"scale_type"` // float8_e8m0fnu; float32 for float8, float8_e4m3fn for float4
	BlockShape Dims       `json:"block_shape"`
}

// AddDynamicQuantize adds a quantization of x that finds its scales. Where these
// are of float8_e4m3fn, the double-quantization scale follows: a constant of one
// element, of float32 or the input's type.
func (n *Network) AddDynamicQuantize(name string, x *Tensor, op DynamicQuantize, doubleScale ...*Tensor) (low, scales *Tensor) {
	return n.addTwo(name, op, append([]*Tensor{x}, doubleScale...)...)
}

// Kind returns KindDynamicQuantize.
func (op DynamicQuantize) Kind() Kind { return KindDynamicQuantize }

// Operands names the input and, if given, the double-quantization scale.
func (op DynamicQuantize) Operands(n int) []string { return atMost(n, 1, "input", doubleScale) }

const doubleScale = "double-quantization scale"

// checkProducers refuses a double-quantization scale that is no constant; TensorRT
// does so at build.
func (op DynamicQuantize) checkProducers(in []*Tensor) *Error {
	if len(in) > 1 && !isConstant(in[1]) {
		return &Error{Operand: doubleScale, Msg: "must be a constant", Found: in[1].Name}
	}
	return nil
}

func (op DynamicQuantize) outputCount() int { return 2 }

// WithWeights returns op: it holds none.
func (op DynamicQuantize) WithWeights([]*Weights) Op { return op }

// Infer returns the input's dimensions and the number of blocks along each. Most
// wrong blocks TensorRT-RTX refuses only at build, and one extent of 0 crashes
// it.
func (op DynamicQuantize) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	low, scales := Info{Type: op.To, Dims: x.Dims}, Info{Type: op.ScaleType, Dims: x.Dims.Clone()}
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if n := len(x.Dims); n < 2 || n > 3 {
		return nil, &Error{Operand: "input", Msg: "must have 2 or 3 dimensions", Found: x.Dims.String()}
	}
	if err := wantType("to", low, setOf(dtype.Float8E4M3FN, dtype.Float4E2M1FN)); err != nil {
		return nil, err
	}
	if err := op.checkScales(x, scales, in[1:]); err != nil {
		return nil, err
	}
	if err := op.checkBlocks(x.Dims); err != nil {
		return nil, err
	}
	for i, b := range op.BlockShape {
		switch {
		case b == Dynamic:
			scales.Dims[i] = 1
		case x.Dims[i] != Dynamic:
			scales.Dims[i] = (x.Dims[i] + b - 1) / b
		}
	}
	return []Info{low, scales}, nil
}

func (op DynamicQuantize) checkScales(x, scales Info, double []Info) error {
	want := setOf(dtype.Float32) | scales8
	if op.To == dtype.Float4E2M1FN {
		want = setOf(dtype.Float8E4M3FN) | scales8
	}
	if err := wantType("scale type", scales, want); err != nil {
		return err
	}
	switch twice := op.ScaleType == dtype.Float8E4M3FN; {
	case twice != (len(double) > 0):
		return &Error{Operand: doubleScale, Msg: "is for scales of float8_e4m3fn, which need it", Found: op.ScaleType.String()}
	case !twice:
		return nil
	case double[0].Dims.Count() != 1:
		return &Error{Operand: doubleScale, Msg: "must be one number", Found: double[0].Dims.String()}
	}
	return wantType(doubleScale, double[0], setOf(dtype.Float32, x.Type))
}

func (op DynamicQuantize) checkBlocks(x Dims) error {
	b := op.BlockShape
	if err := wantBlocks(b, x); err != nil {
		return err
	}
	var long []int
	for i, e := range b {
		if e != 1 {
			long = append(long, i)
		}
	}
	if len(long) < 1 || len(long) > 2 || long[0] < len(x)-2 {
		return &Error{Operand: "block shape", Msg: "must extend along one of the last two axes or both", Found: b.String()}
	}
	if len(long) == 2 && op.To == dtype.Float4E2M1FN {
		return &Error{Operand: "block shape", Msg: "in float4 must extend along one axis", Found: b.String()}
	}
	if len(long) == 2 {
		return nil
	}
	i := long[0]
	if b[i] != 16 && (b[i] != 32 || scales8&(1<<op.ScaleType) == 0) {
		return &Error{Operand: "block shape", Msg: "along one axis must be 16 or, with scales that are powers of two, 32", Found: b.String()}
	}
	if x[i] == Dynamic || x[i]%b[i] != 0 || x[i] == b[i] && op.ScaleType != dtype.Float8E4M3FN {
		return &Error{Operand: "block shape", Msg: fmt.Sprintf("must divide axis %d into several blocks", i), Expected: x.String(), Found: b.String()}
	}
	return nil
}
