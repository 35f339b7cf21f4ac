package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindDynamicQuantize names DynamicQuantize.
const KindDynamicQuantize Kind = "dynamic_quantize"

// DynamicQuantize stores x in float8_e4m3fn in blocks and finds the scale of
// each: the largest magnitude of the block over 448, the type's greatest value,
// rounded up where the scale is a power of two (MXFP8; so cuDNN defines block
// scaling, and TensorRT says no more). Its outputs are the quantized tensor and
// the scales, which a Dequantize of the same BlockShape takes.
//
// Blocks lie along one of the last two axes, 16 elements long or, with scales of
// float8_e8m0fnu, 32; or they cover rectangles of the last two axes, where -1 is
// the whole axis and the last block of an axis may be smaller. TensorRT's other
// type, FP4, has no place here.
type DynamicQuantize struct {
	noWeights
	To         dtype.Type `json:"to"`         // float8_e4m3fn
	ScaleType  dtype.Type `json:"scale_type"` // float8_e8m0fnu or float32
	BlockShape Dims       `json:"block_shape"`
}

// AddDynamicQuantize adds a quantization of x that finds its scales.
func (n *Network) AddDynamicQuantize(name string, x *Tensor, op DynamicQuantize) (low, scales *Tensor) {
	return n.addTwo(name, op, x)
}

// Kind returns KindDynamicQuantize.
func (op DynamicQuantize) Kind() Kind { return KindDynamicQuantize }

// Operands names the one input.
func (op DynamicQuantize) Operands(n int) []string { return named(n, "input") }

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
	if err := wantType("to", low, setOf(dtype.Float8E4M3FN)); err != nil {
		return nil, err
	}
	if err := wantType("scale type", scales, setOf(dtype.Float32)|scales8); err != nil {
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
	if len(long) == 2 {
		return nil
	}
	i := long[0]
	if b[i] != 16 && (b[i] != 32 || op.ScaleType == dtype.Float32) {
		return &Error{Operand: "block shape", Msg: "along one axis must be 16 or, with scales that are powers of two, 32", Found: b.String()}
	}
	if x[i] == Dynamic || x[i]%b[i] != 0 || x[i] == b[i] {
		return &Error{Operand: "block shape", Msg: fmt.Sprintf("must divide axis %d into several blocks", i), Expected: x.String(), Found: b.String()}
	}
	return nil
}
