package torch

import (
	"fmt"
	"math"
	"strings"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// described are the attributes of a network that say something of it.
var described = []string{"names", "stride", "yaml", "yaml_file", "args", "nc", "task", "names_file", "hyp", "inplace", "end2end"}

const (
	// maxFacts bounds the values that are taken over as metadata, and maxDepth how
	// deep they may lie in each other.
	maxFacts = 50_000
	maxDepth = 12
	// maxText is the longest string that is taken over.
	maxText = 64 << 10
	// maxKnown is how many elements a tensor among the metadata may have.
	maxKnown = 64
	// maxTensors is how many tensors among the metadata are looked up; each costs a
	// walk over the archive's directory.
	maxTensors = 16
)

// facts turns values of a pickle into such that JSON has.
type facts struct {
	budget *pickle.Budget
	read   func(t *tensor) []float32 // the values of a small tensor, or nil
	left   int
	looked int
}

// of returns what JSON has for a value, and false if there is nothing.
func (f *facts) of(v any, depth int) (any, bool) {
	const size = 112 // of an entry in a map with its value
	f.left--
	if f.left < 0 || depth > maxDepth || f.budget.Charge(size) != nil {
		return nil, false
	}
	switch v := v.(type) {
	case nil, bool, int64:
		return v, true
	case string:
		return v, len(v) <= maxText
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v), true
		}
		return v, true
	case *pickle.Global:
		return v.String(), true
	case *pickle.List:
		return f.sequence(v.Items, depth)
	case *pickle.Tuple:
		return f.sequence(v.Items, depth)
	case *pickle.Dict:
		return f.mapping(v.Entries, depth)
	case *pickle.Object:
		return f.object(v, depth)
	case *tensor:
		if f.looked == maxTensors {
			return nil, false
		}
		values := f.read(v)
		f.looked++
		if values == nil {
			return nil, false
		}
		list := make([]any, len(values))
		for i, x := range values {
			list[i], _ = f.of(float64(x), depth)
		}
		return list, true
	}
	return nil, false
}

func (f *facts) sequence(items []any, depth int) (any, bool) {
	list := []any{}
	for _, item := range items {
		x, ok := f.of(item, depth+1)
		if !ok {
			return nil, false
		}
		list = append(list, x)
	}
	return list, true
}

func (f *facts) mapping(entries []pickle.Entry, depth int) (any, bool) {
	m := map[string]any{}
	for _, e := range entries {
		switch e.Key.(type) {
		case string, int64, float64, bool:
			if x, ok := f.of(e.Value, depth+1); ok {
				m[fmt.Sprint(e.Key)] = x
			}
		}
	}
	return m, true
}

// object describes a path by its text, a namespace by its attributes, and what
// was called with one simple value, as enumerations are, by that.
func (f *facts) object(o *pickle.Object, depth int) (any, bool) {
	switch {
	case strings.HasPrefix(o.Class.Module, "pathlib") && o.Args != nil:
		var parts []string
		for _, a := range o.Args.Items {
			if s, ok := a.(string); ok {
				parts = append(parts, s)
			}
		}
		return strings.ReplaceAll(strings.Join(parts, "/"), "//", "/"), true
	case isModule(o):
		return nil, false
	case len(attributes(o).Entries) > 0:
		return f.mapping(attributes(o).Entries, depth)
	case len(o.Dict.Entries) > 0:
		return f.mapping(o.Dict.Entries, depth)
	case o.Args != nil && len(o.Args.Items) == 1:
		return f.of(o.Args.Items[0], depth+1)
	}
	return nil, false
}

// describe collects what a checkpoint says besides its tensors: of its top
// level, but for sets of weights and the state of an optimizer, and of the
// network that was chosen.
func (f *facts) describe(root any, c chosen) map[string]any {
	m := map[string]any{}
	if o, ok := c.value.(*pickle.Object); ok {
		if o.Class != nil {
			m["class"] = o.Class.String()
		}
		for _, name := range described {
			if v, ok := attribute(o, name); ok {
				if x, ok := f.of(v, 0); ok {
					m[name] = x
				}
			}
		}
	}
	if yaml, ok := m["yaml"].(map[string]any); ok && m["nc"] == nil && yaml["nc"] != nil {
		m["nc"] = yaml["nc"]
	}
	if root == c.value {
		return m
	}
	for _, e := range entries(root) {
		name, ok := e.Key.(string)
		if !ok || e.Value == nil || holdsTensors(e.Value) || wraps(e.Value) || holdsState(name) {
			continue
		}
		if _, taken := m[name]; taken {
			continue
		}
		if x, ok := f.of(e.Value, 0); ok {
			m[name] = x
		}
	}
	return m
}

// holdsState reports whether a key of a checkpoint is for resuming a training
// only, and large.
func holdsState(key string) bool {
	for _, part := range []string{"optim", "scheduler", "scaler", "callback", "loops", "rng", "random"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

// small returns the values of a tensor that is no more than a few numbers, such
// as the strides of a detector, or nil.
func (f *File) small(l *loader, t *tensor) []float32 {
	count, problem := int64(0), "refused"
	if t.refused == nil {
		count, problem, _ = t.fit()
	}
	if problem != "" || count > maxKnown || t.typ.IsComplex() || l.find(t) != nil {
		return nil
	}
	d := &weights.Tensor{Name: "metadata", Type: t.typ, Count: count, File: f.base, Source: t.view()}
	values := make([]float32, count)
	if d.ReadFloat32(values, 0) != nil {
		return nil
	}
	return values
}
