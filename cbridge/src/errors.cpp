#include "errors.h"

#include "entry.h"
#include "journal.h"

#include <atomic>
#include <new>

struct tb_error : tb::Counted<TB_HANDLE_ERROR> {
	int32_t code = TB_ERR_INTERNAL;
	int32_t phase = 0;
	std::string layer, message, native, log;
};

namespace tb {

namespace {

std::atomic<int64_t> live[TB_HANDLE_KINDS];

// What is handed out when there is no memory left to describe a failure. It is
// not a handle: freeing it does nothing.
char no_memory_place;
tb_error *const no_memory = reinterpret_cast<tb_error *>(&no_memory_place);

} // namespace

void count_handle(int32_t kind, int64_t by) noexcept {
	live[kind] += by;
	live[TB_HANDLE_ANY] += by;
}

int64_t live_handles(int32_t kind) noexcept {
	return kind < 0 || kind >= TB_HANDLE_KINDS ? -1 : live[kind].load();
}

void fail(int32_t code, std::string message) { throw Failure{code, std::move(message)}; }

void newer_headers(const char *what) {
	fail(TB_ERR_UNSUPPORTED, std::string(what) + " is not in the TensorRT headers that the shim was compiled with");
}

std::string checked_name(const char *name, size_t len, const char *what) {
	if (name == nullptr || len == 0) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " has no name");
	}
	if (len > TB_MAX_NAME) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " has a name of " + std::to_string(len) +
		                          " bytes; TensorRT keeps at most " + std::to_string(TB_MAX_NAME));
	}
	for (size_t i = 0; i < len; i++) {
		if (name[i] < 0x20 || name[i] > 0x7e) {
			fail(TB_ERR_ARGUMENT,
			     std::string(what) + " has a name that is not printable ASCII, at byte " + std::to_string(i));
		}
	}
	return std::string(name, len);
}

tb_error *make_error(Journal *journal, int32_t phase, std::string_view layer) noexcept {
	try {
		auto err = std::make_unique<tb_error>();
		err->phase = phase;
		err->layer = layer;
		try {
			throw;
		} catch (const Failure &f) {
			err->code = f.code;
			err->message = f.message;
		} catch (const std::bad_alloc &) {
			err->code = TB_ERR_OUT_OF_MEMORY;
			err->message = "out of memory in the shim";
		} catch (const std::exception &e) {
			err->message = e.what();
		} catch (...) {
			err->message = "an exception of unknown type";
		}
		if (journal != nullptr) {
			err->native = journal->errors();
			err->log = journal->tail();
			if (err->code == TB_ERR_REFUSED && journal->out_of_memory()) {
				err->code = TB_ERR_OUT_OF_MEMORY;
			}
		}
		return err.release();
	} catch (...) {
		return no_memory;
	}
}

} // namespace tb

namespace tb::entry {

void error_describe(const tb_error *err, tb_error_info *out) noexcept {
	if (err == no_memory) {
		*out = {TB_ERR_OUT_OF_MEMORY, 0, "", "out of memory in the shim", "", ""};
		return;
	}
	*out = {err->code, err->phase, err->layer.c_str(), err->message.c_str(), err->native.c_str(), err->log.c_str()};
}

void error_free(tb_error *err) noexcept {
	if (err != no_memory) {
		delete err;
	}
}

int64_t live_handles(int32_t kind) noexcept { return tb::live_handles(kind); }

} // namespace tb::entry
