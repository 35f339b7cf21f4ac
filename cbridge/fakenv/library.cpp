// library.cpp: the double's builder, and the functions that a TensorRT library
// exports.
#include "objects.h"

#include <algorithm>
#include <array>
#include <map>
#include <thread>

namespace nvinfer1 {
namespace fakenv {

namespace {

int32_t library_version() {
	const std::string version = setting("VERSION");
	return version.empty() ? NV_TENSORRT_MAJOR * 10000 + NV_TENSORRT_MINOR * 100 + NV_TENSORRT_PATCH
	                       : std::atoi(version.c_str());
}

class Memory final : public IHostMemory, public VHostMemoryStub, Counted {
public:
	explicit Memory(std::string bytes) : bytes_(std::move(bytes)) { mImpl = this; }
	void *data() const noexcept override { return const_cast<char *>(bytes_.data()); }
	std::size_t size() const noexcept override { return bytes_.size(); }

private:
	std::string bytes_;
};

class Profile final : public IOptimizationProfile, public VOptimizationProfileStub {
public:
	Profile() { mImpl = this; }
	bool setDimensions(char const *input, OptProfileSelector which, Dims const &dims) noexcept override {
		if (setting("KEEP") == "setDimensions") {
			return false;
		}
		ranges_[input][static_cast<size_t>(which)] = dims;
		return true;
	}
	bool setShapeValuesV2(char const *, OptProfileSelector, int64_t const *values, int32_t count) noexcept override {
		return setting("KEEP") != "setShapeValuesV2" && count > 0 && values[0] >= 0;
	}
	bool isValid() const noexcept override {
		return std::all_of(ranges_.begin(), ranges_.end(), [](auto &r) {
			const auto &[lo, mid, hi] = r.second;
			for (int32_t i = 0; i < lo.nbDims; i++) {
				if (lo.d[i] > mid.d[i] || mid.d[i] > hi.d[i]) {
					return false;
				}
			}
			return true;
		});
	}

private:
	std::map<std::string, std::array<Dims, 3>> ranges_;
};

class Config final : public IBuilderConfig, public VBuilderConfigStub, Counted {
public:
	explicit Config(std::atomic<int32_t> &children) : children_(children) {
		mImpl = this;
		children_++;
	}
	~Config() override { children_--; }

	void setFlag(BuilderFlag flag) noexcept override { change("setFlag", flag, true); }
	void clearFlag(BuilderFlag flag) noexcept override { change("clearFlag", flag, false); }
	bool getFlag(BuilderFlag flag) const noexcept override { return flags_.count(flag) != 0; }
	void setMemoryPoolLimit(MemoryPoolType pool, std::size_t size) noexcept override { store("setMemoryPoolLimit", pools_[pool], size); }
	std::size_t getMemoryPoolLimit(MemoryPoolType pool) const noexcept override {
		auto found = pools_.find(pool);
		return found == pools_.end() ? 0 : found->second;
	}
	void setProgressMonitor(IProgressMonitor *monitor) noexcept override { monitor_ = monitor; }
	IProgressMonitor *getProgressMonitor() const noexcept override { return monitor_; }
	int32_t addOptimizationProfile(IOptimizationProfile const *profile) noexcept override {
		return profile->isValid() ? profiles_++ : -1;
	}
	int32_t getNbOptimizationProfiles() const noexcept override { return profiles_; }
#ifdef TRT_MAJOR_RTX
	bool setNbComputeCapabilities(int32_t n) noexcept override {
		capabilities_.assign(static_cast<size_t>(n), ComputeCapability::kNONE);
		return true;
	}
	int32_t getNbComputeCapabilities() const noexcept override { return static_cast<int32_t>(capabilities_.size()); }
	bool setComputeCapability(ComputeCapability cc, int32_t i) noexcept override {
		if (i >= getNbComputeCapabilities()) {
			return false;
		}
		store("setComputeCapability", capabilities_[static_cast<size_t>(i)], cc);
		return true;
	}
	ComputeCapability getComputeCapability(int32_t i) const noexcept override { return capabilities_[static_cast<size_t>(i)]; }
#endif

private:
	void change(const char *method, BuilderFlag flag, bool on) {
		if (setting("KEEP") == method) {
			return;
		}
		if (on) {
			flags_.insert(flag);
		} else {
			flags_.erase(flag);
		}
	}

	std::atomic<int32_t> &children_;
	std::set<BuilderFlag> flags_{BuilderFlag::kTF32};
	std::map<MemoryPoolType, std::size_t> pools_;
	IProgressMonitor *monitor_ = nullptr;
	int32_t profiles_ = 0;
#ifdef TRT_MAJOR_RTX
	std::vector<ComputeCapability> capabilities_;
#endif
};

class Builder final : public IBuilder, public VBuilderStub, Counted {
public:
	explicit Builder(ILogger *logger) {
		mImpl = this;
		voice_.logger = logger;
	}
	~Builder() override {
		if (children_ != 0) {
			die("the builder is destroyed before what it made");
		}
		setErrorRecorder(nullptr);
	}

	void setErrorRecorder(IErrorRecorder *recorder) noexcept override {
		if (voice_.recorder != nullptr) {
			voice_.recorder->decRefCount();
		}
		voice_.recorder = recorder;
		if (recorder != nullptr) {
			recorder->incRefCount();
		}
	}

	INetworkDefinition *createNetworkV2(NetworkDefinitionCreationFlags flags) noexcept override {
		if (flags != strongly_typed()) {
			voice_.fail(ErrorCode::kINVALID_ARGUMENT, "creation flags " + std::to_string(flags));
			return nullptr;
		}
		return new Network(voice_, children_);
	}

	IBuilderConfig *createBuilderConfig() noexcept override { return new Config(children_); }

	IOptimizationProfile *createOptimizationProfile() noexcept override {
		profiles_.push_back(std::make_unique<Profile>());
		return profiles_.back().get();
	}

	IHostMemory *buildSerializedNetwork(INetworkDefinition &network, IBuilderConfig &config) noexcept override;

	IPluginRegistry &getPluginRegistry() noexcept override { return plugins_; }

private:
	static NetworkDefinitionCreationFlags strongly_typed() {
#if !FAKENV_SINCE_11
		return 1U << static_cast<uint32_t>(NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#else
		return 0;
#endif
	}

	// compile reports progress; false: the build was canceled.
	bool compile(IProgressMonitor &monitor) const;

	Voice voice_;
	std::atomic<int32_t> children_{0};
	std::vector<std::unique_ptr<Profile>> profiles_;
	Registry plugins_{&Registry::global()};
};

bool Builder::compile(IProgressMonitor &monitor) const {
	const bool deaf = setting("BUILD") == "deaf";
	bool go_on = true;
	monitor.phaseStart("Building engine", nullptr, 2);
	for (int32_t step = 0; step < 2 && go_on; step++) {
		monitor.phaseStart("Optimizing graph", "Building engine", 3);
		for (int32_t inner = 0; inner < 3 && go_on; inner++) {
			go_on = monitor.stepComplete("Optimizing graph", inner) || deaf;
		}
		monitor.phaseFinish("Optimizing graph");
		go_on = go_on && (monitor.stepComplete("Building engine", step) || deaf);
	}
	monitor.phaseFinish("Building engine");
	voice_.say(ILogger::Severity::kWARNING, "a warning of the build");
	voice_.say(ILogger::Severity::kVERBOSE, "a detail of the build");
	return go_on;
}

IHostMemory *Builder::buildSerializedNetwork(INetworkDefinition &network, IBuilderConfig &config) noexcept {
	auto &net = static_cast<Network &>(network);
	auto &conf = static_cast<Config &>(config);
	const std::string mode = setting("BUILD");
	if (mode == "silent") {
		return nullptr;
	}
	if (mode == "oom") {
		voice_.fail(ErrorCode::kFAILED_ALLOCATION, "Error Code 5: Requested size was 1099511627776 bytes.");
		return nullptr;
	}
	if (!net.has_output()) {
		voice_.fail(ErrorCode::kINVALID_CONFIG, "Error Code 4: API Usage Error (Network must have at least one output.)");
		return nullptr;
	}
	if (net.dynamic() && conf.getNbOptimizationProfiles() == 0) {
		voice_.fail(ErrorCode::kINVALID_CONFIG, "Error Code 4: API Usage Error (Network has dynamic or shape inputs, but no "
		                                        "optimization profile has been defined.)");
		return nullptr;
	}
	bool finished = true;
	if (conf.getProgressMonitor() != nullptr) {
		auto run = [&] { finished = compile(*conf.getProgressMonitor()); };
		if (mode == "thread") {
			std::thread(run).join();
		} else {
			run();
		}
	}
	if (!finished) {
		voice_.fail(ErrorCode::kFAILED_EXECUTION, "Error Code 7: BuildCanceled (Build canceled by user)");
		return nullptr;
	}
	return new Memory(net.plan());
}

} // namespace

} // namespace fakenv
} // namespace nvinfer1

using namespace nvinfer1;

extern "C" {

int32_t getInferLibVersion() noexcept { return fakenv::library_version(); }
int32_t getInferLibBuildVersion() noexcept { return 42; }

// The real Enterprise library refuses without a driver: FAKENV_BUILDER=null.
void *createInferBuilder_INTERNAL(void *logger, int32_t version) noexcept {
	auto *log = static_cast<ILogger *>(logger);
	if (fakenv::setting("BUILDER") == "null") {
		log->log(ILogger::Severity::kERROR,
		         "Error Code 6: API Usage Error (CUDA initialization failure with error: 35. Please check your CUDA "
		         "installation)");
		return nullptr;
	}
	if (version != fakenv::library_version()) {
		log->log(ILogger::Severity::kERROR, "the version asked for is not the library's");
		return nullptr;
	}
	return static_cast<IBuilder *>(new fakenv::Builder(log));
}

IPluginRegistry *getPluginRegistry() noexcept { return &fakenv::Registry::global(); }

// For tests: how many objects wait for their delete.
int32_t fakenv_live();
int32_t fakenv_live() { return fakenv::Counted::live; }

#if !defined(TRT_MAJOR_RTX) || TRT_MINOR_RTX >= 5
// For tests: the directory that the library was told it lies in.
static char library_path[4096];
bool setInternalLibraryPath(AsciiChar const *path) noexcept {
	std::snprintf(library_path, sizeof library_path, "%s", path);
	return true;
}
const char *fakenv_library_path();
const char *fakenv_library_path() { return library_path; }
#endif
}
