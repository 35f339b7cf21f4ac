//go:build tensorrt && cgo

package native

import (
	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Package trt's vocabulary in the shim's, all in this file. What is missing is
// no value of the shim's, which refuses it.

var dataTypes = map[dtype.Type]cbridge.DataType{
	dtype.Float32: cbridge.Float32, dtype.Float16: cbridge.Float16, dtype.BFloat16: cbridge.BFloat16,
	dtype.Int8: cbridge.Int8, dtype.UInt8: cbridge.UInt8, dtype.Int32: cbridge.Int32, dtype.Int64: cbridge.Int64,
	dtype.Bool: cbridge.Bool, dtype.Float8E4M3FN: cbridge.Float8, dtype.Float8E8M0FNU: cbridge.Scale8,
	dtype.Int4: cbridge.Int4, dtype.Float4E2M1FN: cbridge.Float4,
}

func typeOf(t cbridge.DataType) dtype.Type {
	for ours, shims := range dataTypes {
		if shims == t {
			return ours
		}
	}
	return dtype.Invalid
}

var activations = map[trt.ActivationType]cbridge.ActivationKind{
	trt.ReLU: cbridge.ReLU, trt.Sigmoid: cbridge.Sigmoid, trt.Tanh: cbridge.Tanh, trt.LeakyReLU: cbridge.LeakyReLU,
	trt.ELU: cbridge.ELU, trt.SELU: cbridge.SELU, trt.Softsign: cbridge.Softsign, trt.Softplus: cbridge.Softplus,
	trt.Clip: cbridge.Clip, trt.HardSigmoid: cbridge.HardSigmoid, trt.ScaledTanh: cbridge.ScaledTanh,
	trt.Thresholded: cbridge.ThresholdedReLU, trt.GELUErf: cbridge.GELUErf, trt.GELUTanh: cbridge.GELUTanh,
}

var elementwises = map[trt.ElementWiseOperation]cbridge.ElementwiseOp{
	trt.Sum: cbridge.Add, trt.Prod: cbridge.Mul, trt.Max: cbridge.Max, trt.Min: cbridge.Min, trt.Sub: cbridge.Sub,
	trt.Div: cbridge.Div, trt.Pow: cbridge.Pow, trt.FloorDiv: cbridge.FloorDiv, trt.And: cbridge.And,
	trt.Or: cbridge.Or, trt.Xor: cbridge.Xor, trt.Equal: cbridge.Equal, trt.Greater: cbridge.Greater, trt.Less: cbridge.Less,
}

var unaries = map[trt.UnaryOperation]cbridge.UnaryOp{
	trt.Exp: cbridge.Exp, trt.Log: cbridge.Log, trt.Sqrt: cbridge.Sqrt, trt.Recip: cbridge.Recip, trt.Abs: cbridge.Abs,
	trt.Neg: cbridge.Neg, trt.Sin: cbridge.Sin, trt.Cos: cbridge.Cos, trt.Tan: cbridge.Tan, trt.Sinh: cbridge.Sinh,
	trt.Cosh: cbridge.Cosh, trt.Asin: cbridge.Asin, trt.Acos: cbridge.Acos, trt.Atan: cbridge.Atan,
	trt.Asinh: cbridge.Asinh, trt.Acosh: cbridge.Acosh, trt.Atanh: cbridge.Atanh, trt.Ceil: cbridge.Ceil,
	trt.Floor: cbridge.Floor, trt.Erf: cbridge.Erf, trt.Not: cbridge.Not, trt.Sign: cbridge.Sign,
	trt.Round: cbridge.Round, trt.IsInf: cbridge.IsInf, trt.IsNaN: cbridge.IsNaN,
}

var poolings = map[trt.PoolingType]cbridge.PoolingKind{
	trt.MaxPool: cbridge.MaxPool, trt.AveragePool: cbridge.AveragePool, trt.BlendPool: cbridge.BlendPool,
}

var scales = map[trt.ScaleMode]cbridge.ScaleMode{
	trt.ScaleUniform: cbridge.ScaleUniform, trt.ScaleChannel: cbridge.ScaleChannel, trt.ScaleElementWise: cbridge.ScaleElementwise,
}

var reductions = map[trt.ReduceOperation]cbridge.ReduceKind{
	trt.ReduceSum: cbridge.ReduceSum, trt.ReduceProd: cbridge.ReduceProd, trt.ReduceMax: cbridge.ReduceMax,
	trt.ReduceMin: cbridge.ReduceMin, trt.ReduceMean: cbridge.ReduceMean,
}

var resizes = map[trt.ResizeMode]cbridge.ResizeMode{
	trt.ResizeNearest: cbridge.Nearest, trt.ResizeLinear: cbridge.Linear, trt.ResizeCubic: cbridge.Cubic,
}

var coordinates = map[trt.ResizeCoordinates]cbridge.Coordinates{
	trt.Asymmetric: cbridge.Asymmetric, trt.HalfPixel: cbridge.HalfPixel, trt.AlignCorners: cbridge.AlignCorners,
}

var roundings = map[trt.ResizeRounding]cbridge.Rounding{
	trt.RoundFloor: cbridge.RoundFloor, trt.RoundCeil: cbridge.RoundCeil,
	trt.RoundHalfUp: cbridge.RoundHalfUp, trt.RoundHalfDown: cbridge.RoundHalfDown,
}

var matrices = map[trt.MatrixOperation]cbridge.MatrixOp{
	trt.MatrixNone: cbridge.Matrix, trt.MatrixTranspose: cbridge.Transposed, trt.MatrixVector: cbridge.Vector,
}

var gathers = map[trt.GatherMode]cbridge.GatherMode{
	trt.GatherDefault: cbridge.GatherAxis, trt.GatherElement: cbridge.GatherElement, trt.GatherND: cbridge.GatherND,
}
