// library.cpp: opening a TensorRT library, and refusing what this shim was not
// compiled for.
#include "dynamic.h"
#include "entry.h"
#include "objects.h"

#include <climits>
#include <cstdlib>

namespace tb {

namespace {

std::string real_path(const void *symbol) {
	Dl_info info{};
	char buffer[PATH_MAX];
	if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr || realpath(info.dli_fname, buffer) == nullptr) {
		return "";
	}
	return buffer;
}

std::string spell(const tb_version &v) {
	return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}

void check_version(const Library &lib) {
	const int32_t version = lib.version_number();
	if (version < family_bounds.first || version >= family_bounds.end) {
		const Bounds b = family_bounds;
		fail(TB_ERR_WRONG_FAMILY, lib.path + " is TensorRT " + spell(lib.version) + "; this shim (" + family_name +
		                              ") serves " + spell({b.first / 10000, b.first / 100 % 100, 0, 0}) +
		                              " up to, not including, " + spell({b.end / 10000, b.end / 100 % 100, 0, 0}));
	}
	if (broken(version)) {
		fail(TB_ERR_BAD_VERSION, lib.path + " is TensorRT " + spell(lib.version) +
		                             ", whose ABI differs from every other 10.x; use 10.9 or later, or 10.7");
	}
}

void open(Library &lib, const std::string &path) {
	// Never closed: the library keeps state of the CUDA driver.
	void *object = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
	if (object == nullptr) {
		fail(TB_ERR_NO_LIBRARY, dlerror());
	}
	auto version = find<int32_t (*)()>(object, "getInferLibVersion");
	auto create = find<decltype(&createInferBuilder_INTERNAL)>(object, "createInferBuilder_INTERNAL");
	if (version == nullptr || create == nullptr) {
		fail(TB_ERR_NOT_TENSORRT, path + " exports no " +
		                              (version == nullptr ? "getInferLibVersion" : "createInferBuilder_INTERNAL") +
		                              ": not a TensorRT library");
	}
	lib.path = real_path(dlsym(object, "getInferLibVersion"));
	if (lib.path.empty()) {
		lib.path = path;
	}
	const int32_t n = version();
	auto build = find<int32_t (*)()>(object, "getInferLibBuildVersion");
	lib.version = {n / 10000, n / 100 % 100, n % 100, build == nullptr ? 0 : build()};
	check_version(lib);
	lib.create_builder = create;
	lib.plugin_registry = find<decltype(&getPluginRegistry)>(object, "getPluginRegistry");

	// Enterprise opens its builder resources by bare name: tell it where they are.
	// A refusal shows up when a builder is made, with TensorRT's own text.
	auto set_path = find<bool (*)(const char *)>(object, "setInternalLibraryPath");
	const size_t slash = lib.path.rfind('/');
	if (set_path != nullptr && slash != std::string::npos) {
		set_path(lib.path.substr(0, slash).c_str());
	}
}

} // namespace

} // namespace tb

namespace tb::entry {

tb_error *library_open(const char *path, size_t path_len, tb_library **out) noexcept {
	const std::string_view given_path(path == nullptr ? "" : path, path == nullptr ? 0 : path_len);
	return guarded(nullptr, TB_PHASE_LIBRARY, "", [&] {
		if (given_path.empty()) {
			fail(TB_ERR_ARGUMENT, "the library's path is empty"); // dlopen would open this program
		}
		auto lib = std::make_unique<tb_library>();
		open(*lib->object, std::string(given_path));
		given(out, "out") = lib.release();
	});
}

void library_describe(tb_library *lib, tb_library_info *out) noexcept {
	*out = {lib->object->version, lib->object->path.c_str(), family_name, rtx};
}

void library_free(tb_library *lib) noexcept { delete lib; }

} // namespace tb::entry
