package parallel_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/parallel"
)

func TestRangeCoversEveryIndexOnce(t *testing.T) {
	for _, n := range []int{0, 1, 7, 100, 1000} {
		for _, workers := range []int{0, 1, 3, 64} {
			hits := make([]atomic.Int32, n)
			parallel.Range(workers, n, 9, func(from, to int) {
				for i := from; i < to; i++ {
					hits[i].Add(1)
				}
			})
			for i := range hits {
				require.Equal(t, int32(1), hits[i].Load(), "index %d of %d, %d workers", i, n, workers)
			}
		}
	}
}

func TestRunGivesEachPieceOnce(t *testing.T) {
	var bodies, pieces, sum atomic.Int64
	parallel.Run(4, 10, func(next func() (int, bool)) {
		bodies.Add(1)
		for i, ok := next(); ok; i, ok = next() {
			pieces.Add(1)
			sum.Add(int64(i))
		}
	})
	require.Equal(t, []int64{4, 10, 45}, []int64{bodies.Load(), pieces.Load(), sum.Load()})
}
