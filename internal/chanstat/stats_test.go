package chanstat

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"
)

// numpySet is a set of values and what NumPy says of them.
type numpySet struct {
	N, Low, Width uint64
	Stats         struct {
		Count, Zeros, NaN, Inf       int64
		Min, Max, AbsMin             float32
		Sum, SumSq                   float64
		Overflow, Subnormal, Flushed int64
		BF16Overflow                 int64 `json:"bf16_overflow"`
		TF32Overflow                 int64 `json:"tf32_overflow"`
		Err16                        float64
		Err16Flush                   float64 `json:"err16_flush"`
		ErrB16, ErrT32               float64
	}
	Second struct {
		Channels    int
		Deviation   []float64
		Int8Tensor  []float64 `json:"int8_tensor"`
		Int8Channel []float64 `json:"int8_channel"`
		Linear      []int64
		Log2From    int `json:"log2_from"`
		Log2        []int64
	}
}

func (s *numpySet) values() []float32 {
	x := make([]float32, s.N)
	for i := range x {
		k := uint64(i)
		exponent := s.Low + (k*40503>>3)%s.Width
		x[i] = math.Float32frombits(uint32(k*2654435761+12345)&0x807fffff | uint32(exponent)<<23)
	}
	return x
}

func numpySets(t *testing.T) []numpySet {
	raw, err := os.ReadFile("testdata/numpy.json")
	require.NoError(t, err)
	var file struct{ Sets []numpySet }
	require.NoError(t, json.Unmarshal(raw, &file))
	require.Len(t, file.Sets, 11)
	return file.Sets
}

// TestAgainstNumPy holds every figure against NumPy's.
func TestAgainstNumPy(t *testing.T) {
	for _, set := range numpySets(t) {
		x := set.values()
		got, want := Of(x), set.Stats
		require.Equal(t, want.Count, got.Count)
		require.Equal(t, []int64{want.Zeros, want.NaN, want.Inf}, []int64{got.Zeros, got.NaN, got.Inf})
		require.Equal(t, []int64{want.Overflow, want.Subnormal, want.Flushed, want.TF32Overflow},
			[]int64{got.Overflow, got.Subnormal, got.Flushed, got.TF32Overflow})
		require.Equal(t, []float32{want.Min, want.Max, want.AbsMin}, []float32{got.Min, got.Max, got.AbsMin})
		near := func(want, got float64) {
			t.Helper()
			require.InDelta(t, want, got, 1e-13*math.Abs(want))
		}
		require.InDelta(t, want.Sum, got.Sum, 1e-14*math.Sqrt(want.SumSq*float64(want.Count)))
		near(want.SumSq, got.SumSq)
		near(want.Err16, got.ErrFP16)
		near(want.Err16Flush, got.ErrFP16Flush)
		near(want.ErrT32, got.ErrTF32)
	}
}

// plain takes the same statistics one value at a time through x448/float16,
// in the order of lanes that the package documents.
func plain(x []float32) Stats {
	s := Stats{Count: int64(len(x)), Min: float32(math.Inf(1)), Max: float32(math.Inf(-1)), AbsMin: float32(math.Inf(1))}
	var sum, sq, e16 [4]float64
	var apart [5]float64
	for i, v := range x {
		d := float64(v)
		if v != v {
			s.NaN++
			continue
		}
		if math.IsInf(d, 0) {
			s.Inf++
			continue
		}
		if key(v) < key(s.Min) {
			s.Min = v
		}
		if key(v) > key(s.Max) {
			s.Max = v
		}
		if v == 0 {
			s.Zeros++
			continue
		}
		s.AbsMin = min(s.AbsMin, float32(math.Abs(d)))
		h := float64(float16.Fromfloat32(v).Float32())
		tf := toBits(d, 11)
		flush := h
		if math.Abs(h) < 0x1p-14 {
			flush = 0
		}
		switch {
		case math.IsInf(h, 0):
			s.Overflow++
			h, flush = d, d
		case h == 0:
			s.Flushed++
		case flush == 0:
			s.Subnormal++
		}
		if math.Abs(tf) >= 0x1p128 {
			s.TF32Overflow++
			tf = d
		}
		if math.Abs(d) >= 0x1p-14 && math.Abs(d) < 65520 {
			sum[i%4] += d
			sq[i%4] += d * d
			e16[i%4] += (h - d) * (h - d)
			continue
		}
		apart[0] += d
		apart[1] += d * d
		apart[2] += (h - d) * (h - d)
		apart[3] += (flush - d) * (flush - d)
		apart[4] += (tf - d) * (tf - d)
	}
	all := func(l [4]float64) float64 { return (l[0] + l[1]) + (l[2] + l[3]) }
	s.Sum, s.SumSq = apart[0]+all(sum), apart[1]+all(sq)
	s.ErrFP16, s.ErrFP16Flush, s.ErrTF32 = apart[2]+all(e16), apart[3]+all(e16), apart[4]+all(e16)
	return s
}

// toBits rounds d to n bits of significand, fewer below 2^-126.
func toBits(d float64, n int) float64 {
	_, exp := math.Frexp(d)
	exp = max(exp, -125)
	return math.Ldexp(math.RoundToEven(math.Ldexp(d, n-exp)), exp-n)
}

// edges are values at and beside every border that something is counted at.
func edges() []float32 {
	x := []float32{
		0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
		math.MaxFloat32, math.SmallestNonzeroFloat32, 0x1p-126,
	}
	for _, v := range []float32{0x1p-25, 0x1p-24, 0x1.8p-24, 0x1p-14 - 0x1p-25, 0x1p-14, 0x1p-15, 65504, 65519.996, 65520, 65536, 3.3895314e38, 3.39617752923046e38} {
		u := math.Float32bits(v)
		for _, b := range []uint32{u - 1, u, u + 1} {
			x = append(x, math.Float32frombits(b), -math.Float32frombits(b))
		}
	}
	return x
}

// TestBitForBit compares whole results, sums included, with the plain loop:
// mixtures of ordinary values and edges, of all short lengths and some long.
func TestBitForBit(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	special := edges()
	for _, v := range special {
		require.Equal(t, plain([]float32{v}), Of([]float32{v}), "%g", v)
	}
	require.Equal(t, plain(special), Of(special))
	check := func(n int, share, sigma float64, sign int) {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64() * sigma)
			if r.Float64() < share {
				x[i] = special[r.IntN(len(special))]
			}
			if sign != 0 && x[i] == x[i] {
				x[i] = float32(math.Copysign(float64(x[i]), float64(sign)))
			}
		}
		want, got := plain(x), Of(x)
		require.Equal(t, want, got, "n=%d share=%g sigma=%g sign=%d", n, share, sigma, sign)
		require.Equal(t, []bool{math.Signbit(float64(want.Min)), math.Signbit(float64(want.Max))},
			[]bool{math.Signbit(float64(got.Min)), math.Signbit(float64(got.Max))})
	}
	for n := 1; n < 600; n++ {
		for _, share := range []float64{0, 0.05, 1} {
			check(n, share, 0.02, n%3-1)
		}
	}
	for _, sigma := range []float64{1e-12, 1e-8, 1e-6, 1e-4, 1, 1e3, 3e4, 1e6, 1e37} {
		for sign := -1; sign <= 1; sign++ {
			check(5003, 0, sigma, sign)
			check(5003, 0.01, sigma, sign)
		}
	}
}

// TestTwins holds the block loop alone against Add, which may use vectors.
func TestTwins(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{48, 64, 255, 256, 257, 4608, 32768} {
		x := make([]float32, n)
		for i := range x {
			x[i] = math.Float32frombits(r.Uint32())
			if i%3 != 0 {
				x[i] = float32(r.NormFloat64() * 0.02)
			}
		}
		run := Stats{Count: int64(n), Min: float32(math.Inf(1)), Max: float32(math.Inf(-1)), AbsMin: float32(math.Inf(1))}
		l := newLanes()
		for i := 0; i < n; i += blockLen {
			addBlock(&l, &run, x[i:min(i+blockLen, n)])
		}
		run.finish(&l)
		require.Equal(t, run, Of(x))
	}
}

// TestSQNR holds the ratios of Gaussian weights against published figures:
// float16 keeps 73.6 dB down to a deviation of 1e-3 and loses it below, TF32
// at every scale; bfloat16 keeps 55.6 dB.
func TestSQNR(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, c := range []struct{ sigma, fp16, flush float64 }{
		{1, 73.6, 73.6}, {1e-3, 73.6, 42}, {1e-4, 72.6, 13}, {1e-5, 55.3, 0}, {1e-6, 35.3, 0}, {1e-7, 15.3, 0}, {1e-9, 0, 0},
	} {
		x := make([]float32, 1<<18)
		for i := range x {
			x[i] = float32(r.NormFloat64() * c.sigma)
		}
		s := Of(x)
		require.InDelta(t, c.fp16, s.SQNRFP16(), 0.3, "sigma %g", c.sigma)
		require.InDelta(t, c.flush, s.SQNRFP16Flush(), 0.5, "sigma %g", c.sigma)
		require.InDelta(t, 73.6, s.SQNRTF32(), 0.3, "sigma %g", c.sigma)
		k := newConstants(&s, float64(s.AbsMax()))
		require.InDelta(t, 55.6, sqnr(s.SumSq, k.residuals(x).ErrBF16, 0), 0.3, "sigma %g", c.sigma)
		require.InEpsilon(t, c.sigma, s.RMS(), 0.01)
		require.InEpsilon(t, c.sigma, s.Std(), 0.01)
	}
	exact := Of([]float32{1, -2, 0.5})
	require.Equal(t, math.Inf(1), exact.SQNRFP16())
	over := Of([]float32{1.0001, 65520})
	require.Equal(t, math.Inf(-1), over.SQNRFP16())
	require.Greater(t, over.SQNRTF32(), 40.0)
}

func TestDerived(t *testing.T) {
	var empty Stats
	require.Zero(t, empty.AbsMax())
	require.Zero(t, empty.Mean())
	require.Zero(t, empty.RMS())
	nan := Of([]float32{float32(math.NaN())})
	require.Zero(t, nan.AbsMax())
	require.Zero(t, nan.Finite())
	s := Of([]float32{-3, 1, 2, float32(math.Inf(-1))})
	require.Equal(t, float32(3), s.AbsMax())
	require.Zero(t, s.Mean())
	require.InDelta(t, math.Sqrt(14.0/3), s.RMS(), 1e-15)
	require.InDelta(t, math.Sqrt(14.0/3), s.Std(), 1e-15)

	s = Of([]float32{1, 2})
	before := s
	s.Merge(empty)
	require.Equal(t, before, s)
	empty.Merge(s)
	require.Equal(t, s, empty)
}
