/* loader.h: opens a shim, and asks a TensorRT library for its version.
 *
 * Plain C over the system's dynamic loader, without any NVIDIA header. Both
 * functions return 0, or non-zero with a sentence in why (cut to why_size,
 * always terminated).
 *
 * What they open is never closed: TensorRT keeps state of the CUDA driver, and
 * glibc knows an open object by its path string, so that a reused
 * /proc/self/fd/N after a close would silently give the earlier one again. For
 * the same reason whoever passes such a path keeps that descriptor open for the
 * life of the process. */
#ifndef TRTBUILD_LOADER_H
#define TRTBUILD_LOADER_H

#include "bridge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tb_load_shim opens the shim at path and compares its family with the one
 * asked for, its ABI number with TB_ABI and its table's size with ours. */
int tb_load_shim(const char *path, const char *family, const tb_api **out, char *why, size_t why_size);

/* tb_library_version opens a TensorRT library (a path or a soname) just far
 * enough to ask its version, which says what family of shim it wants. */
int tb_library_version(const char *path, tb_version *out, char *why, size_t why_size);

/* tb_family names the family that serves a version, or returns null when none
 * does. 10.8.x has a family (trt10), whose shim refuses it with the reason. */
const char *tb_family(const tb_version *version);

#ifdef __cplusplus
}
#endif

#endif
