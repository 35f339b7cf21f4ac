// real_test: the shim over the real TensorRT-RTX, which builds without a GPU.
//
// Usage: real_test SHIM FAMILY LIBRARY
#include "harness.h"

#include <cstring>
#include <thread>

using namespace test;

namespace {

const tb_api *api;
std::string library;

const std::vector<float> &ones() {
	static const std::vector<float> values(1 << 16, 0.5F);
	return values;
}

tb_weights weights(int64_t count, int32_t dtype = TB_FLOAT32) { return {ones().data(), count, dtype}; }

tb_convolution conv(int64_t in, int64_t out, int64_t k) {
	tb_convolution c{};
	c.out_channels = out;
	c.kernel = dims({k, k});
	c.weight = weights(out * in * k * k);
	c.bias = weights(out);
	return c;
}

// small is a network that touches convolution, activation, pooling and matmul.
std::string small(const std::string &name, int32_t tf32 = 1, std::vector<int32_t> ccs = {}) {
	Session s(api, library, name);
	const tb_tensor x = s.input("images", TB_FLOAT32, dims({1, 3, 16, 16}));
	tb_convolution c = conv(3, 8, 3);
	c.stride = dims({2, 2});
	c.pre_padding = dims({1, 1});
	const tb_tensor y = s.add(tb_add_convolution, "stem/conv", x.id, &c);
	const tb_activation relu{TB_RELU, 0, 0};
	const tb_tensor z = s.add(tb_add_activation, "stem/relu", y.id, &relu);
	tb_pooling pool{};
	pool.kind = TB_POOL_AVERAGE;
	pool.window = dims({8, 8});
	const tb_tensor p = s.add(tb_add_pooling, "pool", z.id, &pool);
	done(s.mark("logits", p.id), name + ": output");
	done({api, tb_config_set_tf32(api, s.config, tf32)}, name + ": tf32");
	if (!ccs.empty()) {
		done({api, tb_config_set_compute_capabilities(api, s.config, ccs.data(), ccs.size())}, name + ": capabilities");
	}
	std::string plan;
	done(s.build(&plan), name + ": build");
	return plan;
}

void builds() {
	const std::string a = small("a");
	check(a.compare(0, 4, "vtrt") == 0, "the plan begins with TensorRT's magic");
	check(a == small("a"), "the same network gives the same bytes");
	check(a != small("b"), "another name gives other bytes");
	check(a != small("a", 0), "TF32 off gives other bytes");
	check(a != small("a", 1, {86, 89, 120}), "compute capabilities give other bytes");
}

void lists(Session &s, const tb_tensor &t, std::initializer_list<int64_t> want, const std::string &what) {
	const tb_dims w = dims(want);
	std::string got = "[";
	bool same = t.dims.rank == w.rank;
	for (int32_t i = 0; i < t.dims.rank; i++) {
		got += std::to_string(t.dims.d[i]) + " ";
		same = same && t.dims.d[i] == w.d[i];
	}
	check(same, what + ": shape", got + "]");
	(void)s;
}

// ops adds one layer of each kind, with the shapes that the frameworks give, and
// builds the lot.
void ops() {
	Session s(api, library, "ops");
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({2, 4, 8, 6}));

	tb_convolution c = conv(4, 6, 3);
	c.groups = 2;
	c.dilation = dims({2, 2});
	c.pre_padding = dims({1, 0});
	c.post_padding = dims({2, 3});
	c.weight.count = 6 * 2 * 9;
	lists(s, s.add(tb_add_convolution, "conv", x.id, &c), {2, 6, 7, 5}, "convolution");

	tb_convolution d = conv(4, 5, 3);
	d.stride = dims({2, 2});
	d.pre_padding = dims({1, 1});
	d.post_padding = dims({0, 0});
	lists(s, s.add(tb_add_deconvolution, "deconv", x.id, &d), {2, 5, 16, 12}, "deconvolution");

	for (int32_t kind = TB_RELU; kind <= TB_GELU_TANH; kind++) {
		const tb_activation a{kind, 0.1F, 0.9F};
		lists(s, s.add(tb_add_activation, "act" + std::to_string(kind), x.id, &a), {2, 4, 8, 6}, "activation");
	}

	tb_scale scale{};
	scale.mode = TB_SCALE_CHANNEL;
	scale.channel_axis = 1;
	scale.scale = scale.shift = weights(4);
	lists(s, s.add(tb_add_scale, "scale", x.id, &scale), {2, 4, 8, 6}, "scale");

	tb_pooling pool{};
	pool.kind = TB_POOL_MAX;
	pool.window = dims({3, 3});
	pool.stride = dims({2, 2});
	lists(s, s.add(tb_add_pooling, "pool", x.id, &pool), {2, 4, 3, 2}, "pooling");
	pool.ceil_mode = 1;
	lists(s, s.add(tb_add_pooling, "pool/ceil", x.id, &pool), {2, 4, 4, 3}, "pooling, ceil");
	pool = {};
	pool.kind = TB_POOL_AVERAGE;
	pool.window = dims({2, 2});
	lists(s, s.add(tb_add_pooling, "pool/default", x.id, &pool), {2, 4, 4, 3}, "pooling, stride by default");

	for (int32_t op = TB_ADD; op <= TB_FLOOR_DIV; op++) {
		s.add(tb_add_elementwise, "elt" + std::to_string(op), x.id, x.id, op);
	}
	const tb_tensor less = s.add(tb_add_elementwise, "less", x.id, x.id, static_cast<int32_t>(TB_LESS));
	equal<int32_t>(less.dtype, TB_BOOL, "a comparison is bool");
	for (int32_t op : {TB_AND, TB_OR, TB_XOR}) {
		s.add(tb_add_elementwise, "logic" + std::to_string(op), less.id, less.id, op);
	}
	for (int32_t op = TB_EXP; op <= TB_ISNAN; op++) {
		s.add(tb_add_unary, "unary" + std::to_string(op), op == TB_NOT ? less.id : x.id, op);
	}

	const int32_t two[] = {x.id, x.id};
	lists(s, s.add(tb_add_concatenation, "concat", two, size_t{2}, 3), {2, 4, 8, 12}, "concatenation");

	tb_shuffle shuffle{};
	shuffle.first = dims({0, 2, 3, 1});
	shuffle.has_reshape = 1;
	shuffle.zero_copies = 1;
	shuffle.reshape = dims({0, TB_ANY_SIZE, 4});
	shuffle.second = dims({0, 2, 1});
	const tb_tensor rows = s.add(tb_add_shuffle, "shuffle", x.id, &shuffle);
	lists(s, rows, {2, 4, 48}, "shuffle");

	tb_slice slice{};
	slice.start = dims({0, 1, 0, 5});
	slice.size = dims({2, 2, 4, 3});
	slice.stride = dims({1, 1, 2, -2});
	lists(s, s.add(tb_add_slice, "slice", x.id, &slice), {2, 2, 4, 3}, "slice");
	slice = {};
	slice.axes = dims({1});
	slice.start = dims({2});
	slice.size = dims({2});
	lists(s, s.add(tb_add_slice, "slice/axes", x.id, &slice), {2, 2, 8, 6}, "slice along axes");

	tb_resize resize{};
	resize.mode = TB_RESIZE_LINEAR;
	resize.coordinates = TB_HALF_PIXEL;
	resize.scale_count = 4;
	resize.scales[0] = resize.scales[1] = 1;
	resize.scales[2] = resize.scales[3] = 2;
	lists(s, s.add(tb_add_resize, "resize", x.id, &resize), {2, 4, 16, 12}, "resize by scale");
	resize = {};
	resize.mode = TB_RESIZE_CUBIC;
	resize.coordinates = TB_ALIGN_CORNERS;
	resize.size = dims({2, 4, 5, 7});
	lists(s, s.add(tb_add_resize, "resize/size", x.id, &resize), {2, 4, 5, 7}, "resize to size");

	lists(s, s.add(tb_add_softmax, "softmax", x.id, 1), {2, 4, 8, 6}, "softmax");

	const tb_reduce mean{TB_REDUCE_MEAN, 0b1100, 0};
	lists(s, s.add(tb_add_reduce, "mean", x.id, &mean), {2, 4}, "reduce");
	for (int32_t kind = TB_REDUCE_SUM; kind <= TB_REDUCE_MEAN; kind++) {
		const tb_reduce r{kind, 0b1000, 1};
		lists(s, s.add(tb_add_reduce, "reduce" + std::to_string(kind), x.id, &r), {2, 4, 8, 1}, "reduce, kept");
	}

	lists(s, s.add(tb_add_matmul, "matmul", rows.id, static_cast<int32_t>(TB_MATRIX), rows.id, static_cast<int32_t>(TB_TRANSPOSED)),
	      {2, 4, 4}, "matrix multiply");

	const tb_tensor half = s.add(tb_add_cast, "cast", x.id, static_cast<int32_t>(TB_FLOAT16));
	equal<int32_t>(half.dtype, TB_FLOAT16, "cast: type");
	lists(s, s.add(tb_add_identity, "identity", x.id), {2, 4, 8, 6}, "identity");

	tb_padding pad{};
	pad.pre = dims({1, -2});
	pad.post = dims({0, 3});
	lists(s, s.add(tb_add_padding, "padding", x.id, &pad), {2, 4, 9, 7}, "padding");

	static const int32_t indices[] = {3, 1, 0};
	const tb_dims three = dims({3});
	const tb_weights index_values{indices, 3, TB_INT32};
	const tb_tensor index = s.add(tb_add_constant, "index", &three, &index_values);
	equal<int32_t>(index.dtype, TB_INT32, "constant: type");
	const tb_gather gather{TB_GATHER_AXIS, 1, 0};
	lists(s, s.add(tb_add_gather, "gather", x.id, index.id, &gather), {2, 3, 8, 6}, "gather");

	const tb_dims axes = dims({1, 3});
	const tb_tensor wide = s.add(tb_add_unsqueeze, "unsqueeze", x.id, &axes);
	lists(s, wide, {2, 1, 4, 1, 8, 6}, "unsqueeze");
	const tb_tensor narrow = s.add(tb_add_squeeze, "squeeze", wide.id, &axes);
	lists(s, narrow, {2, 4, 8, 6}, "squeeze");
	equal<int32_t>(narrow.id, wide.id + 1, "a hidden constant takes no id");

	// Dangling layers are compiled away, so that this also says which were wanted.
	for (int32_t id = x.id + 1; id <= narrow.id; id += 7) {
		done(s.mark("out" + std::to_string(id), id), "mark " + std::to_string(id));
	}
	std::string plan;
	done(s.build(&plan), "all of them build");
}

void dynamic_batch() {
	Session s(api, library, "dynamic");
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({TB_ANY_SIZE, 3, 8, 8}));
	const tb_convolution c = conv(3, 4, 3);
	const tb_tensor y = s.add(tb_add_convolution, "conv", x.id, &c);
	lists(s, y, {TB_ANY_SIZE, 4, 6, 6}, "dynamic batch");
	done(s.mark("y", y.id), "mark");
	std::string plan;
	refused(s.build(&plan), TB_ERR_REFUSED, "no optimization profile has been defined", "a dynamic input needs a profile");

	Handle<tb_profile> profile{api, tb_profile_free};
	done({api, tb_profile_create(api, s.builder, profile.out())}, "profile");
	const tb_dims lo = dims({1, 3, 8, 8}), mid = dims({4, 3, 8, 8}), hi = dims({16, 3, 8, 8});
	const Error e(api, tb_profile_set(api, profile, "x", 1, &mid, &lo, &hi));
	const Error e2(api, tb_config_add_profile(api, s.config, profile));
	check(e.code == TB_ERR_REFUSED || e2.code == TB_ERR_REFUSED, "a profile out of order is refused", e.text() + e2.text());

	Handle<tb_profile> good{api, tb_profile_free};
	done({api, tb_profile_create(api, s.builder, good.out())}, "profile");
	done({api, tb_profile_set(api, good, "x", 1, &lo, &mid, &hi)}, "profile: range");
	done({api, tb_config_add_profile(api, s.config, good)}, "profile: added");
	done(s.build(&plan), "and builds with it");
}

// Each of these is a case in which TensorRT says nothing, or says it late.
void traps() {
	Session s(api, library, "traps");
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
	tb_outputs out{};
	const tb_dims d = dims({1});

	refused(s.call(tb_add_input, "x", static_cast<int32_t>(TB_FLOAT32), &d, &out), TB_ERR_REFUSED, "", "an input's name twice");
	s.add(tb_add_unary, "u", x.id, static_cast<int32_t>(TB_ABS));
	refused(s.call(tb_add_unary, "u", x.id, static_cast<int32_t>(TB_ABS), &out), TB_ERR_REFUSED, "already in use", "a layer's name twice");
	refused(s.call(tb_add_unary, "a\nb", x.id, static_cast<int32_t>(TB_ABS), &out), TB_ERR_ARGUMENT, "printable", "a name with a newline");
	refused(s.call(tb_add_unary, std::string(5000, 'a'), x.id, static_cast<int32_t>(TB_ABS), &out), TB_ERR_ARGUMENT, "5000", "a name too long");
	refused(s.call(tb_add_unary, "v", 77, static_cast<int32_t>(TB_ABS), &out), TB_ERR_ARGUMENT, "77", "an unknown tensor");
	refused(s.call(tb_add_unary, "v", x.id, 99, &out), TB_ERR_ARGUMENT, "99", "an unknown operation");

	tb_convolution c = conv(3, 4, 3);
	c.weight.dtype = TB_FLOAT16;
	const Error mixed = s.call(tb_add_convolution, "mixed", x.id, &c, &out);
	refused(mixed, TB_ERR_REFUSED, "must be of same type", "weights of another type");
	check(mixed.layer == "mixed" && mixed.native.find("mixed") != std::string::npos, "the error names the layer", mixed.text());
	check(mixed.native.find("cudaError") == std::string::npos, "without the complaint about a driver", mixed.native);
	equal<int32_t>(mixed.phase, TB_PHASE_NETWORK, "and the phase");

	c = conv(3, 4, 3);
	c.weight.count--;
	refused(s.call(tb_add_convolution, "short", x.id, &c, &out), TB_ERR_REFUSED, "weights", "weights too few");
	c = conv(3, 4, 3);
	c.stride = dims({0, 1});
	refused(s.call(tb_add_convolution, "stride", x.id, &c, &out), TB_ERR_REFUSED, "stride", "a setter that only logs");
	c = conv(3, 4, 9);
	refused(s.call(tb_add_convolution, "large", x.id, &c, &out), TB_ERR_REFUSED, "filter size", "a kernel larger than its input");
	c.kernel = dims({3});
	refused(s.call(tb_add_convolution, "1d", x.id, &c, &out), TB_ERR_ARGUMENT, "2 and 3", "a kernel of one dimension");

	tb_pooling pool{};
	pool.kind = TB_POOL_MAX;
	pool.window = dims({9, 9});
	refused(s.call(tb_add_pooling, "pool", x.id, &pool, &out), TB_ERR_ARGUMENT, "larger than the padded input", "a window larger than its input");

	const int32_t one[] = {x.id};
	refused(s.call(tb_add_concatenation, "concat", one, size_t{1}, -1, &out), TB_ERR_REFUSED, "axis", "a negative axis");

	const tb_resize neither{TB_RESIZE_NEAREST, 0, 0, 0, 0, 0, {}, {}};
	refused(s.call(tb_add_resize, "resize", x.id, &neither, &out), TB_ERR_ARGUMENT, "exactly one", "a resize to nothing");

	tb_scale scale{};
	scale.mode = TB_SCALE_UNIFORM;
	scale.scale = weights(1, TB_FLOAT16);
	refused(s.call(tb_add_scale, "scale", x.id, &scale, &out), TB_ERR_ARGUMENT, "element type", "a scale of another type");

	const tb_dims shape = dims({2, 2});
	tb_weights odd{ones().data(), 0, TB_FLOAT32};
	refused(s.call(tb_add_constant, "odd", &shape, &odd, &out), TB_ERR_ARGUMENT, "count 0", "values without a count");

	refused(s.mark("y", x.id), TB_ERR_ARGUMENT, "input of the network", "an input as output");
}

void outputs() {
	Session s(api, library, "outputs");
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
	const tb_tensor a = s.add(tb_add_unary, "a", x.id, static_cast<int32_t>(TB_ABS));
	const tb_tensor b = s.add(tb_add_unary, "b", x.id, static_cast<int32_t>(TB_EXP));
	std::string plan;
	refused(s.build(&plan), TB_ERR_REFUSED, "at least one output", "a network without output");
	done(s.mark("a", a.id), "an output may be named as its layer");
	refused(s.mark("again", a.id), TB_ERR_ARGUMENT, "already", "an output twice");
	refused(s.mark("x", b.id), TB_ERR_REFUSED, "taken", "an output named as an input");
	refused(s.mark("a", b.id), TB_ERR_REFUSED, "taken", "two outputs of one name");
}

struct Steps {
	int seen = 0, stop_at = -1;
	tb_config *config = nullptr;
};

int32_t count_steps(uintptr_t data, int32_t event, tb_string phase, tb_string, int32_t, int32_t) {
	auto *s = reinterpret_cast<Steps *>(data);
	s->seen += phase != nullptr && event != 0;
	return s->stop_at >= 0 && s->seen > s->stop_at;
}

void cancels() {
	Session s(api, library, "cancel");
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
	const tb_convolution c = conv(3, 4, 3);
	const tb_tensor y = s.add(tb_add_convolution, "conv", x.id, &c);
	done(s.mark("y", y.id), "mark");
	std::string plan;
	Steps steps;
	done({api, tb_config_set_progress(api, s.config, count_steps, reinterpret_cast<uintptr_t>(&steps))}, "progress");
	done(s.build(&plan), "a build with progress");
	check(steps.seen > 20, "progress was told of", std::to_string(steps.seen));

	for (int stop : {0, 7, steps.seen / 2}) {
		Session again(api, library, "cancel");
		Steps stopping{0, stop, nullptr};
		done({api, tb_config_set_progress(api, again.config, count_steps, reinterpret_cast<uintptr_t>(&stopping))}, "progress");
		const tb_tensor in = again.input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
		done(again.mark("y", again.add(tb_add_convolution, "conv", in.id, &c).id), "mark");
		refused(again.build(&plan), TB_ERR_CANCELED, "canceled", "stopped at event " + std::to_string(stop));
	}
	tb_config_cancel(api, s.config);
	refused(s.build(&plan), TB_ERR_CANCELED, "before it began", "canceled before the build");
}

void memory() {
	Session s(api, library, "small workspace");
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
	const tb_convolution c = conv(3, 4, 3);
	done(s.mark("y", s.add(tb_add_convolution, "conv", x.id, &c).id), "mark");
	done({api, tb_config_set_workspace(api, s.config, 1 << 20)}, "workspace");
	std::string plan;
	const Error e = s.build(&plan);
	refused(e, TB_ERR_REFUSED, "workspace", "a workspace too small");
	equal<int32_t>(e.phase, TB_PHASE_BUILD, "the phase is the build");
	refused({api, tb_config_set_workspace(api, s.config, 0)}, TB_ERR_ARGUMENT, "positive", "no workspace");
	const int32_t cc[] = {90};
	refused({api, tb_config_set_compute_capabilities(api, s.config, cc, 1)}, TB_ERR_ARGUMENT, "90", "a capability RTX has not");
}

void free_in_any_order() {
	auto s = std::make_unique<Session>(api, library, "order");
	s->library.reset();
	s->builder.reset();
	const tb_tensor x = s->input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
	const tb_tensor y = s->add(tb_add_unary, "u", x.id, static_cast<int32_t>(TB_ABS));
	done(s->mark("y", y.id), "the network lives on without its builder's handle");
	std::string plan;
	done(s->build(&plan), "and builds");
}

void side_by_side() {
	std::vector<std::string> plans(3);
	std::vector<std::thread> threads;
	for (auto &plan : plans) {
		threads.emplace_back([&plan] { plan = small("side by side"); });
	}
	for (auto &t : threads) {
		t.join();
	}
	check(plans[0] == plans[1] && plans[1] == plans[2], "builders on three threads give the same bytes");
}

void libraries() {
	tb_library *lib = nullptr;
	auto open = [&](const std::string &path) { return Error(api, tb_library_open(api, path.data(), path.size(), &lib)); };
	refused(open("/nowhere/libtensorrt_rtx.so.1"), TB_ERR_NO_LIBRARY, "/nowhere/libtensorrt_rtx.so.1", "no such library");
	refused(open("libm.so.6"), TB_ERR_NOT_TENSORRT, "not a TensorRT library", "another library");
	refused(open(""), TB_ERR_ARGUMENT, "empty", "an empty path");
	done(open(library), "the library");
	tb_library_info info{};
	tb_library_describe(api, lib, &info);
	check(info.rtx == 1 && info.version.major == 1 && info.version.build > 0 && std::strlen(info.path) > 1, "describes itself");
	tb_library_free(api, lib);

	tb_version version{};
	char why[512];
	check(tb_library_version(library.c_str(), &version, why, sizeof why) == 0 && std::string(tb_family(&version)) == "rtx15",
	      "the loader knows its family", why);
	const tb_version next_minor{1, 8, 0, 0};
	check(tb_family(&next_minor) == nullptr, "no family serves a minor that was never tried");
}

} // namespace

int main(int argc, char **argv) {
	if (argc != 4) {
		std::fprintf(stderr, "usage: real_test SHIM FAMILY LIBRARY\n");
		return 2;
	}
	char why[512] = "";
	library = argv[3];
	const tb_api *wrong = nullptr;
	check(tb_load_shim(argv[1], "trt10", &wrong, why, sizeof why) != 0 && wrong == nullptr, "a shim of another family is refused");
	if (!check(tb_load_shim(argv[1], argv[2], &api, why, sizeof why) == 0, "the shim loads", why)) {
		return 1;
	}
	libraries();
	builds();
	ops();
	dynamic_batch();
	traps();
	outputs();
	cancels();
	memory();
	free_in_any_order();
	side_by_side();
	return finish(api);
}
