// Package glob chooses names by patterns: * stands for any characters, dots and
// slashes included, ? for one. A pattern that starts with ! leaves names out.
package glob

import (
	"regexp"
	"slices"
	"strings"
)

// Set is a list of patterns. The zero value takes every name.
type Set struct{ with, without []pattern }

type pattern struct {
	text string
	re   *regexp.Regexp
}

// Parse reads patterns; every text is one.
func Parse(patterns []string) Set {
	var s Set
	for _, text := range patterns {
		inner, not := strings.CutPrefix(text, "!")
		re := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(inner))
		p := pattern{text, regexp.MustCompile("^(?s:" + re + ")$")}
		if not {
			s.without = append(s.without, p)
		} else {
			s.with = append(s.with, p)
		}
	}
	return s
}

// Takes reports whether one of the patterns fits name, or there is none, and
// none leaves it out.
func (s Set) Takes(name string) bool {
	fits := func(p pattern) bool { return p.re.MatchString(name) }
	return (len(s.with) == 0 || slices.ContainsFunc(s.with, fits)) && !slices.ContainsFunc(s.without, fits)
}

// Unused returns a pattern that fits none of the names, which is a slip.
func (s Set) Unused(names []string) (pattern string, unused bool) {
	for _, p := range append(slices.Clone(s.with), s.without...) {
		if !slices.ContainsFunc(names, p.re.MatchString) {
			return p.text, true
		}
	}
	return "", false
}
