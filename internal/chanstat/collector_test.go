package chanstat_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/chanstat"
)

func normal(n int64) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// TestCollector compares with statistics of channels picked out one by one,
// for channels that share chunks, span chunks, and recur.
func TestCollector(t *testing.T) {
	const chunk = 1000
	for name, c := range map[string]struct {
		layout chanstat.Layout
		outer  int64
	}{
		"several a chunk":     {chanstat.Layout{Channels: 70, Inner: 90}, 1},
		"one value each":      {chanstat.Layout{Channels: 2500, Inner: 1}, 1},
		"chunks per channel":  {chanstat.Layout{Channels: 3, Inner: 2700}, 1},
		"aligned":             {chanstat.Layout{Channels: 8, Inner: 500}, 1},
		"deconvolution":       {chanstat.Layout{Channels: 24, Inner: 16}, 32},
		"few, recurring":      {chanstat.Layout{Channels: 2, Inner: 3}, 999},
		"matrix [in, out]":    {chanstat.Layout{Channels: 64, Inner: 1}, 100},
		"wide matrix":         {chanstat.Layout{Channels: 1777, Inner: 1}, 5},
		"recurring in chunks": {chanstat.Layout{Channels: 2, Inner: 1500}, 4},
		"one channel":         {chanstat.Layout{Channels: 1, Inner: 7}, 300},
	} {
		t.Run(name, func(t *testing.T) {
			inner, channels := c.layout.Inner, int64(c.layout.Channels)
			x := normal(c.outer * channels * inner)
			col, err := chanstat.NewCollector(c.layout, int64(len(x)), chunk)
			require.NoError(t, err)
			var wg sync.WaitGroup
			for at := int64(len(x)-1) / chunk * chunk; at >= 0; at -= chunk {
				wg.Go(func() { require.NoError(t, col.Visit(x[at:min(at+chunk, int64(len(x)))], at)) })
			}
			wg.Wait()
			got := col.Channels()
			picked := make([][]float32, channels)
			for i, v := range x {
				ch := int64(i) / inner % channels
				picked[ch] = append(picked[ch], v)
			}
			for ch, p := range picked {
				want := chanstat.Of(p)
				require.InEpsilon(t, want.SumSq, got[ch].SumSq, 1e-13)
				require.InEpsilon(t, want.ErrFP16, got[ch].ErrFP16, 1e-13)
				require.InDelta(t, want.Sum, got[ch].Sum, 1e-11)
				g := got[ch]
				g.Sum, g.SumSq, g.ErrFP16, g.ErrFP16Flush, g.ErrTF32 = want.Sum, want.SumSq, want.ErrFP16, want.ErrFP16Flush, want.ErrTF32
				require.Equal(t, want, g)
			}
			require.Equal(t, int64(len(x)), ptr(chanstat.Merged(got)).Count)

			// Another order gives the same bits.
			again, err := chanstat.NewCollector(c.layout, int64(len(x)), chunk)
			require.NoError(t, err)
			for at := int64(0); at < int64(len(x)); at += chunk {
				require.NoError(t, again.Visit(x[at:min(at+chunk, int64(len(x)))], at))
			}
			require.Equal(t, got, again.Channels())
		})
	}
}

func ptr[T any](v T) *T { return &v }

func TestCollectorRefuses(t *testing.T) {
	_, err := chanstat.NewCollector(chanstat.Layout{Channels: 3, Inner: 2}, 10, 100)
	require.ErrorContains(t, err, "10 elements in 3 channels")
	_, err = chanstat.NewCollector(chanstat.Layout{}, 0, 100)
	require.Error(t, err)
	c, err := chanstat.NewCollector(chanstat.Layout{Channels: 1, Inner: 10}, 10, 5)
	require.NoError(t, err)
	require.Error(t, c.Visit(make([]float32, 5), 3))
	require.Error(t, c.Visit(make([]float32, 5), 10))
	require.NoError(t, c.Visit(make([]float32, 5), 5))
	require.Error(t, c.Visit(make([]float32, 5), 5))
}
