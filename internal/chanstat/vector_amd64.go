//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package chanstat

import (
	"math"
	"math/bits"
	"simd/archsimd"
	"unsafe"
)

// width is the number of float32 in a vector: two values for each lane.
const width = 2 * laneCount

// addVector adds what whole vectors cover and returns how many values that is,
// 0 without AVX2. Values outside the lanes' range contribute +0 to the lanes'
// sums, which changes none, and are added one by one afterwards: the compiler's
// code for single floats stalls beside that for vectors.
func addVector(l *lanes, s *Stats, x []float32) int {
	n := len(x) / width * width
	if !archsimd.X86.AVX2() {
		return 0
	}
	var (
		abs = archsimd.BroadcastInt32x8(magnitude)
		// Magnitudes from minNormal on become the smallest integers, so that
		// one signed comparison finds both ends of the range.
		base     = archsimd.BroadcastInt32x8(minNormal + math.MinInt32)
		limit    = archsimd.BroadcastInt32x8(math.MinInt32 + span - 1)
		binade   = archsimd.BroadcastInt32x8(-0x800000) // sign and exponent
		drop13   = archsimd.BroadcastInt32x8(13 << 23)
		greatest = archsimd.BroadcastInt32x8(math.MinInt32)
		lowest   = archsimd.BroadcastUint32x8(0)
		least    = archsimd.BroadcastUint32x8(math.MaxUint32)

		sum, sq, e16 archsimd.Float64x4

		few   [64]uint32
		apart = few[:0]
		y     = unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
	)
	for i := 0; i < n; i += width {
		u := archsimd.LoadFloat32x8((*[width]float32)(x[i:])).AsInt32x8()
		a := u.And(abs)
		if outside := a.Sub(base).Greater(limit).ToInt32x8(); !outside.IsZero() {
			for m := outside.ToMask().ToBits(); m != 0; m &= m - 1 {
				apart = append(apart, y[i+bits.TrailingZeros8(m)])
			}
			u = u.AndNot(outside)
			greatest = greatest.Max(u.Or(outside.And(archsimd.BroadcastInt32x8(math.MinInt32))))
			least = least.Min(a.Or(outside).AsUint32x8())
		} else {
			greatest = greatest.Max(u)
			least = least.Min(a.AsUint32x8())
		}
		lowest = lowest.Max(u.AsUint32x8())
		f := u.AsFloat32x8()
		p := u.And(binade).Add(drop13).AsFloat32x8()
		d := f.Add(p).Sub(p).Sub(f)
		lo, hi := f.GetLo().ConvertToFloat64(), f.GetHi().ConvertToFloat64()
		sum = sum.Add(lo).Add(hi)
		sq = sq.Add(lo.Mul(lo)).Add(hi.Mul(hi))
		lo, hi = d.GetLo().ConvertToFloat64(), d.GetHi().ConvertToFloat64()
		e16 = e16.Add(lo.Mul(lo)).Add(hi.Mul(hi))
	}
	sum.Store(&l.sum)
	sq.Store(&l.sq)
	e16.Store(&l.e16)
	var g [width]int32
	var w, t [width]uint32
	greatest.Store(&g)
	lowest.Store(&w)
	least.Store(&t)
	archsimd.ClearAVXUpperBits()
	for _, u := range apart {
		s.addApart(math.Float32frombits(u))
	}
	for k := range width {
		l.greatest, l.lowest, l.least = max(l.greatest, g[k]), max(l.lowest, w[k]), min(l.least, t[k])
	}
	return n
}

// addVector adds what whole vectors cover and returns how many values that is,
// 0 without AVX2. It makes two passes, because constants and partial sums of one
// would not fit the registers. Values are loaded by eight: four are loaded by an
// instruction that stalls beside those for vectors.
func (k *constants) addVector(l *sums, x []float32) int {
	n := len(x) / width * width
	if n == 0 || !archsimd.X86.AVX2() {
		return 0
	}
	addBF16Errors(l, x[:n])
	k.addResiduals(l, x[:n])
	archsimd.ClearAVXUpperBits()
	return n
}

func addBF16Errors(l *sums, x []float32) {
	var (
		abs     = archsimd.BroadcastInt32x8(magnitude)
		half    = archsimd.BroadcastInt32x8(0x7fff)
		one     = archsimd.BroadcastInt32x8(1)
		kept    = archsimd.BroadcastInt32x8(-0x10000)
		sixteen = archsimd.BroadcastUint32x8(16)
		sum     archsimd.Float64x4
	)
	for i := 0; i < len(x); i += width {
		a := archsimd.LoadFloat32x8Slice(x[i:]).AsInt32x8().And(abs)
		b := a.Add(half).Add(a.AsUint32x8().ShiftRight(sixteen).AsInt32x8().And(one)).And(kept)
		e := b.AsFloat32x8().Sub(a.AsFloat32x8()) // exact
		lo, hi := e.GetLo().ConvertToFloat64(), e.GetHi().ConvertToFloat64()
		sum = sum.Add(lo.Mul(lo)).Add(hi.Mul(hi))
	}
	sum.Store(&l.bf16)
}

func (k *constants) addResiduals(l *sums, x []float32) {
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
	for i := 0; i < len(x); i += width {
		f := archsimd.LoadFloat32x8Slice(x[i:])
		for _, d := range [2]archsimd.Float64x4{f.GetLo().ConvertToFloat64(), f.GetHi().ConvertToFloat64()} {
			m := d.Sub(mean)
			dev = dev.Add(m.Mul(m))
			d127 := d.Mul(times)
			e := d127.Sub(d.Mul(tInv).Add(magic).Sub(magic).Mul(tFit))
			tensor = tensor.Add(e.Mul(e))
			e = d127.Sub(d.Mul(cInv).Add(magic).Sub(magic).Mul(cFit))
			channel = channel.Add(e.Mul(e))
		}
	}
	dev.Store(&l.dev)
	tensor.Store(&l.tensor)
	channel.Store(&l.channel)
}

// countVector counts what whole vectors cover and returns how many values that
// is, 0 without AVX2.
func (t *tables) countVector(x []float32, perUnit float64) int {
	n := len(x) / width * width
	if n == 0 || !archsimd.X86.AVX2() {
		return 0
	}
	var (
		abs    = archsimd.BroadcastInt32x8(magnitude)
		one    = archsimd.BroadcastInt32x8(1)
		zero   archsimd.Int32x8
		inBin0 = archsimd.BroadcastInt32x8(binades)
		scale  = archsimd.BroadcastFloat64x4(perUnit)
		tie    = archsimd.BroadcastFloat64x4(aboveTie)
		a, b   = &t.both[0], &t.both[1]
		c, d   = &t.both[2], &t.both[3]
		at     [width]int32
		of     [width]uint32
	)
	for i := 0; i < n; i += width {
		u := archsimd.LoadFloat32x8Slice(x[i:]).AsInt32x8().And(abs)
		f := u.AsFloat32x8()
		lo := f.GetLo().ConvertToFloat64().Mul(scale).Add(tie).ConvertToInt32()
		hi := f.GetHi().ConvertToFloat64().Mul(scale).Add(tie).ConvertToInt32()
		bin := zero.SetLo(lo).SetHi(hi)
		exponent := u.ShiftAllRight(23)
		inBin0.Add(exponent).Merge(bin.Add(bin).Add(exponent.And(one)), bin.Equal(zero)).Store(&at)
		if tiny := exponent.Equal(zero).And(u.Greater(zero)); tiny.ToBits() != 0 {
			u.AsUint32x8().Store(&of)
			for _, v := range of {
				t.addTiny(v)
			}
		}
		a[at[0]&(2*binades-1)]++
		b[at[1]&(2*binades-1)]++
		c[at[2]&(2*binades-1)]++
		d[at[3]&(2*binades-1)]++
		a[at[4]&(2*binades-1)]++
		b[at[5]&(2*binades-1)]++
		c[at[6]&(2*binades-1)]++
		d[at[7]&(2*binades-1)]++
	}
	archsimd.ClearAVXUpperBits()
	return n
}
