package torch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// averaged are the keys under which programs keep an exponential moving average
// of the weights, and trained those of the weights themselves, by precedence:
// Ultralytics, timm, BasicSR, DETR, MMEngine, Lightning, RT-DETR, DeepSpeed.
var (
	averaged = []string{"ema", "model_ema", "ema_model", "state_dict_ema", "ema_state_dict", "model_ema_state_dict", "params_ema", "g_ema"}
	trained  = []string{"state_dict", "model_state_dict", "model", "model_state", "net", "network", "params", "weights", "module"}
)

// chosen is a set of weights within a checkpoint.
type chosen struct {
	value  any      // *pickle.Dict or *pickle.Object that holds tensors
	key    string   // the path that leads there; empty: the checkpoint itself
	others []string // what else could have been taken
}

// maxNesting is how deep sets of weights are looked for, and modules in modules.
const maxNesting = 128

// choose finds the weights in a checkpoint.
func choose(root any, key string) (chosen, error) {
	c := chosen{value: root}
	if key != "" {
		v, ok := descend(root, key)
		if !ok {
			return c, &choice{what: fmt.Sprintf("the key %s", key), found: contents(root)}
		}
		c.value, c.key = v, key
		if !holdsTensors(v) && !wraps(v) {
			return c, &choice{what: "tensors under the key " + key, found: contents(v)}
		}
	}
	for range maxNesting {
		next, others := step(c.value)
		if next == "" {
			break
		}
		c.value, _ = attribute(c.value, next)
		if c.key != "" {
			next = c.key + "." + next
		}
		c.key = next
		if c.others == nil {
			c.others = others
		}
	}
	if holdsTensors(c.value) {
		return c, nil
	}
	found := contents(c.value)
	if several := candidates(c.value); len(several) > 1 {
		return c, &choice{what: "one set of weights", found: "several: " + strings.Join(several, ", "), next: "name one by its key (--key " + several[0] + ")"}
	}
	return c, &choice{what: "tensors", found: found}
}

// choice is a checkpoint in which no weights can be chosen.
type choice struct{ what, found, next string }

func (c *choice) Error() string { return "expected " + c.what + ", found " + c.found }

// step returns the key of the weights within a value that wraps some, and those
// that were passed over. It returns "" when the value is itself the weights, or
// holds none.
func step(v any) (key string, others []string) {
	if o, ok := v.(*pickle.Object); ok && (isModule(o) || isScript(o)) {
		return "", nil
	}
	var usable []string
	for _, k := range slices.Concat(averaged, trained) {
		if inner, ok := attribute(v, k); ok && (holdsTensors(inner) || wraps(inner)) {
			usable = append(usable, k)
		}
	}
	if len(usable) == 0 && !holdsTensors(v) {
		usable = candidates(v)
		if len(usable) > 1 {
			return "", nil
		}
	}
	if len(usable) == 0 {
		return "", nil
	}
	return usable[0], usable[1:]
}

// maxLooked is how many entries of a dict are looked at for what it is. A pickle
// may name one large dict many times.
const maxLooked = 1000

// wraps reports whether a value holds weights under one of the known keys.
func wraps(v any) bool {
	if len(entries(v)) > maxLooked {
		return false
	}
	for _, k := range slices.Concat(averaged, trained) {
		if inner, ok := attribute(v, k); ok && holdsTensors(inner) {
			return true
		}
	}
	return false
}

// candidates are the keys of a dict that lead to weights.
func candidates(v any) (keys []string) {
	for _, e := range entries(v) {
		if k, ok := e.Key.(string); ok && holdsTensors(e.Value) && len(keys) < 16 {
			keys = append(keys, k)
		}
	}
	return keys
}

// holdsTensors reports whether a value is a state dict, a module or a tensor.
func holdsTensors(v any) bool {
	switch v := v.(type) {
	case *tensor:
		return true
	case *pickle.Object:
		if isModule(v) || isScript(v) {
			return true
		}
	case *pickle.List:
		return len(v.Items) > 0 && isTensor(v.Items[0])
	case *pickle.Tuple:
		return len(v.Items) > 0 && isTensor(v.Items[0])
	}
	looked := entries(v)
	return slices.ContainsFunc(looked[:min(len(looked), maxLooked)], func(e pickle.Entry) bool {
		_, named := e.Key.(string)
		return named && isTensor(e.Value)
	})
}

func isTensor(v any) bool {
	_, ok := v.(*tensor)
	return ok
}

// isModule reports whether an object has what every nn.Module has.
func isModule(o *pickle.Object) bool {
	if len(attributes(o).Entries) > maxLooked {
		return false
	}
	_, ok := members(o, "_modules")
	return ok
}

// entries returns the items of a mapping.
func entries(v any) []pickle.Entry {
	switch v := v.(type) {
	case *pickle.Dict:
		return v.Entries
	case *pickle.Object:
		return v.Dict.Entries
	}
	return nil
}

// attributes returns what an object's __dict__ would hold. The state may be a
// pair of that and the slots.
func attributes(o *pickle.Object) *pickle.Dict {
	switch s := o.State.(type) {
	case *pickle.Dict:
		return s
	case *pickle.Tuple:
		if len(s.Items) == 2 {
			if d, ok := s.Items[0].(*pickle.Dict); ok {
				return d
			}
		}
	}
	return &pickle.Dict{}
}

// attribute returns an item of a mapping or an attribute of an object.
func attribute(v any, name string) (any, bool) {
	switch v := v.(type) {
	case *pickle.Dict:
		return v.Get(name)
	case *pickle.Object:
		if x, ok := v.Dict.Get(name); ok {
			return x, true
		}
		return attributes(v).Get(name)
	}
	return nil, false
}

// members returns one of a module's dicts of parameters, buffers or modules.
func members(o *pickle.Object, name string) ([]pickle.Entry, bool) {
	v, ok := attributes(o).Get(name)
	if !ok {
		return nil, false
	}
	switch v := v.(type) {
	case *pickle.Dict:
		return v.Entries, true
	case *pickle.Object: // a subclass of dict
		return v.Dict.Entries, true
	}
	return nil, false
}

// descend follows a path of keys joined by points; keys may have points
// themselves.
func descend(v any, path string) (any, bool) {
	if x, ok := attribute(v, path); ok {
		return x, true
	}
	for i := range path {
		if path[i] != '.' {
			continue
		}
		if x, ok := attribute(v, path[:i]); ok {
			if y, ok := descend(x, path[i+1:]); ok {
				return y, true
			}
		}
	}
	return nil, false
}

// contents describes a value for a message.
func contents(v any) string {
	const most = 12
	switch v := v.(type) {
	case nil:
		return "nothing (None)"
	case *tensor:
		return "a tensor"
	case *pickle.List:
		return fmt.Sprintf("a list of %d", len(v.Items))
	case *pickle.Tuple:
		return fmt.Sprintf("a tuple of %d", len(v.Items))
	case *pickle.Object:
		if len(v.Dict.Entries) == 0 {
			return "an object of " + v.Class.String()
		}
	case *pickle.Dict:
	default:
		return fmt.Sprint(simple(v))
	}
	var keys []string
	for _, e := range entries(v) {
		if len(keys) == most {
			keys = append(keys, "…")
			break
		}
		keys = append(keys, fmt.Sprint(simple(e.Key)))
	}
	if len(keys) == 0 {
		return "an empty dict"
	}
	return "the keys " + strings.Join(keys, ", ")
}

// simple returns v if it can be printed as it is, strings up to a readable length.
func simple(v any) any {
	const most = 80
	switch v := v.(type) {
	case string:
		if len(v) > most {
			return v[:most] + "…"
		}
		return v
	case int64, float64, bool, nil:
		return v
	}
	return "…"
}
