// double_test: the shim over the double of TensorRT's library, both under
// AddressSanitizer and UBSan, for what the real library cannot show on a CPU:
// other families and versions, running out of memory, cancels in odd places,
// setters that keep their value, leaks.
//
// Usage: double_test FAMILY LIBRARY GOLDEN [--update]
#include "harness.h"
#include "networks.h"

#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <functional>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern "C" const tb_api *trtbridge_api(void);

using namespace test;

namespace {

const tb_api *api;
std::string library_path, family;
void *fake;

template <class F> F exported(const char *name) {
	void *address = dlsym(fake, name);
	F f;
	std::memcpy(&f, &address, sizeof f);
	return f;
}

// Setting sets one of the double's variables for a scope.
class Setting {
public:
	Setting(const char *name, const std::string &value) : name_(name) { setenv(name, value.c_str(), 1); }
	~Setting() { unsetenv(name_); }

private:
	const char *name_;
};

Error open(tb_library **out, const std::string &path = library_path) {
	return {api, tb_library_open(api, path.data(), path.size(), out)};
}

void versions() {
	struct Case {
		const char *family;
		int32_t version, code;
		const char *says;
	};
	const Case cases[] = {
		{"rtx14", 10200, TB_ERR_WRONG_FAMILY, "1.2.0"},   {"rtx14", 10300, 0, ""},
		{"rtx14", 10402, 0, ""},                          {"rtx14", 10500, TB_ERR_WRONG_FAMILY, "1.3.0 up to, not including, 1.5.0"},
		{"rtx14", 10701, TB_ERR_WRONG_FAMILY, "1.7.1"},   {"rtx15", 10402, TB_ERR_WRONG_FAMILY, "1.4.2"},
		{"rtx15", 10500, 0, ""},                          {"rtx15", 10701, 0, ""},
		{"rtx15", 10800, TB_ERR_WRONG_FAMILY, "1.8.0"},   {"rtx15", 110400, TB_ERR_WRONG_FAMILY, "11.4.0"},
		{"trt10", 100000, 0, ""},                         {"trt10", 100703, 0, ""},
		{"trt10", 100800, TB_ERR_BAD_VERSION, "10.8.0"},  {"trt10", 100803, TB_ERR_BAD_VERSION, "10.9"},
		{"trt10", 100900, 0, ""},                         {"trt10", 110000, TB_ERR_WRONG_FAMILY, "11.0.0"},
		{"trt11", 101600, TB_ERR_WRONG_FAMILY, "10.16.0"}, {"trt11", 110000, 0, ""},
		{"trt11", 110400, 0, ""},                         {"trt11", 120000, TB_ERR_WRONG_FAMILY, "12.0.0"},
		{"trt11", 10701, TB_ERR_WRONG_FAMILY, "1.7.1"},   {"trt11", 8601, TB_ERR_WRONG_FAMILY, ""},
	};
	for (const Case &c : cases) {
		if (family != c.family) {
			continue;
		}
		const Setting set("FAKENV_VERSION", std::to_string(c.version));
		tb_library *lib = nullptr;
		refused(open(&lib), c.code, c.says, "library " + std::to_string(c.version));
		tb_library_free(api, lib);
		if (c.code == 0) {
			Session s(api, library_path); // the factory is asked for the library's own version
		}
	}
	tb_library *lib = nullptr;
	done(open(&lib), "the headers' own version");
	tb_library_info info{};
	tb_library_describe(api, lib, &info);
	is<std::string>(info.family, family, "the family is told");
	is<int32_t>(info.version.build, 42, "the build number is read");
	is<int32_t>(info.rtx, family.compare(0, 3, "rtx") == 0, "the product is told");
	tb_library_free(api, lib);
	auto told = exported<const char *(*)()>("fakenv_library_path");
	check((told == nullptr) == (family == "rtx14"), "rtx14 has no setInternalLibraryPath");
	if (told != nullptr) {
		check(library_path.compare(0, std::strlen(told()), told()) == 0 && std::strlen(told()) > 1, "the library is told where it lies", told());
	}
}

void no_builder() {
	const Setting set("FAKENV_BUILDER", "null");
	tb_library *lib = nullptr;
	tb_builder *builder = nullptr;
	done(open(&lib), "a library without driver opens");
	const Error e(api, tb_builder_create(api, lib, nullptr, 0, 0, &builder));
	refused(e, TB_ERR_NO_BUILDER, "CUDA initialization failure", "but makes no builder");
	check(builder == nullptr && e.log.find("error: 35") != std::string::npos, "its reason was logged", e.log);
	tb_library_free(api, lib);
}

// newer_calls holds calls that a library is too old for to be refused: their slots
// are not in its tables.
void newer_calls() {
	if (family == "rtx14") {
		Session s(api, library_path);
		const tb_tensor x = s.input("x", TB_FLOAT32, dims({2, 4, 8, 16}));
		tb_outputs out{};
		const tb_attention causal{TB_ATTENTION_SOFTMAX, TB_CAUSAL_LOWER_RIGHT, 1};
		refused(s.call(tb_add_attention, "attention", x.id, x.id, x.id, static_cast<int32_t>(TB_NO_TENSOR), &causal, &out), TB_ERR_UNSUPPORTED, "1.5", "lower right masks before 1.5");
		const Setting set("FAKENV_VERSION", "10300");
		Session old(api, library_path);
		const tb_tensor hidden = old.input("x", TB_FLOAT32, dims({1, 1, 1}));
		const int32_t ids[] = {hidden.id, hidden.id, hidden.id, hidden.id, hidden.id, hidden.id};
		refused(old.call(tb_add_moe, "moe", ids, size_t{6}, &out), TB_ERR_UNSUPPORTED, "1.4", "mixtures of experts before 1.4");
		return;
	}
	if (family != "trt10") {
		return; // the other families have had them all from their first version
	}
	const Setting set("FAKENV_VERSION", "100000");
	Session s(api, library_path);
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
	tb_outputs out{};
	const tb_dims axis = dims({0});
	tb_slice slice{};
	slice.axes = slice.start = axis;
	slice.size = dims({1});
	refused(s.call(tb_add_squeeze, "squeeze", x.id, &axis, &out), TB_ERR_UNSUPPORTED, "10.7", "squeeze before 10.7");
	refused(s.call(tb_add_unsqueeze, "unsqueeze", x.id, &axis, &out), TB_ERR_UNSUPPORTED, "10.7", "unsqueeze before 10.7");
	refused(s.call(tb_add_slice, "slice", x.id, &slice, &out), TB_ERR_UNSUPPORTED, "10.3", "slice along axes before 10.3");
	const tb_normalization groups{0b1100, 1e-5F, 3};
	refused(s.call(tb_add_normalization, "groups", x.id, x.id, x.id, &groups, &out), TB_ERR_UNSUPPORTED, "10.15", "groups before 10.15");
	refused(s.call(tb_add_unary, "isnan", x.id, static_cast<int32_t>(TB_ISNAN), &out), TB_ERR_UNSUPPORTED, "10.1", "isnan before 10.1");
}

// calls compares what reached the library, slot by slot, with what is written
// down: the same for every family.
void calls(const std::string &golden, bool update) {
	Session s(api, library_path, "ops");
	every_op(s, [](const tb_tensor &, std::initializer_list<int64_t>, const std::string &) {});
	moe_op(s);
	gpu_ops(s, [](const tb_tensor &, std::initializer_list<int64_t>, const std::string &) {});
	std::string plan;
	done(s.build(&plan), "every op builds");
	if (update) {
		std::ofstream(golden) << plan;
	}
	std::stringstream want;
	want << std::ifstream(golden).rdbuf();
	check(plan == want.str(), "the calls are those in " + golden, "see --update; got\n" + plan);
}

// kept holds every setter of every op to being read back.
void kept() {
	for (const char *setter :
	     {"setStrideNd", "setPrePadding", "setPostPadding", "setDilationNd", "setNbGroups", "setAlpha", "setBeta",
	      "setPaddingMode", "setAverageCountExcludesPadding", "setAxis", "setReshapeDimensions", "setZeroIsPlaceholder",
	      "setFirstTranspose", "setSecondTranspose", "setAxes", "setResizeMode", "setCoordinateTransformation",
	      "setNearestRounding", "setCubicCoeff", "setExcludeOutside", "setOutputDimensions", "setGatherAxis", "setNbElementWiseDims", "setBlockShape", "setInput", "setBlendFactor", "setSelectorForSinglePixel", "setEpsilon", "setNbGroups", "setInterpolationMode", "setSampleMode", "setAlignCorners", "setDecomposable", "setMask", "setRotaryEmbeddingDim", "setBatchAxis", "setSequenceAxis", "setBoundingBoxFormat", "setTopKBoxLimit", "markOutput"}) {
		Session s(api, library_path, "kept");
		const Setting set("FAKENV_KEEP", setter);
		int refusals = 0;
		s.on_error = [&](const Error &e) {
			refusals += e.code == TB_ERR_REFUSED && e.says("did not take");
			check(e.code == TB_ERR_REFUSED, std::string(setter) + " refused", e.text());
		};
		every_op(s, [](const tb_tensor &, std::initializer_list<int64_t>, const std::string &) {});
		gpu_ops(s, [](const tb_tensor &, std::initializer_list<int64_t>, const std::string &) {});
		check(refusals > 0, std::string(setter) + " is read back");
	}
	Session s(api, library_path);
	{
		const Setting set("FAKENV_KEEP", "setMemoryPoolLimit");
		refused({api, tb_config_set_workspace(api, s.config, 1 << 30)}, TB_ERR_REFUSED, "workspace", "the workspace is read back");
	}
	{
		const Setting set("FAKENV_KEEP", "clearFlag");
		refused({api, tb_config_set_tf32(api, s.config, 0)}, TB_ERR_REFUSED, "TF32", "the TF32 flag is read back");
	}
	const int32_t cc[] = {86, 120};
	if (family.compare(0, 3, "rtx") != 0) {
		refused({api, tb_config_set_compute_capabilities(api, s.config, cc, 2)}, TB_ERR_UNSUPPORTED, "GPU at hand", "no list on Enterprise");
		return;
	}
	done({api, tb_config_set_compute_capabilities(api, s.config, cc, 2)}, "compute capabilities");
	const Setting set("FAKENV_KEEP", "setComputeCapability");
	const int32_t other[] = {89, 75};
	refused({api, tb_config_set_compute_capabilities(api, s.config, other, 2)}, TB_ERR_REFUSED, "89", "compute capabilities are read back");
}

// One is a session with one convolution whose weights the test owns.
struct One : Session {
	std::unique_ptr<std::vector<float>> values = std::make_unique<std::vector<float>>(27, 1.5F);

	explicit One(const std::string &name = "one") : Session(trtbridge_api(), library_path, name) {
		const tb_tensor x = input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
		tb_convolution c = conv(3, 1, 3);
		c.weight.values = values->data();
		c.bias = {};
		const tb_tensor y = add(tb_add_convolution, "conv", x.id, &c);
		done(mark("y", y.id), "mark");
	}
};

void failing_builds() {
	One s;
	std::string plan;
	{
		const Setting set("FAKENV_BUILD", "oom");
		const Error e = s.build(&plan);
		refused(e, TB_ERR_OUT_OF_MEMORY, "Requested size", "out of memory");
		check(e.native.find("cudaError") == std::string::npos, "without the driver's complaint", e.native);
	}
	{
		const Setting set("FAKENV_BUILD", "silent");
		const Error e = s.build(&plan);
		refused(e, TB_ERR_REFUSED, "built no engine", "null without a word");
		check(e.native.empty(), "and nothing of an earlier call", e.native);
	}
	done(s.build(&plan), "and then it builds");
	check(s.lines.size() == 2 && s.lines[0].find("Requested size") != std::string::npos && s.lines[1] == "a warning of the build",
	      "the error and the warning reached the log, no detail and no driver");

	Session empty(api, library_path);
	refused(empty.build(&plan), TB_ERR_REFUSED, "at least one output", "no output");
}

void lazy_errors() {
	Session s(api, library_path);
	const tb_tensor x = s.input("x", TB_FLOAT32, dims({1, 3, 8, 8}));
	const tb_tensor h = s.add(tb_add_cast, "cast", x.id, static_cast<int32_t>(TB_FLOAT16));
	tb_outputs out{};
	const Error e = s.call(tb_add_elementwise, "sum", x.id, h.id, static_cast<int32_t>(TB_ADD), &out);
	refused(e, TB_ERR_REFUSED, "must be of same type", "an error that only shows when asked");
	is<std::string>(e.layer, "sum", "names its layer");
	check(e.native.find("cudaError") == std::string::npos && e.native.find('\n') == std::string::npos, "in one record", e.native);
	is<int32_t>(out.count, 0, "out parameters stay untouched");
	refused(s.call(tb_add_cast, "cast", x.id, static_cast<int32_t>(TB_FLOAT16), &out), TB_ERR_REFUSED, "already in use", "a name that did not take");
}

void weights_are_read_at_build() {
	One s;
	std::string before, after;
	done(s.build(&before), "build");
	(*s.values)[26] = 2.5F;
	done(s.build(&after), "build again");
	check(before.substr(0, 14) == after.substr(0, 14) && before != after, "weights are read when the build runs");

	// In a child, as the sanitizer ends the process.
	const pid_t child = fork();
	if (child == 0) {
		std::fclose(stderr);
		s.values.reset();
		std::string plan;
		s.build(&plan);
		_exit(0);
	}
	int status = 0;
	waitpid(child, &status, 0);
	check(!(WIFEXITED(status) && WEXITSTATUS(status) == 0), "freed weights are noticed");
}

struct Stop {
	int at, seen;
	std::thread::id thread;
};

int32_t stop_at(uintptr_t data, int32_t, tb_string phase, tb_string, int32_t, int32_t) {
	auto *s = reinterpret_cast<Stop *>(data);
	s->thread = std::this_thread::get_id();
	return phase == nullptr || s->seen++ >= s->at;
}

void cancels() {
	One s;
	std::string plan;
	Stop all{1000, 0, {}};
	done({api, tb_config_set_progress(api, s.config, stop_at, reinterpret_cast<uintptr_t>(&all))}, "progress");
	done(s.build(&plan), "build");
	for (int at = 0; at < all.seen; at++) {
		One again;
		Stop stop{at, 0, {}};
		done({api, tb_config_set_progress(api, again.config, stop_at, reinterpret_cast<uintptr_t>(&stop))}, "progress");
		const Error e = again.build(&plan);
		// After the last step there is nothing left to stop.
		const bool too_late = at == all.seen - 1;
		check(too_late ? e.code == 0 : e.code == TB_ERR_CANCELED, "stopped at event " + std::to_string(at), e.text());
	}
	{
		One deaf;
		const Setting set("FAKENV_BUILD", "deaf");
		Stop stop{2, 0, {}};
		done({api, tb_config_set_progress(api, deaf.config, stop_at, reinterpret_cast<uintptr_t>(&stop))}, "progress");
		done(deaf.build(&plan), "a library that does not stop has built");
	}
	{
		One other;
		const Setting set("FAKENV_BUILD", "thread");
		Stop stop{1000, 0, {}};
		done({api, tb_config_set_progress(api, other.config, stop_at, reinterpret_cast<uintptr_t>(&stop))}, "progress");
		done(other.build(&plan), "progress and log from another thread");
		check(stop.thread != std::this_thread::get_id(), "it was another thread");
	}
	One late;
	std::thread canceler([&] { tb_config_cancel(api, late.config); });
	canceler.join();
	refused(late.build(&plan), TB_ERR_CANCELED, "before it began", "canceled from another thread");
}

void orders() {
	const std::vector<std::vector<int>> every = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 0, 3, 2}, {2, 0, 3, 1}};
	for (const auto &order : every) {
		One s;
		Handle<tb_profile> profile{api, tb_profile_free};
		done({api, tb_profile_create(api, s.builder, profile.out())}, "profile");
		const std::function<void()> frees[] = {[&] { s.library.reset(); }, [&] { s.builder.reset(); },
		                                       [&] { s.net.reset(); }, [&] { s.config.reset(); }};
		for (int i : order) {
			frees[i]();
		}
		const tb_dims d = dims({1, 3, 8, 8});
		done({api, tb_profile_set(api, profile, "x", 1, &d, &d, &d)}, "a profile outlives the rest");
	}
	tb_error_free(api, nullptr);
	tb_plan_free(api, nullptr);
	tb_network_free(api, nullptr);
}

void strangers() {
	One a, b;
	tb_plan *plan = nullptr;
	refused({api, tb_build(api, a.net, b.config, &plan)}, TB_ERR_ARGUMENT, "another builder", "a config of another builder");
	Handle<tb_profile> profile{api, tb_profile_free};
	done({api, tb_profile_create(api, a.builder, profile.out())}, "profile");
	refused({api, tb_config_add_profile(api, b.config, profile)}, TB_ERR_ARGUMENT, "another builder", "a profile of another builder");
	refused({api, tb_build(api, nullptr, b.config, &plan)}, TB_ERR_ARGUMENT, "null", "no network");
	refused({api, tb_add_identity(api, nullptr, "i", 1, 0, nullptr)}, TB_ERR_ARGUMENT, "null", "no network to add to");
	refused(a.call(tb_add_identity, "i", 0, static_cast<tb_outputs *>(nullptr)), TB_ERR_ARGUMENT, "out is null", "nowhere to put the outputs");
	tb_outputs out{};
	tb_dims axes = dims({0});
	axes.rank = TB_MAX_DIMS + 1;
	refused(a.call(tb_add_squeeze, "s", 0, &axes, &out), TB_ERR_ARGUMENT, "rank 9", "more axes than there is room for");
	refused(a.call(tb_add_pooling, "p", 0, static_cast<const tb_pooling *>(nullptr), static_cast<tb_outputs *>(nullptr)), TB_ERR_ARGUMENT, "null", "no parameters");
	is<int64_t>(tb_live_handles(api, 99), -1, "an unknown kind of handle");
}

} // namespace

int main(int argc, char **argv) {
	if (argc < 4) {
		std::fprintf(stderr, "usage: double_test FAMILY LIBRARY GOLDEN [--update]\n");
		return 2;
	}
	family = argv[1];
	library_path = argv[2];
	api = trtbridge_api();
	fake = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
	if (!check(fake != nullptr, "the double opens", fake == nullptr ? dlerror() : "")) {
		return 1;
	}
	is<std::string>(api->family, family, "the shim is of the family");
	versions();
	no_builder();
	newer_calls();
	calls(argv[3], argc > 4 && std::string(argv[4]) == "--update");
	kept();
	failing_builds();
	lazy_errors();
	weights_are_read_at_build();
	cancels();
	orders();
	strangers();
	is(exported<int32_t (*)()>("fakenv_live")(), 0, "no object of the library's is left");
	return finish(api);
}
