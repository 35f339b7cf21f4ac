package weights

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// ChunkLen is the number of values that are decoded and visited at a time:
// 128 KiB of float32 stay in a core's second-level cache, and 288 KiB of text
// are one read.
const ChunkLen = 32 << 10

// Values yields float32 elements by position: a Tensor, or a recipe over some.
// Implementations are safe for concurrent use.
type Values interface {
	// ReadFloat32 fills dst with the elements from index from on.
	ReadFloat32(dst []float32, from int64) error
}

// Job asks Read for the elements of one Values.
type Job struct {
	Name   string // for messages
	Values Values
	Count  int64
	// Dst receives the elements when its length is Count. If it is nil, they
	// are only visited.
	Dst []float32
	// Visit, when set, is called once for each chunk while it is hot in cache.
	// Chunks start at multiples of ChunkLen and all but the last are ChunkLen
	// long, whatever the number of workers, so what is computed per chunk and
	// merged in chunk order is reproducible. Visit may change the values in
	// place. It is called from several goroutines at once and must not keep
	// the slice.
	Visit func(chunk []float32, from int64) error
}

// Read carries out the jobs on several cores; workers 0 means all. It
// returns the error of the earliest chunk that failed among those read, or the
// context's when it ends first; Dst is then unspecified.
func Read(ctx context.Context, workers int, jobs []Job) error {
	starts := make([]int64, len(jobs)+1) // number of chunks before each job
	for i, j := range jobs {
		if j.Count < 0 || j.Dst != nil && int64(len(j.Dst)) != j.Count {
			return fmt.Errorf("read %q: %d elements into %d", j.Name, j.Count, len(j.Dst))
		}
		starts[i+1] = starts[i] + (j.Count+ChunkLen-1)/ChunkLen
	}
	total := starts[len(jobs)]
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = int(min(int64(workers), max(total, 1)))

	var (
		next   atomic.Int64
		failed atomic.Bool
		mu     sync.Mutex
		first  = total // the earliest failed chunk
		fault  error
		wg     sync.WaitGroup
	)
	work := func() {
		var scratch []float32
		job := 0
		for !failed.Load() && ctx.Err() == nil {
			chunk := next.Add(1) - 1
			if chunk >= total {
				return
			}
			for chunk >= starts[job+1] {
				job++
			}
			if err := jobs[job].chunk(chunk-starts[job], &scratch); err != nil {
				failed.Store(true)
				mu.Lock()
				if chunk < first {
					first, fault = chunk, err
				}
				mu.Unlock()
			}
		}
	}
	for range workers - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	if fault != nil {
		return fault
	}
	return ctx.Err()
}

func (j *Job) chunk(i int64, scratch *[]float32) error {
	from := i * ChunkLen
	n := min(ChunkLen, j.Count-from)
	var dst []float32
	if j.Dst != nil {
		dst = j.Dst[from : from+n]
	} else {
		if *scratch == nil {
			*scratch = make([]float32, ChunkLen)
		}
		dst = (*scratch)[:n]
	}
	if err := j.Values.ReadFloat32(dst, from); err != nil {
		return err
	}
	if j.Visit == nil {
		return nil
	}
	return j.Visit(dst, from)
}

// Warner is implemented by maps that noticed something odd but harmless.
type Warner interface {
	// Warnings returns one sentence each, in file order.
	Warnings() []string
}
