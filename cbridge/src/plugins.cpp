// plugins.cpp: libraries of plugins, and layers of plugins by the names of their
// creators.
#include "dynamic.h"
#include "layer.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <link.h>
#include <mutex>
#include <set>

namespace tb {

using namespace nvinfer1;

namespace {

#ifdef TRT_MAJOR_RTX

[[noreturn]] void no_plugins() {
	fail(TB_ERR_UNSUPPORTED, "TensorRT-RTX has no plugins: its networks have no addPluginV3");
}

#else

// file_of is the file that an opened library was read from.
std::string file_of(void *object) {
	const link_map *map = nullptr;
	char buffer[PATH_MAX];
	if (dlinfo(object, RTLD_DI_LINKMAP, &map) != 0 || realpath(map->l_name, buffer) == nullptr) {
		return "";
	}
	return buffer;
}

// open_static leaves the library open, as its creators are registered for good. It
// is asked to register them once: to do so again TensorRT calls an error.
std::string open_static(Builder &builder, const std::string &path) {
	void *object = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
	if (object == nullptr) {
		fail(TB_ERR_NO_LIBRARY, dlerror());
	}
	auto init = find<bool (*)(void *, const char *)>(object, "initLibNvInferPlugins");
	static std::mutex mutex;
	static std::set<void *> asked;
	const std::lock_guard<std::mutex> lock(mutex);
	if (init != nullptr && asked.count(object) == 0) {
		if (!init(&builder.journal.logger(), "")) {
			fail(TB_ERR_REFUSED, path + " did not register its plugins");
		}
		asked.insert(object);
	}
	return file_of(object);
}

// open_dynamic has the builder's registry open the library, and close it.
std::string open_dynamic(Builder &builder, const std::string &path) {
	void *object = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); // TensorRT does not say why it cannot
	if (object == nullptr) {
		fail(TB_ERR_NO_LIBRARY, dlerror());
	}
	const std::unique_ptr<void, int (*)(void *)> closer(object, dlclose);
	if (dlsym(object, "getCreators") == nullptr && dlsym(object, "getPluginCreators") == nullptr) {
		fail(TB_ERR_NO_LIBRARY, path + " exports no getCreators: it is no library of dynamic plugins");
	}
	if (builder.nv->getPluginRegistry().loadLibrary(path.c_str()) == nullptr) {
		fail(TB_ERR_REFUSED, "TensorRT did not load the plugins of " + path + ", or has plugins of their names");
	}
	return file_of(object);
}

bool makes_v3(const IPluginCreatorInterface &creator) {
	const InterfaceInfo info = creator.getInterfaceInfo();
	return std::strcmp(info.kind, "PLUGIN CREATOR_V3ONE") == 0 && info.major == 1;
}

std::string spell(const std::string &name, const std::string &version, const std::string &space) {
	return name + " version " + version + (space.empty() ? "" : " of namespace " + space);
}

// distance is the number of letters to insert, remove or replace to make one name
// of the other.
size_t distance(const std::string &a, const std::string &b) {
	std::vector<size_t> row(b.size() + 1);
	for (size_t j = 0; j <= b.size(); j++) {
		row[j] = j;
	}
	for (size_t i = 1; i <= a.size(); i++) {
		size_t diagonal = row[0]++;
		for (size_t j = 1; j <= b.size(); j++) {
			const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
			diagonal = row[j];
			row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
		}
	}
	return row[b.size()];
}

bool similar(const std::string &a, const std::string &b) {
	return a.find(b) != std::string::npos || b.find(a) != std::string::npos ||
	       distance(a, b) * 3 <= std::max(a.size(), b.size());
}

// similar_creators lists registered creators by their names.
std::string similar_creators(const Builder &builder, const std::string &name) {
	std::vector<std::string> found;
	const IPluginRegistry *registries[] = {&builder.nv->getPluginRegistry(),
	                                       builder.library->plugin_registry == nullptr ? nullptr : builder.library->plugin_registry()};
	for (const IPluginRegistry *registry : registries) {
		int32_t count = 0;
		IPluginCreatorInterface *const *all = registry == nullptr ? nullptr : registry->getAllCreators(&count);
		for (int32_t i = 0; all != nullptr && i < count; i++) {
			if (!makes_v3(*all[i])) {
				continue;
			}
			const auto &c = static_cast<const IPluginCreatorV3One &>(*all[i]);
			const std::string text = spell(c.getPluginName(), c.getPluginVersion(), c.getPluginNamespace());
			if (similar(name, c.getPluginName()) && std::find(found.begin(), found.end(), text) == found.end()) {
				found.push_back(text);
			}
		}
	}
	if (found.empty()) {
		return "nothing of a similar name is";
	}
	std::string joined = found[0];
	for (size_t i = 1; i < found.size(); i++) {
		joined += ", " + found[i];
	}
	return joined + (found.size() == 1 ? " is" : " are");
}

// creator_name checks one of the three parts of a creator's name.
std::string creator_name(const char *text, size_t len, const char *what) {
	if (len > TB_MAX_PLUGIN_NAME) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " has " + std::to_string(len) + " bytes, expected at most " +
		                          std::to_string(TB_MAX_PLUGIN_NAME));
	}
	return std::string(len == 0 ? "" : &given(text, what), len);
}

IPluginCreatorV3One &creator_of(const Builder &builder, const tb_plugin &p) {
	const std::string name = creator_name(p.creator, p.creator_len, "the creator"),
	                  version = creator_name(p.version, p.version_len, "the version"),
	                  space = creator_name(p.plugin_namespace, p.plugin_namespace_len, "the namespace");
	const std::string text = spell(name, version, space);
	auto *found = builder.nv->getPluginRegistry().getCreator(name.c_str(), version.c_str(), space.c_str());
	if (found == nullptr) {
		fail(TB_ERR_NO_PLUGIN,
		     "no creator of the plugin " + text + " is registered; " + similar_creators(builder, name));
	}
	if (!makes_v3(*found)) {
		fail(TB_ERR_UNSUPPORTED, "the creator of the plugin " + text + " is a " + found->getInterfaceInfo().kind +
		                             ", expected a PLUGIN CREATOR_V3ONE");
	}
	return static_cast<IPluginCreatorV3One &>(*found);
}

// Fields are the attributes of a plugin in memory of their own.
class Fields {
public:
	explicit Fields(const tb_plugin &p) {
		for (size_t i = 0; i < p.field_count; i++) {
			add((&given(p.fields, "the list of fields"))[i]);
		}
		collection_ = {static_cast<int32_t>(list_.size()), list_.data()};
	}
	Fields(const Fields &) = delete;
	Fields &operator=(const Fields &) = delete;
	const PluginFieldCollection &collection() const { return collection_; }

private:
	struct Type {
		PluginFieldType type;
		size_t size;
	};

	void add(const tb_plugin_field &f) {
		using F = PluginFieldType;
		constexpr Choice<Type> types[] = {
			{TB_FIELD_FLOAT16, {F::kFLOAT16, 2}}, {TB_FIELD_FLOAT32, {F::kFLOAT32, 4}}, {TB_FIELD_FLOAT64, {F::kFLOAT64, 8}},
			{TB_FIELD_BFLOAT16, {F::kBF16, 2}},   {TB_FIELD_FLOAT8, {F::kFP8, 1}},      {TB_FIELD_INT8, {F::kINT8, 1}},
			{TB_FIELD_INT16, {F::kINT16, 2}},     {TB_FIELD_INT32, {F::kINT32, 4}},     {TB_FIELD_INT64, {F::kINT64, 8}},
			{TB_FIELD_CHAR, {F::kCHAR, 1}},
		};
		const Type type = choose(types, f.type, "type of a plugin's field");
		if (f.count < 0) {
			fail(TB_ERR_ARGUMENT, "a plugin's field has " + std::to_string(f.count) + " elements");
		}
		const std::string &name = names_.emplace_back(checked_name(f.name, f.name_len, "a plugin's field"));
		const size_t size = static_cast<size_t>(f.count) * type.size;
		std::vector<char> &copy = values_.emplace_back(size + 1);
		if (size != 0) {
			std::memcpy(copy.data(), &given(static_cast<const char *>(f.values), "the values of a plugin's field"), size);
		}
		list_.emplace_back(name.c_str(), copy.data(), type.type, f.count);
	}

	std::deque<std::string> names_;
	std::deque<std::vector<char>> values_;
	std::vector<PluginField> list_;
	PluginFieldCollection collection_{};
};

std::vector<ITensor *> tensors(const Adding &a, const int32_t *ids, size_t count) {
	std::vector<ITensor *> all;
	for (size_t i = 0; i < count; i++) {
		all.push_back(&a.tensor((&given(ids, "the list of inputs"))[i]));
	}
	return all;
}

#endif

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *builder_load_plugins(tb_builder *builder, [[maybe_unused]] int32_t kind, const char *path, size_t path_len,
                               [[maybe_unused]] tb_string *file) noexcept {
	Journal *journal = builder == nullptr ? nullptr : &builder->object->journal;
	if (journal != nullptr) {
		journal->begin();
	}
	return guarded(journal, TB_PHASE_BUILDER, "", [&] {
		[[maybe_unused]] Builder &b = *given(builder, "builder").object;
		const std::string name(path_len == 0 ? "" : &given(path, "path"), path_len);
		if (name.empty()) {
			fail(TB_ERR_ARGUMENT, "the path of the library of plugins is empty"); // dlopen would open this program
		}
#ifdef TRT_MAJOR_RTX
		no_plugins();
#else
		constexpr Choice<std::string (*)(Builder &, const std::string &)> ways[] = {{TB_PLUGINS_STATIC, open_static},
		                                                                            {TB_PLUGINS_DYNAMIC, open_dynamic}};
		const auto load = choose(ways, kind, "way to load plugins");
		given(file, "file") = b.plugin_files.emplace_back(load(b, name)).c_str();
#endif
	});
}

#ifdef TRT_MAJOR_RTX

tb_error *add_plugin_v3(TB_ADD_PARAMS, const int32_t *, size_t, const int32_t *, size_t, const tb_plugin *,
                        tb_outputs *) noexcept {
	return network_call(net, name, name_len, [&](Adding &) { no_plugins(); });
}

#else

tb_error *add_plugin_v3(TB_ADD_PARAMS, const int32_t *in, size_t in_count, const int32_t *shape_in,
                        size_t shape_in_count, const tb_plugin *p, tb_outputs *out) noexcept {
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &plugin) -> ILayer & {
		const auto data = tensors(a, in, in_count), shapes = tensors(a, shape_in, shape_in_count);
		IPluginCreatorV3One &creator = creator_of(*net->builder, plugin);
		const Fields fields(plugin);
		std::unique_ptr<IPluginV3> made(creator.createPlugin(a.name().c_str(), &fields.collection(), TensorRTPhase::kBUILD));
		if (made == nullptr) {
			fail(TB_ERR_REFUSED, std::string("the creator ") + creator.getPluginName() +
			                         " made no plugin of these fields");
		}
		IPluginV3 &held = *net->plugins.emplace_back(std::move(made));
		auto &layer = a.made(a.nv().addPluginV3(data.data(), static_cast<int32_t>(data.size()), shapes.data(),
		                                        static_cast<int32_t>(shapes.size()), held));
		if (layer.getNbOutputs() > TB_MAX_OUTPUTS) {
			fail(TB_ERR_UNSUPPORTED, "the plugin has " + std::to_string(layer.getNbOutputs()) + " outputs, expected at most " +
			                             std::to_string(TB_MAX_OUTPUTS));
		}
		return layer;
	});
}

#endif

} // namespace tb::entry
