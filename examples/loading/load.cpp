// Runs an engine once under TensorRT-RTX.
//
//   c++ -std=c++17 load.cpp -o load -I $TENSORRT_ROOT/include -I $CUDA_HOME/include
//       -L $TENSORRT_ROOT/lib -ltensorrt_rtx -L $CUDA_HOME/lib64 -lcudart
//   ./load yolov8n.fp16.plan images.raw
//
// The input is raw float32 in the order of the input's dimensions. Each output
// goes to NAME.raw, raw float32 too.
#include <NvInferRuntime.h>
#include <cuda_runtime_api.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

class Logger : public nvinfer1::ILogger {
	void log(Severity severity, const char *text) noexcept override {
		if (severity <= Severity::kWARNING) {
			std::cerr << text << '\n';
		}
	}
};

void check(bool ok, const std::string &what) {
	if (!ok) {
		throw std::runtime_error(what);
	}
}

void check(cudaError_t code) { check(code == cudaSuccess, cudaGetErrorString(code)); }

struct Stream {
	cudaStream_t handle{};
	Stream() { check(cudaStreamCreate(&handle)); }
	~Stream() { cudaStreamDestroy(handle); }
	Stream(const Stream &) = delete;
	Stream &operator=(const Stream &) = delete;
};

struct DeviceMemory {
	void *data{};
	explicit DeviceMemory(size_t bytes) { check(cudaMalloc(&data, bytes)); }
	~DeviceMemory() { cudaFree(data); }
	DeviceMemory(const DeviceMemory &) = delete;
	DeviceMemory &operator=(const DeviceMemory &) = delete;
};

std::vector<char> read(const std::string &path) {
	std::ifstream file(path, std::ios::binary);
	check(file.good(), path + ": cannot be read");
	return {std::istreambuf_iterator<char>(file), {}};
}

size_t bytes(const nvinfer1::Dims &dims) {
	size_t n = sizeof(float);
	for (int32_t i = 0; i < dims.nbDims; i++) {
		n *= static_cast<size_t>(dims.d[i]);
	}
	return n;
}

bool dynamic(const nvinfer1::Dims &dims) {
	for (int32_t i = 0; i < dims.nbDims; i++) {
		if (dims.d[i] < 0) {
			return true;
		}
	}
	return false;
}

void run(const std::string &plan_path, const std::string &input_path) {
	// What is made later must go first: the context, the engine, the runtime, the logger.
	Logger logger;
	const std::unique_ptr<nvinfer1::IRuntime> runtime{nvinfer1::createInferRuntime(logger)};
	check(runtime != nullptr, "no TensorRT-RTX runtime");
	const std::vector<char> plan = read(plan_path);
	const std::unique_ptr<nvinfer1::ICudaEngine> engine{runtime->deserializeCudaEngine(plan.data(), plan.size())};
	check(engine != nullptr, plan_path + ": does not load here; library.loadable_by in its manifest says where it does");
	// TensorRT-RTX compiles its kernels for the GPU at hand now: seconds.
	const std::unique_ptr<nvinfer1::IExecutionContext> context{engine->createExecutionContext()};
	check(context != nullptr, "no execution context");

	std::vector<std::string> inputs;
	std::vector<std::string> outputs;
	for (int32_t i = 0; i < engine->getNbIOTensors(); i++) {
		const char *name = engine->getIOTensorName(i);
		check(engine->getTensorDataType(name) == nvinfer1::DataType::kFLOAT, std::string(name) + ": is not float32");
		(engine->getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT ? inputs : outputs).emplace_back(name);
	}
	check(inputs.size() == 1, "the engine has not one input");

	const char *input = inputs[0].c_str();
	nvinfer1::Dims dims = engine->getTensorShape(input);
	if (dynamic(dims)) { // any shape of the profile will do; this is the one it is optimized for
		dims = engine->getProfileShape(input, 0, nvinfer1::OptProfileSelector::kOPT);
	}
	const std::vector<char> image = read(input_path);
	check(image.size() == bytes(dims), input_path + ": has " + std::to_string(image.size()) + " bytes, expected " + std::to_string(bytes(dims)));

	const Stream stream;
	const DeviceMemory device_input(bytes(dims));
	check(context->setInputShape(input, dims), inputs[0] + ": shape refused");
	check(context->setTensorAddress(input, device_input.data), inputs[0] + ": address refused");
	std::vector<std::unique_ptr<DeviceMemory>> device_outputs;
	std::vector<std::vector<char>> values;
	for (const std::string &name : outputs) { // their shapes follow from the input's
		values.emplace_back(bytes(context->getTensorShape(name.c_str())));
		device_outputs.push_back(std::make_unique<DeviceMemory>(values.back().size()));
		check(context->setTensorAddress(name.c_str(), device_outputs.back()->data), name + ": address refused");
	}

	check(cudaMemcpyAsync(device_input.data, image.data(), image.size(), cudaMemcpyHostToDevice, stream.handle));
	check(context->enqueueV3(stream.handle), "TensorRT-RTX could not run the engine");
	for (size_t i = 0; i < outputs.size(); i++) {
		check(cudaMemcpyAsync(values[i].data(), device_outputs[i]->data, values[i].size(), cudaMemcpyDeviceToHost, stream.handle));
	}
	check(cudaStreamSynchronize(stream.handle));

	for (size_t i = 0; i < outputs.size(); i++) {
		std::ofstream file(outputs[i] + ".raw", std::ios::binary);
		file.write(values[i].data(), static_cast<std::streamsize>(values[i].size()));
		check(file.good(), outputs[i] + ".raw: cannot be written");
	}
}

} // namespace

int main(int argc, char **argv) {
	if (argc != 3) {
		std::cerr << "usage: load ENGINE INPUT.raw\n";
		return 2;
	}
	try {
		run(argv[1], argv[2]);
	} catch (const std::exception &e) {
		std::cerr << e.what() << '\n';
		return 1;
	}
}
