// journal.h: what TensorRT says while a call runs: its log lines and its error
// records. With a recorder set, errors go to the recorder and not to the log, so
// only both together tell a story.
#pragma once

#include "bridge.h"

#include <NvInfer.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace tb {

// Journal collects for one builder and all it makes. TensorRT may write to it
// from several threads.
class Journal : public nvinfer1::IErrorRecorder {
public:
	Journal(tb_log_fn log, uintptr_t data, int32_t level);
	~Journal() override;

	// The logger to give to TensorRT. It outlives the journal: TensorRT keeps the
	// first one it sees as the process's own.
	nvinfer1::ILogger &logger() noexcept;

	// begin forgets the records and lines of earlier calls.
	void begin() noexcept;

	// errors joins what TensorRT recorded since begin, one record a line, without
	// the complaints about a missing driver that follow a real error on a machine
	// without GPU. Errors that were logged before a recorder was set count too.
	std::string errors() const;
	std::string tail() const;
	bool out_of_memory() const;

	// IErrorRecorder
	int32_t getNbErrors() const noexcept override;
	nvinfer1::ErrorCode getErrorCode(int32_t i) const noexcept override;
	ErrorDesc getErrorDesc(int32_t i) const noexcept override;
	bool hasOverflowed() const noexcept override;
	void clear() noexcept override;
	bool reportError(nvinfer1::ErrorCode code, ErrorDesc text) noexcept override;
	RefCount incRefCount() noexcept override;
	RefCount decRefCount() noexcept override;

private:
	friend class Logger;
	struct Record {
		nvinfer1::ErrorCode code;
		std::string text;
		bool driver; // one of the complaints that errors leaves out
	};

	void logged(int32_t severity, const char *text) noexcept;
	void tell(int32_t severity, const char *text) const noexcept;
	void note(std::string line);

	tb_log_fn log_;
	uintptr_t data_;
	int32_t level_;
	class Logger *logger_;
	mutable std::mutex mutex_;
	std::deque<Record> records_; // a deque: getErrorDesc hands out pointers into it
	std::deque<std::string> tail_;
	std::atomic<int32_t> references_{0};
};

} // namespace tb
