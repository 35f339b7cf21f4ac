package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// KindShape names Shape.
const KindShape Kind = "shape"

// Shape gives the dimensions of its input, as int64: ONNX's Shape, TensorRT's
// IShapeLayer. From it the dimensions of other tensors can be computed.
type Shape struct{ noWeights }

// AddShape adds a shape.
func (n *Network) AddShape(name string, x *Tensor) *Tensor { return n.add(name, Shape{}, x) }

// Kind returns KindShape.
func (op Shape) Kind() Kind { return KindShape }

// Operands names the one input.
func (op Shape) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Shape) WithWeights([]*Weights) Op { return op }

// Infer returns one int64 for each dimension, known where the extent is.
func (op Shape) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	out := Info{Type: dtype.Int64, Dims: Dims{int64(len(x.Dims))}}
	out.Values = unknown(out)
	for i, e := range x.Dims {
		if e != Dynamic {
			out.Values[i] = whole(e)
		}
	}
	return []Info{out}, wantType("input", x, floats|integers|bools|eightBit|quantized)
}
