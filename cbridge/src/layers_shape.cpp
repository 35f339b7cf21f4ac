// layers_shape.cpp: layers that move values without changing them: concatenation,
// shuffle, slice, resize, padding, gather, squeeze, unsqueeze.
#include "layer.h"

#include <algorithm>

namespace tb {

using namespace nvinfer1;

namespace {

constexpr Choice<InterpolationMode> resizes[] = {{TB_RESIZE_NEAREST, InterpolationMode::kNEAREST},
                                                 {TB_RESIZE_LINEAR, InterpolationMode::kLINEAR},
                                                 {TB_RESIZE_CUBIC, InterpolationMode::kCUBIC}};

constexpr Choice<ResizeCoordinateTransformation> coordinates[] = {
	{TB_ASYMMETRIC, ResizeCoordinateTransformation::kASYMMETRIC},
	{TB_HALF_PIXEL, ResizeCoordinateTransformation::kHALF_PIXEL},
	{TB_ALIGN_CORNERS, ResizeCoordinateTransformation::kALIGN_CORNERS}};

constexpr Choice<ResizeRoundMode> roundings[] = {{TB_ROUND_FLOOR, ResizeRoundMode::kFLOOR},
                                                 {TB_ROUND_CEIL, ResizeRoundMode::kCEIL},
                                                 {TB_ROUND_HALF_UP, ResizeRoundMode::kHALF_UP},
                                                 {TB_ROUND_HALF_DOWN, ResizeRoundMode::kHALF_DOWN}};

constexpr Choice<SampleMode> slices[] = {{TB_SLICE_STRICT, SampleMode::kSTRICT_BOUNDS},
                                         {TB_SLICE_CLAMP, SampleMode::kCLAMP},
                                         {TB_SLICE_WRAP, SampleMode::kWRAP},
                                         {TB_SLICE_REFLECT, SampleMode::kREFLECT},
                                         {TB_SLICE_FILL, SampleMode::kFILL}};

constexpr Choice<GatherMode> gathers[] = {{TB_GATHER_AXIS, GatherMode::kDEFAULT},
                                          {TB_GATHER_ELEMENT, GatherMode::kELEMENT},
                                          {TB_GATHER_ND, GatherMode::kND}};

// permutation completes p, of a tensor with rank axes, to all of TensorRT's, which
// does not know how many are meant.
Permutation permutation(const tb_dims &p, int32_t rank) {
	const Dims given = dims_of(p, "the permutation");
	if (given.nbDims != rank) {
		fail(TB_ERR_ARGUMENT, "the permutation has " + std::to_string(given.nbDims) + " entries, the tensor " +
		                          std::to_string(rank) + " dimensions");
	}
	Permutation out{};
	for (int32_t i = 0; i < Dims::MAX_DIMS; i++) {
		out.order[i] = i < given.nbDims ? static_cast<int32_t>(given.d[i]) : i;
	}
	return out;
}

bool starts_alike(const Permutation &a, const Permutation &b, int32_t rank) {
	return std::equal(a.order, a.order + rank, b.order);
}

// set_scales checks their number: TensorRT takes any, and then
// invents sizes.
void set_scales(Adding &a, IResizeLayer &layer, const tb_resize &p, int32_t rank) {
	if (p.scale_count != rank) {
		fail(TB_ERR_ARGUMENT, "the input has " + std::to_string(rank) + " dimensions, there are " +
		                          std::to_string(p.scale_count) + " scales");
	}
	layer.setScales(p.scales, p.scale_count);
	float kept[TB_MAX_DIMS];
	a.took(layer.getScales(p.scale_count, kept) == p.scale_count && std::equal(kept, kept + p.scale_count, p.scales),
	       "scales");
}

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *add_concatenation(TB_ADD_PARAMS, const int32_t *in, size_t in_count, int32_t axis, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, in, out, [&](Adding &a, auto &) -> ILayer & {
		std::vector<ITensor *> tensors;
		for (size_t i = 0; i < in_count; i++) {
			tensors.push_back(&a.tensor(in[i]));
		}
		auto &layer = a.made(a.nv().addConcatenation(tensors.data(), static_cast<int32_t>(in_count)));
		a.set("axis", layer, &IConcatenationLayer::setAxis, &IConcatenationLayer::getAxis, axis);
		return layer;
	});
}

tb_error *add_shuffle(TB_ADD_PARAMS, int32_t in, const tb_shuffle *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &s) -> ILayer & {
		using L = IShuffleLayer;
		ITensor &x = a.tensor(in);
		const int32_t rank = x.getDimensions().nbDims;
		auto &layer = a.made(a.nv().addShuffle(x));
		if (s.first.rank > 0) {
			const Permutation first = permutation(s.first, rank);
			layer.setFirstTranspose(first);
			a.took(starts_alike(layer.getFirstTranspose(), first, s.first.rank), "first permutation");
		}
		if (s.has_reshape != 0) {
			a.set("shape", layer, &L::setReshapeDimensions, &L::getReshapeDimensions, dims_of(s.reshape, "the shape"));
			a.set("meaning of 0", layer, &L::setZeroIsPlaceholder, &L::getZeroIsPlaceholder, s.zero_copies != 0);
		}
		if (s.shape != TB_NO_TENSOR) {
			a.input(layer, 1, s.shape, "shape");
			a.set("meaning of 0", layer, &L::setZeroIsPlaceholder, &L::getZeroIsPlaceholder, s.zero_copies != 0);
		}
		if (s.second.rank > 0) {
			int32_t reshaped = s.has_reshape != 0 ? s.reshape.rank : rank;
			if (s.shape != TB_NO_TENSOR) {
				const Dims shape = a.tensor(s.shape).getDimensions();
				reshaped = shape.nbDims == 1 ? static_cast<int32_t>(shape.d[0]) : 0;
			}
			const Permutation second = permutation(s.second, reshaped);
			layer.setSecondTranspose(second);
			a.took(starts_alike(layer.getSecondTranspose(), second, s.second.rank), "second permutation");
		}
		return layer;
	});
}

tb_error *add_slice(TB_ADD_PARAMS, int32_t in, const tb_slice *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &s) -> ILayer & {
		const Dims stride = spatial(s.stride, s.start.rank, 1, "stride");
		if (s.axes.rank > 0 || s.input_axes != TB_NO_TENSOR) {
			a.since("a slice along chosen axes", number(10, 3), number(1, 3));
		}
		auto &layer = a.made(a.nv().addSlice(a.tensor(in), dims_of(s.start, "start"), dims_of(s.size, "size"), stride));
		if (s.axes.rank > 0) {
			a.set("axes", layer, &ISliceLayer::setAxes, &ISliceLayer::getAxes, dims_of(s.axes, "axes"));
		}
		a.set("mode", layer, &ISliceLayer::setMode, &ISliceLayer::getMode, choose(slices, s.mode, "slice mode"));
		a.input(layer, 1, s.input_start, "start");
		a.input(layer, 2, s.input_size, "size");
		a.input(layer, 3, s.input_stride, "stride");
		a.input(layer, 4, s.input_value, "fill value");
		a.input(layer, 5, s.input_axes, "axes");
		return layer;
	});
}

tb_error *add_resize(TB_ADD_PARAMS, int32_t in, const tb_resize *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &r) -> ILayer & {
		using L = IResizeLayer;
		ITensor &x = a.tensor(in);
		if ((r.scale_count > 0) + (r.size.rank > 0) + (r.input_size != TB_NO_TENSOR) != 1) { // none: TensorRT would make an identity
			fail(TB_ERR_ARGUMENT, "exactly one of scales, size and a tensor with the size must be given");
		}
		auto &layer = a.made(a.nv().addResize(x));
		const InterpolationMode mode = choose(resizes, r.mode, "resize mode");
		a.set("mode", layer, &L::setResizeMode, &L::getResizeMode, mode);
		a.set("coordinates", layer, &L::setCoordinateTransformation, &L::getCoordinateTransformation,
		      choose(coordinates, r.coordinates, "coordinate transformation"));
		a.set("choice for a size of 1", layer, &L::setSelectorForSinglePixel, &L::getSelectorForSinglePixel,
		      r.upper_left != 0 ? ResizeSelector::kUPPER : ResizeSelector::kFORMULA);
		if (mode == InterpolationMode::kNEAREST) {
			a.set("rounding", layer, &L::setNearestRounding, &L::getNearestRounding,
			      choose(roundings, r.rounding, "rounding"));
		}
		if (mode == InterpolationMode::kCUBIC) {
			a.set("cubic coefficient", layer, &L::setCubicCoeff, &L::getCubicCoeff,
			      r.cubic_coefficient);
			a.set("weights outside", layer, &L::setExcludeOutside, &L::getExcludeOutside, r.exclude_outside != 0);
		}
		if (r.scale_count > 0) {
			set_scales(a, layer, r, x.getDimensions().nbDims);
		} else if (r.input_size != TB_NO_TENSOR) {
			a.input(layer, 1, r.input_size, "size");
		} else {
			a.set("size", layer, &L::setOutputDimensions, &L::getOutputDimensions, dims_of(r.size, "size"));
		}
		return layer;
	});
}

tb_error *add_padding(TB_ADD_PARAMS, int32_t in, const tb_padding *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &pad) -> ILayer & {
		return a.made(a.nv().addPaddingNd(a.tensor(in), dims_of(pad.pre, "pre"), dims_of(pad.post, "post")));
	});
}

tb_error *add_gather(TB_ADD_PARAMS, int32_t data, int32_t indices, const tb_gather *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &g) -> ILayer & {
		using L = IGatherLayer;
		ITensor &index = a.tensor(indices);
		if (g.mode == TB_GATHER_ND && index.getDimensions().nbDims == 0) { // TensorRT would crash
			fail(TB_ERR_ARGUMENT, "the indices hold no tuples: they have rank 0");
		}
		auto &layer = a.made(a.nv().addGatherV2(a.tensor(data), index, choose(gathers, g.mode, "gather mode")));
		if ((g.mode == TB_GATHER_ND && g.axis != 0) || (g.mode == TB_GATHER_ELEMENT && g.batch_dims != 0)) {
			fail(TB_ERR_ARGUMENT, "an axis is for entries and elements, batch dimensions are for entries and tuples");
		}
		if (g.mode != TB_GATHER_ND) {
			a.set("axis", layer, &L::setGatherAxis, &L::getGatherAxis, g.axis);
		}
		a.set("batch dimensions", layer, &L::setNbElementWiseDims, &L::getNbElementWiseDims, g.batch_dims);
		return layer;
	});
}

tb_error *add_squeeze(TB_ADD_PARAMS, int32_t in, const tb_dims *axes, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, axes, out, [&](Adding &a, auto &axes) -> ILayer & {
		a.since("squeeze", number(10, 7), number(1, 3));
		ITensor &x = a.tensor(in);
		return a.made(a.nv().addSqueeze(x, a.int64s(axes, ".axes")));
	});
}

tb_error *add_unsqueeze(TB_ADD_PARAMS, int32_t in, const tb_dims *axes, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, axes, out, [&](Adding &a, auto &axes) -> ILayer & {
		a.since("unsqueeze", number(10, 7), number(1, 3));
		ITensor &x = a.tensor(in);
		return a.made(a.nv().addUnsqueeze(x, a.int64s(axes, ".axes")));
	});
}

} // namespace tb::entry
