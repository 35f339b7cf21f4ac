package weights_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
)

// ramp yields first, first+1, …
type ramp float32

func (r ramp) ReadFloat32(dst []float32, from int64) error {
	for i := range dst {
		dst[i] = float32(r) + float32(from) + float32(i)
	}
	return nil
}

func TestReadFillsAndVisits(t *testing.T) {
	const n = 3*weights.ChunkLen + 5
	for _, workers := range []int{0, 1, 2, 7} {
		var mu sync.Mutex
		seen := map[int64]int{}
		visit := func(chunk []float32, from int64) error {
			mu.Lock()
			defer mu.Unlock()
			seen[from] = len(chunk)
			if chunk[0] != float32(from)+100 {
				return errors.New("wrong chunk")
			}
			return nil
		}
		kept, doubled := make([]float32, n), make([]float32, 10)
		require.NoError(t, weights.Read(context.Background(), workers, []weights.Job{
			{Name: "none", Values: ramp(0)},
			{Name: "kept", Values: ramp(1), Count: n, Dst: kept},
			{Name: "visited", Values: ramp(100), Count: n, Visit: visit},
			{Name: "changed", Values: ramp(0), Count: 10, Dst: doubled, Visit: func(chunk []float32, _ int64) error {
				for i := range chunk {
					chunk[i] *= 2
				}
				return nil
			}},
		}))
		for i := range kept {
			require.Equal(t, float32(i+1), kept[i])
		}
		require.Equal(t, []float32{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}, doubled)
		require.Equal(t, map[int64]int{
			0: weights.ChunkLen, weights.ChunkLen: weights.ChunkLen, 2 * weights.ChunkLen: weights.ChunkLen, 3 * weights.ChunkLen: 5,
		}, seen)
	}
}

type failing struct{ at int64 }

var errAt = errors.New("bad value")

func (f failing) ReadFloat32(dst []float32, from int64) error {
	if f.at >= from && f.at < from+int64(len(dst)) {
		return errAt
	}
	return nil
}

func TestReadReturnsErrors(t *testing.T) {
	ctx := context.Background()
	require.ErrorIs(t, weights.Read(ctx, 3, []weights.Job{
		{Values: ramp(0), Count: 10},
		{Values: failing{5 * weights.ChunkLen}, Count: 20 * weights.ChunkLen},
	}), errAt)
	require.ErrorIs(t, weights.Read(ctx, 3, []weights.Job{
		{Values: ramp(0), Count: 10, Visit: func([]float32, int64) error { return errAt }},
	}), errAt)
	require.ErrorContains(t, weights.Read(ctx, 1, []weights.Job{
		{Name: "x", Values: ramp(0), Count: 10, Dst: make([]float32, 9)},
	}), `read "x": 10 elements into 9`)

	ctx, cancel := context.WithCancel(ctx)
	n := 0
	err := weights.Read(ctx, 1, []weights.Job{{Values: ramp(0), Count: 10 * weights.ChunkLen, Visit: func([]float32, int64) error {
		n++
		cancel()
		return nil
	}}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, n)
}
