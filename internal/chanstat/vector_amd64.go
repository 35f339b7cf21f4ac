//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package chanstat

import (
	"math"
	"math/bits"
	"simd/archsimd"
)

// width is the number of float32 in a vector: two values for each lane.
const width = 2 * laneCount

// addVector adds what whole vectors cover and returns how many values that is,
// 0 without AVX2. Values outside the lanes' range contribute +0 to the lanes'
// sums, which changes none, and are then added one by one.
func addVector(l *lanes, s *Stats, x []float32) int {
	n := len(x) / width * width
	if !archsimd.X86.AVX2() {
		return 0
	}
	var (
		abs      = archsimd.BroadcastInt32x8(magnitude)
		below    = archsimd.BroadcastInt32x8(minNormal - 1)
		above    = archsimd.BroadcastInt32x8(tooLarge)
		binade   = archsimd.BroadcastInt32x8(-0x800000) // sign and exponent
		drop13   = archsimd.BroadcastInt32x8(13 << 23)
		drop16   = archsimd.BroadcastInt32x8(16 << 23)
		never    = archsimd.BroadcastInt32x8(math.MinInt32)
		greatest = never
		lowest   = archsimd.BroadcastUint32x8(0)
		least    = archsimd.BroadcastUint32x8(math.MaxUint32)
		none     = archsimd.BroadcastInt32x8(-1)

		sum, sq, e16, eb archsimd.Float64x4
	)
	for i := 0; i < n; i += width {
		u := archsimd.LoadFloat32x8Slice(x[i:]).AsInt32x8()
		a := u.And(abs)
		inside := a.Greater(below).ToInt32x8().And(above.Greater(a).ToInt32x8())
		if outside := inside.Xor(none); !outside.IsZero() {
			for m := outside.ToMask().ToBits(); m != 0; m &= m - 1 {
				s.addApart(x[i+bits.TrailingZeros8(m)])
			}
			greatest = greatest.Max(u.And(inside).Or(never.And(outside)))
			least = least.Min(a.Or(outside).AsUint32x8())
			u = u.And(inside)
		} else {
			greatest = greatest.Max(u)
			least = least.Min(a.AsUint32x8())
		}
		lowest = lowest.Max(u.AsUint32x8())
		f := u.AsFloat32x8()
		m := u.And(binade)
		p := m.Add(drop13).AsFloat32x8()
		d := f.Add(p).Sub(p).Sub(f)
		p = m.Add(drop16).AsFloat32x8()
		b := f.Add(p).Sub(p).Sub(f)

		lo, hi := f.GetLo().ConvertToFloat64(), f.GetHi().ConvertToFloat64()
		sum = sum.Add(lo).Add(hi)
		sq = sq.Add(lo.Mul(lo)).Add(hi.Mul(hi))
		lo, hi = d.GetLo().ConvertToFloat64(), d.GetHi().ConvertToFloat64()
		e16 = e16.Add(lo.Mul(lo)).Add(hi.Mul(hi))
		lo, hi = b.GetLo().ConvertToFloat64(), b.GetHi().ConvertToFloat64()
		eb = eb.Add(lo.Mul(lo)).Add(hi.Mul(hi))
	}
	sum.Store(&l.sum)
	sq.Store(&l.sq)
	e16.Store(&l.e16)
	eb.Store(&l.eb)
	var g [width]int32
	var w, t [width]uint32
	greatest.Store(&g)
	lowest.Store(&w)
	least.Store(&t)
	archsimd.ClearAVXUpperBits()
	for k := range width {
		l.greatest, l.lowest, l.least = max(l.greatest, g[k]), max(l.lowest, w[k]), min(l.least, t[k])
	}
	return n
}

// addVector adds what whole vectors cover and returns how many values that is,
// 0 without AVX2.
func (k *constants) addVector(l *sums, x []float32) int {
	n := len(x) / width * width
	if n == 0 || !archsimd.X86.AVX2() {
		return 0
	}
	var (
		mean    = archsimd.BroadcastFloat64x4(k.mean)
		times   = archsimd.BroadcastFloat64x4(int8Max)
		magic   = archsimd.BroadcastFloat64x4(toInteger)
		tFit    = archsimd.BroadcastFloat64x4(k.tensor.fit)
		tInv    = archsimd.BroadcastFloat64x4(k.tensor.inverse)
		cFit    = archsimd.BroadcastFloat64x4(k.channel.fit)
		cInv    = archsimd.BroadcastFloat64x4(k.channel.inverse)
		dev     archsimd.Float64x4
		tensor  archsimd.Float64x4
		channel archsimd.Float64x4
	)
	for i := 0; i < n; i += laneCount {
		d := archsimd.LoadFloat32x4Slice(x[i:]).ConvertToFloat64()
		m := d.Sub(mean)
		dev = dev.Add(m.Mul(m))
		d127 := d.Mul(times)
		e := d127.Sub(d.Mul(tInv).Add(magic).Sub(magic).Mul(tFit))
		tensor = tensor.Add(e.Mul(e))
		e = d127.Sub(d.Mul(cInv).Add(magic).Sub(magic).Mul(cFit))
		channel = channel.Add(e.Mul(e))
	}
	dev.Store(&l.dev)
	tensor.Store(&l.tensor)
	channel.Store(&l.channel)
	archsimd.ClearAVXUpperBits()
	return n
}
