// network.cpp: networks, their inputs and outputs, and the part of adding a layer
// that all layers share.
#include "layer.h"

#include <cstring>

namespace tb {

using nvinfer1::ITensor;

ITensor &Adding::tensor(int32_t id) const {
	if (id <= TB_NO_TENSOR || static_cast<size_t>(id) > net_.tensors.size()) {
		fail(TB_ERR_ARGUMENT, "no tensor has the id " + std::to_string(id));
	}
	return *net_.tensors[static_cast<size_t>(id) - 1];
}

bool Adding::has(int32_t enterprise, int32_t tensorrt_rtx) const {
	return net_.builder->library->version_number() >= (rtx ? tensorrt_rtx : enterprise);
}

void Adding::since(const char *what, int32_t enterprise, int32_t tensorrt_rtx) const {
	if (!has(enterprise, tensorrt_rtx)) {
		const tb_version &v = net_.builder->library->version;
		const int32_t needed = rtx ? tensorrt_rtx : enterprise;
		fail(TB_ERR_UNSUPPORTED, std::string(what) + " needs TensorRT " + std::to_string(needed / 10000) + "." +
		                             std::to_string(needed / 100 % 100) + ", the library is " +
		                             std::to_string(v.major) + "." + std::to_string(v.minor));
	}
}

void Adding::took(bool ok, const char *what) const {
	if (!ok) {
		fail(TB_ERR_REFUSED, std::string("TensorRT did not take the ") + what);
	}
}

std::string Adding::hidden(const char *suffix) const {
	const std::string name = name_ + suffix;
	return checked_name(name.c_str(), name.size(), "layer");
}

ITensor &Adding::constant(nvinfer1::Dims shape, nvinfer1::Weights value, const char *suffix) {
	auto &layer = made(nv().addConstant(shape, value), hidden(suffix));
	inferred(*layer.getOutput(0));
	return *layer.getOutput(0);
}

ITensor &Adding::int64s(const tb_dims &values, const char *suffix) {
	const nvinfer1::Dims list = dims_of(values, "the list");
	nvinfer1::Dims shape{};
	shape.nbDims = 1;
	shape.d[0] = list.nbDims;
	auto &kept = net_.constants.emplace_back(list.d, list.d + list.nbDims);
	return constant(shape, {nvinfer1::DataType::kINT64, kept.data(), list.nbDims}, suffix);
}

ITensor &Adding::scalar(int32_t value, const char *suffix) {
	auto &kept = net_.constants.emplace_back(1);
	std::memcpy(kept.data(), &value, sizeof value);
	return constant({}, {nvinfer1::DataType::kINT32, kept.data(), 1}, suffix);
}

ITensor &Adding::scalar(float value, const char *suffix) {
	auto &kept = net_.constants.emplace_back(1);
	std::memcpy(kept.data(), &value, sizeof value);
	return constant({}, {nvinfer1::DataType::kFLOAT, kept.data(), 1}, suffix);
}

tb_tensor Adding::inferred(ITensor &tensor) {
	tb_tensor out{};
	const nvinfer1::Dims dims = tensor.getDimensions();
	if (dims.nbDims < 0) {
		fail(TB_ERR_REFUSED, "TensorRT infers no output for the layer");
	}
	out.dims = dims_of(dims);
	out.dtype = dtype_of(tensor.getType());
	return out;
}

tb_tensor Adding::publish(ITensor &tensor) {
	tb_tensor out = inferred(tensor);
	net_.tensors.push_back(&tensor);
	out.id = static_cast<int32_t>(net_.tensors.size());
	return out;
}

namespace {

nvinfer1::NetworkDefinitionCreationFlags creation_flags() {
#if TB_HEADERS_SINCE(110000, 10500)
	return 0; // always strongly typed; TensorRT-RTX refuses every bit
#else
	return 1U << static_cast<uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#endif
}

} // namespace

} // namespace tb

namespace tb::entry {

tb_error *network_create(tb_builder *builder, const char *name, size_t name_len, tb_network **out) noexcept {
	const std::string_view shown(name == nullptr ? "" : name, name == nullptr ? 0 : name_len);
	Journal *journal = builder == nullptr ? nullptr : &builder->object->journal;
	if (journal != nullptr) {
		journal->begin();
	}
	return guarded(journal, TB_PHASE_NETWORK, shown, [&] {
		auto net = std::make_unique<tb_network>();
		net->builder = given(builder, "builder").object;
		net->name = checked_name(name, name_len, "network");
		net->nv.reset(net->builder->nv->createNetworkV2(creation_flags()));
		if (net->nv == nullptr) {
			fail(TB_ERR_REFUSED, "TensorRT made no network");
		}
		// Without a name the plan would hold a counter and differ from run to run.
		net->nv->setName(net->name.c_str());
		if (net->name != net->nv->getName()) {
			fail(TB_ERR_REFUSED, "TensorRT did not take the network's name");
		}
		given(out, "out") = net.release();
	});
}

void network_free(tb_network *net) noexcept { delete net; }

tb_error *add_input(TB_ADD_PARAMS, int32_t dtype, const tb_dims *dims, tb_outputs *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		auto *tensor = a.nv().addInput(a.name().c_str(), data_type(dtype), dims_of(given(dims, "dims"), "the input"));
		if (tensor == nullptr) {
			fail(TB_ERR_REFUSED, "TensorRT made no input");
		}
		a.took(a.name() == tensor->getName(), "input's name");
		tb_outputs found{};
		found.count = 1;
		found.tensor[0] = a.publish(*tensor);
		given(out, "out") = found;
	});
}

tb_error *mark_output(TB_ADD_PARAMS, int32_t tensor) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		auto &t = a.tensor(tensor);
		if (t.isNetworkInput()) {
			fail(TB_ERR_ARGUMENT, "the tensor is an input of the network; TensorRT wants an identity between");
		}
		if (t.isNetworkOutput()) {
			fail(TB_ERR_ARGUMENT, "the tensor is an output already, named " + std::string(t.getName()));
		}
		t.setName(a.name().c_str());
		a.took(a.name() == t.getName(), "output's name; it is taken in this network");
		a.nv().markOutput(t);
		a.took(t.isNetworkOutput(), "tensor as an output");
	});
}

} // namespace tb::entry
