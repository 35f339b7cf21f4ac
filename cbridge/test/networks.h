// networks.h: networks that several test programs use.
#pragma once

#include "harness.h"

namespace test {

inline const std::vector<float> &ones() {
	static const std::vector<float> values(1 << 16, 0.5F);
	return values;
}

inline tb_weights weights(int64_t count, int32_t dtype = TB_FLOAT32) { return {ones().data(), count, dtype}; }

inline tb_convolution conv(int64_t in, int64_t out, int64_t k) {
	tb_convolution c{};
	c.out_channels = out;
	c.kernel = dims({k, k});
	c.weight = weights(out * in * k * k);
	c.bias = weights(out);
	return c;
}

inline std::string spell(const tb_dims &d) {
	std::string out = "[";
	for (int32_t i = 0; i < d.rank; i++) {
		out += (i == 0 ? "" : ",") + std::to_string(d.d[i]);
	}
	return out + "]";
}

// quantization stores x of [2,4,8,6] in 8 bits and reads it back, in each way that
// scales are spread.
template <class Shape> void quantization(Session &s, const tb_tensor &x, Shape &&shape) {
	const struct {
		const char *name;
		int32_t to;
		tb_dims scale, block;
	} cases[] = {
		{"whole", TB_INT8, dims({}), dims({})},
		{"channels", TB_FLOAT8, dims({4}), dims({})},
		{"blocks", TB_INT8, dims({2, 4, 2, 6}), dims({})},
		{"shaped", TB_FLOAT8, dims({1, 4, 2, 6}), dims({2, 1, 4, 1})},
	};
	for (const auto &c : cases) {
		const std::string name = std::string("quantize/") + c.name;
		int64_t count = 1;
		for (int32_t i = 0; i < c.scale.rank; i++) {
			count *= c.scale.d[i];
		}
		const tb_weights values = weights(count);
		const tb_tensor scale = s.add(tb_add_constant, name + "/scale", &c.scale, &values);
		static const std::vector<float> zeros(2 * 4 * 8 * 6);
		const tb_weights zero_values{zeros.data(), count, TB_FLOAT32};
		const tb_tensor zero = s.add(tb_add_constant, name + "/zero", &c.scale, &zero_values);
		tb_quantize q{c.to, 1, c.block, zero.id};
		const tb_tensor low = s.add(tb_add_quantize, name, x.id, scale.id, &q);
		shape(low, {2, 4, 8, 6}, name);
		q.to = TB_FLOAT32;
		shape(s.add(tb_add_dequantize, name + "/back", low.id, scale.id, &q), {2, 4, 8, 6}, name + ", and back");
	}
	const tb_dims rows_dims = dims({2, 64});
	const tb_weights rows_values = weights(128);
	const tb_tensor rows = s.add(tb_add_constant, "quantize/rows", &rows_dims, &rows_values);
	const tb_dynamic_quantize dynamic{TB_FLOAT8, TB_FLOAT8_SCALE, dims({1, 32}), TB_NO_TENSOR};
	tb_outputs both{};
	done(s.call(tb_add_dynamic_quantize, "quantize/dynamic", rows.id, &dynamic, &both), "dynamic quantize");
	is<int32_t>(both.count, 2, "dynamic quantize: outputs");
	shape(both.tensor[0], {2, 64}, "dynamic quantize");
	shape(both.tensor[1], {2, 2}, "dynamic quantize: scales");
	const tb_dims whole_dims = dims({});
	const tb_weights whole_value = weights(1);
	const tb_tensor whole = s.add(tb_add_constant, "quantize/double", &whole_dims, &whole_value);
	const tb_dynamic_quantize twice{TB_FLOAT4, TB_FLOAT8, dims({1, 16}), whole.id};
	shape(s.add(tb_add_dynamic_quantize, "quantize/twice", rows.id, &twice), {2, 64}, "double quantization");
}

// kernels reads a kernel and a bias from tensors.
template <class Shape> void kernels(Session &s, const tb_tensor &x, Shape &&shape) {
	const tb_dims kernel_dims = dims({6, 4, 3, 3}), bias_dims = dims({6});
	const tb_weights kernel_values = weights(216), bias_values = weights(6);
	const tb_tensor kernel = s.add(tb_add_constant, "conv/kernel", &kernel_dims, &kernel_values);
	const tb_tensor bias = s.add(tb_add_constant, "conv/bias", &bias_dims, &bias_values);
	tb_convolution c = conv(4, 6, 3);
	c.weight = c.bias = {};
	c.kernel_tensor = kernel.id;
	c.bias_tensor = bias.id;
	shape(s.add(tb_add_convolution, "conv/tensors", x.id, &c), {2, 6, 6, 4}, "convolution of tensors");
	c.kernel_tensor = TB_NO_TENSOR;
	c.weight = kernel_values;
	shape(s.add(tb_add_convolution, "conv/bias tensor", x.id, &c), {2, 6, 6, 4}, "convolution of a tensor bias");
}

// neural_ops adds the layers of layers_neural.cpp that have several inputs.
template <class Shape> void neural_ops(Session &s, Shape &&shape) {
	const tb_tensor x = s.input("neural/x", TB_FLOAT32, dims({2, 4, 8, 6}));
	const tb_tensor channel = s.input("neural/channel", TB_FLOAT32, dims({1, 4, 1, 1}));
	const tb_normalization instance{0b1100, 0.25F, 0};
	const tb_tensor whole = s.add(tb_add_normalization, "norm", x.id, channel.id, channel.id, &instance);
	shape(whole, {2, 4, 8, 6}, "normalization");
	const tb_normalization groups{0b1100, 1e-5F, 2};
	const tb_tensor grouped = s.add(tb_add_normalization, "norm/groups", x.id, channel.id, channel.id, &groups);
	shape(grouped, {2, 4, 8, 6}, "normalization in groups");
	const tb_tensor bent = s.add(tb_add_parametric_relu, "prelu", x.id, channel.id);
	shape(bent, {2, 4, 8, 6}, "parametric ReLU");
	const int32_t two[] = {x.id, x.id};
	const std::string equation = "bchw,bdhw->bcd";
	const tb_tensor sum = s.add(tb_add_einsum, "einsum", two, size_t{2}, equation.data(), equation.size());
	shape(sum, {2, 4, 4}, "einsum");
	const tb_tensor grid = s.input("neural/grid", TB_FLOAT32, dims({2, 3, 5, 2}));
	const tb_grid_sample sample{TB_RESIZE_LINEAR, TB_GRID_REFLECT, 1};
	const tb_tensor sampled = s.add(tb_add_grid_sample, "grid", x.id, grid.id, &sample);
	shape(sampled, {2, 4, 3, 5}, "grid sample");
	const tb_lrn lrn{5, 0.5F, 0.75F, 2.0F};
	const tb_tensor local = s.add(tb_add_lrn, "lrn", x.id, &lrn);
	shape(local, {2, 4, 8, 6}, "LRN");
	for (const tb_tensor &t : {whole, grouped, bent, sum, sampled, local}) {
		if (t.id == 0) {
			continue; // it was refused
		}
		const Error e = s.mark("neural/out" + std::to_string(t.id), t.id);
		if (e.code != 0 && s.on_error) {
			s.on_error(e);
		} else {
			done(e, "mark " + std::to_string(t.id));
		}
	}
}

// attention_ops adds those of layers_attention.cpp.
template <class Shape> void attention_ops(Session &s, Shape &&shape) {
	const tb_tensor query = s.input("attention/query", TB_FLOAT32, dims({2, 4, 5, 16}));
	const tb_tensor key = s.input("attention/key", TB_FLOAT32, dims({2, 2, 7, 16}));
	const tb_tensor mask = s.input("attention/mask", TB_BOOL, dims({1, 1, 5, 7}));
	const tb_attention masked{TB_ATTENTION_SOFTMAX, TB_CAUSAL_NONE, 1};
	const tb_tensor seen = s.add(tb_add_attention, "attention", query.id, key.id, key.id, mask.id, &masked);
	shape(seen, {2, 4, 5, 16}, "attention");
	const tb_attention causal{TB_ATTENTION_NONE, TB_CAUSAL_UPPER_LEFT, 1};
	const tb_tensor past = s.add(tb_add_attention, "attention/causal", query.id, key.id, key.id, static_cast<int32_t>(TB_NO_TENSOR), &causal);
	shape(past, {2, 4, 5, 16}, "causal attention");
	const tb_tensor table = s.input("rotary/table", TB_FLOAT32, dims({9, 4}));
	const tb_tensor positions = s.input("rotary/positions", TB_INT64, dims({2, 5}));
	const tb_rotary_embedding rotary{1, 8};
	const tb_tensor turned = s.add(tb_add_rotary_embedding, "rotary", query.id, table.id, table.id, positions.id, &rotary);
	shape(turned, {2, 4, 5, 16}, "rotary embedding");
	const tb_tensor indices = s.input("cache/indices", TB_INT32, dims({2}));
	const tb_tensor update = s.input("cache/update", TB_FLOAT32, dims({2, 2, 1, 16}));
	const tb_tensor cache = s.add(tb_add_kv_cache_update, "cache", key.id, update.id, indices.id);
	shape(cache, {2, 2, 7, 16}, "update of a cache");
	for (const tb_tensor &t : {seen, past, turned, cache}) {
		if (t.id == 0) {
			continue; // it was refused
		}
		const Error e = s.mark("attention/out" + std::to_string(t.id), t.id);
		if (e.code != 0 && s.on_error) {
			s.on_error(e);
		} else {
			done(e, "mark " + std::to_string(t.id));
		}
	}
}

// moe_op adds a mixture of experts, which no GPU of TensorRT-RTX can run.
inline tb_tensor moe_op(Session &s) {
	const tb_tensor hidden = s.input("moe/hidden", TB_FLOAT16, dims({1, 3, 16}));
	const tb_tensor experts = s.input("moe/experts", TB_INT32, dims({1, 3, 2}));
	const tb_tensor scores = s.input("moe/scores", TB_FLOAT16, dims({1, 3, 2}));
	const tb_tensor in = s.input("moe/in", TB_FLOAT16, dims({4, 16, 32}));
	const tb_tensor out = s.input("moe/out", TB_FLOAT16, dims({4, 32, 16}));
	const tb_tensor inner = s.input("moe/inner_bias", TB_FLOAT16, dims({4, 32}));
	const tb_tensor outer = s.input("moe/outer_bias", TB_FLOAT16, dims({4, 16}));
	const int32_t ids[] = {hidden.id, experts.id, scores.id, in.id, in.id, out.id, inner.id, inner.id, outer.id};
	return s.add(tb_add_moe, "moe", ids, size_t{9});
}

// shaped_ops adds layers that take dimensions as tensors.
template <class Shape> void shaped_ops(Session &s, Shape &shape, const tb_tensor &x) {
	const tb_tensor sizes = s.add(tb_add_shape, "shaped/shape", x.id);
	is<int32_t>(sizes.dtype, TB_INT64, "a shape is int64");
	shape(sizes, {4}, "shape");
	tb_shuffle shuffle{};
	shuffle.zero_copies = 1;
	shuffle.shape = sizes.id;
	shape(s.add(tb_add_shuffle, "shaped/shuffle/tensor", x.id, &shuffle), {2, 4, 8, 6}, "shuffle by a tensor");
	tb_resize resize{};
	resize.mode = TB_RESIZE_LINEAR;
	resize.input_size = sizes.id;
	shape(s.add(tb_add_resize, "shaped/resize/tensor", x.id, &resize), {2, 4, 8, 6}, "resize by a tensor");
	static const int64_t numbers[] = {0, 0, 1, 2};
	const tb_dims four = dims({4});
	const tb_weights start_values{numbers, 4, TB_INT64};
	const tb_tensor start = s.add(tb_add_constant, "shaped/start", &four, &start_values);
	tb_slice slice{};
	slice.mode = TB_SLICE_REFLECT;
	slice.start = slice.size = dims({0, 0, 0, 0});
	slice.stride = dims({1, 1, 1, 0});
	slice.input_start = start.id;
	slice.input_size = sizes.id;
	shape(s.add(tb_add_slice, "shaped/slice/tensors", x.id, &slice), {2, 4, 8, 6}, "slice by tensors");
	slice = {};
	slice.mode = TB_SLICE_FILL;
	slice.start = dims({-1});
	slice.size = dims({9});
	slice.axes = dims({2});
	const tb_dims scalar = dims({});
	const tb_weights fill_value = weights(1);
	slice.input_value = s.add(tb_add_constant, "shaped/fill/value", &scalar, &fill_value).id;
	shape(s.add(tb_add_slice, "shaped/slice/fill", x.id, &slice), {2, 4, 9, 6}, "slice with a fill value");
	tb_fill fill{};
	fill.operation = TB_FILL_LINSPACE;
	fill.dtype = TB_INT32;
	fill.dims = dims({5});
	fill.alpha_int = 3;
	fill.beta_int = -2;
	shape(s.add(tb_add_fill, "shaped/linspace", &fill), {5}, "linspace");
	fill = {};
	fill.operation = TB_FILL_NORMAL;
	fill.dtype = TB_FLOAT16;
	fill.dims = dims({2, 3});
	fill.alpha = 0.5;
	fill.beta = 2;
	shape(s.add(tb_add_fill, "shaped/normal", &fill), {2, 3}, "random fill");
	fill = {};
	fill.operation = TB_FILL_UNIFORM;
	fill.dtype = TB_FLOAT32;
	fill.dims = dims({0, 0, 0, 0});
	fill.input_dims = sizes.id;
	fill.input_alpha = fill.input_beta = s.add(tb_add_constant, "shaped/bound", &scalar, &fill_value).id;
	shape(s.add(tb_add_fill, "shaped/uniform", &fill), {2, 4, 8, 6}, "random fill by tensors");
}

// assertion asserts what is true.
inline void assertion(Session &s) {
	static const uint8_t yes[] = {1};
	const tb_dims scalar = dims({});
	const tb_weights yes_value{yes, 1, TB_BOOL};
	const tb_tensor truth = s.add(tb_add_constant, "truth", &scalar, &yes_value);
	tb_outputs nothing{};
	const std::string message = "must hold";
	done(s.call(tb_add_assertion, "assertion", truth.id, message.data(), message.size(), &nothing), "assertion");
	is<int32_t>(nothing.count, 0, "an assertion has no output");
}

// every_op adds one layer of each kind and marks outputs; shape(tensor, want, what)
// is told what each should be.
template <class Shape> void every_op(Session &s, Shape &&shape) {
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({2, 4, 8, 6}));

	tb_convolution c = conv(4, 6, 3);
	c.groups = 2;
	c.dilation = dims({2, 2});
	c.pre_padding = dims({1, 0});
	c.post_padding = dims({2, 3});
	c.weight.count = 6 * 2 * 9;
	shape(s.add(tb_add_convolution, "conv", x.id, &c), {2, 6, 7, 5}, "convolution");

	tb_convolution d = conv(4, 5, 3);
	d.stride = dims({2, 2});
	d.pre_padding = dims({1, 1});
	d.post_padding = dims({0, 0});
	shape(s.add(tb_add_deconvolution, "deconv", x.id, &d), {2, 5, 16, 12}, "deconvolution");

	for (int32_t kind = TB_RELU; kind <= TB_GELU_TANH; kind++) {
		const tb_activation a{kind, 0.1F, 0.9F};
		shape(s.add(tb_add_activation, "act" + std::to_string(kind), x.id, &a), {2, 4, 8, 6}, "activation");
	}

	tb_scale scale{};
	scale.mode = TB_SCALE_CHANNEL;
	scale.channel_axis = 1;
	scale.scale = scale.shift = weights(4);
	shape(s.add(tb_add_scale, "scale", x.id, &scale), {2, 4, 8, 6}, "scale");

	tb_pooling pool{};
	pool.kind = TB_POOL_MAX;
	pool.window = dims({3, 3});
	pool.stride = dims({2, 2});
	shape(s.add(tb_add_pooling, "pool", x.id, &pool), {2, 4, 3, 2}, "pooling");
	pool.ceil_mode = 1;
	shape(s.add(tb_add_pooling, "pool/ceil", x.id, &pool), {2, 4, 4, 3}, "pooling, ceil");
	pool.kind = TB_POOL_BLEND;
	pool.blend = 0.25F;
	shape(s.add(tb_add_pooling, "pool/blend", x.id, &pool), {2, 4, 4, 3}, "pooling, blend");
	pool = {};
	pool.kind = TB_POOL_AVERAGE;
	pool.window = dims({2, 2});
	shape(s.add(tb_add_pooling, "pool/default", x.id, &pool), {2, 4, 4, 3}, "pooling, stride by default");

	for (int32_t op = TB_ADD; op <= TB_FLOOR_DIV; op++) {
		s.add(tb_add_elementwise, "elt" + std::to_string(op), x.id, x.id, op);
	}
	const tb_tensor less = s.add(tb_add_elementwise, "less", x.id, x.id, static_cast<int32_t>(TB_LESS));
	is<int32_t>(less.dtype, TB_BOOL, "a comparison is bool");
	for (int32_t op : {TB_AND, TB_OR, TB_XOR}) {
		s.add(tb_add_elementwise, "logic" + std::to_string(op), less.id, less.id, op);
	}
	for (int32_t op = TB_EXP; op <= TB_ISNAN; op++) {
		s.add(tb_add_unary, "unary" + std::to_string(op), op == TB_NOT ? less.id : x.id, op);
	}

	const int32_t two[] = {x.id, x.id};
	shape(s.add(tb_add_concatenation, "concat", two, size_t{2}, 3), {2, 4, 8, 12}, "concatenation");

	tb_shuffle shuffle{};
	shuffle.first = dims({0, 2, 3, 1});
	shuffle.has_reshape = 1;
	shuffle.zero_copies = 1;
	shuffle.reshape = dims({0, TB_ANY_SIZE, 4});
	shuffle.second = dims({0, 2, 1});
	const tb_tensor rows = s.add(tb_add_shuffle, "shuffle", x.id, &shuffle);
	shape(rows, {2, 4, 48}, "shuffle");

	tb_slice slice{};
	slice.start = dims({0, 1, 0, 5});
	slice.size = dims({2, 2, 4, 3});
	slice.stride = dims({1, 1, 2, -2});
	shape(s.add(tb_add_slice, "slice", x.id, &slice), {2, 2, 4, 3}, "slice");
	slice = {};
	slice.axes = dims({1});
	slice.start = dims({2});
	slice.size = dims({2});
	shape(s.add(tb_add_slice, "slice/axes", x.id, &slice), {2, 2, 8, 6}, "slice along axes");

	tb_resize resize{};
	resize.mode = TB_RESIZE_LINEAR;
	resize.coordinates = TB_HALF_PIXEL;
	resize.scale_count = 4;
	resize.scales[0] = resize.scales[1] = 1;
	resize.scales[2] = resize.scales[3] = 2;
	shape(s.add(tb_add_resize, "resize", x.id, &resize), {2, 4, 16, 12}, "resize by scale");
	resize = {};
	resize.mode = TB_RESIZE_CUBIC;
	resize.coordinates = TB_ALIGN_CORNERS;
	resize.size = dims({2, 4, 5, 7});
	resize.exclude_outside = 1;
	resize.upper_left = 1;
	resize.cubic_coefficient = -0.5F;
	shape(s.add(tb_add_resize, "resize/size", x.id, &resize), {2, 4, 5, 7}, "resize to size");
	resize = {};
	resize.mode = TB_RESIZE_NEAREST;
	resize.rounding = TB_ROUND_CEIL;
	resize.size = dims({2, 4, 16, 3});
	shape(s.add(tb_add_resize, "resize/nearest", x.id, &resize), {2, 4, 16, 3}, "resize, nearest");

	quantization(s, x, shape);
	kernels(s, x, shape);

	assertion(s);

	shape(s.add(tb_add_softmax, "softmax", x.id, 1), {2, 4, 8, 6}, "softmax");

	const tb_reduce mean{TB_REDUCE_MEAN, 0b1100, 0};
	shape(s.add(tb_add_reduce, "mean", x.id, &mean), {2, 4}, "reduce");
	for (int32_t kind = TB_REDUCE_SUM; kind <= TB_REDUCE_MEAN; kind++) {
		const tb_reduce r{kind, 0b1000, 1};
		shape(s.add(tb_add_reduce, "reduce" + std::to_string(kind), x.id, &r), {2, 4, 8, 1}, "reduce, kept");
	}

	shape(s.add(tb_add_matmul, "matmul", rows.id, static_cast<int32_t>(TB_MATRIX), rows.id, static_cast<int32_t>(TB_TRANSPOSED)),
	      {2, 4, 4}, "matrix multiply");

	const tb_tensor half = s.add(tb_add_cast, "cast", x.id, static_cast<int32_t>(TB_FLOAT16));
	is<int32_t>(half.dtype, TB_FLOAT16, "cast: type");
	static const uint16_t half_ones[] = {0x3c00, 0x3c00, 0x3c00, 0x3c00};
	scale = {};
	scale.mode = TB_SCALE_CHANNEL;
	scale.channel_axis = 1;
	scale.scale = {half_ones, 4, TB_FLOAT16};
	shape(s.add(tb_add_scale, "scale/half", half.id, &scale), {2, 4, 8, 6}, "scale in half, without shift");
	tb_convolution bare = conv(4, 1, 1);
	bare.weight = {half_ones, 4, TB_FLOAT16};
	bare.bias = {};
	shape(s.add(tb_add_convolution, "conv/half", half.id, &bare), {2, 1, 8, 6}, "convolution in half, without bias");
	bare.weight.dtype = TB_BFLOAT16;
	const tb_tensor brain = s.add(tb_add_cast, "cast/bf16", x.id, static_cast<int32_t>(TB_BFLOAT16));
	shape(s.add(tb_add_convolution, "conv/bf16", brain.id, &bare), {2, 1, 8, 6}, "convolution in bfloat16, without bias");
	shape(s.add(tb_add_identity, "identity", x.id), {2, 4, 8, 6}, "identity");

	tb_padding pad{};
	pad.pre = dims({1, -2});
	pad.post = dims({0, 3});
	shape(s.add(tb_add_padding, "padding", x.id, &pad), {2, 4, 9, 7}, "padding");

	static const int32_t indices[] = {3, 1, 0, 2};
	const tb_dims three = dims({3});
	const tb_weights index_values{indices, 3, TB_INT32};
	const tb_tensor index = s.add(tb_add_constant, "index", &three, &index_values);
	is<int32_t>(index.dtype, TB_INT32, "constant: type");
	const tb_gather gather{TB_GATHER_AXIS, 1, 0};
	shape(s.add(tb_add_gather, "gather", x.id, index.id, &gather), {2, 3, 8, 6}, "gather");

	const tb_dims pairs = dims({2, 1});
	const tb_weights pair_values{indices, 2, TB_INT32};
	const tb_tensor pair = s.add(tb_add_constant, "pair", &pairs, &pair_values);
	const tb_gather batched{TB_GATHER_AXIS, 1, 1};
	shape(s.add(tb_add_gather, "gather/batched", x.id, pair.id, &batched), {2, 1, 8, 6}, "gather, batched");

	const tb_dims axes = dims({1, 3});
	const tb_tensor wide = s.add(tb_add_unsqueeze, "unsqueeze", x.id, &axes);
	shape(wide, {2, 1, 4, 1, 8, 6}, "unsqueeze");
	const tb_tensor narrow = s.add(tb_add_squeeze, "squeeze", wide.id, &axes);
	shape(narrow, {2, 4, 8, 6}, "squeeze");
	is<int32_t>(narrow.id, wide.id + 1, "a hidden constant takes no id");

	shape(s.add(tb_add_select, "select", less.id, x.id, narrow.id), {2, 4, 8, 6}, "select");
	const tb_topk topk{TB_TOPK_MIN, 3, 2, TB_INT64, TB_NO_TENSOR};
	const tb_tensor best = s.add(tb_add_topk, "topk", x.id, &topk);
	shape(best, {2, 4, 3, 6}, "top-k");
	static const int32_t best_two = 2;
	const tb_dims no_dims = dims({});
	const tb_weights best_two_value{&best_two, 1, TB_INT32};
	const tb_tensor k = s.add(tb_add_constant, "topk/k", &no_dims, &best_two_value);
	const tb_topk given{TB_TOPK_MAX, 0, 1, TB_INT32, k.id};
	shape(s.add(tb_add_topk, "topk/given", x.id, &given), {2, 2, 8, 6}, "top-k of a tensor");
	const tb_dims one_row = dims({1, 4, 8, 6});
	static const std::vector<int32_t> zeros(1 * 4 * 8 * 6);
	const tb_weights row_values{zeros.data(), 1 * 4 * 8 * 6, TB_INT32};
	const tb_tensor row = s.add(tb_add_constant, "row", &one_row, &row_values);
	const tb_tensor first = s.add(tb_add_cast, "row/float", row.id, static_cast<int32_t>(TB_FLOAT32));
	const tb_scatter scatter{TB_SCATTER_ELEMENT, 0};
	shape(s.add(tb_add_scatter, "scatter", x.id, row.id, first.id, &scatter), {2, 4, 8, 6}, "scatter");
	const tb_scatter tuples{TB_SCATTER_ND, 0};
	shape(s.add(tb_add_scatter, "scatter/nd", x.id, pair.id, x.id, &tuples), {2, 4, 8, 6}, "scatter, tuples");
	const tb_dims two_values = dims({2});
	const tb_weights off_on = weights(2);
	const tb_tensor switches = s.add(tb_add_constant, "off_on", &two_values, &off_on);
	const tb_one_hot hot{5, -1};
	shape(s.add(tb_add_one_hot, "one_hot", index.id, switches.id, &hot), {3, 5}, "one-hot");
	const tb_cumulative cumulative{TB_CUMULATIVE_SUM, 2, 1, 0};
	shape(s.add(tb_add_cumulative, "cumulative", x.id, &cumulative), {2, 4, 8, 6}, "cumulative");
	const tb_dims one_each = dims({4});
	const tb_weights length_values{indices, 4, TB_INT32};
	const tb_tensor lengths = s.add(tb_add_constant, "lengths", &one_each, &length_values);
	const tb_reverse_sequence reverse{1, 2};
	shape(s.add(tb_add_reverse_sequence, "reverse", x.id, lengths.id, &reverse), {2, 4, 8, 6}, "reverse sequence");
	const tb_dims bound_dims = dims({1, 1, 1});
	const tb_weights bound_value{indices, 1, TB_INT32};
	const tb_tensor bound = s.add(tb_add_constant, "bound", &bound_dims, &bound_value);
	const tb_tensor ragged = s.add(tb_add_ragged_softmax, "ragged", rows.id, bound.id);
	shape(ragged, {2, 4, 48}, "ragged softmax");

	// What hangs loose is compiled away: mark some of each kind.
	const auto mark = [&](const std::string &name, int32_t id) {
		const Error e = s.mark(name, id);
		if (e.code != 0 && s.on_error) {
			s.on_error(e);
		} else {
			done(e, "mark " + std::to_string(id));
		}
	};
	for (int32_t id = x.id + 1; id <= ragged.id; id += 7) {
		mark("out" + std::to_string(id), id);
	}

	// Inputs and what is inside of a conditional or a loop cannot be marked.
	const tb_tensor flag = s.input("flag", TB_BOOL, dims({}));
	int32_t conditional = -1;
	done(s.call(tb_open_if, "if", flag.id, &conditional), "open a conditional");
	is<int32_t>(conditional, 0, "the first conditional");
	const tb_tensor inside = s.add(tb_add_if_input, "if.input0", conditional, x.id);
	const tb_tensor then = s.add(tb_add_unary, "if/then/exp", inside.id, static_cast<int32_t>(TB_EXP));
	const tb_tensor otherwise = s.add(tb_add_identity, "if/else/copy", inside.id);
	const tb_tensor either = s.add(tb_add_if_output, "if", conditional, then.id, otherwise.id);
	shape(either, {2, 4, 8, 6}, "conditional");
	mark("either", either.id);

	shaped_ops(s, shape, x);

	int32_t loop = -1;
	done(s.call(tb_open_loop, "loop", &loop), "open a loop");
	const tb_dims scalar = dims({});
	const tb_weights three_times{indices, 1, TB_INT32};
	const tb_tensor count = s.add(tb_add_constant, "three", &scalar, &three_times);
	done(s.call(tb_add_trip_limit, "loop.count", loop, static_cast<int32_t>(TB_TRIP_COUNT), count.id), "trip count");
	const tb_tensor state = s.add(tb_add_recurrence, "loop.state0", loop, narrow.id);
	const tb_iterator along{2, 1};
	const tb_tensor four = s.add(tb_add_unsqueeze, "sequence", x.id, &axes);
	s.add(tb_add_iterator, "loop.iterator0", loop, four.id, &along);
	const tb_tensor next = s.add(tb_add_unary, "loop/body/exp", state.id, static_cast<int32_t>(TB_EXP));
	done(s.call(tb_close_recurrence, "loop.state0", state.id, next.id), "next value");
	refused(s.call(tb_close_recurrence, "loop.state0", next.id, next.id), TB_ERR_ARGUMENT, "no recurrence", "no recurrence");
	const tb_loop_output last{TB_LOOP_LAST, 0, TB_NO_TENSOR};
	shape(s.add(tb_add_loop_output, "loop", loop, state.id, &last), {2, 4, 8, 6}, "loop, last value");
	const tb_loop_output joined{TB_LOOP_CONCATENATE, 0, count.id};
	const tb_tensor all = s.add(tb_add_loop_output, "loop.output1", loop, next.id, &joined);
	shape(all, {3, 2, 4, 8, 6}, "loop, joined");
	mark("all", all.id);

	neural_ops(s, shape);
	attention_ops(s, shape);
}

// gpu_ops adds the layers that TensorRT-RTX infers but cannot build without a GPU.
template <class Shape> void gpu_ops(Session &s, Shape &&shape) {
	const tb_tensor boxes = s.input("boxes", TB_FLOAT32, dims({2, 6, 4}));
	const tb_tensor scores = s.input("scores", TB_FLOAT32, dims({2, 6, 5}));
	const tb_tensor where = s.add(tb_add_non_zero, "non_zero", scores.id, static_cast<int32_t>(TB_INT64));
	shape(where, {3, TB_ANY_SIZE}, "non-zero");
	tb_nms nms{};
	nms.format = TB_BOX_CENTER;
	nms.index_dtype = TB_INT32;
	nms.max_per_class = 3;
	nms.box_limit = 100;
	nms.iou_threshold = 0.5F;
	nms.score_threshold = 0.25F;
	const tb_tensor kept = s.add(tb_add_nms, "nms", boxes.id, scores.id, &nms);
	shape(kept, {TB_ANY_SIZE, 3}, "non-maximum suppression");
	const Error e = s.mark("kept", kept.id);
	if (!s.on_error) {
		done(e, "mark what is kept");
	}
}

} // namespace test
