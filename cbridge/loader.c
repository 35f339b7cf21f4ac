//go:build tensorrt && cgo

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "loader.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* ISO C has no conversion from an object pointer to a function pointer; the
 * loader's contract is that the bytes are the same. */
static int find(void *object, const char *symbol, void *function) {
	void *address = dlsym(object, symbol);
	memcpy(function, &address, sizeof address);
	return address != NULL;
}

int tb_load_shim(const char *path, const char *family, const tb_api **out, char *why, size_t why_size) {
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL) {
		snprintf(why, why_size, "open shim: %s", dlerror());
		return 1;
	}
	tb_api_fn get;
	if (!find(object, TB_API_SYMBOL, &get)) {
		snprintf(why, why_size, "%s exports no " TB_API_SYMBOL ": not a shim of this project", path);
		return 1;
	}
	const tb_api *api = get();
	if (api->abi != TB_ABI || api->size != sizeof *api) {
		snprintf(why, why_size, "shim %s has ABI %u and a table of %u bytes, this program wants ABI %u and %zu bytes",
			path, api->abi, api->size, TB_ABI, sizeof *api);
		return 1;
	}
	if (strcmp(api->family, family) != 0) {
		snprintf(why, why_size, "shim %s is of family %s, asked for was %s", path, api->family, family);
		return 1;
	}
	*out = api;
	return 0;
}

int tb_library_version(const char *path, tb_version *out, char *why, size_t why_size) {
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL) {
		snprintf(why, why_size, "%s", dlerror());
		return 1;
	}
	int32_t (*get)(void);
	if (!find(object, "getInferLibVersion", &get)) {
		snprintf(why, why_size, "%s has no getInferLibVersion: not a TensorRT library", path);
		return 1;
	}
	int32_t number = get();
	/* Before 10.0 it was major*1000 + minor*100 + patch. */
	int32_t unit = number < 10000 ? 1000 : 10000;
	out->major = number / unit;
	out->minor = number % unit / 100;
	out->patch = number % 100;
	out->build = find(object, "getInferLibBuildVersion", &get) ? get() : 0;
	return 0;
}

const char *tb_family(const tb_version *v) {
	int32_t number = v->major * 10000 + v->minor * 100 + v->patch;
#define TB_CASE(name, first, end)             \
	if (first <= number && number < end) { \
		return #name;                      \
	}
	TB_FAMILIES(TB_CASE)
#undef TB_CASE
	return NULL;
}
