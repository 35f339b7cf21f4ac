package npz

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCacheKeepsTheLastUsed(t *testing.T) {
	var c cache
	members := func() (all []string) {
		for _, e := range c.entries {
			all = append(all, e.m.name)
		}
		return all
	}
	a, b, d := &member{name: "a", size: 100 << 20}, &member{name: "b", size: 100 << 20}, &member{name: "d", size: 1 << 40}
	first := c.entry(a)
	c.entry(b)
	require.Same(t, first, c.entry(a))
	require.Equal(t, []string{"b", "a"}, members())
	c.entry(d) // is kept alone when it is itself beyond the budget, with what fits beside it
	require.Equal(t, []string{"b", "a", "d"}, members())
	c.entry(&member{name: "e", size: 1})
	require.Equal(t, []string{"e"}, members())

	for _, name := range []string{"f", "g", "h", "i"} {
		c.entry(&member{name: name, size: 100 << 20})
	}
	require.Equal(t, []string{"g", "h", "i"}, members())
}
