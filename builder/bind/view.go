package bind

import (
	"strings"

	"github.com/trtbuild/trtbuild/weights"
)

// View is a weight map whose names have lost the prefix that all of them share
// because a wrapper added it. It is immutable.
type View struct {
	prefix  string
	file    string
	names   []string
	tensors map[string]*weights.Tensor
}

// NewView returns a view of m.
func NewView(m weights.Map) *View {
	full := m.Names()
	v := &View{prefix: Prefix(full), names: make([]string, 0, len(full)), tensors: make(map[string]*weights.Tensor, len(full))}
	for _, name := range full {
		t, ok := m.Tensor(name)
		if !ok {
			continue
		}
		short := name[len(v.prefix):]
		v.file = t.File
		v.names = append(v.names, short)
		v.tensors[short] = t
	}
	return v
}

// Prefix returns what stood before every name of the file; it ends in a dot or
// is empty.
func (v *View) Prefix() string { return v.prefix }

// File returns the base name of the weight file.
func (v *View) File() string { return v.file }

// Names returns the names without the prefix, in file order. The slice must not
// be changed.
func (v *View) Names() []string { return v.names }

// Tensor returns a tensor by its name without the prefix. The tensor's own Name
// is the file's.
func (v *View) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := v.tensors[name]
	return t, ok
}

// Has reports whether there is a tensor of this name.
func (v *View) Has(name string) bool { return v.tensors[name] != nil }

// Count returns the number of elements of a tensor, 0 when there is none.
func (v *View) Count(name string) int64 {
	if t := v.tensors[name]; t != nil {
		return t.Count
	}
	return 0
}

// wrappers are the prefixes that DataParallel, torch.compile, weight averaging
// and training scripts put before every name of a model.
var wrappers = [...]string{"module.", "_orig_mod.", "ema.", "backbone.", "state_dict.", "model."}

// Prefix returns the wrappers' prefixes that all names begin with, repeated
// until there is none. "model." goes only where no number follows:
// model.0.conv is how YOLO's own layers are named.
func Prefix(names []string) string {
	done := ""
	for {
		found := ""
		for _, p := range wrappers {
			if all(names, done+p) && (p != "model." || !anyDigit(names, len(done+p))) {
				found = p
				break
			}
		}
		if found == "" {
			return done
		}
		done += found
	}
}

func all(names []string, prefix string) bool {
	for _, n := range names {
		if len(n) == len(prefix) || !strings.HasPrefix(n, prefix) {
			return false
		}
	}
	return len(names) > 0
}

func anyDigit(names []string, at int) bool {
	for _, n := range names {
		if n[at] >= '0' && n[at] <= '9' {
			return true
		}
	}
	return false
}

// Ignorable returns why a tensor may be left over, or be absent, without
// changing what the network computes; it returns "" for all others.
func Ignorable(name string) string {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "num_batches_tracked":
		return "a counter that only training reads"
	case "n_averaged":
		return "a counter that only the averaging of weights reads"
	case "total_ops", "total_params":
		return "a profiler's counter"
	}
	return ""
}
