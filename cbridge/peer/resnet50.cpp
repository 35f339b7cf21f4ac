// resnet50: the bare peer. It does what any C++ program must to get an FP16
// ResNet-50 out of TensorRT-RTX: open the library, hold the half weights, define
// the network over TensorRT's own API, build. No shim, no file reading, no
// checks. What our command needs beside it is what we added.
//
//	resnet50 LIBRARY [PLAN]
//
// prints one line of JSON: the seconds of each step, of which library is opening,
// builder and build; the plan's size; the peak resident memory. With PLAN it
// writes the engine there, after the peak was taken.
//
// The network is torchvision's resnet50 with BatchNorm folded: float32 input and
// output, half inside. The weights are pseudo-random halves of the size that keeps
// activations near one.
#include <NvInfer.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <memory>
#include <string>
#include <sys/mman.h>

using namespace nvinfer1;

namespace {

[[noreturn]] void die(const std::string &why) {
	std::fprintf(stderr, "resnet50: %s\n", why.c_str());
	std::exit(1);
}

class Logger : public ILogger {
	void log(Severity severity, const char *text) noexcept override {
		if (severity <= Severity::kERROR) {
			std::fprintf(stderr, "%s\n", text);
		}
	}
};

// Arena hands out halves from one mapping, as our command does.
class Arena {
public:
	explicit Arena(size_t halves)
	    : base_(static_cast<uint16_t *>(
			  mmap(nullptr, halves * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
	      left_(halves) {
		if (base_ == MAP_FAILED) {
			die("no memory");
		}
	}

	// random fills count halves of both signs with magnitude 2^exponent to
	// 2^(exponent+1).
	Weights random(int64_t count, int exponent) {
		if (static_cast<size_t>(count) > left_) {
			die("the arena is too small");
		}
		uint16_t *out = base_;
		base_ += count;
		left_ -= static_cast<size_t>(count);
		const auto bits = static_cast<uint16_t>((exponent + 15) << 10);
		for (int64_t i = 0; i < count; i++) {
			state_ = state_ * 6364136223846793005U + 1442695040888963407U;
			out[i] = static_cast<uint16_t>(bits | (state_ >> 48 & 0x83ff));
		}
		return {DataType::kHALF, out, count};
	}

private:
	uint16_t *base_;
	size_t left_;
	uint64_t state_ = 1;
};

struct Definer {
	INetworkDefinition &net;
	Arena &arena;

	ITensor &out(ILayer *layer, const std::string &name) {
		if (layer == nullptr) {
			die(name + " was refused");
		}
		layer->setName(name.c_str());
		return *layer->getOutput(0);
	}

	ITensor &conv(ITensor &x, const std::string &name, int64_t in, int64_t maps, int64_t kernel, int64_t stride) {
		const int64_t fan_in = in * kernel * kernel;
		const Weights w = arena.random(maps * fan_in, -static_cast<int>(std::log2(fan_in)) / 2 - 1);
		auto *layer = net.addConvolutionNd(x, maps, Dims{2, {kernel, kernel}}, w, arena.random(maps, -6));
		ITensor &y = out(layer, name);
		layer->setStrideNd(Dims{2, {stride, stride}});
		layer->setPaddingNd(Dims{2, {kernel / 2, kernel / 2}});
		return y;
	}

	ITensor &relu(ITensor &x, const std::string &name) { return out(net.addActivation(x, ActivationType::kRELU), name); }

	ITensor &bottleneck(ITensor &x, const std::string &name, int64_t in, int64_t width, int64_t stride) {
		ITensor &a = relu(conv(x, name + "/conv1", in, width, 1, 1), name + "/relu1");
		ITensor &b = relu(conv(a, name + "/conv2", width, width, 3, stride), name + "/relu2");
		ITensor &c = conv(b, name + "/conv3", width, width * 4, 1, 1);
		ITensor &skip = stride == 1 && in == width * 4 ? x : conv(x, name + "/downsample", in, width * 4, 1, stride);
		return relu(out(net.addElementWise(c, skip, ElementWiseOperation::kSUM), name + "/add"), name + "/relu3");
	}

	void resnet50() {
		ITensor *x = net.addInput("input", DataType::kFLOAT, Dims{4, {1, 3, 224, 224}});
		x = &out(net.addCast(*x, DataType::kHALF), "input/half");
		x = &relu(conv(*x, "conv1", 3, 64, 7, 2), "relu");
		auto *pool = net.addPoolingNd(*x, PoolingType::kMAX, Dims{2, {3, 3}});
		x = &out(pool, "maxpool");
		pool->setStrideNd(Dims{2, {2, 2}});
		pool->setPaddingNd(Dims{2, {1, 1}});
		const int blocks[] = {3, 4, 6, 3};
		int64_t in = 64;
		for (int stage = 0; stage < 4; stage++) {
			const int64_t width = 64 << stage;
			for (int block = 0; block < blocks[stage]; block++) {
				const std::string name = "layer" + std::to_string(stage + 1) + "/" + std::to_string(block);
				x = &bottleneck(*x, name, in, width, block == 0 && stage > 0 ? 2 : 1);
				in = width * 4;
			}
		}
		x = &out(net.addReduce(*x, ReduceOperation::kAVG, 0b1100, false), "avgpool");
		ITensor &w = out(net.addConstant(Dims{2, {1000, 2048}}, arena.random(1000 * 2048, -6)), "fc/weight");
		ITensor &b = out(net.addConstant(Dims{2, {1, 1000}}, arena.random(1000, -6)), "fc/bias");
		x = &out(net.addMatrixMultiply(*x, MatrixOperation::kNONE, w, MatrixOperation::kTRANSPOSE), "fc/matmul");
		x = &out(net.addElementWise(*x, b, ElementWiseOperation::kSUM), "fc");
		x = &out(net.addCast(*x, DataType::kFLOAT), "logits/float");
		x->setName("logits");
		net.markOutput(*x);
	}
};

// peak_rss is the kernel's high-water mark of this address space. (getrusage's
// would include what the parent had before exec.)
long peak_rss() {
	std::ifstream status("/proc/self/status");
	for (std::string line; std::getline(status, line);) {
		if (line.compare(0, 6, "VmHWM:") == 0) {
			return std::strtol(line.c_str() + 6, nullptr, 10) * 1024;
		}
	}
	return 0;
}

class Clock {
public:
	double lap() {
		const auto now = std::chrono::steady_clock::now();
		const double s = std::chrono::duration<double>(now - last_).count();
		last_ = now;
		return s;
	}

private:
	std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

} // namespace

int main(int argc, char **argv) {
	if (argc != 2 && argc != 3) {
		std::fprintf(stderr, "usage: resnet50 LIBRARY [PLAN]\n");
		return 2;
	}
	Clock clock;
	void *object = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
	if (object == nullptr) {
		die(dlerror());
	}
	void *symbol = dlsym(object, "createInferBuilder_INTERNAL");
	decltype(&createInferBuilder_INTERNAL) create = nullptr;
	std::memcpy(&create, &symbol, sizeof create);
	if (create == nullptr) {
		die("not a TensorRT library");
	}
	const double open = clock.lap();

	Logger logger;
	std::unique_ptr<IBuilder> builder(static_cast<IBuilder *>(create(&logger, NV_TENSORRT_VERSION)));
	if (builder == nullptr) {
		die("no builder");
	}
	std::unique_ptr<INetworkDefinition> net(builder->createNetworkV2(0));
	std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
	const double make = clock.lap();

	net->setName("resnet50");
	Arena arena(26'000'000);
	Definer{*net, arena}.resnet50();
	const double define = clock.lap();

	std::unique_ptr<IHostMemory> plan(builder->buildSerializedNetwork(*net, *config));
	if (plan == nullptr) {
		die("no plan");
	}
	const double build = clock.lap();

	std::printf("{\"seconds\":{\"open\":%.4f,\"builder\":%.4f,\"define\":%.4f,\"build\":%.4f,\"library\":%.4f},"
	            "\"plan_bytes\":%zu,\"peak_rss_bytes\":%ld}\n",
	            open, make, define, build, open + make + build, plan->size(), peak_rss());
	if (argc == 3) {
		std::ofstream(argv[2], std::ios::binary).write(static_cast<const char *>(plan->data()), static_cast<std::streamsize>(plan->size()));
	}
	return 0;
}
