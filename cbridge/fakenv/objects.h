// objects.h: the double's tensors, layers, networks and configs, over the
// generated stubs. Each class is both a public interface and its implementation.
#pragma once

#include "support.h"

#include "stubs.h"

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace nvinfer1 {
namespace fakenv {

// Counted counts the objects that a caller must delete.
struct Counted {
	static std::atomic<int32_t> live;
	Counted() { live++; }
	~Counted() { live--; }
};

// Voice is where a builder and what it made report to.
struct Voice {
	ILogger *logger = nullptr;
	IErrorRecorder *recorder = nullptr;

	void say(ILogger::Severity severity, const char *text) const { logger->log(severity, text); }
	// fail reports an error, and then what the real library adds on a machine
	// without a driver.
	void fail(ErrorCode code, const std::string &text) const;
};

class Network;

class Tensor final : public ITensor, public VTensorStub {
public:
	Tensor(Network &net, std::string name, Dims dims, DataType type);
	void setName(char const *name) noexcept override;
	char const *getName() const noexcept override { return name.c_str(); }
	Dims getDimensions() const noexcept override;
	DataType getType() const noexcept override { return type; }
	bool isNetworkInput() const noexcept override { return input; }
	bool isNetworkOutput() const noexcept override { return output; }

	Network &net;
	std::string name;
	Dims dims;
	DataType type;
	bool input = false, output = false;
	std::string fault; // why it has no shape; told once, as the real library does
	mutable bool told = false;
};

// Layer is a layer, of one output unless outputs says others.
template <class I, class Stub> class Layer final : public I, public VLayerStub, public Stub {
public:
	Layer(Network &net, std::string name, Tensor &out) : net_(net), name_(std::move(name)), outputs_{&out} {
		this->mLayer = this;
		this->mImpl = this;
	}
	void setName(char const *name) noexcept override;
	char const *getName() const noexcept override { return name_.c_str(); }
	int32_t getNbOutputs() const noexcept override { return static_cast<int32_t>(outputs_.size()); }
	ITensor *getOutput(int32_t i) const noexcept override { return outputs_[static_cast<size_t>(i)]; }
	void setInput(int32_t i, ITensor &t) noexcept override;
	ITensor *getInput(int32_t i) const noexcept override {
		const auto found = inputs_.find(i);
		return found == inputs_.end() ? nullptr : found->second;
	}

	// outputs replaces the one output that a layer has by default.
	void outputs(std::vector<Tensor *> all) { outputs_ = std::move(all); }

private:
	Network &net_;
	std::string name_;
	std::vector<Tensor *> outputs_;
	std::map<int32_t, ITensor *> inputs_; // those that were set
};

// Attention is no layer, but looks like one.
class Attention final : public IAttention, public VAttentionStub {
public:
	Attention(Network &net, std::string name, Tensor &out) : net_(net), name_(std::move(name)), out_(out) { mImpl = this; }
	bool setName(char const *name) noexcept override;
	char const *getName() const noexcept override { return name_.c_str(); }
	int32_t getNbOutputs() const noexcept override { return 1; }
	ITensor *getOutput(int32_t) const noexcept override { return &out_; }
	bool setMask(ITensor &mask) noexcept override;
	ITensor *getMask() const noexcept override { return mask_; }

private:
	Network &net_;
	std::string name_;
	Tensor &out_;
	ITensor *mask_ = nullptr;
};

// MoE has setters that are no properties.
class MoEStub : public VMoELayerStub {
public:
	void setGatedWeights(ITensor &, ITensor &, ITensor &, MoEActType activation) noexcept override {
		store("setGatedWeights", propertyActivationType_, activation);
	}
	void setGatedBiases(ITensor &, ITensor &, ITensor &) noexcept override { record("  setGatedBiases"); }
};

// Resize has one setter that is no property.
class ResizeStub : public VResizeLayerStub {
public:
	void setScales(float const *scales, int32_t count) noexcept override {
		scales_.assign(scales, scales + count);
		record("  setScales " + std::to_string(count));
	}
	int32_t getScales(int32_t size, float *scales) const noexcept override {
		if (size != static_cast<int32_t>(scales_.size())) {
			return -1;
		}
		std::copy(scales_.begin(), scales_.end(), scales);
		return size;
	}

private:
	std::vector<float> scales_;
};

// Conditional has no behaviour but its parts'.
class Conditional final : public IIfConditional, public VIfConditionalStub {
public:
	explicit Conditional(Network &net) : net_(net) { mImpl = this; }
	~Conditional() override = default;
	void setName(char const *name) noexcept override { name_ = name; }
	char const *getName() const noexcept override { return name_.c_str(); }
	IConditionLayer *setCondition(ITensor &condition) noexcept override;
	IIfConditionalInputLayer *addInput(ITensor &in) noexcept override;
	IIfConditionalOutputLayer *addOutput(ITensor &then, ITensor &otherwise) noexcept override;

private:
	Network &net_;
	std::string name_;
};

// AssertionStub keeps a text, which no generated property does.
class AssertionStub : public VAssertionLayerStub {
public:
	void setMessage(char const *message) noexcept override { message_ = message; }
	char const *getMessage() const noexcept override { return message_.c_str(); }

private:
	std::string message_;
};

// BlocksStub is that of a layer whose setter of a block shape says whether it took.
template <class Stub> class BlocksStub : public Stub {
public:
	bool setBlockShape(Dims const &shape) noexcept override {
		store("setBlockShape", shape_, shape);
		return true;
	}
	Dims getBlockShape() const noexcept override { return shape_; }

private:
	Dims shape_{};
};

// Loop likewise.
class Loop final : public ILoop, public VLoopStub {
public:
	explicit Loop(Network &net) : net_(net) { mImpl = this; }
	~Loop() override = default;
	void setName(char const *name) noexcept override { name_ = name; }
	char const *getName() const noexcept override { return name_.c_str(); }
	IRecurrenceLayer *addRecurrence(ITensor &initial) noexcept override;
	ITripLimitLayer *addTripLimit(ITensor &tensor, TripLimit limit) noexcept override;
	IIteratorLayer *addIterator(ITensor &tensor, int32_t axis, bool reverse) noexcept override;
	ILoopOutputLayer *addLoopOutput(ITensor &tensor, LoopOutput kind, int32_t axis) noexcept override;

private:
	Network &net_;
	std::string name_;
};

// LoopOutputStub is that of a layer made with its kind.
class LoopOutputStub : public VLoopOutputLayerStub {
public:
	LoopOutput kind = LoopOutput::kLAST_VALUE;
	LoopOutput getLoopOutput() const noexcept override { return kind; }
};

// Registry is the process's registry of plugins, or a builder's, which has that
// for a parent.
class Registry final : public IPluginRegistryStub {
public:
	explicit Registry(Registry *parent) : parent_(parent) {}
	~Registry() noexcept override;
	static Registry &global();

	PluginLibraryHandle loadLibrary(AsciiChar const *path) noexcept override;
	bool registerCreator(IPluginCreatorInterface &creator, AsciiChar const *space) noexcept override;
	IPluginCreatorInterface *const *getAllCreators(int32_t *count) const noexcept override;
	IPluginCreatorInterface *getCreator(AsciiChar const *name, AsciiChar const *version,
	                                    AsciiChar const *space) noexcept override;

private:
	Registry *parent_;
	std::vector<IPluginCreatorInterface *> creators_;
	std::vector<void *> libraries_;
};

class Network final : public INetworkDefinition, public VNetworkDefinitionStub, Counted {
public:
	explicit Network(const Voice &voice, std::atomic<int32_t> &children);
	~Network() override;

	void setName(char const *name) noexcept override { name_ = name; }
	char const *getName() const noexcept override { return name_.c_str(); }
	ITensor *addInput(char const *name, DataType type, Dims const &dims) noexcept override;
	void markOutput(ITensor &tensor) noexcept override;
	IConvolutionLayer *addConvolutionNd(ITensor &, int64_t, Dims const &, Weights, Weights) noexcept override;
	IDeconvolutionLayer *addDeconvolutionNd(ITensor &, int64_t, Dims const &, Weights, Weights) noexcept override;
	IActivationLayer *addActivation(ITensor &, ActivationType) noexcept override;
	IScaleLayer *addScaleNd(ITensor &, ScaleMode, Weights, Weights, Weights, int32_t) noexcept override;
	IPoolingLayer *addPoolingNd(ITensor &, PoolingType, Dims const &) noexcept override;
	ISoftMaxLayer *addSoftMax(ITensor &) noexcept override;
	IConstantLayer *addConstant(Dims const &, Weights) noexcept override;
	IElementWiseLayer *addElementWise(ITensor &, ITensor &, ElementWiseOperation) noexcept override;
	IUnaryLayer *addUnary(ITensor &, UnaryOperation) noexcept override;
	IReduceLayer *addReduce(ITensor &, ReduceOperation, uint32_t, bool) noexcept override;
	IMatrixMultiplyLayer *addMatrixMultiply(ITensor &, MatrixOperation, ITensor &, MatrixOperation) noexcept override;
	ICastLayer *addCast(ITensor &, DataType) noexcept override;
	IIdentityLayer *addIdentity(ITensor &) noexcept override;
	IConcatenationLayer *addConcatenation(ITensor *const *, int32_t) noexcept override;
	IShuffleLayer *addShuffle(ITensor &) noexcept override;
	ISliceLayer *addSlice(ITensor &, Dims const &, Dims const &, Dims const &) noexcept override;
	IResizeLayer *addResize(ITensor &) noexcept override;
	IPaddingLayer *addPaddingNd(ITensor &, Dims const &, Dims const &) noexcept override;
	IGatherLayer *addGatherV2(ITensor &, ITensor &, GatherMode) noexcept override;
	INormalizationLayer *addNormalizationV2(ITensor &, ITensor &, ITensor &, uint32_t) noexcept override;
	IParametricReLULayer *addParametricReLU(ITensor &, ITensor &) noexcept override;
	IEinsumLayer *addEinsum(ITensor *const *, int32_t, char const *) noexcept override;
	IGridSampleLayer *addGridSample(ITensor &, ITensor &) noexcept override;
	ILRNLayer *addLRN(ITensor &, int64_t, float, float, float) noexcept override;
#if !FAKENV_SINCE_11
	IAttention *addAttention(ITensor &, ITensor &, ITensor &, AttentionNormalizationOp, bool) noexcept override;
#else
	IAttention *addAttentionV2(ITensor &, ITensor &, ITensor &, AttentionNormalizationOp, CausalMaskKind) noexcept override;
#endif
	IRotaryEmbeddingLayer *addRotaryEmbedding(ITensor &, ITensor &, ITensor &, bool, int32_t) noexcept override;
	IKVCacheUpdateLayer *addKVCacheUpdate(ITensor &, ITensor &, ITensor &, KVCacheMode) noexcept override;
	IMoELayer *addMoE(ITensor &, ITensor &, ITensor &) noexcept override;
	ISqueezeLayer *addSqueeze(ITensor &, ITensor &) noexcept override;
	IUnsqueezeLayer *addUnsqueeze(ITensor &, ITensor &) noexcept override;
	IQuantizeLayer *addQuantizeV2(ITensor &, ITensor &, DataType) noexcept override;
	IDequantizeLayer *addDequantizeV2(ITensor &, ITensor &, DataType) noexcept override;
	ISelectLayer *addSelect(ITensor &, ITensor &, ITensor &) noexcept override;
	ITopKLayer *addTopKV2(ITensor &, TopKOperation, int32_t, uint32_t, DataType) noexcept override;
	IScatterLayer *addScatter(ITensor &, ITensor &, ITensor &, ScatterMode) noexcept override;
	IOneHotLayer *addOneHot(ITensor &, ITensor &, ITensor &, int32_t) noexcept override;
	ICumulativeLayer *addCumulative(ITensor &, ITensor &, CumulativeOperation, bool, bool) noexcept override;
	IReverseSequenceLayer *addReverseSequence(ITensor &, ITensor &) noexcept override;
	INonZeroLayer *addNonZeroV2(ITensor &, DataType) noexcept override;
	INMSLayer *addNMSV2(ITensor &, ITensor &, ITensor &, DataType) noexcept override;
	IRaggedSoftMaxLayer *addRaggedSoftMax(ITensor &, ITensor &) noexcept override;
	IShapeLayer *addShape(ITensor &) noexcept override;
	IFillLayer *addFillV2(Dims const &, FillOperation, DataType) noexcept override;
	IDynamicQuantizeLayer *addDynamicQuantize(ITensor &, int32_t, int32_t, DataType, DataType) noexcept override;
	IDynamicQuantizeLayer *addDynamicQuantizeV2(ITensor &, Dims const &, DataType, DataType) noexcept override;
	IAssertionLayer *addAssertion(ITensor &, char const *) noexcept override;
#ifndef TRT_MAJOR_RTX
	IPluginV3Layer *addPluginV3(ITensor *const *, int32_t, ITensor *const *, int32_t, IPluginV3 &) noexcept override;
#endif

	IIfConditional *addIfConditional() noexcept override;
	ILoop *addLoop() noexcept override;

	// layer_like makes a layer whose output has its input's type and shape: shape
	// rules are not this double's subject.
	template <class I, class Stub> I *layer_like(const std::string &call, ITensor &in);
	std::string id(ITensor &t) const;

	// rename gives an object a name, unless it is taken: then it keeps the old one.
	void rename(std::string &name, const char *wanted);

	// plan is the log of calls and a checksum of every weight as it is now.
	std::string plan() const;
	bool has_output() const;
	bool dynamic() const;

	const Voice voice;

private:
	IAttention *attention(ITensor &query, ITensor &key, ITensor &value, AttentionNormalizationOp norm, int32_t causal);
	Tensor &tensor(Dims dims, DataType type);
	template <class I, class Stub> Layer<I, Stub> *layer(const std::string &call, Tensor &out);
	Weights keep(Weights w);

	std::atomic<int32_t> &children_;
	std::string name_ = "Unnamed Network 7";
	std::set<std::string> names_;
	std::vector<std::unique_ptr<IPluginV3>> plugins_;
	std::vector<std::unique_ptr<Tensor>> tensors_;
	std::vector<std::shared_ptr<void>> layers_;
	std::vector<std::unique_ptr<Conditional>> conditionals_;
	std::vector<std::unique_ptr<Loop>> loops_;
	std::vector<Weights> weights_;
};

template <class I, class Stub> void Layer<I, Stub>::setName(char const *name) noexcept {
	net_.rename(name_, name);
	record("  setName " + name_);
}

template <class I, class Stub> void Layer<I, Stub>::setInput(int32_t i, ITensor &t) noexcept {
	if (setting("KEEP") != "setInput") {
		inputs_[i] = &t;
	}
	record("  setInput " + std::to_string(i) + " " + net_.id(t));
}

} // namespace fakenv
} // namespace nvinfer1
