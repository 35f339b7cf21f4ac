// layers_neural.cpp: convolution, deconvolution, activation, scale, pooling, softmax,
// normalizations, einsum, grid sampling.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

// window is the geometry that convolutions and pooling share.
struct Window {
	Dims size, stride, pre, post;
};

Window window_of(const tb_dims &size, const tb_dims &stride, const tb_dims &pre, const tb_dims &post, int64_t step) {
	if (size.rank != 2 && size.rank != 3) {
		fail(TB_ERR_ARGUMENT, "the window has " + std::to_string(size.rank) + " dimensions, TensorRT knows 2 and 3");
	}
	Window w{};
	w.size = dims_of(size, "the window");
	w.stride = step != 0 ? spatial(stride, size.rank, step, "stride")
	                     : spatial(stride.rank == 0 ? size : stride, size.rank, 0, "stride");
	w.pre = spatial(pre, size.rank, 0, "pre_padding");
	w.post = spatial(post.rank == 0 ? pre : post, size.rank, 0, "post_padding");
	return w;
}

template <class L> void set_window(Adding &a, L &layer, const Window &w) {
	a.set("stride", layer, &L::setStrideNd, &L::getStrideNd, w.stride);
	a.set("padding before", layer, &L::setPrePadding, &L::getPrePadding, w.pre);
	a.set("padding after", layer, &L::setPostPadding, &L::getPostPadding, w.post);
}

// convolve adds a convolution or deconvolution, whichever add makes. (TensorRT
// declares the two with different parameter types.)
template <class L, class Add> L &convolve(Adding &a, const tb_convolution &p, Add add, int32_t in) {
	ITensor &x = a.tensor(in);
	const Window w = window_of(p.kernel, p.stride, p.pre_padding, p.post_padding, 1);
	if (present(p.weight) == (p.kernel_tensor != TB_NO_TENSOR) || (present(p.bias) && p.bias_tensor != TB_NO_TENSOR)) {
		fail(TB_ERR_ARGUMENT, "the kernel and the bias must be weights or tensors");
	}
	L &layer = a.made((a.nv().*add)(x, p.out_channels, w.size, weights_of(p.weight, "the weight"),
	                                weights_of(p.bias, "the bias")));
	a.input(layer, 1, p.kernel_tensor, "kernel");
	a.input(layer, 2, p.bias_tensor, "bias");
	set_window(a, layer, w);
	a.set("dilation", layer, &L::setDilationNd, &L::getDilationNd, spatial(p.dilation, p.kernel.rank, 1, "dilation"));
	a.set("groups", layer, &L::setNbGroups, &L::getNbGroups, p.groups == 0 ? int64_t{1} : p.groups);
	return layer;
}

struct Activation {
	ActivationType type;
	bool alpha, beta;
};

constexpr Choice<Activation> activations[] = {
	{TB_RELU, {ActivationType::kRELU, false, false}},
	{TB_SIGMOID, {ActivationType::kSIGMOID, false, false}},
	{TB_TANH, {ActivationType::kTANH, false, false}},
	{TB_LEAKY_RELU, {ActivationType::kLEAKY_RELU, true, false}},
	{TB_ELU, {ActivationType::kELU, true, false}},
	{TB_SELU, {ActivationType::kSELU, true, true}},
	{TB_SOFTSIGN, {ActivationType::kSOFTSIGN, false, false}},
	{TB_SOFTPLUS, {ActivationType::kSOFTPLUS, true, true}},
	{TB_CLIP, {ActivationType::kCLIP, true, true}},
	{TB_HARD_SIGMOID, {ActivationType::kHARD_SIGMOID, true, true}},
	{TB_SCALED_TANH, {ActivationType::kSCALED_TANH, true, true}},
	{TB_THRESHOLDED_RELU, {ActivationType::kTHRESHOLDED_RELU, true, false}},
	{TB_GELU_ERF, {ActivationType::kGELU_ERF, false, false}},
	{TB_GELU_TANH, {ActivationType::kGELU_TANH, false, false}},
};

constexpr Choice<ScaleMode> scale_modes[] = {
	{TB_SCALE_UNIFORM, ScaleMode::kUNIFORM},
	{TB_SCALE_CHANNEL, ScaleMode::kCHANNEL},
	{TB_SCALE_ELEMENTWISE, ScaleMode::kELEMENTWISE}};

constexpr Choice<PoolingType> poolings[] = {{TB_POOL_MAX, PoolingType::kMAX},
                                            {TB_POOL_AVERAGE, PoolingType::kAVERAGE},
                                            {TB_POOL_BLEND, PoolingType::kMAX_AVERAGE_BLEND}};

// typed_as refuses scale weights of another type than the input's: TensorRT would
// fail an assertion inside the build. Absent ones are of that type too, as TensorRT
// compares even those.
Weights typed_as(ITensor &x, const tb_weights &w, const char *what) {
	Weights out = weights_of(w, what);
	if (!present(w)) {
		out.type = x.getType();
	} else if (out.type != x.getType()) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " is not of the input's element type");
	}
	return out;
}

// fits refuses a window larger than what it slides over: TensorRT would make a
// tensor of size 0 of it, without a word.
void fits(const Window &w, const Dims &x) {
	for (int32_t i = 0; i < w.size.nbDims; i++) {
		const int32_t axis = x.nbDims - w.size.nbDims + i;
		if (axis < 0 || x.d[axis] < 0) {
			continue;
		}
		const int64_t room = x.d[axis] + w.pre.d[i] + w.post.d[i];
		if (w.size.d[i] > room) {
			fail(TB_ERR_ARGUMENT, "the window " + text(w.size) + " is larger than the padded input, " +
			                          std::to_string(room) + " on axis " + std::to_string(axis));
		}
	}
}

// normalize adds a normalization. V1 is what TensorRT had before 10.15: it scales a
// group, not a channel, so it serves those without groups.
INormalizationLayer &normalize(Adding &a, ITensor &x, ITensor &scale, ITensor &bias, const tb_normalization &p) {
#if TB_HEADERS_SINCE(101500, 10300)
	if (a.has(number(10, 15), number(1, 3))) {
		return a.made(a.nv().addNormalizationV2(x, scale, bias, p.axes));
	}
#endif
	if (p.groups > 1) {
		a.since("a normalization in groups", number(10, 15), number(1, 3));
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	return a.made(a.nv().addNormalization(x, scale, bias, p.axes));
#pragma GCC diagnostic pop
}

constexpr Choice<InterpolationMode> samplings[] = {{TB_RESIZE_NEAREST, InterpolationMode::kNEAREST},
                                                   {TB_RESIZE_LINEAR, InterpolationMode::kLINEAR},
                                                   {TB_RESIZE_CUBIC, InterpolationMode::kCUBIC}};

constexpr Choice<SampleMode> grid_paddings[] = {{TB_GRID_ZEROS, SampleMode::kFILL},
                                                {TB_GRID_BORDER, SampleMode::kCLAMP},
                                                {TB_GRID_REFLECT, SampleMode::kREFLECT}};

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *add_convolution(TB_ADD_PARAMS, int32_t in, const tb_convolution *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &c) -> ILayer & {
		return convolve<IConvolutionLayer>(a, c, &INetworkDefinition::addConvolutionNd, in);
	});
}

tb_error *add_deconvolution(TB_ADD_PARAMS, int32_t in, const tb_convolution *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &c) -> ILayer & {
		return convolve<IDeconvolutionLayer>(a, c, &INetworkDefinition::addDeconvolutionNd, in);
	});
}

tb_error *add_activation(TB_ADD_PARAMS, int32_t in, const tb_activation *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &act) -> ILayer & {
		const Activation kind = choose(activations, act.kind, "activation");
		auto &layer = a.made(a.nv().addActivation(a.tensor(in), kind.type));
		using L = IActivationLayer;
		if (kind.alpha) {
			a.set("alpha", layer, &L::setAlpha, &L::getAlpha, act.alpha);
		}
		if (kind.beta) {
			a.set("beta", layer, &L::setBeta, &L::getBeta, act.beta);
		}
		return layer;
	});
}

tb_error *add_scale(TB_ADD_PARAMS, int32_t in, const tb_scale *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &s) -> ILayer & {
		ITensor &x = a.tensor(in);
		return a.made(a.nv().addScaleNd(x, choose(scale_modes, s.mode, "scale mode"), typed_as(x, s.shift, "the shift"),
		                                typed_as(x, s.scale, "the scale"), typed_as(x, s.power, "the power"),
		                                s.channel_axis));
	});
}

tb_error *add_pooling(TB_ADD_PARAMS, int32_t in, const tb_pooling *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &pool) -> ILayer & {
		ITensor &x = a.tensor(in);
		const Window w = window_of(pool.window, pool.stride, pool.pre_padding, pool.post_padding, 0);
		fits(w, x.getDimensions());
		const PoolingType kind = choose(poolings, pool.kind, "pooling");
		auto &layer = a.made(a.nv().addPoolingNd(x, kind, w.size));
		using L = IPoolingLayer;
		set_window(a, layer, w);
		a.set("rounding", layer, &L::setPaddingMode, &L::getPaddingMode,
		      pool.ceil_mode != 0 ? PaddingMode::kEXPLICIT_ROUND_UP : PaddingMode::kEXPLICIT_ROUND_DOWN);
		if (kind == PoolingType::kMAX_AVERAGE_BLEND) {
			a.set("blend factor", layer, &L::setBlendFactor, &L::getBlendFactor, pool.blend);
		}
		if (kind != PoolingType::kMAX) {
			a.set("divisor", layer, &L::setAverageCountExcludesPadding, &L::getAverageCountExcludesPadding,
			      pool.count_includes_pad == 0);
		}
		return layer;
	});
}

tb_error *add_softmax(TB_ADD_PARAMS, int32_t in, int32_t axis, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &axis, out, [&](Adding &a, int32_t axis) -> ILayer & {
		if (axis < 0 || axis >= Dims::MAX_DIMS) {
			fail(TB_ERR_ARGUMENT, "axis " + std::to_string(axis) + " is out of range");
		}
		auto &layer = a.made(a.nv().addSoftMax(a.tensor(in)));
		a.set("axis", layer, &ISoftMaxLayer::setAxes, &ISoftMaxLayer::getAxes, 1U << axis);
		return layer;
	});
}

tb_error *add_normalization(TB_ADD_PARAMS, int32_t in, int32_t scale, int32_t bias, const tb_normalization *p,
                            tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &n) -> ILayer & {
		auto &layer = normalize(a, a.tensor(in), a.tensor(scale), a.tensor(bias), n);
		using L = INormalizationLayer;
		a.set("epsilon", layer, &L::setEpsilon, &L::getEpsilon, n.epsilon);
		a.set("groups", layer, &L::setNbGroups, &L::getNbGroups, n.groups == 0 ? int64_t{1} : n.groups);
		return layer;
	});
}

tb_error *add_parametric_relu(TB_ADD_PARAMS, int32_t in, int32_t slope, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, &slope, out, [&](Adding &a, int32_t slope) -> ILayer & {
		return a.made(a.nv().addParametricReLU(a.tensor(in), a.tensor(slope)));
	});
}

tb_error *add_einsum(TB_ADD_PARAMS, const int32_t *in, size_t in_count, const char *equation, size_t equation_len,
                     tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, in, out, [&](Adding &a, const int32_t &) -> ILayer & {
		std::vector<ITensor *> operands;
		for (size_t i = 0; i < in_count; i++) {
			operands.push_back(&a.tensor(in[i]));
		}
		const std::string text(equation == nullptr ? "" : equation, equation == nullptr ? 0 : equation_len);
		return a.made(a.nv().addEinsum(operands.data(), static_cast<int32_t>(operands.size()), text.c_str()));
	});
}

tb_error *add_grid_sample(TB_ADD_PARAMS, int32_t in, int32_t grid, const tb_grid_sample *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &g) -> ILayer & {
		auto &layer = a.made(a.nv().addGridSample(a.tensor(in), a.tensor(grid)));
		using L = IGridSampleLayer;
		a.set("interpolation", layer, &L::setInterpolationMode, &L::getInterpolationMode,
		      choose(samplings, g.mode, "interpolation"));
		a.set("padding", layer, &L::setSampleMode, &L::getSampleMode, choose(grid_paddings, g.padding, "grid padding"));
		a.set("alignment of corners", layer, &L::setAlignCorners, &L::getAlignCorners, g.align_corners != 0);
		return layer;
	});
}

tb_error *add_lrn(TB_ADD_PARAMS, int32_t in, const tb_lrn *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &l) -> ILayer & {
		return a.made(a.nv().addLRN(a.tensor(in), l.window, l.alpha, l.beta, l.k));
	});
}

} // namespace tb::entry
