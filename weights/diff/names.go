package diff

import (
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

// names are the tensors of one file by their names after renaming.
type names struct {
	order   []string
	tensors map[string]*weights.Tensor
}

func newNames(m weights.Map, rename func(string) string) (*names, error) {
	n := &names{tensors: map[string]*weights.Tensor{}}
	for _, t := range weights.All(m) {
		name := t.Name
		if rename != nil {
			name = rename(name)
		}
		if other := n.tensors[name]; other != nil {
			return nil, fault.New(fault.Usage, "rename them apart", "%s: %q and %q are both called %q", t.File, other.Name, t.Name, name)
		}
		n.order = append(n.order, name)
		n.tensors[name] = t
	}
	return n, nil
}

// prefixes returns what to take off the names of either file so that they
// meet: nothing when some name is in both, else the part up to a dot that all
// names of one file begin with and without which most are in the other.
func prefixes(a, b []string) (pa, pb string) {
	if common(a, "", b) > 0 {
		return "", ""
	}
	best := 0
	for _, p := range shared(a) {
		if n := common(a, p, b); n > best {
			best, pa, pb = n, p, ""
		}
	}
	for _, p := range shared(b) {
		if n := common(b, p, a); n > best {
			best, pa, pb = n, "", p
		}
	}
	return pa, pb
}

// common counts the names of a, less a prefix, that are in b.
func common(a []string, prefix string, b []string) int {
	names := make(map[string]bool, len(b))
	for _, n := range b {
		names[n] = true
	}
	n := 0
	for _, name := range a {
		if names[name[len(prefix):]] {
			n++
		}
	}
	return n
}

// shared returns the prefixes, each up to a dot, that all names begin with.
func shared(names []string) []string {
	var all []string
	if len(names) == 0 {
		return nil
	}
	for i := range names[0] {
		if names[0][i] != '.' {
			continue
		}
		p := names[0][:i+1]
		if slices.ContainsFunc(names, func(n string) bool { return !strings.HasPrefix(n, p) }) {
			break
		}
		all = append(all, p)
	}
	return all
}
