package convert

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Rule changes names as sed's s command does.
type Rule struct {
	pattern *regexp.Regexp
	with    string
	all     bool
}

const ruleHelp = `write rules like sed: s/^module\.//, with the flags g (each match) and i (either case)`

// ParseRule reads `s/PATTERN/REPLACEMENT/FLAGS`. Any character may take the
// place of the slashes. The pattern is of Go's regexp syntax; in the replacement
// \1 to \9 and & stand for groups and the whole match.
func ParseRule(s string) (Rule, error) {
	bad := func(why string) (Rule, error) {
		return Rule{}, fault.New(fault.Usage, ruleHelp, "rule %q: %s", s, why)
	}
	body, ok := strings.CutPrefix(s, "s")
	if !ok || body == "" {
		return bad("it does not start with s and a separator")
	}
	sep, size := utf8.DecodeRuneInString(body)
	parts := split(body[size:], sep)
	if len(parts) != 3 {
		return bad("expected a pattern, a replacement and flags between three separators")
	}
	var r Rule
	for _, flag := range parts[2] {
		switch flag {
		case 'g':
			r.all = true
		case 'i', 'I':
			parts[0] = "(?i)" + parts[0]
		default:
			return bad("unknown flag " + string(flag))
		}
	}
	var err error
	if r.pattern, err = regexp.Compile(parts[0]); err != nil {
		return bad(err.Error())
	}
	r.with = template(parts[1])
	return r, nil
}

// split cuts at separators that no backslash escapes.
func split(s string, sep rune) []string {
	parts := []string{""}
	escaped := false
	for _, c := range s {
		last := &parts[len(parts)-1]
		switch {
		case escaped && c == sep:
			*last += string(c)
		case escaped:
			*last += `\` + string(c)
		case c == '\\':
		case c == sep:
			parts = append(parts, "")
		default:
			*last += string(c)
		}
		escaped = c == '\\' && !escaped
	}
	if escaped {
		parts[len(parts)-1] += `\`
	}
	return parts
}

// template turns sed's replacement into that of package regexp.
func template(s string) string {
	var b strings.Builder
	escaped := false
	for _, c := range s {
		switch {
		case escaped && c >= '0' && c <= '9':
			b.WriteString("${" + string(c) + "}")
		case c == '\\' && !escaped:
		case c == '&' && !escaped:
			b.WriteString("${0}")
		case c == '$':
			b.WriteString("$$")
		default:
			b.WriteRune(c)
		}
		escaped = c == '\\' && !escaped
	}
	return b.String()
}

// Apply returns the name that the rule makes of name.
func (r Rule) Apply(name string) string {
	if r.all {
		return r.pattern.ReplaceAllString(name, r.with)
	}
	at := r.pattern.FindStringSubmatchIndex(name)
	if at == nil {
		return name
	}
	return name[:at[0]] + string(r.pattern.ExpandString(nil, r.with, name, at)) + name[at[1]:]
}
