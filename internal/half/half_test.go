package half_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/trtbuild/trtbuild/internal/half"
)

func f32(u uint32) float32 { return math.Float32frombits(u) }

// midpoint returns the bits of the value halfway between the float16 h and
// the next one, 2^16 being next to the last. It is exact in float32.
func midpoint(h uint16) uint32 {
	next := float64(0x1p16)
	if h+1 < 0x7c00 {
		next = float64(float16.Frombits(h + 1).Float32())
	}
	return math.Float32bits(float32((float64(float16.Frombits(h).Float32()) + next) / 2))
}

// TestFloat16 converts all 2^32 float32 in bulk. For finite ones the expected
// result is a staircase: its steps lie halfway between neighbouring float16
// and a value on a step goes to the even one. x448/float16 confirms both ends
// of every step, and NaN of every payload it keeps.
func TestFloat16(t *testing.T) {
	type step struct {
		from, to uint32 // bits, inclusive
		h        uint16
	}
	var steps []step
	for from, h := uint32(0), uint16(0); h < 0x7c00; h++ {
		to := midpoint(h)
		if h&1 == 1 {
			to--
		}
		steps = append(steps, step{from, to, h})
		from = to + 1
	}
	last := steps[len(steps)-1].to
	steps = append(steps, step{last + 1, 0x7f800000, 0x7c00})
	for _, s := range steps {
		for _, u := range []uint32{s.from, s.to} {
			require.Equal(t, float16.Fromfloat32(f32(u)).Bits(), s.h)
			require.Equal(t, float16.Fromfloat32(f32(u|1<<31)).Bits(), s.h|0x8000)
		}
	}
	if testing.Short() {
		kept := steps[:0]
		for i, s := range steps {
			if i%61 == 0 || i == len(steps)-1 {
				s.from = max(s.from, s.to-1000)
				kept = append(kept, s)
			}
		}
		steps = kept
	}

	var wrong atomic.Uint64 // bits of one that is, and 1<<32
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			src, dst := make([]float32, 4096), make([]uint16, 4096)
			for wrong.Load() == 0 {
				i := int(next.Add(1) - 1)
				if i >= len(steps) {
					return
				}
				for _, sign := range []uint32{0, 1 << 31} {
					for at := uint64(steps[i].from); at <= uint64(steps[i].to); at += uint64(len(src)) {
						n := min(len(src), int(uint64(steps[i].to)-at)+1)
						for k := range src[:n] {
							src[k] = f32(uint32(at) + uint32(k) | sign)
						}
						half.ToFloat16s(dst[:n], src[:n])
						want := steps[i].h | uint16(sign>>16)
						for k, h := range dst[:n] {
							if h != want {
								wrong.Store(1<<32 | at + uint64(k))
							}
						}
					}
				}
			}
		})
	}
	wg.Wait()
	require.Zero(t, wrong.Load(), "%#x", wrong.Load())
}

func TestFloat16NaN(t *testing.T) {
	var src []float32
	for m := uint32(1); m < 1<<23; m += 0x3ff {
		src = append(src, f32(infinity|m), f32(1<<31|infinity|m))
	}
	src = append(src, f32(infinity|1), f32(infinity|0x1fff), f32(infinity|0x400000), f32(infinity|0x7fffff))
	dst := make([]uint16, len(src))
	half.ToFloat16s(dst, src)
	for i, x := range src {
		require.Equal(t, float16.Fromfloat32(x).Bits(), dst[i], "%#x", math.Float32bits(x))
		require.Equal(t, dst[i], half.Float16(x))
	}
}

const infinity = 0x7f800000

func TestFromFloat16(t *testing.T) {
	src := make([]uint16, 1<<16)
	for i := range src {
		src[i] = uint16(i)
	}
	dst := make([]float32, len(src))
	half.FromFloat16s(dst, src)
	for i, h := range src {
		want := math.Float32bits(float16.Frombits(h).Float32())
		require.Equal(t, want, math.Float32bits(dst[i]), "%#x", h)
		require.Equal(t, want, math.Float32bits(half.FromFloat16(h)), "%#x", h)
	}
}

// samples are patterns that rounding goes wrong at: around ties of both
// formats, around the ends of their ranges, and random ones.
func samples() []float32 {
	var s []float32
	add := func(u uint32) {
		for d := uint32(0); d < 5; d++ {
			s = append(s, f32(u+d-2), f32((u+d-2)^1<<31))
		}
	}
	for exp := uint32(0); exp < 256; exp++ {
		for _, m := range []uint32{0, 0x1000, 0x2000, 0x3000, 0x8000, 0x10000, 0x18000, 0x7fe000, 0x7ff000, 0x7f8000, 0x7fffff} {
			add(exp<<23 | m)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 1_000_003 { // not a whole number of vectors
		s = append(s, f32(r.Uint32()))
	}
	return s
}

// TestBFloat16 holds rounding against arithmetic in float64.
func TestBFloat16(t *testing.T) {
	src := samples()
	dst := make([]uint16, len(src))
	half.ToBFloat16s(dst, src)
	back := make([]float32, len(src))
	half.FromBFloat16s(back, dst)
	for i, x := range src {
		u := math.Float32bits(x)
		require.Equal(t, dst[i], half.BFloat16(x), "%#x", u)
		require.Equal(t, uint32(dst[i])<<16, math.Float32bits(back[i]))
		if x != x {
			require.Equal(t, uint16(u>>16)|0x40, dst[i], "%#x", u)
			continue
		}
		// The candidates are the two multiples of 2^16 around the pattern.
		low, high := u&^0xffff, u&^0xffff+0x10000
		lowErr := math.Abs(float64(x) - float64(f32(low)))
		highErr := math.Abs(float64(f32(high)) - float64(x))
		if high&^(1<<31) == infinity && u&^(1<<31) < infinity {
			highErr = math.Abs(math.Copysign(0x1p128, float64(x)) - float64(x))
		}
		want := low
		if u&0xffff != 0 && (highErr < lowErr || highErr == lowErr && low&0x10000 != 0) {
			want = high
		}
		require.Equal(t, uint16(want>>16), dst[i], "%#x", u)
	}
}

func TestRounding(t *testing.T) {
	src := samples()
	r16, rb16 := append([]float32(nil), src...), append([]float32(nil), src...)
	half.RoundFloat16s(r16)
	half.RoundBFloat16s(rb16)
	for i, x := range src {
		require.Equal(t, math.Float32bits(half.FromFloat16(half.Float16(x))), math.Float32bits(r16[i]), "%#x", math.Float32bits(x))
		require.Equal(t, math.Float32bits(half.FromBFloat16(half.BFloat16(x))), math.Float32bits(rb16[i]), "%#x", math.Float32bits(x))
	}
}

// TestVectorsMatchScalars converts in bulk at every offset and length a vector
// loop may get wrong.
func TestVectorsMatchScalars(t *testing.T) {
	src := samples()
	want := make([]uint16, len(src))
	for i, x := range src {
		want[i] = half.Float16(x)
	}
	got := make([]uint16, len(src))
	half.ToFloat16s(got, src)
	require.Equal(t, want, got)
	for n := range 40 {
		clear(got)
		half.ToFloat16s(got[:n], src[3:3+n])
		require.Equal(t, want[3:3+n], got[:n])
		require.Zero(t, got[n])
	}
}

// BenchmarkToFloat16s converts in turns in bulk, one value at a time here, and
// by x448/float16's loop, on one core, and reports the ratios of the medians.
func BenchmarkToFloat16s(b *testing.B) {
	src, dst := make([]float32, 1<<20), make([]uint16, 1<<20)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range src {
		src[i] = float32(r.NormFloat64() * 0.02)
	}
	var bulk, scalar, x448 []float64
	timed := func(all *[]float64, convert func()) {
		start := time.Now()
		convert()
		*all = append(*all, time.Since(start).Seconds())
	}
	for b.Loop() {
		timed(&bulk, func() { half.ToFloat16s(dst, src) })
		timed(&scalar, func() {
			for i, x := range src {
				dst[i] = half.Float16(x)
			}
		})
		timed(&x448, func() {
			for i, x := range src {
				dst[i] = float16.Fromfloat32(x).Bits()
			}
		})
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(4*len(src))/median(bulk)/1e9, "bulk-GB/s")
	b.ReportMetric(median(x448)/median(bulk), "x448/bulk")
	b.ReportMetric(median(x448)/median(scalar), "x448/scalar")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

func BenchmarkFromFloat16s(b *testing.B) {
	src, dst := make([]uint16, 32<<10), make([]float32, 32<<10)
	for i := range src {
		src[i] = uint16(i) * 7
	}
	b.SetBytes(int64(4 * len(src)))
	for b.Loop() {
		half.FromFloat16s(dst, src)
	}
}
