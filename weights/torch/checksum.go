package torch

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/trtbuild/trtbuild/internal/crc32"
)

// checksum sums up the CRC-32 of a record whose bytes are read in any order by
// any number of readers. Its zero value is ready for use.
type checksum struct {
	done atomic.Bool
	mu   sync.Mutex
	runs []run // disjoint, ascending, never adjacent
}

// run is a range of bytes that was seen.
type run struct {
	from, to int64
	crc      uint32
}

// maxRuns bounds what is remembered. Readers who take a record in order by
// pieces, on any number of cores, need a few.
const maxRuns = 256

// add notes the bytes b of a position in a record of the given length. It
// returns false if they complete the record and its sum is not want.
func (c *checksum) add(b []byte, at, length int64, want uint32) bool {
	if c.done.Load() {
		return true
	}
	c.mu.Lock()
	fresh := c.unseen(at, at+int64(len(b)))
	c.mu.Unlock()
	// The sums are taken outside of the lock; should another reader bring the
	// same bytes meanwhile, insert takes them once.
	for i, f := range fresh {
		fresh[i].crc = crc32.Checksum(b[f.from-at : f.to-at])
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range fresh {
		c.insert(f)
	}
	if len(c.runs) == 1 && c.runs[0].from == 0 && c.runs[0].to == length {
		// A sum that is wrong stays wrong for whoever reads again.
		if c.runs[0].crc != want {
			return false
		}
		c.done.Store(true)
	}
	return true
}

// unseen returns the parts of a range that no run has.
func (c *checksum) unseen(from, to int64) (fresh []run) {
	for _, r := range c.runs {
		if r.to <= from {
			continue
		}
		if r.from >= to {
			break
		}
		if from < r.from {
			fresh = append(fresh, run{from: from, to: r.from})
		}
		from = max(from, r.to)
	}
	if from < to {
		fresh = append(fresh, run{from: from, to: to})
	}
	return fresh
}

// insert adds a run unless part of it is there already, and joins neighbours.
func (c *checksum) insert(f run) {
	i, _ := slices.BinarySearchFunc(c.runs, f.from, func(r run, at int64) int {
		if r.from < at {
			return -1
		}
		return 1
	})
	if i > 0 && c.runs[i-1].to > f.from || i < len(c.runs) && c.runs[i].from < f.to {
		return
	}
	before := i > 0 && c.runs[i-1].to == f.from
	after := i < len(c.runs) && c.runs[i].from == f.to
	switch {
	case before && after:
		c.runs[i-1] = joined(joined(c.runs[i-1], f), c.runs[i])
		c.runs = slices.Delete(c.runs, i, i+1)
	case before:
		c.runs[i-1] = joined(c.runs[i-1], f)
	case after:
		c.runs[i] = joined(f, c.runs[i])
	case len(c.runs) < maxRuns:
		c.runs = slices.Insert(c.runs, i, f)
	}
}

func joined(a, b run) run {
	return run{from: a.from, to: b.to, crc: crc32.Combine(a.crc, b.crc, b.to-b.from)}
}
