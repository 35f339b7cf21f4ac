//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

// The enumerations of bridge.h, under its names.
//
//nolint:revive // one comment for all
type (
	ActivationKind int32
	ScaleMode      int32
	PoolingKind    int32
	ElementwiseOp  int32
	UnaryOp        int32
	ResizeMode     int32
	Coordinates    int32
	Rounding       int32
	ReduceKind     int32
	MatrixOp       int32
	GatherMode     int32
)

// The activations.
const (
	ReLU            ActivationKind = C.TB_RELU
	Sigmoid         ActivationKind = C.TB_SIGMOID
	Tanh            ActivationKind = C.TB_TANH
	LeakyReLU       ActivationKind = C.TB_LEAKY_RELU
	ELU             ActivationKind = C.TB_ELU
	SELU            ActivationKind = C.TB_SELU
	Softsign        ActivationKind = C.TB_SOFTSIGN
	Softplus        ActivationKind = C.TB_SOFTPLUS
	Clip            ActivationKind = C.TB_CLIP
	HardSigmoid     ActivationKind = C.TB_HARD_SIGMOID
	ScaledTanh      ActivationKind = C.TB_SCALED_TANH
	ThresholdedReLU ActivationKind = C.TB_THRESHOLDED_RELU
	GELUErf         ActivationKind = C.TB_GELU_ERF
	GELUTanh        ActivationKind = C.TB_GELU_TANH
)

// The scale modes and the kinds of pooling.
const (
	ScaleUniform     ScaleMode   = C.TB_SCALE_UNIFORM
	ScaleChannel     ScaleMode   = C.TB_SCALE_CHANNEL
	ScaleElementwise ScaleMode   = C.TB_SCALE_ELEMENTWISE
	MaxPool          PoolingKind = C.TB_POOL_MAX
	AveragePool      PoolingKind = C.TB_POOL_AVERAGE
	BlendPool        PoolingKind = C.TB_POOL_BLEND
)

// The element-wise operations.
const (
	Add      ElementwiseOp = C.TB_ADD
	Mul      ElementwiseOp = C.TB_MUL
	Max      ElementwiseOp = C.TB_MAX
	Min      ElementwiseOp = C.TB_MIN
	Sub      ElementwiseOp = C.TB_SUB
	Div      ElementwiseOp = C.TB_DIV
	Pow      ElementwiseOp = C.TB_POW
	FloorDiv ElementwiseOp = C.TB_FLOOR_DIV
	And      ElementwiseOp = C.TB_AND
	Or       ElementwiseOp = C.TB_OR
	Xor      ElementwiseOp = C.TB_XOR
	Equal    ElementwiseOp = C.TB_EQUAL
	Greater  ElementwiseOp = C.TB_GREATER
	Less     ElementwiseOp = C.TB_LESS
)

// The unary operations.
const (
	Exp   UnaryOp = C.TB_EXP
	Log   UnaryOp = C.TB_LOG
	Sqrt  UnaryOp = C.TB_SQRT
	Recip UnaryOp = C.TB_RECIP
	Abs   UnaryOp = C.TB_ABS
	Neg   UnaryOp = C.TB_NEG
	Sin   UnaryOp = C.TB_SIN
	Cos   UnaryOp = C.TB_COS
	Tan   UnaryOp = C.TB_TAN
	Sinh  UnaryOp = C.TB_SINH
	Cosh  UnaryOp = C.TB_COSH
	Asin  UnaryOp = C.TB_ASIN
	Acos  UnaryOp = C.TB_ACOS
	Atan  UnaryOp = C.TB_ATAN
	Asinh UnaryOp = C.TB_ASINH
	Acosh UnaryOp = C.TB_ACOSH
	Atanh UnaryOp = C.TB_ATANH
	Ceil  UnaryOp = C.TB_CEIL
	Floor UnaryOp = C.TB_FLOOR
	Erf   UnaryOp = C.TB_ERF
	Not   UnaryOp = C.TB_NOT
	Sign  UnaryOp = C.TB_SIGN
	Round UnaryOp = C.TB_ROUND
	IsInf UnaryOp = C.TB_ISINF
	IsNaN UnaryOp = C.TB_ISNAN
)

// How a resize works.
const (
	Nearest       ResizeMode  = C.TB_RESIZE_NEAREST
	Linear        ResizeMode  = C.TB_RESIZE_LINEAR
	Cubic         ResizeMode  = C.TB_RESIZE_CUBIC
	Asymmetric    Coordinates = C.TB_ASYMMETRIC
	HalfPixel     Coordinates = C.TB_HALF_PIXEL
	AlignCorners  Coordinates = C.TB_ALIGN_CORNERS
	RoundFloor    Rounding    = C.TB_ROUND_FLOOR
	RoundCeil     Rounding    = C.TB_ROUND_CEIL
	RoundHalfUp   Rounding    = C.TB_ROUND_HALF_UP
	RoundHalfDown Rounding    = C.TB_ROUND_HALF_DOWN
)

// Reductions, how operands of a product are read, how gather reads its indices.
const (
	ReduceSum     ReduceKind = C.TB_REDUCE_SUM
	ReduceProd    ReduceKind = C.TB_REDUCE_PROD
	ReduceMax     ReduceKind = C.TB_REDUCE_MAX
	ReduceMin     ReduceKind = C.TB_REDUCE_MIN
	ReduceMean    ReduceKind = C.TB_REDUCE_MEAN
	Matrix        MatrixOp   = C.TB_MATRIX
	Transposed    MatrixOp   = C.TB_TRANSPOSED
	Vector        MatrixOp   = C.TB_VECTOR
	GatherAxis    GatherMode = C.TB_GATHER_AXIS
	GatherElement GatherMode = C.TB_GATHER_ELEMENT
	GatherND      GatherMode = C.TB_GATHER_ND
)
