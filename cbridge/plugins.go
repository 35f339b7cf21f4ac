//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// PluginLoading is how a library of plugins registers its creators.
type PluginLoading int32

// The ways.
const (
	StaticPlugins  PluginLoading = C.TB_PLUGINS_STATIC
	DynamicPlugins PluginLoading = C.TB_PLUGINS_DYNAMIC
)

// FieldType is the type of a plugin's attribute.
type FieldType int32

// The types of attributes.
const (
	FieldFloat16  FieldType = C.TB_FIELD_FLOAT16
	FieldFloat32  FieldType = C.TB_FIELD_FLOAT32
	FieldFloat64  FieldType = C.TB_FIELD_FLOAT64
	FieldBFloat16 FieldType = C.TB_FIELD_BFLOAT16
	FieldFloat8   FieldType = C.TB_FIELD_FLOAT8
	FieldInt8     FieldType = C.TB_FIELD_INT8
	FieldInt16    FieldType = C.TB_FIELD_INT16
	FieldInt32    FieldType = C.TB_FIELD_INT32
	FieldInt64    FieldType = C.TB_FIELD_INT64
	FieldChar     FieldType = C.TB_FIELD_CHAR
)

// PluginField is tb_plugin_field: Count elements of a type, in the machine's
// byte order.
type PluginField struct {
	Name   string
	Type   FieldType
	Values []byte
	Count  int
}

// Plugin is tb_plugin.
type Plugin struct {
	Creator, Version, Namespace string
	Fields                      []PluginField
}

// LoadPlugins opens a library of plugins, registers what it holds, and returns
// the file that the system's loader really opened.
func (b *Builder) LoadPlugins(how PluginLoading, library string) (string, error) {
	s, l := chars(library)
	var file C.tb_string
	if err := b.api.failed(C.tb_builder_load_plugins(b.api.c, b.c, C.int32_t(how), s, l, &file)); err != nil {
		return "", err
	}
	return C.GoString(file), nil
}

// AddPluginV3 adds a plugin; shapes are the tensors that it reads as dimensions.
func (n *Network) AddPluginV3(name string, in, shapes []ID, p Plugin) ([]Tensor, error) {
	var pins runtime.Pinner // structs that C reads point at memory of Go's
	defer pins.Unpin()
	pinned := func(s string) (*C.char, C.size_t) {
		c, l := chars(s)
		if l > 0 {
			pins.Pin(c)
		}
		return c, l
	}
	fields := make([]C.tb_plugin_field, len(p.Fields))
	for i, f := range p.Fields {
		fields[i]._type, fields[i].count = C.int32_t(f.Type), C.int32_t(f.Count)
		fields[i].name, fields[i].name_len = pinned(f.Name)
		if len(f.Values) > 0 {
			pins.Pin(unsafe.SliceData(f.Values))
			fields[i].values = unsafe.Pointer(unsafe.SliceData(f.Values))
		}
	}
	c := C.tb_plugin{fields: unsafe.SliceData(fields), field_count: C.size_t(len(fields))}
	if len(fields) > 0 {
		pins.Pin(c.fields)
	}
	c.creator, c.creator_len = pinned(p.Creator)
	c.version, c.version_len = pinned(p.Version)
	c.plugin_namespace, c.plugin_namespace_len = pinned(p.Namespace)
	ids := func(list []ID) (*C.int32_t, C.size_t) {
		return (*C.int32_t)(unsafe.SliceData(list)), C.size_t(len(list))
	}
	x, xs := ids(in)
	d, ds := ids(shapes)
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_plugin_v3(n.api.c, n.c, s, l, x, xs, d, ds, &c, &out), &out)
}
