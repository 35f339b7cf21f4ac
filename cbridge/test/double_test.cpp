// double_test: the shim over the double of TensorRT's library, both under
// AddressSanitizer and UBSan, for what the real library cannot show on a CPU:
// other families and versions, running out of memory, cancels in odd places,
// setters that keep their value, leaks.
//
// Usage: double_test FAMILY LIBRARY GOLDEN [STATIC-PLUGINS DYNAMIC-PLUGINS] [--update]
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
std::string library_path, family, static_plugins, dynamic_plugins;
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
	const tb_cumulative sum{TB_CUMULATIVE_SUM, 2, 0, 0};
	refused(s.call(tb_add_cumulative, "cumulative", x.id, &sum, &out), TB_ERR_UNSUPPORTED, "10.8", "a cumulative sum before 10.8");
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
			const bool follows = e.says("no tensor has the id 0"); // what was refused is an operand
			check(e.code == TB_ERR_REFUSED || follows, std::string(setter) + " refused", e.text());
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
	refused(a.call(tb_add_identity, "i", 1, static_cast<tb_outputs *>(nullptr)), TB_ERR_ARGUMENT, "out is null", "nowhere to put the outputs");
	tb_outputs out{};
	for (int32_t id : {TB_NO_TENSOR, -1, 1000}) {
		refused(a.call(tb_add_identity, "i", id, &out), TB_ERR_ARGUMENT, "no tensor has the id " + std::to_string(id), "a tensor that is none");
	}
	tb_dims axes = dims({0});
	axes.rank = TB_MAX_DIMS + 1;
	refused(a.call(tb_add_squeeze, "s", 1, &axes, &out), TB_ERR_ARGUMENT, "rank 9", "more axes than there is room for");
	refused(a.call(tb_add_pooling, "p", 1, static_cast<const tb_pooling *>(nullptr), static_cast<tb_outputs *>(nullptr)), TB_ERR_ARGUMENT, "null", "no parameters");
	is<int64_t>(tb_live_handles(api, 99), -1, "an unknown kind of handle");
}

// named is a plugin without fields. It points at what it is given, and so do
// fields.
tb_plugin named(const char *creator, const char *version = "1", const char *space = "") {
	return {creator, std::strlen(creator), version, std::strlen(version), space, std::strlen(space), nullptr, 0};
}

template <class T> tb_plugin_field field(const char *name, int32_t type, const std::vector<T> &values) {
	return {name, std::strlen(name), type, values.data(), static_cast<int32_t>(values.size())};
}

Error load(Session &s, int32_t kind, const std::string &path, std::string *file = nullptr) {
	tb_string opened = nullptr;
	Error e(api, tb_builder_load_plugins(api, s.builder, kind, path.data(), path.size(), &opened));
	if (e.code == 0 && file != nullptr) {
		*file = opened;
	}
	return e;
}

// Plugged is a session with two tensors for plugins to read, and a list of
// dimensions.
struct Plugged : Session {
	tb_tensor x = input("x", TB_FLOAT32, dims({2, 3}));
	tb_tensor h = add(tb_add_cast, "h", x.id, static_cast<int32_t>(TB_FLOAT16));
	tb_tensor shape = add(tb_add_shape, "shape", x.id);
	std::vector<int32_t> both{x.id, h.id};

	Plugged() : Session(trtbridge_api(), library_path, "plugged") {}

	Error plug(const std::string &name, const tb_plugin &p, tb_outputs *out) {
		return call(tb_add_plugin_v3, name, both.data(), both.size(), &shape.id, size_t{1}, &p, out);
	}
};

void no_plugins() {
	Plugged s;
	tb_outputs out{};
	refused(s.plug("plugin", named("Twice"), &out), TB_ERR_UNSUPPORTED, "no addPluginV3", "a plugin on TensorRT-RTX");
	refused(load(s, TB_PLUGINS_DYNAMIC, library_path), TB_ERR_UNSUPPORTED, "no addPluginV3", "plugins on TensorRT-RTX");
}

void plugins_that_cannot_be() {
	Plugged s;
	tb_outputs out{};
	refused(s.plug("none", named("Twice"), &out), TB_ERR_NO_PLUGIN, "nothing of a similar name is", "no plugins are registered");
	refused(load(s, TB_PLUGINS_STATIC, ""), TB_ERR_ARGUMENT, "empty", "no path of plugins");
	refused(load(s, 9, dynamic_plugins), TB_ERR_ARGUMENT, "way to load plugins 9", "an unknown way to load plugins");
	for (int32_t kind : {TB_PLUGINS_STATIC, TB_PLUGINS_DYNAMIC}) {
		refused(load(s, kind, "/nowhere.so"), TB_ERR_NO_LIBRARY, "/nowhere.so", "plugins that are not there");
	}
	refused(load(s, TB_PLUGINS_DYNAMIC, "libc.so.6"), TB_ERR_NO_LIBRARY, "getCreators", "a library without creators");
	{
		const Setting set("FAKENV_PLUGINS", "taken");
		refused(load(s, TB_PLUGINS_DYNAMIC, dynamic_plugins), TB_ERR_REFUSED, "did not load the plugins", "plugins of names that are taken");
	}
	done(load(s, TB_PLUGINS_STATIC, static_plugins), "static plugins");
	done(load(s, TB_PLUGINS_DYNAMIC, dynamic_plugins), "dynamic plugins");
	refused(s.plug("letter", named("Twise"), &out), TB_ERR_NO_PLUGIN, "Twise version 1 is registered; Twice version 1, Twice version 2 of namespace lab are", "a name with a wrong letter");
	refused(s.plug("version", named("Thrice", "3"), &out), TB_ERR_NO_PLUGIN, "Thrice version 1 are", "another version");
	refused(s.plug("namespace", named("Twice", "1", "lab"), &out), TB_ERR_NO_PLUGIN, "of namespace lab is registered", "another namespace");
	refused(s.plug("old", named("Old"), &out), TB_ERR_UNSUPPORTED, "PLUGIN CREATOR_V1", "a plugin of the V2 interface");
	refused(s.plug("long", named(std::string(TB_MAX_PLUGIN_NAME + 1, 'x').c_str()), &out), TB_ERR_ARGUMENT, "1024 bytes", "a name that is too long");

	const auto with = [&](const std::string &name, const tb_plugin_field &f) {
		tb_plugin p = named("Twice");
		p.fields = &f;
		p.field_count = 1;
		return s.plug(name, p, &out);
	};
	refused(with("refuse", field<int32_t>("refuse", TB_FIELD_INT32, {1})), TB_ERR_REFUSED, "Twice made no plugin", "a creator that makes none");
	refused(with("type", field<int32_t>("type", 99, {1})), TB_ERR_ARGUMENT, "99", "an unknown type of a field");
	refused(with("unnamed", field<int32_t>("", TB_FIELD_INT32, {1})), TB_ERR_ARGUMENT, "no name", "a field without a name");
	refused(with("negative", {"f", 1, TB_FIELD_INT32, nullptr, -1}), TB_ERR_ARGUMENT, "-1 elements", "a field of less than nothing");
	refused(with("null", {"f", 1, TB_FIELD_INT32, nullptr, 1}), TB_ERR_ARGUMENT, "null", "a field without values");
	refused(with("many", field<int32_t>("outputs", TB_FIELD_INT32, {TB_MAX_OUTPUTS + 1})), TB_ERR_UNSUPPORTED, "17 outputs", "more outputs than there is room for");
	refused(with("outputs", field<int32_t>("outputs", TB_FIELD_INT32, {0})), TB_ERR_REFUSED, "does not take these inputs", "a plugin that is no layer");
	is<int32_t>(out.count, 0, "out parameters stay untouched");
}

// plugins holds what reached the creators and the network against what was given.
void plugins() {
	std::string plan;
	Plugged s;
	std::string file;
	done(load(s, TB_PLUGINS_STATIC, static_plugins, &file), "static plugins, which another builder has loaded too");
	is(file, static_plugins, "the file that was opened");
	done(load(s, TB_PLUGINS_DYNAMIC, dynamic_plugins, &file), "dynamic plugins");
	is(file, dynamic_plugins, "the file that was opened");

	tb_outputs out{};
	const std::vector<int32_t> three{3};
	{
		// What is given need not outlive the call.
		const std::vector<float> floats{0.5F, -2};
		const std::vector<double> doubles{0.25};
		const std::vector<int8_t> bytes{-3};
		const std::vector<int16_t> shorts{300, -300};
		const std::vector<int64_t> longs{1LL << 40};
		const std::vector<uint16_t> halves{0x3c00};
		const std::vector<uint8_t> eights{0x38};
		const std::vector<char> letters{'a', 'b'}; // without a zero
		const tb_plugin_field fields[] = {
			field("outputs", TB_FIELD_INT32, three), field("f", TB_FIELD_FLOAT32, floats), field("d", TB_FIELD_FLOAT64, doubles),
			field("b", TB_FIELD_INT8, bytes), field("s", TB_FIELD_INT16, shorts), field("l", TB_FIELD_INT64, longs),
			field("h", TB_FIELD_FLOAT16, halves), field("bf", TB_FIELD_BFLOAT16, halves), field("e", TB_FIELD_FLOAT8, eights),
			field("c", TB_FIELD_CHAR, letters), field("none", TB_FIELD_CHAR, std::vector<char>{}),
		};
		tb_plugin p = named("Twice");
		p.fields = fields;
		p.field_count = sizeof fields / sizeof *fields;
		done(s.plug("twice", p, &out), "a plugin with fields of every type");
	}
	is<int32_t>(out.count, 3, "three outputs");
	is<int32_t>(out.tensor[0].dtype, TB_FLOAT32, "of the first input's type");
	is<int32_t>(out.tensor[1].dtype, TB_FLOAT16, "of the second input's");
	is<int32_t>(out.tensor[2].dtype, TB_FLOAT32, "and again");
	const int32_t last = out.tensor[2].id;
	done(s.plug("newer", named("Twice", "2", "lab"), &out), "a plugin of a namespace");
	done(s.plug("thrice", named("Thrice"), &out), "a plugin that registered itself");
	done(s.plug("asked", named("Asked"), &out), "a plugin that was asked to register");
	done(s.mark("y", last), "mark");
	done(s.build(&plan), "build");
	for (const char *line : {"addPluginV3 Twice t0 t1 shape t2 of twice to build, outputs int32 3, f float32 0.500000 -2.000000, "
	                         "d float64 0.250000, b int8 -3, s int16 300 -300, l int64 1099511627776, h float16 15360, bf bf16 15360, "
	                         "e fp8 56, c char ab, none char \n  setName twice\n",
	                         "addPluginV3 Thrice t0 t1 shape t2 of thrice to build\n", "of asked to build\n", "of newer to build\n"}) {
		check(plan.find(line) != std::string::npos, line, plan);
	}
	// The library of dynamic plugins goes with the builder, what it made before it.
	s.builder.reset();
	s.config.reset();
	s.net.reset();
}

} // namespace

int main(int argc, char **argv) {
	const std::vector<std::string> args(argv + 1, argv + argc);
	if (args.size() < 3) {
		std::fprintf(stderr, "usage: double_test FAMILY LIBRARY GOLDEN [STATIC-PLUGINS DYNAMIC-PLUGINS] [--update]\n");
		return 2;
	}
	family = args[0];
	library_path = args[1];
	if (args.size() >= 5) {
		static_plugins = args[3];
		dynamic_plugins = args[4];
	}
	api = trtbridge_api();
	fake = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
	if (!check(fake != nullptr, "the double opens", fake == nullptr ? dlerror() : "")) {
		return 1;
	}
	is<std::string>(api->family, family, "the shim is of the family");
	versions();
	no_builder();
	newer_calls();
	calls(args[2], args.back() == "--update");
	kept();
	failing_builds();
	lazy_errors();
	weights_are_read_at_build();
	cancels();
	orders();
	strangers();
	if (family.compare(0, 3, "rtx") == 0) {
		no_plugins();
	} else {
		plugins_that_cannot_be(); // before static ones are registered for good
		plugins();
	}
	is(exported<int32_t (*)()>("fakenv_live")(), 0, "no object of the library's is left");
	return finish(api);
}
