// support.h: what the generated stubs and the double's classes share: settings
// from the environment, the log of calls, and refusing what is not implemented.
#pragma once

#include <NvInfer.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>

// FAKENV_SINCE_11: the headers have what came with TensorRT 11 and RTX 1.5.
#ifdef TRT_MAJOR_RTX
#define FAKENV_SINCE_11 (TRT_MINOR_RTX >= 5)
#else
#define FAKENV_SINCE_11 (NV_TENSORRT_MAJOR >= 11)
#endif

namespace nvinfer1 {
namespace fakenv {

// setting reads FAKENV_name when it is needed, so that a test changes the double's
// mind with setenv. README.md lists the names.
inline std::string setting(const char *name) {
	const char *value = std::getenv((std::string("FAKENV_") + name).c_str());
	return value == nullptr ? "" : value;
}

[[noreturn]] inline void die(const std::string &why) {
	std::fprintf(stderr, "fakenv: %s\n", why.c_str());
	std::abort();
}

[[noreturn]] inline void missing(const char *method) { die(std::string(method) + " is not implemented"); }

// record appends a line to the log of calls; take_log returns it, and forgets.
void record(const std::string &line);
std::string take_log();

inline std::string show(const Dims &d) {
	std::string s = "[";
	for (int32_t i = 0; i < d.nbDims; i++) {
		s += (i == 0 ? "" : ",") + std::to_string(d.d[i]);
	}
	return s + "]";
}

inline std::string show(const Permutation &p) {
	std::string s = "(";
	for (int32_t axis : p.order) {
		s += std::to_string(axis);
	}
	return s + ")";
}

inline std::string show(const Weights &w) {
	return std::to_string(w.count) + " of type " + std::to_string(static_cast<int32_t>(w.type));
}

template <class T> std::string show(const T &value) {
	if constexpr (std::is_enum_v<T>) {
		return std::to_string(static_cast<int64_t>(value));
	} else if constexpr (std::is_pointer_v<T>) {
		return "a pointer";
	} else {
		return std::to_string(value);
	}
}

// store is what a generated setter does. FAKENV_KEEP names a method that keeps
// its old value without a word.
template <class T> void store(const char *method, T &slot, const T &value) {
	const std::string full = method;
	const std::string name = full.substr(full.rfind(':') + 1);
	if (setting("KEEP") != name) {
		slot = value;
	}
	record("  " + name + " " + show(value));
}

} // namespace fakenv
} // namespace nvinfer1
