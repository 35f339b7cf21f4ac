package torch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// named is a tensor of the chosen weights.
type named struct {
	name string
	*tensor
	role weights.Role
}

// walker lists the tensors of a state dict or module as PyTorch's state_dict
// would: parameters, buffers, then those of the modules within.
type walker struct {
	budget   *pickle.Budget
	list     []named
	left     []string // entries that are no tensors, by name
	depth    int
	declared declarations // of a TorchScript archive
	eps      []any        // those of BatchNorms, each once
}

func (w *walker) add(name string, t *tensor, role weights.Role) error {
	if err := w.budget.Charge(descriptorSize + int64(len(name))); err != nil {
		return err
	}
	w.list = append(w.list, named{name, t, role})
	return nil
}

// walk lists what a chosen value holds.
func (w *walker) walk(v any) error {
	switch v := v.(type) {
	case *tensor:
		return w.add("tensor", v, weights.Parameter)
	case *pickle.List:
		return w.sequence(v.Items)
	case *pickle.Tuple:
		return w.sequence(v.Items)
	case *pickle.Object:
		if isModule(v) {
			return w.module("", v)
		}
		if len(v.Dict.Entries) == 0 {
			return w.script("", v)
		}
	}
	const size = 32 // of a named
	if err := w.budget.Charge(int64(len(entries(v))) * size); err != nil {
		return err
	}
	w.list = slices.Grow(w.list, len(entries(v)))
	for _, e := range entries(v) {
		name, ok := e.Key.(string)
		t, isTensor := e.Value.(*tensor)
		if !ok || !isTensor {
			w.leave(fmt.Sprint(simple(e.Key)))
			continue
		}
		role := weights.RoleByName(name)
		if t.parameter {
			role = weights.Parameter
		}
		if err := w.add(name, t, role); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) leave(name string) {
	const most = 8
	if len(w.left) < most {
		w.left = append(w.left, name)
	} else if len(w.left) == most {
		w.left = append(w.left, "…")
	}
}

func (w *walker) sequence(items []any) error {
	for i, item := range items {
		t, ok := item.(*tensor)
		if !ok {
			w.leave(strconv.Itoa(i))
			continue
		}
		if err := w.add(strconv.Itoa(i), t, weights.Parameter); err != nil {
			return err
		}
	}
	return nil
}

// enter bounds a walk that may be cyclic, or meet the same part on many paths.
func (w *walker) enter(prefix string, o *pickle.Object) error {
	const visit = 64
	w.depth++
	if w.depth > maxNesting {
		return fmt.Errorf("has modules nested deeper than %d", maxNesting)
	}
	return w.look(visit+int64(len(prefix)), attributes(o).Entries)
}

// look charges for the time it takes to look at entries, as if it were memory.
func (w *walker) look(more int64, entries []pickle.Entry) error {
	const entry = 8
	return w.budget.Charge(more + entry*int64(len(entries)))
}

// module lists the tensors of a module whose class is not known.
func (w *walker) module(prefix string, o *pickle.Object) error {
	if err := w.enter(prefix, o); err != nil {
		return err
	}
	defer func() { w.depth-- }()
	parameters, _ := members(o, "_parameters")
	if err := w.group(prefix, parameters, weights.Parameter, nil); err != nil {
		return err
	}
	buffers, _ := members(o, "_buffers")
	w.noteEps(o, buffers)
	transient, _ := attributes(o).Get("_non_persistent_buffers_set")
	if err := w.group(prefix, buffers, weights.Buffer, transient); err != nil {
		return err
	}
	modules, _ := members(o, "_modules")
	if err := w.look(0, modules); err != nil {
		return err
	}
	for _, e := range modules {
		name, ok := e.Key.(string)
		inner, isObject := e.Value.(*pickle.Object)
		if !ok || !isObject { // None: a module that was taken out
			continue
		}
		if err := w.module(prefix+name+".", inner); err != nil {
			return err
		}
	}
	return nil
}

// noteEps takes up the eps of a module that normalizes by running statistics.
func (w *walker) noteEps(o *pickle.Object, buffers []pickle.Entry) {
	const most = 8
	if !slices.ContainsFunc(buffers, func(e pickle.Entry) bool { return e.Key == "running_var" && e.Value != nil }) {
		return
	}
	v, _ := attributes(o).Get("eps")
	if eps, ok := v.(float64); ok && eps > 0 && eps <= 1 && len(w.eps) < most && !slices.Contains(w.eps, v) {
		w.eps = append(w.eps, v)
	}
}

// group lists the tensors of one dict of a module, but for those in the set.
func (w *walker) group(prefix string, group []pickle.Entry, role weights.Role, except any) error {
	if err := w.look(0, group); err != nil {
		return err
	}
	skip, err := w.set(except)
	if err != nil {
		return err
	}
	for _, e := range group {
		name, ok := e.Key.(string)
		t, isTensor := e.Value.(*tensor)
		if !ok || !isTensor || skip[name] { // None: one that is not used
			continue
		}
		if err := w.add(prefix+name, t, role); err != nil {
			return err
		}
	}
	return nil
}

// set returns the strings of a set.
func (w *walker) set(v any) (map[string]bool, error) {
	const size = 64
	l, ok := v.(*pickle.List)
	if !ok || len(l.Items) == 0 {
		return nil, nil
	}
	if err := w.budget.Charge(int64(len(l.Items)) * size); err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(l.Items))
	for _, item := range l.Items {
		if name, ok := item.(string); ok {
			names[name] = true
		}
	}
	return names, nil
}

// wrappers are the prefixes of modules that wrap a whole network.
var wrappers = []string{"module.", "_orig_mod."}

// unwrap takes the prefixes off the names if all have them, but for counters
// that averaging adds, and returns what it took.
func unwrap(list []named) (prefix string) {
	const most = 4 // one in the other
	for range most {
		p := common(list)
		if p == "" {
			break
		}
		for i := range list {
			list[i].name = strings.TrimPrefix(list[i].name, p)
		}
		prefix += p
	}
	return prefix
}

func common(list []named) string {
	for _, p := range wrappers {
		some, all := false, true
		for _, n := range list {
			has := strings.HasPrefix(n.name, p) && len(n.name) > len(p)
			some = some || has
			all = all && (has || n.name == "n_averaged")
		}
		if some && all {
			return p
		}
	}
	return ""
}
