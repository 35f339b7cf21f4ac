package convert_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights/convert"
)

// The results are what GNU sed -E prints, but for Go's own syntax.
func TestRules(t *testing.T) {
	for _, c := range []struct{ rule, name, want string }{
		{`s/^module\.//`, "module.module.fc", "module.fc"},
		{`s/module\.//g`, "module.module.fc", "fc"},
		{`s/a/b/`, "banana", "bbnana"},
		{`s/A/b/gi`, "banana", "bbnbnb"},
		{`s/^(layer[0-9]+)\.([0-9]+)/\2-\1/`, "layer3.11.conv", "11-layer3.conv"},
		{`s,/,.,g`, "conv/kernel/0", "conv.kernel.0"},
		{`s/\//./g`, "conv/kernel", "conv.kernel"},
		{`s/conv/[&]/`, "a.conv", "a.[conv]"},
		{`s/conv/[\&]/`, "a.conv", "a.[&]"},
		{`s/conv/$1\\/`, "a.conv", `a.$1\`},
		{`s/x*$/.end/`, "fcxx", "fc.end"},
		{`s/nothing/x/`, "fc", "fc"},
	} {
		r, err := convert.ParseRule(c.rule)
		require.NoError(t, err, c.rule)
		require.Equal(t, c.want, r.Apply(c.name), c.rule)
	}
	for _, s := range []string{"", "s", "s/a/b", "y/a/b/", "s/a/b/q", "s/(/b/", "s/a/b/g/", "^module"} {
		_, err := convert.ParseRule(s)
		require.Error(t, err, s)
		require.Equal(t, fault.Usage, fault.Of(err))
		require.ErrorContains(t, err, "write rules like sed")
	}
}
