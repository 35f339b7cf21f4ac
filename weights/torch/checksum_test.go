package torch

import (
	"hash/crc32"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChecksumOrder adds pieces that overlap, in random order and from several
// goroutines: a record is complete exactly when every byte was seen.
func TestChecksumOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, 10_000)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	const longest = 2000
	want := crc32.ChecksumIEEE(b)
	for round := range 50 {
		var c checksum
		seen := make([]bool, len(b))
		left := len(b)
		for left > 0 {
			from := r.IntN(len(b)+longest) - longest
			to := min(from+longest/2+r.IntN(longest), len(b))
			from = max(from, 0)
			if to <= from {
				continue
			}
			for i := from; i < to; i++ {
				if !seen[i] {
					seen[i] = true
					left--
				}
			}
			// With the wrong sum, only the piece that completes the record fails.
			require.Equal(t, left > 0 || round%2 == 0, c.add(b[from:to], int64(from), int64(len(b)), want^uint32(round%2)))
			require.LessOrEqual(t, len(c.runs), maxRuns)
		}
		require.Equal(t, round%2 == 0, c.done.Load())
	}
	var c checksum
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 100 {
				at := (i*4 + w) % 100 * 100
				c.add(b[at:at+100], int64(at), int64(len(b)), want)
			}
		})
	}
	wg.Wait()
	require.True(t, c.done.Load())
}
