// dynamic.h: looking up functions in opened libraries.
#pragma once

#include <cstring>
#include <dlfcn.h>

namespace tb {

// find returns an exported function, null if there is none of that name.
template <class F> F find(void *object, const char *symbol) {
	void *address = dlsym(object, symbol);
	F function;
	static_assert(sizeof function == sizeof address, "function pointers are as wide as object pointers");
	std::memcpy(&function, &address, sizeof function);
	return function;
}

} // namespace tb
