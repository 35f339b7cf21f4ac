// families.h: which family this translation unit is compiled for. TB_FAMILY is
// set by the build to one of the names in TB_FAMILIES; the headers must be of it.
#pragma once

#include "bridge.h"

#include <NvInfer.h>

namespace tb {

constexpr int32_t number(int32_t major, int32_t minor, int32_t patch = 0) {
	return major * 10000 + minor * 100 + patch;
}

// TB_HEADERS_SINCE says whether the headers have what came with a version of
// either product, in the form of number().
#define TB_HEADERS_NUMBER (NV_TENSORRT_MAJOR * 10000 + NV_TENSORRT_MINOR * 100)
#ifdef TRT_MAJOR_RTX
#define TB_HEADERS_SINCE(enterprise, tensorrt_rtx) (TB_HEADERS_NUMBER >= (tensorrt_rtx))
#else
#define TB_HEADERS_SINCE(enterprise, tensorrt_rtx) (TB_HEADERS_NUMBER >= (enterprise))
#endif

struct Bounds {
	int32_t first, end; // first <= version < end
};

namespace bounds {
#define TB_BOUNDS(name, first, end) constexpr Bounds name{first, end};
TB_FAMILIES(TB_BOUNDS)
#undef TB_BOUNDS
} // namespace bounds

#define TB_QUOTE_(x) #x
#define TB_QUOTE(x) TB_QUOTE_(x)
constexpr const char *family_name = TB_QUOTE(TB_FAMILY);
constexpr Bounds family_bounds = bounds::TB_FAMILY;

constexpr tb_version compiled_with{NV_TENSORRT_MAJOR, NV_TENSORRT_MINOR, NV_TENSORRT_PATCH, NV_TENSORRT_BUILD};

// TensorRT-RTX calls itself version 1: only this macro tells the products apart.
#ifdef TRT_MAJOR_RTX
constexpr bool rtx = true;
#else
constexpr bool rtx = false;
#endif

constexpr int32_t compiled_number = number(NV_TENSORRT_MAJOR, NV_TENSORRT_MINOR, NV_TENSORRT_PATCH);
static_assert(family_bounds.first <= compiled_number && compiled_number < family_bounds.end,
              "the TensorRT headers are not of the family that this shim is compiled for");

// 10.8 put a method into the middle of INetworkDefinition's table; 10.9 moved it
// back. Its headers and its libraries fit nothing else.
constexpr bool broken(int32_t version) { return number(10, 8) <= version && version < number(10, 9); }
static_assert(!broken(compiled_number), "TensorRT 10.8 has an ABI of its own; use the headers of another version");
static_assert(rtx || compiled_number >= number(10, 7), "headers before TensorRT 10.7 lack layers of the shim");

} // namespace tb
