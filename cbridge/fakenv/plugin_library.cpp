// plugin_library.cpp: a library of plugins as people write them, against NVIDIA's
// public headers. Their output types are their inputs', in turn. What they are made
// of can be read back as their metadata.
//
// FAKENV_DYNAMIC: it exports its creators. FAKENV_STATIC: it registers them, one
// when it is opened and the others by initLibNvInferPlugins.
#include <NvInfer.h>

#include <cstring>
#include <string>

using namespace nvinfer1;

namespace {

template <class T> std::string numbers(const PluginField &f) {
	std::string out;
	for (int32_t i = 0; i < f.length; i++) {
		T value;
		std::memcpy(&value, static_cast<const char *>(f.data) + sizeof value * static_cast<size_t>(i), sizeof value);
		out += " " + std::to_string(value);
	}
	return out;
}

std::string spell(const PluginField &f) {
	switch (f.type) {
	case PluginFieldType::kFLOAT32: return " float32" + numbers<float>(f);
	case PluginFieldType::kFLOAT64: return " float64" + numbers<double>(f);
	case PluginFieldType::kINT8: return " int8" + numbers<int8_t>(f);
	case PluginFieldType::kINT16: return " int16" + numbers<int16_t>(f);
	case PluginFieldType::kINT32: return " int32" + numbers<int32_t>(f);
	case PluginFieldType::kINT64: return " int64" + numbers<int64_t>(f);
	case PluginFieldType::kFLOAT16: return " float16" + numbers<uint16_t>(f);
	case PluginFieldType::kBF16: return " bf16" + numbers<uint16_t>(f);
	case PluginFieldType::kFP8: return " fp8" + numbers<uint8_t>(f);
	case PluginFieldType::kCHAR: return std::string(" char ") + static_cast<const char *>(f.data); // up to the zero
	default: return " ?";
	}
}

class Plugin final : public IPluginV3, public IPluginV3OneCore, public v_1_0::IPluginV3OneBuild {
public:
	Plugin(std::string name, std::string fields, int32_t outputs)
	    : name_(std::move(name)), fields_(std::move(fields)), outputs_(outputs) {}

	InterfaceInfo getInterfaceInfo() const noexcept override { return IPluginV3::getInterfaceInfo(); }
	APILanguage getAPILanguage() const noexcept override { return APILanguage::kCPP; }
	IPluginV3 *clone() noexcept override { return new Plugin(*this); }
	IPluginCapability *getCapabilityInterface(PluginCapabilityType type) noexcept override {
		switch (type) {
		case PluginCapabilityType::kCORE: return static_cast<IPluginV3OneCore *>(this);
		case PluginCapabilityType::kBUILD: return static_cast<v_1_0::IPluginV3OneBuild *>(this);
		default: return nullptr;
		}
	}

	AsciiChar const *getPluginName() const noexcept override { return name_.c_str(); }
	AsciiChar const *getPluginVersion() const noexcept override { return "1"; }
	AsciiChar const *getPluginNamespace() const noexcept override { return ""; }

	int32_t getNbOutputs() const noexcept override { return outputs_; }
	int32_t getOutputDataTypes(DataType *out, int32_t outputs, DataType const *in, int32_t inputs) const noexcept override {
		for (int32_t i = 0; i < outputs; i++) {
			out[i] = in[i % inputs];
		}
		return 0;
	}
	char const *getMetadataString() noexcept override { return fields_.c_str(); }

	// What only a build that runs kernels would ask for.
	int32_t configurePlugin(DynamicPluginTensorDesc const *, int32_t, DynamicPluginTensorDesc const *,
	                        int32_t) noexcept override {
		return 0;
	}
	int32_t getOutputShapes(DimsExprs const *, int32_t, DimsExprs const *, int32_t, DimsExprs *, int32_t,
	                        IExprBuilder &) noexcept override {
		return -1;
	}
	bool supportsFormatCombination(int32_t, DynamicPluginTensorDesc const *, int32_t, int32_t) noexcept override {
		return false;
	}

private:
	std::string name_, fields_;
	int32_t outputs_;
};

class Creator final : public IPluginCreatorV3One {
public:
	Creator(const char *name, const char *version, const char *space) : name_(name), version_(version), space_(space) {}

	// createPlugin makes none where a field is named "refuse"; "outputs" is how many
	// there are.
	IPluginV3 *createPlugin(AsciiChar const *layer, PluginFieldCollection const *fields,
	                        TensorRTPhase phase) noexcept override {
		std::string text = std::string(layer) + (phase == TensorRTPhase::kBUILD ? " to build" : " to run");
		int32_t outputs = 1;
		for (int32_t i = 0; i < fields->nbFields; i++) {
			const PluginField &f = fields->fields[i];
			if (std::strcmp(f.name, "refuse") == 0) {
				return nullptr;
			}
			if (std::strcmp(f.name, "outputs") == 0) {
				std::memcpy(&outputs, f.data, sizeof outputs);
			}
			text += std::string(", ") + f.name + spell(f);
		}
		return new Plugin(name_, text, outputs);
	}
	PluginFieldCollection const *getFieldNames() noexcept override { return nullptr; }
	AsciiChar const *getPluginName() const noexcept override { return name_; }
	AsciiChar const *getPluginVersion() const noexcept override { return version_; }
	AsciiChar const *getPluginNamespace() const noexcept override { return space_; }

private:
	const char *name_, *version_, *space_;
};

} // namespace

#ifdef FAKENV_DYNAMIC

extern "C" IPluginCreatorInterface *const *getCreators(int32_t &count);
IPluginCreatorInterface *const *getCreators(int32_t &count) {
	static Creator twice("Twice", "1", ""), newer("Twice", "2", "lab");
	static IPluginCreatorInterface *const all[] = {&twice, &newer};
	count = 2;
	return all;
}

#else

namespace {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

// Old is a creator of plugins of the V2 interface.
class Old final : public IPluginCreator {
public:
	AsciiChar const *getPluginName() const noexcept override { return "Old"; }
	AsciiChar const *getPluginVersion() const noexcept override { return "1"; }
	PluginFieldCollection const *getFieldNames() noexcept override { return nullptr; }
	IPluginV2 *createPlugin(AsciiChar const *, PluginFieldCollection const *) noexcept override { return nullptr; }
	IPluginV2 *deserializePlugin(AsciiChar const *, void const *, size_t) noexcept override { return nullptr; }
	void setPluginNamespace(AsciiChar const *) noexcept override {}
	AsciiChar const *getPluginNamespace() const noexcept override { return ""; }
};

#pragma GCC diagnostic pop

Creator at_once("Thrice", "1", "");
[[maybe_unused]] const bool registered = getPluginRegistry()->registerCreator(at_once, "");

} // namespace

extern "C" bool initLibNvInferPlugins(void *logger, char const *);
bool initLibNvInferPlugins(void *logger, char const *space) {
	static Creator asked("Asked", "1", "");
	static Old old;
	IPluginCreatorInterface &any = old; // TensorRT 10 has a way of its own for the old ones
	return logger != nullptr && getPluginRegistry()->registerCreator(asked, space) &&
	       getPluginRegistry()->registerCreator(any, space);
}

#endif
