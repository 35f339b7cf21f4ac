//go:build tensorrt && cgo

package cbridge

/*
#cgo CFLAGS: -std=c11 -O2
#cgo linux LDFLAGS: -ldl
#include <stdlib.h>
#include "loader.h"

#define TB_NAME(name, first, end) #name,
static const char *tb_family_at(size_t i) {
	static const char *const names[] = {TB_FAMILIES(TB_NAME)};
	return i < sizeof names / sizeof *names ? names[i] : NULL;
}
#undef TB_NAME
*/
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"
)

// Version is a version of TensorRT in four parts.
type Version struct{ Major, Minor, Patch, Build int }

func version(v C.tb_version) Version {
	return Version{int(v.major), int(v.minor), int(v.patch), int(v.build)}
}

// LibraryVersion opens a TensorRT library, a path or a name that the system's
// loader finds, just far enough to ask its version.
func LibraryVersion(library string) (Version, error) {
	path := C.CString(library)
	defer C.free(unsafe.Pointer(path))
	var v C.tb_version
	if err := explained(func(why *C.char, size C.size_t) C.int {
		return C.tb_library_version(path, &v, why, size)
	}); err != nil {
		return Version{}, err
	}
	return version(v), nil
}

// Family names the shim family that serves a version; empty when none does.
func Family(v Version) string {
	c := C.tb_version{major: C.int32_t(v.Major), minor: C.int32_t(v.Minor), patch: C.int32_t(v.Patch)}
	return C.GoString(C.tb_family(&c))
}

// Families names all families.
func Families() []string {
	var names []string
	for i := C.size_t(0); ; i++ {
		name := C.tb_family_at(i)
		if name == nil {
			return names
		}
		names = append(names, C.GoString(name))
	}
}

// explained turns the loader's way of failing into an error.
func explained(call func(why *C.char, size C.size_t) C.int) error {
	why := [1024]C.char{}
	if call(&why[0], C.size_t(len(why))) != 0 {
		return errors.New(C.GoString(&why[0]))
	}
	return nil
}

// API is a loaded shim.
type API struct {
	c *C.tb_api
	// Family is the ABI family the shim serves.
	Family string
	// Headers is the TensorRT that the shim was compiled with.
	Headers Version
	// Source says where the shim was found.
	Source Source
	// Path is the shim's file; empty when it came out of memory.
	Path string
}

// shims are the loaded shims by family and override. The system's loader keeps
// one such list for the process whether we do or not, and a shim that is opened
// twice would count its live handles twice.
var shims struct {
	sync.Mutex
	loaded map[[2]string]*API
}

// Load returns the shim of a family, loading it at the first call. override,
// when not empty, is the one place that is looked at: a shim's file or a
// directory of them. Else TRTBUILD_BRIDGE is that place, and without it the
// shim inside this program, beside its file, or in the user's cache.
func Load(family, override string) (*API, error) {
	shims.Lock()
	defer shims.Unlock()
	key := [2]string{family, override}
	if api, ok := shims.loaded[key]; ok {
		return api, nil
	}
	api, err := find(family, override)
	if err != nil {
		return nil, err
	}
	if shims.loaded == nil {
		shims.loaded = map[[2]string]*API{}
	}
	shims.loaded[key] = api
	return api, nil
}

// open loads the shim at path and checks that it is the one asked for.
func open(path, family string) (*API, error) {
	cpath, cfamily := C.CString(path), C.CString(family)
	defer C.free(unsafe.Pointer(cpath))
	defer C.free(unsafe.Pointer(cfamily))
	api := &API{Family: family, Path: path}
	if err := explained(func(why *C.char, size C.size_t) C.int {
		return C.tb_load_shim(cpath, cfamily, &api.c, why, size)
	}); err != nil {
		return nil, err
	}
	api.Headers = version(api.c.headers)
	return api, nil
}

// LiveHandles returns how many handles of all loaded shims have not been freed.
func LiveHandles() int64 {
	shims.Lock()
	defer shims.Unlock()
	seen := map[*C.tb_api]bool{}
	var n int64
	for _, api := range shims.loaded {
		if !seen[api.c] {
			seen[api.c] = true
			n += int64(C.tb_live_handles(api.c, C.TB_HANDLE_ANY))
		}
	}
	return n
}

// String prints the version, without the build when that is unknown.
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Build != 0 {
		s += fmt.Sprintf(".%d", v.Build)
	}
	return s
}
