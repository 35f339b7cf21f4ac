//go:build tensorrt && cgo

package native

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// pluginLibrary is a library of plugins that every builder loads.
type pluginLibrary struct {
	how  cbridge.PluginLoading
	path string
}

func pluginLibraries(o Options) []pluginLibrary {
	var all []pluginLibrary
	for _, path := range o.StaticPlugins {
		all = append(all, pluginLibrary{cbridge.StaticPlugins, path})
	}
	for _, path := range o.DynamicPlugins {
		all = append(all, pluginLibrary{cbridge.DynamicPlugins, path})
	}
	return all
}

// newBuilder makes a builder with the plugins, and returns the files that they
// came from.
func (b *backend) newBuilder(lib *cbridge.Library, log *slog.Logger) (*cbridge.Builder, []string, error) {
	builder, err := lib.NewBuilder(logTo(log))
	if err != nil {
		return nil, nil, asError(err)
	}
	var files []string
	for _, p := range b.plugins {
		file, err := builder.LoadPlugins(p.how, p.path)
		if err != nil {
			builder.Free()
			return nil, nil, fault.New(fault.Of(asError(err)), "", "plugins %s: %w", p.path, asError(err))
		}
		files = append(files, file)
	}
	return builder, files, nil
}

// identify takes the digests of libraries of plugins.
func identify(files []string) ([]trt.PluginLibrary, error) {
	var all []trt.PluginLibrary
	for _, file := range files {
		digest, err := digestOf(file)
		if err != nil {
			return nil, fault.New(fault.Environment, "", "plugins: %w", err)
		}
		all = append(all, trt.PluginLibrary{File: filepath.Base(file), SHA256: digest})
	}
	return all, nil
}

func digestOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hasPlugins reports whether there are plugins in n or in the bodies in it.
func hasPlugins(n *trt.Network) bool {
	for l := range n.EveryLayer() {
		if l.Op.Kind() == trt.KindPluginV3 {
			return true
		}
	}
	return false
}

var fieldTypes = map[trt.PluginFieldType]cbridge.FieldType{
	trt.FieldFloat16: cbridge.FieldFloat16, trt.FieldFloat32: cbridge.FieldFloat32, trt.FieldFloat64: cbridge.FieldFloat64,
	trt.FieldBFloat16: cbridge.FieldBFloat16, trt.FieldFloat8: cbridge.FieldFloat8, trt.FieldInt8: cbridge.FieldInt8,
	trt.FieldInt16: cbridge.FieldInt16, trt.FieldInt32: cbridge.FieldInt32, trt.FieldInt64: cbridge.FieldInt64,
	trt.FieldChar: cbridge.FieldChar,
}

func addPluginV3(net *cbridge.Network, name string, in []cbridge.ID, op trt.PluginV3) ([]cbridge.Tensor, error) {
	p := cbridge.Plugin{Creator: op.Creator, Version: op.Version, Namespace: op.Namespace}
	for _, f := range op.Fields {
		p.Fields = append(p.Fields, cbridge.PluginField{Name: f.Name, Type: fieldTypes[f.Type], Values: f.Data, Count: f.Len()})
	}
	data := len(in) - op.ShapeInputs
	return net.AddPluginV3(name, in[:data], in[data:], p)
}

// pluginOf returns the plugin that the tensors are outputs of, nil if they are of
// another layer's.
func pluginOf(outputs []*trt.Tensor) *trt.PluginV3 {
	if len(outputs) == 0 || outputs[0].Producer() == nil {
		return nil
	}
	op, ok := outputs[0].Producer().Op.(trt.PluginV3)
	if !ok {
		return nil
	}
	return &op
}

// misstated says that a plugin gives something else than was stated.
func misstated(p *trt.PluginV3, what, stated, found string) error {
	if what != "" {
		what += ": "
	}
	return &Error{
		Kind: fault.BadInput, Message: fmt.Sprintf("%sexpected %s as stated, found %s, which TensorRT infers of the plugin %v", what, stated, found, p),
		Next: "state what the plugin gives",
	}
}
