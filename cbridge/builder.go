//go:build tensorrt && cgo

package cbridge

/*
#include "bridge.h"

void trtbridge_log(uintptr_t data, int32_t severity, tb_string text);
*/
import "C"

import "unsafe"

// chars passes a string as C's pointer and length, which the call does not keep.
func chars(s string) (*C.char, C.size_t) {
	return (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s))
}

// Library is an opened TensorRT library.
type Library struct {
	api *API
	c   *C.tb_library
}

// LibraryInfo describes an opened library.
type LibraryInfo struct {
	Version Version
	Path    string // the file that the system's loader really opened
	RTX     bool
}

// OpenLibrary opens a TensorRT library, which must be of the shim's family.
func (a *API) OpenLibrary(library string) (*Library, error) {
	path, n := chars(library)
	l := &Library{api: a}
	if err := a.failed(C.tb_library_open(a.c, path, n, &l.c)); err != nil {
		return nil, err
	}
	return l, nil
}

// Info describes the library.
func (l *Library) Info() LibraryInfo {
	var info C.tb_library_info
	C.tb_library_describe(l.api.c, l.c, &info)
	return LibraryInfo{Version: version(info.version), Path: C.GoString(info.path), RTX: info.rtx != 0}
}

// Free releases the handle; the library stays mapped.
func (l *Library) Free() {
	if l != nil {
		C.tb_library_free(l.api.c, l.c)
		l.c = nil
	}
}

// Builder makes networks, configs and profiles.
type Builder struct {
	api *API
	c   *C.tb_builder
	log *callback[LogFunc]
}

// NewBuilder makes a builder, whose log lines worse than or equal to level go to
// log, which may be nil. An Error with Code NoBuilder means that this library
// cannot build on this machine.
func (l *Library) NewBuilder(log LogFunc, level Severity) (*Builder, error) {
	b := &Builder{api: l.api}
	var call C.tb_log_fn
	var data C.uintptr_t
	if log != nil {
		b.log = newCallback(log)
		call, data = C.tb_log_fn(C.trtbridge_log), C.uintptr_t(b.log.handle)
	}
	if err := l.api.failed(C.tb_builder_create(l.api.c, l.c, call, data, C.int32_t(level), &b.c)); err != nil {
		b.log.free()
		return nil, err
	}
	return b, nil
}

// Free releases the builder. Free what it made first: its log ends here.
func (b *Builder) Free() {
	if b != nil && b.c != nil {
		C.tb_builder_free(b.api.c, b.c)
		b.log.free()
		b.c = nil
	}
}
