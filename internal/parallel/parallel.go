// Package parallel spreads numbered pieces of work over goroutines.
package parallel

import (
	"context"
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
	RunContext(context.Background(), workers, n, body)
}

// RunContext is Run that gives out no more pieces once ctx has ended.
func RunContext(ctx context.Context, workers, n int, body func(next func() (int, bool))) {
	var taken atomic.Int64
	next := func() (int, bool) {
		i := int(taken.Add(1)) - 1
		return i, i < n && ctx.Err() == nil
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
	RangeContext(context.Background(), workers, n, grain, f)
}

// RangeContext is Range that leaves out the pieces not begun when ctx ends.
func RangeContext(ctx context.Context, workers, n, grain int, f func(from, to int)) {
	pieces := max(1, min(4*Workers(workers), n/max(grain, 1)))
	RunContext(ctx, workers, pieces, func(next func() (int, bool)) {
		for i, ok := next(); ok; i, ok = next() {
			f(i*n/pieces, (i+1)*n/pieces)
		}
	})
}
