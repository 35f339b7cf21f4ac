// objects.h: what is behind the handles. Each object holds what it was made from,
// so handles may be freed in any order; TensorRT's own objects are still destroyed
// children first. Members are declared in the order in which they must outlive
// each other.
#pragma once

#include "errors.h"
#include "families.h"
#include "journal.h"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace tb {

struct Library {
	std::string path;
	tb_version version{};
	decltype(&createInferBuilder_INTERNAL) create_builder = nullptr;
	decltype(&getPluginRegistry) plugin_registry = nullptr; // null: it exports none

	int32_t version_number() const { return number(version.major, version.minor, version.patch); }
};

struct Builder {
	std::shared_ptr<Library> library;
	Journal journal;
	std::unique_ptr<nvinfer1::IBuilder> nv;
	std::deque<std::string> plugin_files; // libraries of plugins that were loaded

	Builder(std::shared_ptr<Library> l, tb_log_fn log, uintptr_t data, int32_t level)
	    : library(std::move(l)), journal(log, data, level) {}
};

// Monitor is told of a build's progress and ends it when asked to.
class Monitor : public nvinfer1::IProgressMonitor {
public:
	tb_progress_fn progress = nullptr;
	uintptr_t data = 0;
	std::atomic<bool> canceled{false};

	void phaseStart(const char *phase, const char *parent, int32_t steps) noexcept override;
	bool stepComplete(const char *phase, int32_t step) noexcept override;
	void phaseFinish(const char *phase) noexcept override;

private:
	void tell(int32_t event, const char *phase, const char *parent, int32_t step, int32_t steps) noexcept;
};

} // namespace tb

struct tb_library : tb::Counted<TB_HANDLE_LIBRARY> {
	std::shared_ptr<tb::Library> object = std::make_shared<tb::Library>();
};

struct tb_builder : tb::Counted<TB_HANDLE_BUILDER> {
	std::shared_ptr<tb::Builder> object;
};

struct tb_network : tb::Counted<TB_HANDLE_NETWORK> {
	std::shared_ptr<tb::Builder> builder;
	std::string name;
	std::deque<std::vector<int64_t>> constants; // bytes of hidden constant layers
	std::vector<std::unique_ptr<nvinfer1::IPluginV3>> plugins;
	std::unique_ptr<nvinfer1::INetworkDefinition> nv;
	std::vector<nvinfer1::ITensor *> tensors; // by id, less 1
	std::vector<nvinfer1::IIfConditional *> conditionals; // by id
	std::vector<nvinfer1::ILoop *> loops;                 // by id
	std::map<int32_t, nvinfer1::IRecurrenceLayer *> recurrences; // by the id of their tensor
};

struct tb_profile : tb::Counted<TB_HANDLE_PROFILE> {
	std::shared_ptr<tb::Builder> builder;
	nvinfer1::IOptimizationProfile *nv = nullptr; // the builder's
};

struct tb_config : tb::Counted<TB_HANDLE_CONFIG> {
	std::shared_ptr<tb::Builder> builder;
	tb::Monitor monitor;
	std::unique_ptr<nvinfer1::IBuilderConfig> nv;
};

struct tb_plan : tb::Counted<TB_HANDLE_PLAN> {
	std::unique_ptr<nvinfer1::IHostMemory> nv;
};
