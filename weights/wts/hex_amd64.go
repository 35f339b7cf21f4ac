//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package wts

import (
	"simd/archsimd"
)

// step is the number of cells per turn of the loop.
const step = 8

// decodeVector decodes what whole vectors cover and returns how many cells
// that is, or fewer when it meets an irregular one.
//
// A 16-byte load behind a cell's blank has its digits in the lower half and
// starts the upper half with the blank of the next cell. Of two such loads the
// lower halves make two values and the upper halves show two blanks. Each turn
// looks at the blank behind its cells, so the last cell is left to the caller.
func decodeVector(dst []float32, src []byte) int {
	if len(dst) <= step || !archsimd.X86.AVX2() || src[0] != ' ' {
		return 0
	}
	var (
		blanks   = archsimd.BroadcastUint64x4(' ').AsUint8x32()
		first    = archsimd.BroadcastUint64x4(0xff).AsUint8x32()
		fromNine = archsimd.BroadcastUint8x32(0xff - '9')
		six      = archsimd.BroadcastUint8x32(6)
		f0       = archsimd.BroadcastUint8x32(0xf0)
		upper    = archsimd.BroadcastUint8x32(0xdf)
		letterA  = archsimd.BroadcastUint8x32('A')
		ten      = archsimd.BroadcastUint8x32(10)
		fifteen  = archsimd.BroadcastUint8x32(15)
		pairs    = archsimd.BroadcastUint16x16(0x0110).AsInt8x32() // 16, 1
		toLow    = shuffle([16]int8{6, 4, 2, 0, 14, 12, 10, 8, -1, -1, -1, -1, -1, -1, -1, -1})
		toHigh   = shuffle([16]int8{-1, -1, -1, -1, -1, -1, -1, -1, 6, 4, 2, 0, 14, 12, 10, 8})
	)
	i := 0
	for ; i+step < len(dst); i += step {
		c := src[cellLen*i:][: cellLen*(step+1) : cellLen*(step+1)]
		// a: values 0 1 4 5; b: values 2 3 6 7.
		a0 := load2(c[1:17], c[37:53])
		a1 := load2(c[10:26], c[46:62])
		b0 := load2(c[19:35], c[55:71])
		b1 := load2(c[28:44], c[64:80])
		a := a0.InterleaveLoGrouped(a1).AsUint8x32()
		b := b0.InterleaveLoGrouped(b1).AsUint8x32()
		bad := a0.InterleaveHiGrouped(a1).AsUint8x32().Xor(blanks).And(first)
		bad = bad.Or(b0.InterleaveHiGrouped(b1).AsUint8x32().Xor(blanks).And(first))

		// '0'..'9' become 0..9 and all else at least 10; letters of either
		// case become 10..15 and all else at least 16. The smaller is right.
		da := a.Add(fromNine).SubSaturated(six).Sub(f0)
		na := da.Min(a.And(upper).Sub(letterA).AddSaturated(ten))
		db := b.Add(fromNine).SubSaturated(six).Sub(f0)
		nb := db.Min(b.And(upper).Sub(letterA).AddSaturated(ten))
		bad = bad.Or(na.SubSaturated(fifteen)).Or(nb.SubSaturated(fifteen))
		if !bad.IsZero() {
			break
		}

		va := na.DotProductPairsSaturated(pairs).AsUint8x32().PermuteOrZeroGrouped(toLow)
		vb := nb.DotProductPairsSaturated(pairs).AsUint8x32().PermuteOrZeroGrouped(toHigh)
		va.Or(vb).AsFloat32x8().Store((*[step]float32)(dst[i:]))
	}
	archsimd.ClearAVXUpperBits()
	return i
}

func load2(lo, hi []byte) archsimd.Uint64x4 {
	var v archsimd.Uint8x32
	return v.SetLo(archsimd.LoadUint8x16((*[16]uint8)(lo))).SetHi(archsimd.LoadUint8x16((*[16]uint8)(hi))).AsUint64x4()
}

func shuffle(lane [16]int8) archsimd.Int8x32 {
	var v [32]int8
	copy(v[:], lane[:])
	copy(v[16:], lane[:])
	return archsimd.LoadInt8x32(&v)
}
