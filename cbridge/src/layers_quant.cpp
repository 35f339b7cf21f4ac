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
