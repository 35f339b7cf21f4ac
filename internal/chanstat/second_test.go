package chanstat

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// secondOf visits the values of a tensor twice, in chunks.
func secondOf(t *testing.T, x []float32, l Layout, chunk int64) *Second {
	t.Helper()
	n := int64(len(x))
	c, err := NewCollector(l, n, chunk)
	require.NoError(t, err)
	for at := int64(0); at < n; at += chunk {
		require.NoError(t, c.Visit(x[at:min(at+chunk, n)], at))
	}
	s, err := NewSecond(l, n, chunk, c.Channels())
	require.NoError(t, err)
	var wg sync.WaitGroup
	for at := int64(0); at < n; at += chunk {
		wg.Go(func() { require.NoError(t, s.Visit(x[at:min(at+chunk, n)], at)) })
	}
	wg.Wait()
	return s
}

func TestSecondAgainstNumPy(t *testing.T) {
	for _, set := range numpySets(t) {
		x, want := set.values(), set.Second
		l := Layout{Channels: want.Channels, Inner: int64(len(x) / want.Channels)}
		for _, chunk := range []int64{37, 32 << 10} {
			s := secondOf(t, x, l, chunk)
			h := s.Histogram()
			require.Equal(t, want.Linear, h.Linear[:])
			var log2 [len(h.Log2)]int64
			copy(log2[want.Log2From-Log2From:], want.Log2)
			require.Equal(t, log2, h.Log2)
			near := func(want, got, least float64) {
				t.Helper()
				require.InDelta(t, want, got, 1e-12*math.Abs(want)+least)
			}
			var bf16 Residuals
			for _, r := range s.Channels() {
				bf16.Merge(r)
			}
			require.Equal(t, set.Stats.BF16Overflow, bf16.BF16Overflow)
			near(set.Stats.ErrB16, bf16.ErrBF16, 0)
			for c, r := range s.Channels() {
				fit := float64(absMax(x))
				// NumPy's rounding of scale and products.
				ulp := fit * 0x1p-52
				noise := float64(l.Inner) * ulp * ulp
				near(want.Deviation[c], r.Deviation, noise)
				near(want.Int8Tensor[c], r.ErrTensor, noise)
				near(want.Int8Channel[c], r.ErrChannel, noise)
			}
		}
	}
}

// TestValuesThatGrewBetweenTheVisits: of a file that is written to meanwhile the
// counts are wrong, and no more.
func TestValuesThatGrewBetweenTheVisits(t *testing.T) {
	for _, n := range []int64{3, 64} {
		for _, first := range []float32{0x1p-149, 1, math.MaxFloat32} {
			for _, later := range []float32{5, 300, math.MaxFloat32, float32(math.Inf(1)), float32(math.NaN())} {
				x, l := make([]float32, n), Layout{Channels: 1, Inner: n}
				x[0] = first
				c, err := NewCollector(l, n, n)
				require.NoError(t, err)
				require.NoError(t, c.Visit(x, 0))
				s, err := NewSecond(l, n, n, c.Channels())
				require.NoError(t, err)
				for i := range x {
					x[i] = later
				}
				require.NotPanics(t, func() { require.NoError(t, s.Visit(x, 0)) }, "%d values of %g that were %g", n, later, first)
			}
		}
	}
}

// TestSecondTwins holds the portable loop alone against the one that may use
// vectors, and both against one value at a time in the documented order.
func TestSecondTwins(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for n := range 200 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64() * math.Pow(10, float64(i%9-4)))
		}
		s := Of(x)
		k := newConstants(&s, 3*float64(s.AbsMax()))
		var l sums
		require.Zero(t, k.add(&l, x))
		portable := Residuals{total(&l.bf16), 0, total(&l.dev), total(&l.tensor) / (127 * 127), total(&l.channel) / (127 * 127)}
		require.Equal(t, portable, k.residuals(x), "n=%d", n)
	}
}

// TestHistogramTwins counts value by value what may be counted by vectors, with
// zeros and subnormals among them.
func TestHistogramTwins(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for n := range 200 {
		x := make([]float32, n)
		for i := range x {
			switch r.IntN(4) {
			case 0:
				x[i] = math.Float32frombits(r.Uint32N(1<<23) | r.Uint32N(2)<<31)
			case 1:
				x[i] = float32(r.NormFloat64())
			case 2:
				x[i] = float32(math.Ldexp(r.Float64(), -r.IntN(140)))
			}
		}
		fit := float64(absMax(x))
		var either, single tables
		either.count(x, reciprocal(Bins, fit))
		for i, v := range x {
			single.add(i, v, reciprocal(Bins, fit))
		}
		var got, want Histogram
		either.addTo(&got, fit)
		single.addTo(&want, fit)
		require.Equal(t, want, got, "n=%d", n)
		var zeros, counted int64
		for _, v := range x {
			if v == 0 {
				zeros++
			}
		}
		for _, k := range got.Log2 {
			counted += k
		}
		require.EqualValues(t, n, zeros+counted)
	}
}

// TestExactQuantization has values that 8 bits hold: no error may be seen.
func TestExactQuantization(t *testing.T) {
	for _, fit := range []float32{127, 1, 0.1, 3e38, 1e-40} {
		var x []float32
		for q := -127; q <= 127; q++ {
			if v := float32(float64(q) * float64(fit) / 127); float64(v)*127 == float64(q)*float64(fit) {
				x = append(x, v)
			}
		}
		require.GreaterOrEqual(t, len(x), 3)
		s := secondOf(t, x, Layout{1, int64(len(x))}, 100)
		require.Zero(t, s.Channels()[0].ErrTensor)
		require.Zero(t, s.Channels()[0].ErrChannel)
	}
}

// TestHistogramBorders puts values on and beside every border of the bins.
func TestHistogramBorders(t *testing.T) {
	for _, fit := range []float32{1, 100, 0x1p-149 * 100, 0.3, 1e30} {
		x := []float32{fit}
		var want [Bins]int64
		want[Bins-1]++
		for k := range Bins {
			border := float32(float64(k) * float64(fit) / Bins)
			for _, v := range []float32{math.Nextafter32(border, 0), border, math.Nextafter32(border, fit)} {
				x = append(x, v)
				// In whole numbers: 100 |v| against k fit, both exact in float64.
				bin := Bins - 1
				for bin > 0 && Bins*float64(v) < float64(bin)*float64(fit) {
					bin--
				}
				want[bin]++
			}
		}
		h := secondOf(t, x, Layout{1, int64(len(x))}, 64).Histogram()
		require.Equal(t, want, h.Linear, "fit %g", fit)
	}
	zeros := secondOf(t, make([]float32, 10), Layout{2, 5}, 4)
	require.Equal(t, int64(10), zeros.Histogram().Linear[0])
	require.Equal(t, []Residuals{{}, {}}, zeros.Channels())
	over := secondOf(t, []float32{math.MaxFloat32, 1}, Layout{1, 2}, 8)
	require.Equal(t, int64(1), over.Channels()[0].BF16Overflow)
}

func TestSecondLeavesOutWhatIsNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	s := secondOf(t, []float32{1, nan, -1, inf, 2, 4}, Layout{2, 3}, 2)
	require.Equal(t, []float64{2, 2}, []float64{s.Channels()[0].Deviation, s.Channels()[1].Deviation})
	var n int64
	for _, k := range s.Histogram().Linear {
		n += k
	}
	require.Equal(t, int64(4), n)
	none := secondOf(t, []float32{nan, inf}, Layout{1, 2}, 2)
	require.Equal(t, Residuals{}, none.Channels()[0])
	require.Equal(t, Histogram{}, *none.Histogram())
}

func absMax(x []float32) float32 {
	s := Of(x)
	return s.AbsMax()
}
