package npz

import (
	"runtime"
	"slices"
	"sync"
)

// kept is how many bytes of unpacked arrays are kept beside those that readers on
// all cores may be in: what walks over all tensors unpacks each of them once.
const kept = 256 << 20

// cache has the arrays that were unpacked last.
type cache struct {
	mu      sync.Mutex
	entries []*entry // the last used one is last
}

type entry struct {
	m      *member
	once   sync.Once
	values []byte
	err    error
}

// get returns the values of an array.
func (c *cache) get(m *member) ([]byte, error) {
	e := c.entry(m)
	e.once.Do(func() { e.values, e.err = m.unpack() })
	return e.values, e.err
}

// entry makes that of m the last one, and drops first ones beyond the budget.
func (c *cache) entry(m *member) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := &entry{m: m}
	if i := slices.IndexFunc(c.entries, func(e *entry) bool { return e.m == m }); i >= 0 {
		e = c.entries[i]
		c.entries = slices.Delete(c.entries, i, i+1)
	}
	total := int64(0)
	for i := len(c.entries) - runtime.GOMAXPROCS(0); i >= 0; i-- {
		if total += c.entries[i].m.size; total > kept {
			c.entries = slices.Delete(c.entries, 0, i+1)
			break
		}
	}
	c.entries = append(c.entries, e)
	return e
}
