// harness.h: a line for each check, and C++ ownership over the table for tests.
#pragma once

#include "loader.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace test {

inline int failures = 0;

inline bool check(bool ok, const std::string &what, const std::string &detail = "") {
	std::printf("%s  %s%s%s\n", ok ? "ok  " : "FAIL", what.c_str(), ok || detail.empty() ? "" : ": ",
	            ok ? "" : detail.c_str());
	std::fflush(stdout);
	failures += ok ? 0 : 1;
	return ok;
}

template <class T> bool is(const T &got, const T &want, const std::string &what) {
	if constexpr (std::is_same_v<T, std::string>) {
		return check(got == want, what, "got " + got + ", want " + want);
	} else {
		return check(got == want, what, "got " + std::to_string(got) + ", want " + std::to_string(want));
	}
}

// Error is a tb_error read and freed.
struct Error {
	int32_t code = 0, phase = 0;
	std::string layer, message, native, log;

	Error(const tb_api *api, tb_error *err) {
		if (err == nullptr) {
			return;
		}
		tb_error_info info{};
		tb_error_describe(api, err, &info);
		code = info.code;
		phase = info.phase;
		layer = info.layer;
		message = info.message;
		native = info.native;
		log = info.log;
		tb_error_free(api, err);
	}

	bool says(const std::string &what) const { return (message + "\n" + native).find(what) != std::string::npos; }
	std::string text() const {
		return "code " + std::to_string(code) + " phase " + std::to_string(phase) + " layer '" + layer + "' " + message +
		       " | " + native;
	}
};

inline void done(const Error &e, const std::string &what) { check(e.code == 0, what, e.text()); }

inline void refused(const Error &e, int32_t code, const std::string &says, const std::string &what) {
	check(e.code == code && e.says(says), what, "want code " + std::to_string(code) + " saying '" + says + "', got " + e.text());
}

inline tb_dims dims(std::initializer_list<int64_t> values) {
	tb_dims out{};
	for (int64_t v : values) {
		out.d[out.rank++] = v;
	}
	return out;
}

// Handle owns any tb_ handle.
template <class T> using Free = void (*)(const tb_api *, T *);
template <class T> class Handle {
public:
	Handle(const tb_api *api, Free<T> free) : api_(api), free_(free) {}
	~Handle() { reset(); }
	Handle(const Handle &) = delete;
	Handle &operator=(const Handle &) = delete;
	void reset() {
		free_(api_, p_);
		p_ = nullptr;
	}
	T **out() { return &p_; }
	operator T *() const { return p_; }

private:
	const tb_api *api_;
	Free<T> free_;
	T *p_ = nullptr;
};

// Session is a library, a builder and one network.
class Session {
public:
	const tb_api *api;
	Handle<tb_library> library{api, tb_library_free};
	Handle<tb_builder> builder{api, tb_builder_free};
	Handle<tb_network> net{api, tb_network_free};
	Handle<tb_config> config{api, tb_config_free};
	std::vector<std::string> lines; // warnings and errors that were logged
	std::function<void(const Error &)> on_error; // told of an add that failed; null: that is a failure of the test

	Session(const tb_api *a, const std::string &path, const std::string &name = "net") : api(a) {
		require(tb_library_open(api, path.data(), path.size(), library.out()), "open");
		require(tb_builder_create(api, library, keep_line, reinterpret_cast<uintptr_t>(this), TB_LOG_WARNING, builder.out()),
		        "builder");
		require(tb_network_create(api, builder, name.data(), name.size(), net.out()), "network");
		require(tb_config_create(api, builder, config.out()), "config");
	}

	// call is any add function: call(tb_add_unary, "name", in, op, &out).
	template <class F, class... Args> Error call(F add, const std::string &name, Args... args) {
		return Error(api, add(api, net, name.data(), name.size(), args...));
	}

	// add is a call that must succeed; its first output.
	template <class F, class... Args> tb_tensor add(F add_fn, const std::string &name, Args... args) {
		tb_outputs out{};
		const Error e = call(add_fn, name, args..., &out);
		if (e.code != 0 && on_error) {
			on_error(e);
		} else if (e.code != 0 || out.count < 1) {
			check(false, name, e.text());
		}
		return out.tensor[0];
	}

	tb_tensor input(const std::string &name, int32_t dtype, const tb_dims &d) { return add(tb_add_input, name, dtype, &d); }

	Error mark(const std::string &name, int32_t tensor) { return call(tb_mark_output, name, tensor); }

	Error build(std::string *plan) {
		Handle<tb_plan> made{api, tb_plan_free};
		Error e(api, tb_build(api, net, config, made.out()));
		if (e.code == 0) {
			const void *data = nullptr;
			size_t size = 0;
			tb_plan_bytes(api, made, &data, &size);
			plan->assign(static_cast<const char *>(data), size);
		}
		return e;
	}

private:
	static void keep_line(uintptr_t self, int32_t, tb_string text) {
		reinterpret_cast<Session *>(self)->lines.emplace_back(text);
	}
	void require(tb_error *err, const char *what) {
		const Error e(api, err);
		if (e.code != 0) {
			check(false, what, e.text());
			std::exit(1);
		}
	}
};

// finish reports leaked handles and ends the program.
inline int finish(const tb_api *api) {
	is(tb_live_handles(api, TB_HANDLE_ANY), int64_t{0}, "no handle is left");
	std::printf("%s\n", failures == 0 ? "PASS" : "FAIL");
	return failures == 0 ? 0 : 1;
}

} // namespace test
