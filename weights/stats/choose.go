package stats

import (
	"regexp"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

// choose returns the tensors that one of the globs names, in file order; none
// takes all. In a glob, * stands for any characters and ? for one; one that
// starts with ! leaves tensors out.
func choose(m weights.Map, globs []string) ([]*weights.Tensor, error) {
	var with, without []*regexp.Regexp
	for _, g := range globs {
		inner, not := strings.CutPrefix(g, "!")
		re := regexp.MustCompile("^(?s:" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(inner)) + ")$")
		list := &with
		if not {
			list = &without
		}
		*list = append(*list, re)
		if !fits([]*regexp.Regexp{re}, m.Names()...) {
			return nil, fault.New(fault.Usage, "trtbuild inspect lists the names", "no tensor fits %q", g)
		}
	}
	var chosen []*weights.Tensor
	for _, name := range m.Names() {
		if (len(with) == 0 || fits(with, name)) && !fits(without, name) {
			t, _ := m.Tensor(name)
			chosen = append(chosen, t)
		}
	}
	return chosen, nil
}

// fits reports whether one of the expressions matches one of the names.
func fits(list []*regexp.Regexp, names ...string) bool {
	for _, re := range list {
		for _, name := range names {
			if re.MatchString(name) {
				return true
			}
		}
	}
	return false
}
