package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindQuantize names Quantize.
const KindQuantize Kind = "quantize"

// Quantize stores x in 8 or 4 bits: round(x / scale), ties to even, held between
// the least and the greatest value of the type, which are -128 and 127 for int8,
// -8 and 7 for int4, -448 and 448 for float8_e4m3fn and -6 and 6 for
// float4_e2m1fn. In 4 bits there is an even number of elements. It is ONNX's QuantizeLinear with a zero point
// of zeros, the only one TensorRT knows; it may be said, by a constant of the
// scale's dimensions. How much of x shares an element of the
// scale, a constant or not, follows from its rank:
//
//	0, or one element  all of x
//	1                  an entry of Axis
//	that of x          a block
//
// Blocks lie along the last axis of x or the one before it and have the extent
// that divides it into as many as there are scales, or are as BlockShape says,
// in every axis; there, -1 is the whole axis and the last block of an axis may
// be smaller. Nothing is quantized to 4 bits in blocks of a shape.
type Quantize struct {
	noWeights
	To         dtype.Type `json:"to"` // int8, int4, float8_e4m3fn or float4_e2m1fn
	Axis       int        `json:"axis"`
	BlockShape Dims       `json:"block_shape"`
}

// AddQuantize adds a quantization of x. A zero point may follow.
func (n *Network) AddQuantize(name string, x, scale *Tensor, op Quantize, zeroPoint ...*Tensor) *Tensor {
	return n.add(name, op, append([]*Tensor{x, scale}, zeroPoint...)...)
}

// Kind returns KindQuantize.
func (op Quantize) Kind() Kind { return KindQuantize }

// Operands names input and scale and, if given, the zero point.
func (op Quantize) Operands(n int) []string { return atMost(n, 2, "input", "scale", "zero point") }

func (op Quantize) checkProducers(in []*Tensor) *Error { return checkZeroPoint(in) }

// WithWeights returns op: it holds none.
func (op Quantize) WithWeights([]*Weights) Op { return op }

// Infer returns the input's dimensions. An int8 takes scales of any plain type, an
// int4 of float32 or the input's type, a float8 of these or of float8_e8m0fnu, a
// float4 of the input's type or of float8_e8m0fnu; TensorRT-RTX says so only at
// build.
func (op Quantize) Infer(in []Info, _ Target) ([]Info, error) {
	x, scale := in[0], in[1]
	out := Info{Type: op.To, Dims: x.Dims}
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantRank("input", x, 1); err != nil {
		return nil, err
	}
	if err := wantType("to", out, quantized); err != nil {
		return nil, err
	}
	want := map[dtype.Type]types{
		dtype.Int8: floats, dtype.Int4: setOf(dtype.Float32, x.Type),
		dtype.Float8E4M3FN: setOf(dtype.Float32, x.Type) | scales8, dtype.Float4E2M1FN: setOf(x.Type) | scales8,
	}[op.To]
	if err := wantScale(x.Dims, scale, op.Axis, op.BlockShape, want); err != nil {
		return nil, err
	}
	if err := wantPacked(out, op.BlockShape, fourBit); err != nil {
		return nil, err
	}
	return []Info{out}, wantZeroPoint(scale, in[2:], zeroTypes)
}

// wantPacked is the rule for a quantized tensor of 4 bits; blockless are the types
// without blocks of a shape.
func wantPacked(x Info, block Dims, blockless types) error {
	if fourBit&(1<<x.Type) == 0 {
		return nil
	}
	if blockless&(1<<x.Type) != 0 && len(block) > 0 {
		return &Error{Operand: "block shape", Msg: "is not for " + x.Type.String(), Found: block.String()}
	}
	if x.Dims.Count()%2 == 1 {
		return &Error{Operand: "input", Msg: "must have an even number of elements, two a byte", Found: x.Dims.String()}
	}
	return nil
}

// wantScale is the rule of quantization and dequantization for the scale of x.
func wantScale(x Dims, scale Info, axis int, block Dims, want types) error {
	if err := wantType("scale", scale, want); err != nil {
		return err
	}
	s := scale.Dims
	bad := func(msg, expected string) error {
		return &Error{Operand: "scale", Msg: msg, Expected: expected, Found: s.String()}
	}
	switch {
	case len(s) <= 1 && len(block) > 0:
		return bad("of blocks must have the rank of the input, which is at least 2", x.String())
	case len(s) == 0:
		return nil
	case len(s) == 1:
		if err := wantAxis("axis", axis, len(x)); err != nil {
			return err
		}
		if s[0] == Dynamic || s[0] != 1 && s[0] != x[axis] {
			return bad(fmt.Sprintf("must be one, or one for each entry of axis %d", axis), x.String())
		}
		return nil
	case len(s) != len(x):
		return bad("must be one, have one dimension, or the rank of the input", x.String())
	case s.Count() == 1:
		return bad("of blocks must be more than one; one for the whole input has no dimensions", x.String())
	case len(block) == 0:
		return impliedBlocks(x, s, bad)
	}
	return shapedBlocks(x, s, block, bad)
}

// impliedBlocks checks the scales s of blocks whose extents follow from their
// number.
func impliedBlocks(x, s Dims, bad func(msg, expected string) error) error {
	if !x.IsStatic() || !s.IsStatic() {
		return bad("of blocks in dynamic dimensions needs the blocks' shape", x.String())
	}
	blocked := -1
	for i := range x {
		if s[i] == x[i] {
			continue
		}
		if blocked >= 0 || i < len(x)-2 {
			return bad("of blocks must differ from the input in the last axis or the one before it, and in one only", x.String())
		}
		if blocked = i; s[i] < 1 || x[i]%s[i] != 0 {
			return bad(fmt.Sprintf("must divide axis %d into blocks of one extent", i), x.String())
		}
	}
	if blocked < 0 {
		return bad("of blocks must differ from the input in one axis", x.String())
	}
	return nil
}

func shapedBlocks(x, s, block Dims, bad func(msg, expected string) error) error {
	if err := wantBlocks(block, x); err != nil {
		return err
	}
	for i, b := range block {
		blocks, ok := int64(1), s[i] == 1
		if b != Dynamic {
			if x[i] == Dynamic {
				continue
			}
			blocks = (x[i] + b - 1) / b
			_, ok = unify(s[i], blocks)
		}
		if !ok {
			return bad(fmt.Sprintf("must be one for each block; axis %d has %d", i, blocks), fmt.Sprintf("%v in blocks of %v", x, block))
		}
	}
	return nil
}
