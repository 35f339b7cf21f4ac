// plugins.cpp: the double's registries of plugins.
#include "objects.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>

namespace nvinfer1 {
namespace fakenv {

namespace {

bool named(const IPluginCreatorInterface &creator, const char *name, const char *version, const char *space) {
	const auto is = [&](const auto &c) {
		return std::strcmp(c.getPluginName(), name) == 0 && std::strcmp(c.getPluginVersion(), version) == 0 &&
		       std::strcmp(c.getPluginNamespace(), space) == 0;
	};
	if (std::strcmp(creator.getInterfaceInfo().kind, "PLUGIN CREATOR_V3ONE") == 0) {
		return is(static_cast<const IPluginCreatorV3One &>(creator));
	}
	return is(static_cast<const IPluginCreator &>(creator));
}

} // namespace

Registry &Registry::global() {
	static Registry registry(nullptr);
	return registry;
}

Registry::~Registry() noexcept {
	for (void *library : libraries_) {
		dlclose(library);
	}
}

IPluginRegistry::PluginLibraryHandle Registry::loadLibrary(AsciiChar const *path) noexcept {
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library == nullptr) {
		return nullptr;
	}
	libraries_.push_back(library);
	void *address = dlsym(library, "getCreators");
	if (address == nullptr || setting("PLUGINS") == "taken") {
		return nullptr;
	}
	IPluginCreatorInterface *const *(*creators)(int32_t &);
	std::memcpy(&creators, &address, sizeof creators);
	int32_t count = 0;
	IPluginCreatorInterface *const *all = creators(count);
	creators_.insert(creators_.end(), all, all + count);
	return library;
}

bool Registry::registerCreator(IPluginCreatorInterface &creator, AsciiChar const *) noexcept {
	if (std::find(creators_.begin(), creators_.end(), &creator) != creators_.end()) {
		return false;
	}
	creators_.push_back(&creator);
	return true;
}

IPluginCreatorInterface *const *Registry::getAllCreators(int32_t *count) const noexcept {
	*count = static_cast<int32_t>(creators_.size());
	return creators_.empty() ? nullptr : creators_.data();
}

IPluginCreatorInterface *Registry::getCreator(AsciiChar const *name, AsciiChar const *version,
                                              AsciiChar const *space) noexcept {
	for (IPluginCreatorInterface *creator : creators_) {
		if (named(*creator, name, version, space)) {
			return creator;
		}
	}
	return parent_ == nullptr ? nullptr : parent_->getCreator(name, version, space);
}

} // namespace fakenv
} // namespace nvinfer1
