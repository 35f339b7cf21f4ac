package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// KindDequantize names Dequantize.
const KindDequantize Kind = "dequantize"

// Dequantize computes x * scale from what Quantize makes, or from a constant of
// such a type, which nothing else may read. It is ONNX's
// DequantizeLinear with a zero point of zeros. Scale, Axis and BlockShape are
// those of Quantize.
type Dequantize struct {
	noWeights
	To         dtype.Type `json:"to"` // float32, float16 or bfloat16
	Axis       int        `json:"axis"`
	BlockShape Dims       `json:"block_shape"`
}

// AddDequantize adds a dequantization of x. A zero point may follow.
func (n *Network) AddDequantize(name string, x, scale *Tensor, op Dequantize, zeroPoint ...*Tensor) *Tensor {
	return n.add(name, op, append([]*Tensor{x, scale}, zeroPoint...)...)
}

// Kind returns KindDequantize.
func (op Dequantize) Kind() Kind { return KindDequantize }

// Operands names input and scale and, if given, the zero point.
func (op Dequantize) Operands(n int) []string { return atMost(n, 2, "input", "scale", "zero point") }

func (op Dequantize) checkProducers(in []*Tensor) *Error { return checkZeroPoint(in) }

// WithWeights returns op: it holds none.
func (op Dequantize) WithWeights([]*Weights) Op { return op }

// Infer returns the input's dimensions. A float8 takes scales of float32, of
// the output's type or of float8_e8m0fnu, an int8 in blocks of a shape, where
// the output is not float32, those of its type, an int4 no others and no such
// blocks, a float4 those, float8_e4m3fn and float8_e8m0fnu; TensorRT-RTX says so
// only at build.
func (op Dequantize) Infer(in []Info, _ Target) ([]Info, error) {
	x, scale := in[0], in[1]
	out := Info{Type: op.To, Dims: x.Dims}
	if err := wantType("input", x, quantized); err != nil {
		return nil, err
	}
	if err := wantFloat("to", out); err != nil {
		return nil, err
	}
	want := map[dtype.Type]types{
		dtype.Int8: floats, dtype.Int4: setOf(op.To), dtype.Float8E4M3FN: setOf(dtype.Float32, op.To) | scales8,
		dtype.Float4E2M1FN: setOf(dtype.Float8E4M3FN, op.To) | scales8,
	}[x.Type]
	if x.Type == dtype.Int8 && len(op.BlockShape) > 0 && op.To != dtype.Float32 {
		want = setOf(op.To)
	}
	if err := wantScale(x.Dims, scale, op.Axis, op.BlockShape, want); err != nil {
		return nil, err
	}
	if err := wantPacked(x, op.BlockShape, setOf(dtype.Int4)); err != nil {
		return nil, err
	}
	zeros := zeroTypes | setOf(dtype.Int4)
	if x.Type != dtype.Float8E4M3FN && scale.Type != dtype.Float8E4M3FN { // no layer has both
		zeros |= setOf(dtype.Int8)
	}
	return []Info{out}, wantZeroPoint(scale, in[2:], zeros)
}
