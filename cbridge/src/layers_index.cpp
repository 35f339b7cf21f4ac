// layers_index.cpp: layers that choose, order and place values: select, top-k,
// scatter, one-hot, cumulative, reverse sequence, non-zero, non-maximum
// suppression, ragged softmax.
#include "layer.h"

// Before TensorRT 10.14 the calls with this argument do not exist, and indices
// are int32.
#if TB_HEADERS_SINCE(101400, 10300)
#define TB_INDEX_TYPE(type) , type
#else
#define TB_INDEX_TYPE(type)
#endif

namespace tb {

using namespace nvinfer1;

namespace {

constexpr Choice<TopKOperation> topks[] = {{TB_TOPK_MAX, TopKOperation::kMAX}, {TB_TOPK_MIN, TopKOperation::kMIN}};

constexpr Choice<ScatterMode> scatters[] = {{TB_SCATTER_ELEMENT, ScatterMode::kELEMENT},
                                            {TB_SCATTER_ND, ScatterMode::kND}};

#if TB_HEADERS_SINCE(100800, 10300)
constexpr Choice<CumulativeOperation> cumulatives[] = {{TB_CUMULATIVE_SUM, CumulativeOperation::kSUM}};
#endif

constexpr Choice<BoundingBoxFormat> box_formats[] = {{TB_BOX_CORNERS, BoundingBoxFormat::kCORNER_PAIRS},
                                                     {TB_BOX_CENTER, BoundingBoxFormat::kCENTER_SIZES}};

// index_type checks the type of indices against headers and library.
DataType index_type(const Adding &a, int32_t dtype, const char *what) {
	const DataType type = data_type(dtype);
	if (TB_HEADERS_SINCE(101400, 10300)) {
		a.since(what, number(10, 14), number(1, 3));
	} else if (type != DataType::kINT32) {
		fail(TB_ERR_UNSUPPORTED, std::string(what) + ": indices that are not int32 need TensorRT 10.14");
	}
	return type;
}

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *add_select(TB_ADD_PARAMS, int32_t condition, int32_t a, int32_t b, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &condition, out, [&](Adding &adding, int32_t mask) -> ILayer & {
		return adding.made(adding.nv().addSelect(adding.tensor(mask), adding.tensor(a), adding.tensor(b)));
	});
}

tb_error *add_topk(TB_ADD_PARAMS, int32_t in, const tb_topk *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &t) -> ILayer & {
		if (t.axis < 0 || t.axis >= Dims::MAX_DIMS) {
			fail(TB_ERR_ARGUMENT, "axis " + std::to_string(t.axis) + " is out of range");
		}
		[[maybe_unused]] const DataType type = index_type(a, t.index_dtype, "top-k");
		auto &layer = a.made(a.nv().addTopK(a.tensor(in), choose(topks, t.kind, "top-k operation"), t.k,
		                                    1U << t.axis TB_INDEX_TYPE(type)));
		a.input(layer, 1, t.input_k, "k");
		return layer;
	});
}

tb_error *add_scatter(TB_ADD_PARAMS, int32_t data, int32_t indices, int32_t updates, const tb_scatter *p,
                      tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &s) -> ILayer & {
		ITensor &index = a.tensor(indices);
		if (s.mode == TB_SCATTER_ND && index.getDimensions().nbDims == 0) { // TensorRT would crash
			fail(TB_ERR_ARGUMENT, "the indices hold no tuples: they have rank 0");
		}
		if (s.mode == TB_SCATTER_ND && s.axis != 0) { // TensorRT takes no notice
			fail(TB_ERR_ARGUMENT, "an axis is for elements");
		}
		auto &layer = a.made(a.nv().addScatter(a.tensor(data), index, a.tensor(updates),
		                                       choose(scatters, s.mode, "scatter mode")));
		if (s.mode != TB_SCATTER_ND) {
			a.set("axis", layer, &IScatterLayer::setAxis, &IScatterLayer::getAxis, s.axis);
		}
		return layer;
	});
}

tb_error *add_one_hot(TB_ADD_PARAMS, int32_t indices, int32_t values, const tb_one_hot *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &o) -> ILayer & {
		ITensor &index = a.tensor(indices), &value = a.tensor(values);
		return a.made(a.nv().addOneHot(index, value, a.scalar(o.depth, ".depth"), o.axis));
	});
}

tb_error *add_cumulative(TB_ADD_PARAMS, int32_t in, const tb_cumulative *p, tb_outputs *out) noexcept {
#if TB_HEADERS_SINCE(100800, 10300)
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &c) -> ILayer & {
		a.since("a cumulative sum", number(10, 8), number(1, 3));
		ITensor &x = a.tensor(in);
		return a.made(a.nv().addCumulative(x, a.scalar(c.axis, ".axis"), choose(cumulatives, c.kind, "cumulative operation"),
		                                   c.exclusive != 0, c.reverse != 0));
	});
#else
	return newer_headers(net, name, name_len, "a cumulative sum", in, p, out);
#endif
}

tb_error *add_reverse_sequence(TB_ADD_PARAMS, int32_t in, int32_t lengths, const tb_reverse_sequence *p,
                               tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &r) -> ILayer & {
		using L = IReverseSequenceLayer;
		auto &layer = a.made(a.nv().addReverseSequence(a.tensor(in), a.tensor(lengths)));
		a.set("batch axis", layer, &L::setBatchAxis, &L::getBatchAxis, r.batch_axis);
		a.set("sequence axis", layer, &L::setSequenceAxis, &L::getSequenceAxis, r.sequence_axis);
		return layer;
	});
}

tb_error *add_non_zero(TB_ADD_PARAMS, int32_t in, int32_t index_dtype, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &index_dtype, out, [&](Adding &a, int32_t dtype) -> ILayer & {
		[[maybe_unused]] const DataType type = index_type(a, dtype, "non-zero");
		return a.made(a.nv().addNonZero(a.tensor(in) TB_INDEX_TYPE(type)));
	});
}

tb_error *add_nms(TB_ADD_PARAMS, int32_t boxes, int32_t scores, const tb_nms *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &n) -> ILayer & {
		using L = INMSLayer;
		ITensor &box = a.tensor(boxes), &score = a.tensor(scores);
		[[maybe_unused]] const DataType type = index_type(a, n.index_dtype, "non-maximum suppression");
		ITensor &most = a.scalar(n.max_per_class, ".max_per_class");
		auto &layer = a.made(a.nv().addNMS(box, score, most TB_INDEX_TYPE(type)));
		a.set("format of boxes", layer, &L::setBoundingBoxFormat, &L::getBoundingBoxFormat,
		      choose(box_formats, n.format, "format of boxes"));
		if (n.box_limit != 0) {
			a.set("limit of boxes", layer, &L::setTopKBoxLimit, &L::getTopKBoxLimit, n.box_limit);
		}
		layer.setInput(3, a.scalar(n.iou_threshold, ".iou_threshold"));
		layer.setInput(4, a.scalar(n.score_threshold, ".score_threshold"));
		return layer;
	});
}

tb_error *add_ragged_softmax(TB_ADD_PARAMS, int32_t in, int32_t bounds, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &bounds, out, [&](Adding &a, int32_t lengths) -> ILayer & {
		return a.made(a.nv().addRaggedSoftMax(a.tensor(in), a.tensor(lengths)));
	});
}

} // namespace tb::entry

#undef TB_INDEX_TYPE
