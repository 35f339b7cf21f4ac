// layers_shapes.cpp: layers that dimensions are computed with, or that are made
// of dimensions alone: shape, fill.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

constexpr Choice<FillOperation> fills[] = {{TB_FILL_LINSPACE, FillOperation::kLINSPACE},
                                           {TB_FILL_UNIFORM, FillOperation::kRANDOM_UNIFORM},
                                           {TB_FILL_NORMAL, FillOperation::kRANDOM_NORMAL}};

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *add_shape(TB_ADD_PARAMS, int32_t in, tb_outputs *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		a.finish(a.made(a.nv().addShape(a.tensor(in))), given(out, "out"));
	});
}

tb_error *add_fill(TB_ADD_PARAMS, const tb_fill *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &f) -> ILayer & {
		using L = IFillLayer;
		const DataType type = data_type(f.dtype);
		auto &layer = a.made(a.nv().addFill(dims_of(f.dims, "dims"), choose(fills, f.operation, "fill"), type));
		a.input(layer, 0, f.input_dims, "dimensions");
		if ((f.input_alpha == TB_NO_TENSOR) != (f.input_beta == TB_NO_TENSOR)) { // TensorRT says so at build only
			fail(TB_ERR_ARGUMENT, "alpha and beta must both be tensors or both be numbers");
		}
		if (f.input_alpha != TB_NO_TENSOR) {
			a.input(layer, 1, f.input_alpha, "alpha");
			a.input(layer, 2, f.input_beta, "beta");
		} else if (type == DataType::kINT32 || type == DataType::kINT64) {
			a.set("alpha", layer, &L::setAlphaInt64, &L::getAlphaInt64, f.alpha_int);
			a.set("beta", layer, &L::setBetaInt64, &L::getBetaInt64, f.beta_int);
		} else {
			a.set("alpha", layer, &L::setAlpha, &L::getAlpha, f.alpha);
			a.set("beta", layer, &L::setBeta, &L::getBeta, f.beta);
		}
		return layer;
	});
}

} // namespace tb::entry
