#include "objects.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace nvinfer1 {
namespace fakenv {

std::atomic<int32_t> Counted::live{0};

namespace {

std::mutex log_mutex;
std::string log_lines;

int64_t element_size(DataType type) {
	switch (type) {
	case DataType::kFLOAT:
	case DataType::kINT32: return 4;
	case DataType::kHALF:
	case DataType::kBF16: return 2;
	case DataType::kINT64: return 8;
	case DataType::kINT8:
	case DataType::kUINT8:
	case DataType::kBOOL:
	case DataType::kFP8:
	case DataType::kE8M0: return 1;
	default: die("weights of a type that the double does not know");
	}
}

// fnv is FNV-1a over the bytes.
uint64_t fnv(const Weights &w) {
	uint64_t hash = 14695981039346656037U;
	const auto *p = static_cast<const unsigned char *>(w.values);
	for (int64_t i = 0; i < w.count * element_size(w.type); i++) {
		hash = (hash ^ p[i]) * 1099511628211U;
	}
	return hash;
}

} // namespace

void record(const std::string &line) {
	std::lock_guard<std::mutex> lock(log_mutex);
	log_lines += line + "\n";
}

std::string take_log() {
	std::lock_guard<std::mutex> lock(log_mutex);
	return std::exchange(log_lines, "");
}

void Voice::fail(ErrorCode code, const std::string &text) const {
	const std::string driver = "[checkMacros.cpp::catchCudaError::250] Error Code 1: Cuda Runtime (In catchCudaError at "
	                           "checkMacros.cpp:250 cudaError 35: CUDA driver version is insufficient)";
	if (recorder == nullptr) {
		say(ILogger::Severity::kERROR, text.c_str());
		return;
	}
	recorder->reportError(code, text.c_str());
	recorder->reportError(ErrorCode::kUNSPECIFIED_ERROR, driver.c_str());
}

Tensor::Tensor(Network &n, std::string nm, Dims d, DataType t) : net(n), name(std::move(nm)), dims(d), type(t) {
	mImpl = this;
}

void Tensor::setName(char const *wanted) noexcept {
	net.rename(name, wanted);
	record("  setName of tensor " + name);
}

Dims Tensor::getDimensions() const noexcept {
	if (fault.empty()) {
		return dims;
	}
	if (!told) {
		net.voice.fail(ErrorCode::kINVALID_CONFIG, "ITensor::getDimensions: Error Code 4: API Usage Error (" + fault + ")");
	}
	told = true;
	Dims none{};
	none.nbDims = -1;
	return none;
}

Network::Network(const Voice &v, std::atomic<int32_t> &children) : voice(v), children_(children) {
	mImpl = this;
	children_++;
	if (voice.recorder != nullptr) {
		voice.recorder->incRefCount();
	}
	take_log();
}

Network::~Network() {
	if (voice.recorder != nullptr) {
		voice.recorder->decRefCount();
	}
	children_--;
}

void Network::rename(std::string &name, const char *wanted) {
	if (!names_.insert(wanted).second) {
		voice.fail(ErrorCode::kINVALID_ARGUMENT, "Failed attempt to rename from " + name + " to " + wanted +
		                                             " as the new name is already in use.");
		return;
	}
	names_.erase(name);
	name = wanted;
}

Tensor &Network::tensor(Dims dims, DataType type) {
	tensors_.push_back(std::make_unique<Tensor>(*this, "(Unnamed tensor " + std::to_string(tensors_.size()) + ")", dims, type));
	return *tensors_.back();
}

std::string Network::id(ITensor &t) const {
	for (size_t i = 0; i < tensors_.size(); i++) {
		if (tensors_[i].get() == &t) {
			return "t" + std::to_string(i);
		}
	}
	die("a tensor of another network");
}

template <class I, class Stub> Layer<I, Stub> *Network::layer(const std::string &call, Tensor &out) {
	record(id(out) + " = " + call);
	auto made = std::make_shared<Layer<I, Stub>>(*this, "(Unnamed Layer* " + std::to_string(layers_.size()) + ")", out);
	layers_.push_back(made);
	return made.get();
}

template <class I, class Stub> I *Network::layer_like(const std::string &call, ITensor &in) {
	auto &x = static_cast<Tensor &>(in);
	return layer<I, Stub>(call + " " + id(in), tensor(x.dims, x.type));
}

Weights Network::keep(Weights w) {
	if (w.count > 0) {
		weights_.push_back(w);
	}
	return w;
}

ITensor *Network::addInput(char const *name, DataType type, Dims const &dims) noexcept {
	if (!names_.insert(name).second) {
		voice.fail(ErrorCode::kINVALID_ARGUMENT, std::string("an input named ") + name + " exists");
		return nullptr;
	}
	Tensor &t = tensor(dims, type);
	t.name = name;
	t.input = true;
	record(id(t) + " = addInput " + name + " " + show(type) + " " + show(dims));
	return &t;
}

void Network::markOutput(ITensor &t) noexcept {
	static_cast<Tensor &>(t).output = setting("KEEP") != "markOutput";
	record("markOutput " + id(t));
}

namespace {

void must_match(Tensor &out, const std::string &layer, const char *what, DataType a, DataType b) {
	if (a != b) {
		out.fault = layer + ": " + what + " must be of same type. They are of types " + show(a) + " and " + show(b);
	}
}

} // namespace

IConvolutionLayer *Network::addConvolutionNd(ITensor &in, int64_t maps, Dims const &kernel, Weights w,
                                             Weights b) noexcept {
	auto *made = layer_like<IConvolutionLayer, VConvolutionLayerStub>(
		"addConvolutionNd " + show(maps) + " " + show(kernel) + " " + show(keep(w)) + " " + show(keep(b)), in);
	must_match(*tensors_.back(), "convolution", "`input` and `kernel`", in.getType(), w.type);
	return made;
}

IDeconvolutionLayer *Network::addDeconvolutionNd(ITensor &in, int64_t maps, Dims const &kernel, Weights w,
                                                 Weights b) noexcept {
	return layer_like<IDeconvolutionLayer, VDeconvolutionLayerStub>(
		"addDeconvolutionNd " + show(maps) + " " + show(kernel) + " " + show(keep(w)) + " " + show(keep(b)), in);
}

IActivationLayer *Network::addActivation(ITensor &in, ActivationType type) noexcept {
	return layer_like<IActivationLayer, VActivationLayerStub>("addActivation " + show(type), in);
}

IScaleLayer *Network::addScaleNd(ITensor &in, ScaleMode mode, Weights shift, Weights scale, Weights power,
                                 int32_t axis) noexcept {
	return layer_like<IScaleLayer, VScaleLayerStub>("addScaleNd " + show(mode) + " " + show(keep(shift)) + ", " +
	                                                    show(keep(scale)) + ", " + show(keep(power)) + " " + show(axis),
	                                                in);
}

IPoolingLayer *Network::addPoolingNd(ITensor &in, PoolingType type, Dims const &window) noexcept {
	return layer_like<IPoolingLayer, VPoolingLayerStub>("addPoolingNd " + show(type) + " " + show(window), in);
}

ISoftMaxLayer *Network::addSoftMax(ITensor &in) noexcept {
	return layer_like<ISoftMaxLayer, VSoftMaxLayerStub>("addSoftMax", in);
}

IConstantLayer *Network::addConstant(Dims const &dims, Weights w) noexcept {
	return layer<IConstantLayer, VConstantLayerStub>("addConstant " + show(dims) + " " + show(keep(w)),
	                                                 tensor(dims, w.type));
}

IElementWiseLayer *Network::addElementWise(ITensor &a, ITensor &b, ElementWiseOperation op) noexcept {
	auto *made = layer_like<IElementWiseLayer, VElementWiseLayerStub>("addElementWise " + show(op) + " " + id(b), a);
	Tensor &out = *tensors_.back();
	must_match(out, "element-wise", "inputs", a.getType(), b.getType());
	const bool compares = op == ElementWiseOperation::kEQUAL || op == ElementWiseOperation::kGREATER ||
	                      op == ElementWiseOperation::kLESS;
	out.type = compares ? DataType::kBOOL : out.type;
	return made;
}

IUnaryLayer *Network::addUnary(ITensor &in, UnaryOperation op) noexcept {
	return layer_like<IUnaryLayer, VUnaryLayerStub>("addUnary " + show(op), in);
}

IReduceLayer *Network::addReduce(ITensor &in, ReduceOperation op, uint32_t axes, bool keep_dims) noexcept {
	return layer_like<IReduceLayer, VReduceLayerStub>(
		"addReduce " + show(op) + " " + show(axes) + " " + show(keep_dims), in);
}

IMatrixMultiplyLayer *Network::addMatrixMultiply(ITensor &a, MatrixOperation a_op, ITensor &b,
                                                 MatrixOperation b_op) noexcept {
	return layer_like<IMatrixMultiplyLayer, VMatrixMultiplyLayerStub>(
		"addMatrixMultiply " + show(a_op) + " " + show(b_op) + " " + id(b), a);
}

ICastLayer *Network::addCast(ITensor &in, DataType to) noexcept {
	auto *made = layer_like<ICastLayer, VCastLayerStub>("addCast " + show(to), in);
	tensors_.back()->type = to;
	return made;
}

IIdentityLayer *Network::addIdentity(ITensor &in) noexcept {
	return layer_like<IIdentityLayer, VIdentityLayerStub>("addIdentity", in);
}

IConcatenationLayer *Network::addConcatenation(ITensor *const *in, int32_t count) noexcept {
	return count == 0 ? nullptr
	                  : layer_like<IConcatenationLayer, VConcatenationLayerStub>("addConcatenation " + show(count), *in[0]);
}

IShuffleLayer *Network::addShuffle(ITensor &in) noexcept {
	return layer_like<IShuffleLayer, VShuffleLayerStub>("addShuffle", in);
}

ISliceLayer *Network::addSlice(ITensor &in, Dims const &start, Dims const &size, Dims const &stride) noexcept {
	return layer_like<ISliceLayer, VSliceLayerStub>(
		"addSlice " + show(start) + " " + show(size) + " " + show(stride), in);
}

IResizeLayer *Network::addResize(ITensor &in) noexcept { return layer_like<IResizeLayer, ResizeStub>("addResize", in); }

IPaddingLayer *Network::addPaddingNd(ITensor &in, Dims const &pre, Dims const &post) noexcept {
	return layer_like<IPaddingLayer, VPaddingLayerStub>("addPaddingNd " + show(pre) + " " + show(post), in);
}

IGatherLayer *Network::addGatherV2(ITensor &data, ITensor &indices, GatherMode mode) noexcept {
	return layer_like<IGatherLayer, VGatherLayerStub>("addGatherV2 " + show(mode) + " " + id(indices), data);
}

INormalizationLayer *Network::addNormalizationV2(ITensor &in, ITensor &scale, ITensor &bias, uint32_t axes) noexcept {
	return layer_like<INormalizationLayer, VNormalizationLayerStub>(
		"addNormalizationV2 " + id(scale) + " " + id(bias) + " " + show(axes), in);
}

IParametricReLULayer *Network::addParametricReLU(ITensor &in, ITensor &slope) noexcept {
	return layer_like<IParametricReLULayer, VParametricReLULayerStub>("addParametricReLU " + id(slope), in);
}

IEinsumLayer *Network::addEinsum(ITensor *const *in, int32_t count, char const *equation) noexcept {
	return count == 0 ? nullptr
	                  : layer_like<IEinsumLayer, VEinsumLayerStub>(
							"addEinsum " + show(count) + " " + std::string(equation), *in[0]);
}

IGridSampleLayer *Network::addGridSample(ITensor &in, ITensor &grid) noexcept {
	return layer_like<IGridSampleLayer, VGridSampleLayerStub>("addGridSample " + id(grid), in);
}

ILRNLayer *Network::addLRN(ITensor &in, int64_t window, float alpha, float beta, float k) noexcept {
	return layer_like<ILRNLayer, VLRNLayerStub>(
		"addLRN " + show(window) + " " + show(alpha) + " " + show(beta) + " " + show(k), in);
}

bool Attention::setName(char const *name) noexcept {
	net_.rename(name_, name);
	record("  setName " + name_);
	return true;
}

bool Attention::setMask(ITensor &mask) noexcept {
	store("setMask", mask_, &mask);
	return true;
}

IAttention *Network::attention(ITensor &query, ITensor &key, ITensor &value, AttentionNormalizationOp norm, int32_t causal) {
	auto &x = static_cast<Tensor &>(query);
	Tensor &out = tensor(x.dims, x.type);
	record(id(out) + " = addAttention " + id(query) + " " + id(key) + " " + id(value) + " " + show(norm) + " " + show(causal));
	auto made = std::make_shared<Attention>(*this, "(Unnamed Layer* " + std::to_string(layers_.size()) + ")", out);
	layers_.push_back(made);
	return made.get();
}

#if !FAKENV_SINCE_11
IAttention *Network::addAttention(ITensor &query, ITensor &key, ITensor &value, AttentionNormalizationOp norm,
                                  bool causal) noexcept {
	return attention(query, key, value, norm, causal ? 1 : 0);
}
#else
IAttention *Network::addAttentionV2(ITensor &query, ITensor &key, ITensor &value, AttentionNormalizationOp norm,
                                    CausalMaskKind causal) noexcept {
	return attention(query, key, value, norm, static_cast<int32_t>(causal));
}
#endif

IRotaryEmbeddingLayer *Network::addRotaryEmbedding(ITensor &in, ITensor &cos, ITensor &sin, bool interleaved,
                                                   int32_t dim) noexcept {
	auto *made = layer_like<IRotaryEmbeddingLayer, VRotaryEmbeddingLayerStub>(
		"addRotaryEmbedding " + id(cos) + " " + id(sin) + " " + show(interleaved), in);
	(void) made->setRotaryEmbeddingDim(dim);
	return made;
}

IKVCacheUpdateLayer *Network::addKVCacheUpdate(ITensor &cache, ITensor &update, ITensor &indices,
                                               KVCacheMode mode) noexcept {
	return layer_like<IKVCacheUpdateLayer, VKVCacheUpdateLayerStub>(
		"addKVCacheUpdate " + show(mode) + " " + id(update) + " " + id(indices), cache);
}

IMoELayer *Network::addMoE(ITensor &hidden, ITensor &experts, ITensor &scores) noexcept {
	return layer_like<IMoELayer, MoEStub>("addMoE " + id(experts) + " " + id(scores), hidden);
}

ISqueezeLayer *Network::addSqueeze(ITensor &in, ITensor &axes) noexcept {
	return layer_like<ISqueezeLayer, VSqueezeLayerStub>("addSqueeze " + id(axes), in);
}

IUnsqueezeLayer *Network::addUnsqueeze(ITensor &in, ITensor &axes) noexcept {
	return layer_like<IUnsqueezeLayer, VUnsqueezeLayerStub>("addUnsqueeze " + id(axes), in);
}

IIfConditional *Network::addIfConditional() noexcept {
	record("addIfConditional");
	conditionals_.push_back(std::make_unique<Conditional>(*this));
	return conditionals_.back().get();
}

IConditionLayer *Conditional::setCondition(ITensor &condition) noexcept {
	return net_.layer_like<IConditionLayer, VConditionLayerStub>("setCondition", condition);
}

IIfConditionalInputLayer *Conditional::addInput(ITensor &in) noexcept {
	return net_.layer_like<IIfConditionalInputLayer, VConditionalInputLayerStub>("addInput of a conditional", in);
}

IIfConditionalOutputLayer *Conditional::addOutput(ITensor &then, ITensor &otherwise) noexcept {
	return net_.layer_like<IIfConditionalOutputLayer, VConditionalOutputLayerStub>(
		"addOutput of a conditional " + net_.id(otherwise), then);
}

IQuantizeLayer *Network::addQuantizeV2(ITensor &in, ITensor &scale, DataType to) noexcept {
	auto *made = layer_like<IQuantizeLayer, BlocksStub<VQuantizeLayerStub>>("addQuantize " + id(scale) + " " + show(to), in);
	tensors_.back()->type = to;
	return made;
}

IDynamicQuantizeLayer *Network::addDynamicQuantize(ITensor &in, int32_t axis, int32_t block, DataType to,
                                                   DataType scales) noexcept {
	auto &x = static_cast<Tensor &>(in);
	Tensor &low = tensor(x.dims, to);
	auto *made = layer<IDynamicQuantizeLayer, VDynamicQuantizeLayerStub>(
		"addDynamicQuantize " + show(axis) + " " + show(block) + " " + show(to) + " " + show(scales) + " " + id(in), low);
	made->outputs({&low, &tensor(x.dims, scales)});
	return made;
}

IDynamicQuantizeLayer *Network::addDynamicQuantizeV2(ITensor &in, Dims const &block, DataType to,
                                                     DataType scales) noexcept {
	auto &x = static_cast<Tensor &>(in);
	Tensor &low = tensor(x.dims, to);
	auto *made = layer<IDynamicQuantizeLayer, VDynamicQuantizeLayerStub>(
		"addDynamicQuantizeV2 " + show(block) + " " + show(to) + " " + show(scales) + " " + id(in), low);
	made->outputs({&low, &tensor(x.dims, scales)});
	return made;
}

IAssertionLayer *Network::addAssertion(ITensor &condition, char const *message) noexcept {
	auto *made = layer<IAssertionLayer, AssertionStub>("addAssertion " + id(condition) + " " + message, tensor({}, DataType::kBOOL));
	made->outputs({});
	made->AssertionStub::setMessage(message);
	return made;
}

IDequantizeLayer *Network::addDequantizeV2(ITensor &in, ITensor &scale, DataType to) noexcept {
	auto *made =
		layer_like<IDequantizeLayer, BlocksStub<VDequantizeLayerStub>>("addDequantize " + id(scale) + " " + show(to), in);
	tensors_.back()->type = to;
	return made;
}

ILoop *Network::addLoop() noexcept {
	record("addLoop");
	loops_.push_back(std::make_unique<Loop>(*this));
	return loops_.back().get();
}

IRecurrenceLayer *Loop::addRecurrence(ITensor &initial) noexcept {
	return net_.layer_like<IRecurrenceLayer, VRecurrenceLayerStub>("addRecurrence", initial);
}

ITripLimitLayer *Loop::addTripLimit(ITensor &tensor, TripLimit limit) noexcept {
	return net_.layer_like<ITripLimitLayer, VTripLimitLayerStub>("addTripLimit " + show(limit), tensor);
}

IIteratorLayer *Loop::addIterator(ITensor &tensor, int32_t axis, bool reverse) noexcept {
	auto *made = net_.layer_like<IIteratorLayer, VIteratorLayerStub>("addIterator", tensor);
	made->setAxis(axis);
	made->setReverse(reverse);
	return made;
}

ILoopOutputLayer *Loop::addLoopOutput(ITensor &tensor, LoopOutput kind, int32_t axis) noexcept {
	auto *made = net_.layer_like<ILoopOutputLayer, LoopOutputStub>("addLoopOutput " + show(kind), tensor);
	static_cast<Layer<ILoopOutputLayer, LoopOutputStub> *>(made)->kind = kind;
	made->setAxis(axis);
	return made;
}

ISelectLayer *Network::addSelect(ITensor &condition, ITensor &a, ITensor &b) noexcept {
	return layer_like<ISelectLayer, VSelectLayerStub>("addSelect " + id(condition) + " " + id(b), a);
}

ITopKLayer *Network::addTopKV2(ITensor &in, TopKOperation op, int32_t k, uint32_t axes, DataType type) noexcept {
	auto &x = static_cast<Tensor &>(in);
	Tensor &values = tensor(x.dims, x.type);
	auto *made = layer<ITopKLayer, VTopKLayerStub>(
		"addTopK " + show(op) + " " + show(k) + " " + show(axes) + " " + show(type) + " " + id(in), values);
	made->outputs({static_cast<Tensor *>(made->getOutput(0)), &tensor(x.dims, type)});
	return made;
}

IScatterLayer *Network::addScatter(ITensor &data, ITensor &indices, ITensor &updates, ScatterMode mode) noexcept {
	return layer_like<IScatterLayer, VScatterLayerStub>(
		"addScatter " + show(mode) + " " + id(indices) + " " + id(updates), data);
}

IOneHotLayer *Network::addOneHot(ITensor &indices, ITensor &values, ITensor &depth, int32_t axis) noexcept {
	auto *made = layer_like<IOneHotLayer, VOneHotLayerStub>(
		"addOneHot " + id(values) + " " + id(depth) + " " + show(axis), indices);
	tensors_.back()->type = values.getType();
	return made;
}

ICumulativeLayer *Network::addCumulative(ITensor &in, ITensor &axis, CumulativeOperation op, bool exclusive,
                                         bool reverse) noexcept {
	return layer_like<ICumulativeLayer, VCumulativeLayerStub>(
		"addCumulative " + id(axis) + " " + show(op) + " " + show(exclusive) + " " + show(reverse), in);
}

IReverseSequenceLayer *Network::addReverseSequence(ITensor &in, ITensor &lengths) noexcept {
	return layer_like<IReverseSequenceLayer, VReverseSequenceLayerStub>("addReverseSequence " + id(lengths), in);
}

INonZeroLayer *Network::addNonZeroV2(ITensor &in, DataType type) noexcept {
	auto *made = layer_like<INonZeroLayer, VNonZeroLayerStub>("addNonZero " + show(type), in);
	tensors_.back()->type = type;
	return made;
}

INMSLayer *Network::addNMSV2(ITensor &boxes, ITensor &scores, ITensor &most, DataType type) noexcept {
	Tensor &selected = tensor(static_cast<Tensor &>(boxes).dims, type);
	auto *made = layer<INMSLayer, VNMSLayerStub>(
		"addNMS " + id(boxes) + " " + id(scores) + " " + id(most) + " " + show(type), selected);
	made->outputs({static_cast<Tensor *>(made->getOutput(0)), &tensor({}, DataType::kINT32)});
	return made;
}

IRaggedSoftMaxLayer *Network::addRaggedSoftMax(ITensor &in, ITensor &bounds) noexcept {
	return layer_like<IRaggedSoftMaxLayer, VRaggedSoftMaxLayerStub>("addRaggedSoftMax " + id(bounds), in);
}

IShapeLayer *Network::addShape(ITensor &in) noexcept {
	Dims dims{};
	dims.nbDims = 1;
	dims.d[0] = static_cast<Tensor &>(in).dims.nbDims;
	return layer<IShapeLayer, VShapeLayerStub>("addShape " + id(in), tensor(dims, DataType::kINT64));
}

IFillLayer *Network::addFillV2(Dims const &dims, FillOperation op, DataType type) noexcept {
	return layer<IFillLayer, VFillLayerStub>("addFill " + show(dims) + " " + show(op) + " " + show(type), tensor(dims, type));
}

#ifndef TRT_MAJOR_RTX
// addPluginV3 keeps a clone, as the real library does. The layer's outputs have the
// first input's dimensions and the types that the plugin says.
IPluginV3Layer *Network::addPluginV3(ITensor *const *in, int32_t count, ITensor *const *shape_in, int32_t shape_count,
                                     IPluginV3 &plugin) noexcept {
	auto &kept = *plugins_.emplace_back(plugin.clone());
	auto &core = *static_cast<IPluginV3OneCore *>(kept.getCapabilityInterface(PluginCapabilityType::kCORE));
	auto &build = *static_cast<v_1_0::IPluginV3OneBuild *>(kept.getCapabilityInterface(PluginCapabilityType::kBUILD));
	std::string call = std::string("addPluginV3 ") + core.getPluginName();
	std::vector<DataType> types;
	for (int32_t i = 0; i < count; i++) {
		types.push_back(in[i]->getType());
		call += " " + id(*in[i]);
	}
	for (int32_t i = 0; i < shape_count; i++) {
		call += " shape " + id(*shape_in[i]);
	}
	std::vector<DataType> made(static_cast<size_t>(build.getNbOutputs()));
	if (count == 0 || made.empty() || build.getOutputDataTypes(made.data(), build.getNbOutputs(), types.data(), count) != 0) {
		voice.fail(ErrorCode::kINVALID_ARGUMENT, "the plugin does not take these inputs");
		return nullptr;
	}
	std::vector<Tensor *> outputs;
	for (const DataType type : made) {
		outputs.push_back(&tensor(static_cast<Tensor *>(in[0])->dims, type));
	}
	auto *made_layer = layer<IPluginV3Layer, VPluginV3LayerStub>(call + " of " + build.getMetadataString(), *outputs[0]);
	made_layer->outputs(outputs);
	return made_layer;
}
#endif

std::string Network::plan() const {
	std::string out = "fakenv plan of " + name_ + "\n" + take_log();
	for (const Weights &w : weights_) {
		out += "weights " + show(w) + " " + std::to_string(fnv(w)) + "\n";
	}
	return out;
}

bool Network::has_output() const {
	return std::any_of(tensors_.begin(), tensors_.end(), [](auto &t) { return t->output; });
}

bool Network::dynamic() const {
	return std::any_of(tensors_.begin(), tensors_.end(), [](auto &t) {
		return t->input && std::any_of(t->dims.d, t->dims.d + t->dims.nbDims, [](int64_t d) { return d < 0; });
	});
}

} // namespace fakenv
} // namespace nvinfer1
