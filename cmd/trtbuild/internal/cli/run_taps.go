package cli

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/internal/glob"
	"github.com/trtbuild/trtbuild/trt"
)

// taps are the tensors of --tap by their names, LAYER/ROLE/NAME inside of a body.
type taps map[string]*tap

// tap is a tensor to be written.
type tap struct {
	looped bool // inside of a loop: it has a value in each iteration
	values int  // that it has had
}

// chooseTaps finds the tensors that fit the patterns.
func chooseTaps(cmd *cobra.Command, n *trt.Network, patterns []string) (taps, error) {
	all := taps{}
	names, double := all.list(n, "", false)
	if double != "" {
		return nil, usagef(cmd, "--tap: two tensors of the network are named %s; rename one", double)
	}
	set := glob.Parse(patterns)
	if pattern, unused := set.Unused(names); unused {
		return nil, usagef(cmd, "--tap %q fits no tensor of the network; \"trtbuild zoo show\" lists them", pattern)
	}
	for _, name := range names {
		if !set.Takes(name) {
			delete(all, name)
		}
	}
	return all, nil
}

// list adds the tensors of a network and of the bodies of its layers. It returns
// their names, and one that two have, if there is one.
func (t taps) list(n *trt.Network, scope string, looped bool) (names []string, double string) {
	add := func(xs []*trt.Tensor) {
		for _, x := range xs {
			name := scope + x.Name
			if t[name] != nil {
				double = name
			}
			t[name], names = &tap{looped: looped}, append(names, name)
		}
	}
	add(n.Inputs())
	for _, l := range n.Layers() {
		for _, b := range trt.Bodies(l.Op) {
			_, loop := l.Op.(trt.Loop)
			inner, twice := t.list(b.Network, b.Prefix(scope+l.Name), looped || loop)
			names, double = append(names, inner...), cmp.Or(double, twice)
		}
		add(l.Outputs)
	}
	return names, double
}

// array returns the name under which the next value of a tensor is written: its
// own, or inside of a loop NAME[0], NAME[1] and so on; false if it is not.
func (t taps) array(name string) (string, bool) {
	x := t[name]
	if x == nil {
		return "", false
	}
	if x.looped {
		name = fmt.Sprintf("%s[%d]", name, x.values)
	}
	x.values++
	return name, true
}
