package cli

import (
	"regexp"
	"strings"
)

// globs are patterns of names: * is any text, dots and slashes included, ? any
// one character, as in --keep-fp32.
type globs []*regexp.Regexp

func (g *globs) String() string { return "" }
func (g *globs) Type() string   { return "GLOB" }

func (g *globs) Set(s string) error {
	re, err := regexp.Compile("^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(s)) + "$")
	if err == nil {
		*g = append(*g, re)
	}
	return err
}

func (g globs) match(name string) bool {
	for _, re := range g {
		if re.MatchString(name) {
			return true
		}
	}
	return false
}
