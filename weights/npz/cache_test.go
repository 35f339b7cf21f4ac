package npz

import (
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCacheKeepsTheLastUsed(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
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

// TestCacheKeepsWhatIsBeingRead: readers on all cores, each in an array beyond the
// budget, unpack it once.
func TestCacheKeepsWhatIsBeingRead(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var c cache
	var all [3]*member
	for i := range all {
		all[i] = &member{size: 1 << 40}
		c.entry(all[i])
	}
	before := slices.Clone(c.entries)
	for i, m := range all {
		require.Same(t, before[i], c.entry(m))
	}
}
