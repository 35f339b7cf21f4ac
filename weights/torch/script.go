package torch

import (
	"strconv"
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
	if err := w.enter(prefix, o); err != nil {
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
			role, ok := w.declared.role(o.Class, name)
			if !ok { // neither parameter nor buffer, so not part of the state
				continue
			}
			if err := w.add(prefix+name, v, role); err != nil {
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

// constants reads the tensors that the code of a TorchScript archive refers to:
// in an archive that was frozen, these are the weights.
func (l *loader) constants() error {
	m, err := l.dir.find(l.prefix + "constants.pkl")
	if err != nil || m == nil {
		return err
	}
	l.folder = "constants/"
	v, err := l.pickle(m)
	if err != nil {
		return err
	}
	tuple, ok := v.(*pickle.Tuple)
	if !ok {
		return l.malformed("no tuple of constants")
	}
	for i, item := range tuple.Items {
		if t, ok := item.(*tensor); ok {
			l.extra = append(l.extra, named{"constants." + strconv.Itoa(i), t, weights.Parameter})
		}
	}
	return nil
}
