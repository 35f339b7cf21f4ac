// layers_quant.cpp: quantize, dequantize, dynamic quantize, assertion.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

// set_blocks says how a scale is spread over the input; one of rank 0 needs no
// saying.
template <class L> void set_blocks(Adding &a, L &layer, ITensor &scale, const tb_quantize &q) {
	if (scale.getDimensions().nbDims == 1) {
		a.set("axis", layer, &L::setAxis, &L::getAxis, q.axis);
	}
	if (q.block_shape.rank == 0) {
		return;
	}
	a.since("a block shape", number(10, 15), number(1, 3));
#if TB_HEADERS_SINCE(101500, 10300)
	const Dims shape = dims_of(q.block_shape, "the block shape");
	layer.setBlockShape(shape);
	a.took(same(layer.getBlockShape(), shape), "block shape");
#else
	newer_headers("a block shape");
#endif
}

#if TB_HEADERS_SINCE(101500, 10300)
// quantize_twice quantizes the scales too, which only the first version of the
// layer does, with blocks along one axis.
IDynamicQuantizeLayer &quantize_twice(Adding &a, ITensor &x, const Dims &block, const tb_dynamic_quantize &q) {
	int32_t axis = -1;
	if (block.nbDims != x.getDimensions().nbDims) {
		fail(TB_ERR_ARGUMENT, "the block shape has another rank than the input");
	}
	for (int32_t i = 0; i < block.nbDims; i++) {
		if (block.d[i] != 1 && axis >= 0) {
			fail(TB_ERR_ARGUMENT, "blocks with a double-quantization scale lie along one axis");
		}
		axis = block.d[i] != 1 ? i : axis;
	}
	if (axis < 0 || block.d[axis] > INT32_MAX) {
		fail(TB_ERR_ARGUMENT, "blocks with a double-quantization scale are of several elements");
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	auto &layer = a.made(a.nv().addDynamicQuantize(x, axis, static_cast<int32_t>(block.d[axis]), data_type(q.to),
	                                               data_type(q.scale_type)));
#pragma GCC diagnostic pop
	a.input(layer, 1, q.double_scale, "double-quantization scale");
	return layer;
}
#endif

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *add_quantize(TB_ADD_PARAMS, int32_t in, int32_t scale, const tb_quantize *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &q) -> ILayer & {
		ITensor &s = a.tensor(scale);
		auto &layer = a.made(a.nv().addQuantize(a.tensor(in), s, data_type(q.to)));
		set_blocks(a, layer, s, q);
		a.input(layer, 2, q.zero_point, "zero point");
		return layer;
	});
}

tb_error *add_dequantize(TB_ADD_PARAMS, int32_t in, int32_t scale, const tb_quantize *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &q) -> ILayer & {
		ITensor &s = a.tensor(scale);
		auto &layer = a.made(a.nv().addDequantize(a.tensor(in), s, data_type(q.to)));
		set_blocks(a, layer, s, q);
		a.input(layer, 2, q.zero_point, "zero point");
		return layer;
	});
}

tb_error *add_dynamic_quantize(TB_ADD_PARAMS, int32_t in, const tb_dynamic_quantize *p, tb_outputs *out) noexcept {
#if TB_HEADERS_SINCE(101500, 10300)
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &q) -> ILayer & {
		a.since("dynamic quantize", number(10, 15), number(1, 3));
		const Dims block = dims_of(q.block_shape, "the block shape");
		for (int32_t i = 0; i < block.nbDims; i++) {
			if (block.d[i] == 0) {
				fail(TB_ERR_ARGUMENT, "a block has an extent of 0");
			}
		}
		if (q.double_scale != TB_NO_TENSOR) {
			return quantize_twice(a, a.tensor(in), block, q);
		}
		return a.made(a.nv().addDynamicQuantizeV2(a.tensor(in), block, data_type(q.to), data_type(q.scale_type)));
	});
#else
	return newer_headers(net, name, name_len, "dynamic quantize", in, p, out);
#endif
}

tb_error *add_assertion(TB_ADD_PARAMS, int32_t condition, const char *message, size_t message_len,
                        tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &condition, out, [&](Adding &a, int32_t condition) -> ILayer & {
		const std::string text(message_len == 0 ? "" : &given(message, "message"), message_len);
		auto &layer = a.made(a.nv().addAssertion(a.tensor(condition), text.c_str()));
		a.took(text == layer.getMessage(), "message");
		return layer;
	});
}

} // namespace tb::entry
