// layers_math.cpp: constants, element-wise and unary operations, reductions,
// matrix multiply, casts.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

using E = ElementWiseOperation;
constexpr Choice<E> elementwises[] = {
	{TB_ADD, E::kSUM},       {TB_MUL, E::kPROD},        {TB_MAX, E::kMAX}, {TB_MIN, E::kMIN}, {TB_SUB, E::kSUB},
	{TB_DIV, E::kDIV},       {TB_POW, E::kPOW},         {TB_AND, E::kAND}, {TB_OR, E::kOR},   {TB_XOR, E::kXOR},
	{TB_FLOOR_DIV, E::kFLOOR_DIV}, {TB_EQUAL, E::kEQUAL}, {TB_GREATER, E::kGREATER}, {TB_LESS, E::kLESS},
};

using U = UnaryOperation;
constexpr Choice<U> unaries[] = {
	{TB_EXP, U::kEXP},     {TB_LOG, U::kLOG},     {TB_SQRT, U::kSQRT},   {TB_RECIP, U::kRECIP}, {TB_ABS, U::kABS},
	{TB_NEG, U::kNEG},     {TB_SIN, U::kSIN},     {TB_COS, U::kCOS},     {TB_TAN, U::kTAN},     {TB_SINH, U::kSINH},
	{TB_COSH, U::kCOSH},   {TB_ASIN, U::kASIN},   {TB_ACOS, U::kACOS},   {TB_ATAN, U::kATAN},   {TB_ASINH, U::kASINH},
	{TB_ACOSH, U::kACOSH}, {TB_ATANH, U::kATANH}, {TB_CEIL, U::kCEIL},   {TB_FLOOR, U::kFLOOR}, {TB_ERF, U::kERF},
	{TB_NOT, U::kNOT},     {TB_SIGN, U::kSIGN},   {TB_ROUND, U::kROUND}, {TB_ISINF, U::kISINF}, {TB_ISNAN, U::kISNAN},
};

using R = ReduceOperation;
constexpr Choice<R> reductions[] = {
	{TB_REDUCE_SUM, R::kSUM}, {TB_REDUCE_PROD, R::kPROD}, {TB_REDUCE_MAX, R::kMAX},
	{TB_REDUCE_MIN, R::kMIN}, {TB_REDUCE_MEAN, R::kAVG},
};

using M = MatrixOperation;
constexpr Choice<M> operands[] = {
	{TB_MATRIX, M::kNONE}, {TB_TRANSPOSED, M::kTRANSPOSE}, {TB_VECTOR, M::kVECTOR}};

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *add_constant(TB_ADD_PARAMS, const tb_dims *dims, const tb_weights *value, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, value, out, [&](Adding &a, auto &v) -> ILayer & {
		return a.made(a.nv().addConstant(dims_of(given(dims, "dims"), "the constant"), weights_of(v, "the value")));
	});
}

tb_error *add_elementwise(TB_ADD_PARAMS, int32_t a, int32_t b, int32_t op, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &op, out, [&](Adding &add, int32_t op) -> ILayer & {
		return add.made(add.nv().addElementWise(add.tensor(a), add.tensor(b), choose(elementwises, op, "operation")));
	});
}

tb_error *add_unary(TB_ADD_PARAMS, int32_t in, int32_t op, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &op, out, [&](Adding &a, int32_t op) -> ILayer & {
		if (op == TB_ISNAN) {
			a.since("isnan", number(10, 1), number(1, 3));
		}
		return a.made(a.nv().addUnary(a.tensor(in), choose(unaries, op, "operation")));
	});
}

tb_error *add_reduce(TB_ADD_PARAMS, int32_t in, const tb_reduce *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &r) -> ILayer & {
		return a.made(
			a.nv().addReduce(a.tensor(in), choose(reductions, r.kind, "reduction"), r.axes, r.keep_dims != 0));
	});
}

tb_error *add_matmul(TB_ADD_PARAMS, int32_t a, int32_t a_op, int32_t b, int32_t b_op, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &a_op, out, [&](Adding &add, int32_t a_op) -> ILayer & {
		return add.made(add.nv().addMatrixMultiply(add.tensor(a), choose(operands, a_op, "operand form"), add.tensor(b),
		                                           choose(operands, b_op, "operand form")));
	});
}

tb_error *add_cast(TB_ADD_PARAMS, int32_t in, int32_t dtype, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &dtype, out, [&](Adding &a, int32_t dtype) -> ILayer & {
		return a.made(a.nv().addCast(a.tensor(in), data_type(dtype)));
	});
}

tb_error *add_identity(TB_ADD_PARAMS, int32_t in, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &in, out,
	                 [](Adding &a, int32_t in) -> ILayer & { return a.made(a.nv().addIdentity(a.tensor(in))); });
}

} // namespace tb::entry
