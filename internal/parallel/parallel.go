// Package parallel spreads numbered pieces of work over goroutines.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Workers returns n, or the number of usable cores when n is not positive.
func Workers(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// Run starts up to workers goroutines for n pieces and waits for them. Each
// runs body once, which takes the numbers of its pieces from next until that
// reports false; so a body can own scratch memory.
func Run(workers, n int, body func(next func() (int, bool))) {
	var taken atomic.Int64
	next := func() (int, bool) {
		i := int(taken.Add(1)) - 1
		return i, i < n
	}
	workers = min(Workers(workers), n)
	if workers <= 1 {
		body(next)
		return
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { body(next) })
	}
	wg.Wait()
}

// Range splits [0,n) into contiguous pieces of at least grain and calls f for
// each, concurrently.
func Range(workers, n, grain int, f func(from, to int)) {
	pieces := max(1, min(4*Workers(workers), n/max(grain, 1)))
	Run(workers, pieces, func(next func() (int, bool)) {
		for i, ok := next(); ok; i, ok = next() {
			f(i*n/pieces, (i+1)*n/pieces)
		}
	})
}
