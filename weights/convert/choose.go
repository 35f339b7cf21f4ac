package convert

import (
	"regexp"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// chooser tells which names are converted.
type chooser struct {
	patterns []pattern
	some     bool // names are left out unless a pattern takes them in
}

type pattern struct {
	glob    string
	re      *regexp.Regexp
	without bool
	used    bool
}

// newChooser reads globs: * stands for any characters, ? for one. One that
// starts with ! leaves tensors out.
func newChooser(globs []string) *chooser {
	c := &chooser{}
	for _, g := range globs {
		inner, without := strings.CutPrefix(g, "!")
		re := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(inner))
		c.patterns = append(c.patterns, pattern{glob: g, re: regexp.MustCompile("^(?s:" + re + ")$"), without: without})
		c.some = c.some || !without
	}
	return c
}

func (c *chooser) takes(name string) bool {
	in, out := !c.some, false
	for i := range c.patterns {
		p := &c.patterns[i]
		if p.re.MatchString(name) {
			p.used = true
			in = in || !p.without
			out = out || p.without
		}
	}
	return in && !out
}

// unused is the error for a glob that fitted no name, which is a slip.
func (c *chooser) unused(file string) error {
	for _, p := range c.patterns {
		if !p.used {
			return fault.New(fault.Usage, "trtbuild inspect lists the names", "no tensor of %s fits %q", file, p.glob)
		}
	}
	return nil
}
