//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package half

import "simd/archsimd"

// Shifts are by vectors: by a constant they compile to a legacy SSE move in
// the loop, which stalls. Each function returns how many values from the start
// it has converted.

// lanes is the number of values per step.
const lanes = 8

// covered returns how many of n values whole vectors cover, 0 without AVX2.
func covered(n int) int {
	if !archsimd.X86.AVX2() {
		return 0
	}
	return n / lanes * lanes
}

func toFloat16sVector(dst []uint16, src []float32) int {
	n := covered(len(src))
	var (
		abs     = archsimd.BroadcastInt32x8(0x7fffffff)
		drop    = archsimd.BroadcastUint32x8(13)
		sixteen = archsimd.BroadcastUint32x8(16)
		one     = archsimd.BroadcastInt32x8(1)
		round   = archsimd.BroadcastInt32x8(0xfff - rebias)
		least   = archsimd.BroadcastInt32x8(minNormal)
		inf     = archsimd.BroadcastInt32x8(infinity)
		inf16   = archsimd.BroadcastInt32x8(0x7c00)
		quiet   = archsimd.BroadcastInt32x8(0x7e00)
		payload = archsimd.BroadcastInt32x8(0x1ff)
		sign16  = archsimd.BroadcastInt32x8(0x8000)
		half    = archsimd.BroadcastFloat32x8(0.5)
	)
	for i := 0; i < n; i += lanes {
		u := archsimd.LoadFloat32x8Slice(src[i:]).AsInt32x8()
		a := u.And(abs)
		cut := a.AsUint32x8().ShiftRight(drop).AsInt32x8()
		r := a.Add(round).Add(cut.And(one)).AsUint32x8().ShiftRight(drop).AsInt32x8().Min(inf16)
		sub := a.AsFloat32x8().Add(half).AsInt32x8().Sub(half.AsInt32x8())
		r = sub.Merge(r, least.Greater(a))
		r = quiet.Or(cut.And(payload)).Merge(r, a.Greater(inf))
		r = r.Or(u.AsUint32x8().ShiftRight(sixteen).AsInt32x8().And(sign16))
		r.GetLo().SaturateToUint16Concat(r.GetHi()).StoreSlice(dst[i:])
	}
	archsimd.ClearAVXUpperBits()
	return n
}

func fromFloat16sVector(dst []float32, src []uint16) int {
	n := covered(len(src))
	var (
		abs     = archsimd.BroadcastInt32x8(0x7fff)
		sign    = archsimd.BroadcastInt32x8(0x8000)
		drop    = archsimd.BroadcastUint32x8(13)
		sixteen = archsimd.BroadcastUint32x8(16)
		bias    = archsimd.BroadcastInt32x8(rebias)
		least   = archsimd.BroadcastInt32x8(0x400)
		most    = archsimd.BroadcastInt32x8(0x7bff)
		inf16   = archsimd.BroadcastInt32x8(0x7c00)
		inf     = archsimd.BroadcastInt32x8(infinity)
		quiet   = archsimd.BroadcastInt32x8(0x400000)
		unit    = archsimd.BroadcastFloat32x8(0x1p-24)
	)
	for i := 0; i < n; i += lanes {
		h := archsimd.LoadUint16x8Slice(src[i:]).ExtendToUint32().AsInt32x8()
		a := h.And(abs)
		wide := a.AsUint32x8().ShiftLeft(drop).AsInt32x8()
		r := wide.Add(bias)
		r = a.ConvertToFloat32().Mul(unit).AsInt32x8().Merge(r, least.Greater(a))
		special := wide.Or(inf).Or(a.Greater(inf16).ToInt32x8().And(quiet))
		r = special.Merge(r, a.Greater(most))
		r = r.Or(h.And(sign).AsUint32x8().ShiftLeft(sixteen).AsInt32x8())
		r.AsFloat32x8().StoreSlice(dst[i:])
	}
	archsimd.ClearAVXUpperBits()
	return n
}

func toBFloat16sVector(dst []uint16, src []float32) int {
	n := covered(len(src))
	sixteen := archsimd.BroadcastUint32x8(16)
	k := newBFloat16Lanes()
	for i := 0; i < n; i += lanes {
		u := archsimd.LoadFloat32x8Slice(src[i:]).AsInt32x8()
		r := k.round(u).AsUint32x8().ShiftRight(sixteen).AsInt32x8()
		r.GetLo().SaturateToUint16Concat(r.GetHi()).StoreSlice(dst[i:])
	}
	archsimd.ClearAVXUpperBits()
	return n
}

func fromBFloat16sVector(dst []float32, src []uint16) int {
	n := covered(len(src))
	sixteen := archsimd.BroadcastUint32x8(16)
	for i := 0; i < n; i += lanes {
		archsimd.LoadUint16x8Slice(src[i:]).ExtendToUint32().ShiftLeft(sixteen).AsFloat32x8().StoreSlice(dst[i:])
	}
	archsimd.ClearAVXUpperBits()
	return n
}

// roundFloat16sVector adds and subtracts a power of two whose neighbours are
// as far apart as those of the float16 result.
func roundFloat16sVector(x []float32) int {
	n := covered(len(x))
	var (
		abs   = archsimd.BroadcastInt32x8(0x7fffffff)
		inf   = archsimd.BroadcastInt32x8(infinity)
		least = archsimd.BroadcastInt32x8(minNormal)
		most  = archsimd.BroadcastInt32x8(tooLarge - 1)
		drop  = archsimd.BroadcastInt32x8(13 << 23)
		kept  = archsimd.BroadcastInt32x8(^0x1fff)
		quiet = archsimd.BroadcastInt32x8(0x7fc00000)
	)
	for i := 0; i < n; i += lanes {
		u := archsimd.LoadFloat32x8Slice(x[i:]).AsInt32x8()
		a := u.And(abs)
		m := a.And(inf).Max(least).Add(drop).AsFloat32x8()
		r := a.AsFloat32x8().Add(m).Sub(m).AsInt32x8()
		// What was finite may have become 2^16.
		r = inf.Merge(r, a.Greater(most).Or(r.Greater(most)))
		r = a.And(kept).Or(quiet).Merge(r, a.Greater(inf))
		r.Or(u.AndNot(abs)).AsFloat32x8().StoreSlice(x[i:])
	}
	archsimd.ClearAVXUpperBits()
	return n
}

func roundBFloat16sVector(x []float32) int {
	n := covered(len(x))
	kept := archsimd.BroadcastInt32x8(^0xffff)
	k := newBFloat16Lanes()
	for i := 0; i < n; i += lanes {
		u := archsimd.LoadFloat32x8Slice(x[i:]).AsInt32x8()
		k.round(u).And(kept).AsFloat32x8().StoreSlice(x[i:])
	}
	archsimd.ClearAVXUpperBits()
	return n
}

// bfloat16Lanes rounds to bfloat16 in the upper 16 bits of each lane; the
// lower ones are left over.
type bfloat16Lanes struct {
	abs, inf, one, ffff, quiet archsimd.Int32x8
	sixteen                    archsimd.Uint32x8
}

func newBFloat16Lanes() bfloat16Lanes {
	return bfloat16Lanes{
		abs:     archsimd.BroadcastInt32x8(0x7fffffff),
		inf:     archsimd.BroadcastInt32x8(infinity),
		one:     archsimd.BroadcastInt32x8(1),
		ffff:    archsimd.BroadcastInt32x8(0x7fff),
		quiet:   archsimd.BroadcastInt32x8(0x400000),
		sixteen: archsimd.BroadcastUint32x8(16),
	}
}

func (k *bfloat16Lanes) round(u archsimd.Int32x8) archsimd.Int32x8 {
	odd := u.AsUint32x8().ShiftRight(k.sixteen).AsInt32x8().And(k.one)
	return u.Or(k.quiet).Merge(u.Add(k.ffff).Add(odd), u.And(k.abs).Greater(k.inf))
}
