// errors.h: failures inside the shim, the errors that leave it, and the count of
// handles that are alive.
#pragma once

#include "bridge.h"

#include <string>
#include <string_view>

namespace tb {

class Journal;

// Failure is thrown inside the shim and caught by guarded, at the border.
struct Failure {
	int32_t code; // TB_ERR_...
	std::string message;
};

// fail throws a Failure with a message of our own.
[[noreturn]] void fail(int32_t code, std::string message);

// newer_headers throws for a call that the headers the shim was compiled with do
// not have.
[[noreturn]] void newer_headers(const char *what);

// Counted makes live_handles know of every handle of its kind.
void count_handle(int32_t kind, int64_t by) noexcept;
int64_t live_handles(int32_t kind) noexcept;

template <int32_t Kind> class Counted {
public:
	Counted() noexcept { count_handle(Kind, 1); }
	~Counted() { count_handle(Kind, -1); }
	Counted(const Counted &) = delete;
	Counted &operator=(const Counted &) = delete;
};

// make_error turns the exception in flight into an owned error; journal, which
// may be null, supplies TensorRT's words.
tb_error *make_error(Journal *journal, int32_t phase, std::string_view layer) noexcept;

// guarded runs body and returns what it threw as an error: no exception leaves.
template <class Body>
tb_error *guarded(Journal *journal, int32_t phase, std::string_view layer, Body &&body) noexcept {
	try {
		body();
		return nullptr;
	} catch (...) {
		return make_error(journal, phase, layer);
	}
}

// given refuses a null pointer argument.
template <class T> T &given(T *p, const char *what) {
	if (p == nullptr) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " is null");
	}
	return *p;
}

// checked_name checks a name against the rules of bridge.h: TensorRT cuts or
// alters others without saying so.
std::string checked_name(const char *name, size_t len, const char *what);

} // namespace tb
