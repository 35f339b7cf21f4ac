package glob_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/glob"
)

func TestTakes(t *testing.T) {
	for _, c := range []struct {
		patterns []string
		yes, no  []string
	}{
		{nil, []string{"a", ""}, nil},
		{[]string{"layer1.*"}, []string{"layer1.0.conv1.weight", "layer1."}, []string{"layer10.x", "layer1", "x.layer1.0"}},
		{[]string{"conv?"}, []string{"conv1"}, []string{"conv", "conv12"}},
		{[]string{"a", "b*"}, []string{"a", "b", "bc"}, []string{"ab"}},
		{[]string{"!*.num_batches_tracked"}, []string{"bn.weight"}, []string{"bn.num_batches_tracked"}},
		{[]string{"bn*", "!*.bias"}, []string{"bn.weight"}, []string{"bn.bias", "fc.weight"}},
		{[]string{"a/*[0]"}, []string{"a/b.c[0]"}, []string{"a/b.c0"}},
		{[]string{"two*"}, []string{"two\nlines"}, nil},
	} {
		s := glob.Parse(c.patterns)
		for _, name := range c.yes {
			require.True(t, s.Takes(name), "%q %q", c.patterns, name)
		}
		for _, name := range c.no {
			require.False(t, s.Takes(name), "%q %q", c.patterns, name)
		}
	}
}

func TestUnused(t *testing.T) {
	names := []string{"a", "b"}
	for _, c := range []struct {
		patterns []string
		want     string
		unused   bool
	}{
		{nil, "", false},
		{[]string{"a*", "!b"}, "", false},
		{[]string{"a", "c"}, "c", true},
		{[]string{"a", "!c"}, "!c", true},
		{[]string{""}, "", true},
	} {
		pattern, unused := glob.Parse(c.patterns).Unused(names)
		require.Equal(t, c.want, pattern)
		require.Equal(t, c.unused, unused, "%q", c.patterns)
	}
}
