// layers_quant.cpp: quantize, dequantize.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

// Blocks of a shape came with TensorRT 10.15.
#if defined(TRT_MAJOR_RTX) || NV_TENSORRT_MAJOR > 10 || NV_TENSORRT_MINOR >= 15
#define TB_BLOCK_SHAPES
#endif

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
#ifdef TB_BLOCK_SHAPES
	const Dims shape = dims_of(q.block_shape, "the block shape");
	layer.setBlockShape(shape);
	a.took(same(layer.getBlockShape(), shape), "block shape");
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
		return layer;
	});
}

tb_error *add_dequantize(TB_ADD_PARAMS, int32_t in, int32_t scale, const tb_quantize *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &q) -> ILayer & {
		ITensor &s = a.tensor(scale);
		auto &layer = a.made(a.nv().addDequantize(a.tensor(in), s, data_type(q.to)));
		set_blocks(a, layer, s, q);
		return layer;
	});
}

} // namespace tb::entry
