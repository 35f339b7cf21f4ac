package precision

import (
	"regexp"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// keep returns the layers that globs name, with the first glob that does.
func keep(n *trt.Network, consumers map[*trt.Tensor][]*trt.Layer, globs []string) (map[*trt.Layer]string, error) {
	kept := map[*trt.Layer]string{}
	for _, glob := range globs {
		pattern := regexp.QuoteMeta(glob)
		pattern = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(pattern)
		re, err := regexp.Compile("^" + pattern + "$")
		if err != nil {
			return nil, fault.New(fault.Usage, "", "glob %q: %w", glob, err)
		}
		found := false
		for _, l := range n.Layers() {
			if !re.MatchString(l.Name) || !computes(l) || isCast(l) {
				continue
			}
			found = true
			for _, m := range append(readersOfConstant(l, consumers), l) {
				if kept[m] == "" {
					kept[m] = glob
				}
			}
		}
		if !found {
			return nil, fault.New(fault.Usage, "see explain for the names of layers", "no layer of %s fits %q", n.Name(), glob)
		}
	}
	return kept, nil
}

// readersOfConstant returns who reads a constant, which is typed like them.
func readersOfConstant(l *trt.Layer, consumers map[*trt.Tensor][]*trt.Layer) []*trt.Layer {
	if !isConstant(l) {
		return nil
	}
	return slices.Clone(consumers[l.Outputs[0]])
}
