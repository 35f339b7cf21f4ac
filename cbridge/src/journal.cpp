#include "journal.h"

#include <algorithm>
#include <vector>

namespace tb {

namespace {

constexpr size_t tail_lines = 16;

// TensorRT's message for a failed call of the CUDA runtime. Without a driver
// (cudaError 35) it follows almost every real error.
bool about_missing_driver(const std::string &text) {
	return text.find("Cuda Runtime") != std::string::npos && text.find("cudaError 35") != std::string::npos;
}

bool about_memory(const std::string &text) {
	for (const char *sign : {"std::bad_alloc", "out of memory", "Out of memory", "OutOfMemory", "outOfMemory"}) {
		if (text.find(sign) != std::string::npos) {
			return true;
		}
	}
	return false;
}

} // namespace

// Logger passes TensorRT's lines on to the journal it serves at present. Loggers
// are never destroyed, as TensorRT keeps a pointer to the first it was given;
// they are used again, so there are as many as there ever were journals at once.
class Logger : public nvinfer1::ILogger {
public:
	static Logger *lend(Journal *journal) {
		static std::mutex mutex;
		static auto &all = *new std::vector<std::unique_ptr<Logger>>;
		std::lock_guard<std::mutex> lock(mutex);
		auto idle = std::find_if(all.begin(), all.end(), [](auto &l) { return l->claim(); });
		if (idle == all.end()) {
			all.push_back(std::make_unique<Logger>());
			idle = all.end() - 1;
			(*idle)->claim();
		}
		(*idle)->serve(journal);
		return idle->get();
	}

	void release() noexcept {
		serve(nullptr);
		claimed_ = false;
	}

	void log(Severity severity, const char *text) noexcept override {
		std::lock_guard<std::recursive_mutex> lock(mutex_);
		if (journal_ != nullptr && text != nullptr) {
			journal_->logged(static_cast<int32_t>(severity) + TB_LOG_FATAL, text);
		}
	}

private:
	bool claim() noexcept { return !claimed_.exchange(true); }
	void serve(Journal *journal) noexcept {
		std::lock_guard<std::recursive_mutex> lock(mutex_);
		journal_ = journal;
	}

	std::recursive_mutex mutex_;
	Journal *journal_ = nullptr;
	std::atomic<bool> claimed_{false};
};

Journal::Journal(tb_log_fn log, uintptr_t data, int32_t level)
    : log_(log), data_(data), level_(level), logger_(Logger::lend(this)) {}

Journal::~Journal() { logger_->release(); }

nvinfer1::ILogger &Journal::logger() noexcept { return *logger_; }

void Journal::begin() noexcept {
	std::lock_guard<std::mutex> lock(mutex_);
	records_.clear();
	tail_.clear();
}

std::string Journal::errors() const {
	std::lock_guard<std::mutex> lock(mutex_);
	const bool only_driver = std::all_of(records_.begin(), records_.end(), [](auto &r) { return r.driver; });
	std::string joined;
	for (const auto &r : records_) {
		if (r.driver && !only_driver) {
			continue;
		}
		if (!joined.empty()) {
			joined += '\n';
		}
		joined += r.text;
	}
	return joined;
}

std::string Journal::tail() const {
	std::lock_guard<std::mutex> lock(mutex_);
	std::string joined;
	for (const auto &line : tail_) {
		if (!joined.empty()) {
			joined += '\n';
		}
		joined += line;
	}
	return joined;
}

bool Journal::out_of_memory() const {
	std::lock_guard<std::mutex> lock(mutex_);
	return std::any_of(records_.begin(), records_.end(), [](auto &r) {
		return r.code == nvinfer1::ErrorCode::kFAILED_ALLOCATION || about_memory(r.text);
	});
}

void Journal::logged(int32_t severity, const char *text) noexcept {
	tell(severity, text);
	try {
		std::lock_guard<std::mutex> lock(mutex_);
		if (severity <= TB_LOG_INFO) {
			note(text);
		}
		if (severity <= TB_LOG_ERROR) {
			records_.push_back({nvinfer1::ErrorCode::kUNSPECIFIED_ERROR, text, about_missing_driver(text)});
		}
	} catch (...) { // out of memory: the line is lost, the call goes on
	}
}

void Journal::tell(int32_t severity, const char *text) const noexcept {
	if (log_ != nullptr && severity <= level_) {
		log_(data_, severity, text);
	}
}

void Journal::note(std::string line) {
	if (tail_.size() == tail_lines) {
		tail_.pop_front();
	}
	tail_.push_back(std::move(line));
}

bool Journal::reportError(nvinfer1::ErrorCode code, ErrorDesc text) noexcept {
	bool follow_up = false;
	try {
		std::string copy(text == nullptr ? "" : text);
		std::lock_guard<std::mutex> lock(mutex_);
		const bool driver = about_missing_driver(copy);
		follow_up = driver && !records_.empty();
		records_.push_back({code, std::move(copy), driver});
	} catch (...) {
	}
	if (!follow_up && text != nullptr) {
		tell(TB_LOG_ERROR, text);
	}
	return false; // errors do not end the process
}

int32_t Journal::getNbErrors() const noexcept {
	std::lock_guard<std::mutex> lock(mutex_);
	return static_cast<int32_t>(records_.size());
}

nvinfer1::ErrorCode Journal::getErrorCode(int32_t i) const noexcept {
	std::lock_guard<std::mutex> lock(mutex_);
	return i >= 0 && static_cast<size_t>(i) < records_.size() ? records_[static_cast<size_t>(i)].code
	                                                          : nvinfer1::ErrorCode::kINVALID_ARGUMENT;
}

Journal::ErrorDesc Journal::getErrorDesc(int32_t i) const noexcept {
	std::lock_guard<std::mutex> lock(mutex_);
	return i >= 0 && static_cast<size_t>(i) < records_.size() ? records_[static_cast<size_t>(i)].text.c_str() : "";
}

bool Journal::hasOverflowed() const noexcept { return false; }

void Journal::clear() noexcept {
	std::lock_guard<std::mutex> lock(mutex_);
	records_.clear();
}

Journal::RefCount Journal::incRefCount() noexcept { return ++references_; }
Journal::RefCount Journal::decRefCount() noexcept { return --references_; }

} // namespace tb
