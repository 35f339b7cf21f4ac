// layer.h: what every add has in common. Each layer function checks what TensorRT
// would swallow, makes the layer, and returns it; add_layer does the rest, in the
// order that matters: the name first, as TensorRT's messages begin with it; then
// the properties, read back, as a setter that refuses says so only in the log;
// then the outputs' shapes, as TensorRT finds most errors only when asked for
// them, and gives the cause only the first time.
#pragma once

#include "convert.h"
#include "entry.h"
#include "objects.h"

namespace tb {

// Adding is one add call under way.
class Adding {
public:
	Adding(tb_network &net, std::string name) : net_(net), name_(std::move(name)) {}

	nvinfer1::INetworkDefinition &nv() const { return *net_.nv; }
	const std::string &name() const { return name_; }

	// tensor looks up an operand.
	nvinfer1::ITensor &tensor(int32_t id) const;

	// input sets a further input of a layer, when it is given.
	void input(nvinfer1::ILayer &layer, int32_t index, int32_t which, const char *what) const {
		if (which != TB_NO_TENSOR) {
			nvinfer1::ITensor &t = tensor(which);
			layer.setInput(index, t);
			took(layer.getInput(index) == &t, what);
		}
	}

	// has says whether this library is recent enough for a call; since refuses
	// the call if it is not.
	bool has(int32_t enterprise, int32_t tensorrt_rtx) const;
	void since(const char *what, int32_t enterprise, int32_t tensorrt_rtx) const;

	// made takes what an add returned: refuses null, and gives the layer its name.
	template <class L> L &made(L *layer) { return made(layer, name_); }
	template <class L> L &made(L *layer, const std::string &name) {
		name_layer(layer, name);
		return *layer;
	}

	// set sets a property and reads it back.
	template <class L, class S, class T, class A, class G, class R, class V>
	void set(const char *what, L &layer, T (S::*setter)(A) noexcept, R (G::*getter)() const noexcept,
	         const V &value) {
		(layer.*setter)(value);
		took(same(static_cast<V>((layer.*getter)()), value), what);
	}

	// took refuses when TensorRT kept an old value.
	void took(bool ok, const char *what) const;

	// hidden is the name of a layer that TensorRT needs beside this one.
	std::string hidden(const char *suffix) const;

	// int64s and scalar add a hidden constant that lives as long as the network.
	nvinfer1::ITensor &int64s(const tb_dims &values, const char *suffix);
	nvinfer1::ITensor &scalar(int32_t value, const char *suffix);
	nvinfer1::ITensor &scalar(float value, const char *suffix);

	// finish infers the outputs and makes them tensors of the network. (An
	// attention is no ILayer, but has the same methods.)
	template <class L> void finish(L &layer, tb_outputs &out) {
		tb_outputs found{};
		found.count = layer.getNbOutputs();
		if (found.count > TB_MAX_OUTPUTS) {
			fail(TB_ERR_INTERNAL, "the layer has " + std::to_string(found.count) + " outputs");
		}
		for (int32_t i = 0; i < found.count; i++) {
			found.tensor[i] = publish(*layer.getOutput(i));
		}
		out = found;
	}
	tb_tensor publish(nvinfer1::ITensor &tensor);

private:
	nvinfer1::ITensor &constant(nvinfer1::Dims shape, nvinfer1::Weights value, const char *suffix);
	template <class L> void name_layer(L *layer, const std::string &name) const {
		if (layer == nullptr) {
			fail(TB_ERR_REFUSED, "TensorRT made no layer");
		}
		layer->setName(name.c_str());
		if (name != layer->getName()) {
			fail(TB_ERR_REFUSED, "the name is taken in this network");
		}
	}
	static tb_tensor inferred(nvinfer1::ITensor &tensor);

	tb_network &net_;
	std::string name_;
};

template <class Body>
tb_error *network_call(tb_network *net, const char *name, size_t name_len, Body &&body) noexcept {
	const std::string_view shown(name == nullptr ? "" : name, name == nullptr ? 0 : name_len);
	if (net == nullptr) {
		return guarded(nullptr, TB_PHASE_NETWORK, shown, [] { fail(TB_ERR_ARGUMENT, "network is null"); });
	}
	net->builder->journal.begin();
	return guarded(&net->builder->journal, TB_PHASE_NETWORK, shown, [&] {
		Adding a(*net, checked_name(name, name_len, "layer"));
		body(a);
	});
}

// add_layer runs body(Adding&, params), which returns the layer.
template <class Params, class Body>
tb_error *add_layer(TB_ADD_PARAMS, const Params *params, tb_outputs *out, Body &&body) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		const Params &p = given(params, "parameters");
		auto &layer = body(a, p);
		a.finish(layer, given(out, "out"));
	});
}

// newer_headers is what remains of an add whose headers the shim was compiled
// without.
template <class... Unused>
tb_error *newer_headers(TB_ADD_PARAMS, const char *what, const Unused &...) noexcept {
	return network_call(net, name, name_len, [&](Adding &) { newer_headers(what); });
}

} // namespace tb
