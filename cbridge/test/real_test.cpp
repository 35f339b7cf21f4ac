// real_test: the shim over the real TensorRT-RTX, which builds without a GPU.
//
// Usage: real_test SHIM FAMILY LIBRARY
#include "harness.h"
#include "networks.h"

#include <cstring>
#include <thread>

using namespace test;

namespace {

const tb_api *api;
std::string library;

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

// ops adds one layer of each kind, held to the shapes that the frameworks give,
// and builds the lot.
void ops() {
	Session s(api, library, "ops");
	every_op(s, [](const tb_tensor &t, std::initializer_list<int64_t> want, const std::string &what) {
		check(spell(t.dims) == spell(dims(want)), what + ": shape", spell(t.dims));
	});
	std::string plan;
	done(s.build(&plan), "all of them build");
}

// experts takes a mixture of experts and does not build it, on any of its GPUs.
void experts() {
	Session s(api, library, "experts");
	const tb_tensor y = moe_op(s);
	is<std::string>(spell(y.dims), spell(dims({1, 3, 16})), "mixture of experts: shape");
	done(s.mark("y", y.id), "mark");
	std::string plan;
	refused(s.build(&plan), TB_ERR_REFUSED, "Cannot decompose operation", "a mixture of experts has no kernel");
}

// without_a_gpu holds the shapes of what only a GPU builds.
void without_a_gpu() {
	Session s(api, library, "gpu");
	gpu_ops(s, [](const tb_tensor &t, std::initializer_list<int64_t> want, const std::string &what) {
		check(spell(t.dims) == spell(dims(want)), what + ": shape", spell(t.dims));
	});
	std::string plan;
	refused(s.build(&plan), TB_ERR_REFUSED, "no runners", "non-maximum suppression is not built");
	tb_outputs out{};
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({3}));
	const tb_tensor i = s.input("i", TB_INT32, dims({}));
	const tb_scatter tuples{TB_SCATTER_ND, 0};
	refused(s.call(tb_add_scatter, "scatter", x.id, i.id, x.id, &tuples, &out), TB_ERR_ARGUMENT, "rank 0",
	        "indices that TensorRT would crash on");
}

void dynamic_batch() {
	Session s(api, library, "dynamic");
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({TB_ANY_SIZE, 3, 8, 8}));
	const tb_convolution c = conv(3, 4, 3);
	const tb_tensor y = s.add(tb_add_convolution, "conv", x.id, &c);
	check(spell(y.dims) == "[-1,4,6,6]", "dynamic batch: shape", spell(y.dims));
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
	is<int32_t>(mixed.phase, TB_PHASE_NETWORK, "and the phase");

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

	const tb_resize neither{TB_RESIZE_NEAREST, 0, 0, 0, 0, 0, 0, {}, {}, 0};
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
	is<int32_t>(e.phase, TB_PHASE_BUILD, "the phase is the build");
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
	// Not the same bytes: beside each other the library now and then swaps the
	// numbers of two regions of memory.
	check(plans[0].size() == plans[1].size() && plans[1].size() == plans[2].size(), "builders on three threads build the same");
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
	experts();
	without_a_gpu();
	dynamic_batch();
	traps();
	outputs();
	cancels();
	memory();
	free_in_any_order();
	side_by_side();
	return finish(api);
}
