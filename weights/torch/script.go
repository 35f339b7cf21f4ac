package torch

import (
	"strings"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// isScript reports whether an object is a module of a TorchScript archive: a
// class of the archive's own code.
func isScript(o *pickle.Object) bool {
	return strings.HasPrefix(o.Class.Module, "__torch__")
}

// script lists the tensors of a module of TorchScript, whose attributes are
// parameters, buffers and modules alike.
func (w *walker) script(prefix string, o *pickle.Object) error {
	if err := w.enter(prefix); err != nil {
		return err
	}
	defer func() { w.depth-- }()
	var inner []pickle.Entry
	for _, e := range attributes(o).Entries {
		name, ok := e.Key.(string)
		if !ok {
			continue
		}
		switch v := e.Value.(type) {
		case *tensor:
			if err := w.add(prefix+name, v, weights.RoleByName(name)); err != nil {
				return err
			}
		case *pickle.Object:
			if isScript(v) {
				inner = append(inner, e)
			}
		}
	}
	for _, e := range inner {
		if err := w.script(prefix+e.Key.(string)+".", e.Value.(*pickle.Object)); err != nil {
			return err
		}
	}
	return nil
}

// constants adds the tensors that the code of a TorchScript archive refers to.
func (w *walker) constants(l *loader) error {
	for _, n := range l.extra {
		if err := w.add(n.name, n.tensor, n.role); err != nil {
			return err
		}
	}
	return nil
}
