//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package gemm

import "simd/archsimd"

func avx512float32(c []float32, ld int, a []float32, lda int, b []float32, depth int) {
	a0 := a[:depth]
	a1, a2, a3 := a[lda:][:len(a0)], a[2*lda:][:len(a0)], a[3*lda:][:len(a0)]
	a4, a5, a6, a7 := a[4*lda:][:len(a0)], a[5*lda:][:len(a0)], a[6*lda:][:len(a0)], a[7*lda:][:len(a0)]
	var r00, r01, r10, r11, r20, r21, r30, r31 archsimd.Float32x16
	var r40, r41, r50, r51, r60, r61, r70, r71 archsimd.Float32x16
	for k := range a0 {
		p := (*[32]float32)(b)
		y0, y1 := archsimd.LoadFloat32x16((*[16]float32)(p[:16])), archsimd.LoadFloat32x16((*[16]float32)(p[16:]))
		x := archsimd.BroadcastFloat32x16(a0[k])
		r00, r01 = y0.MulAdd(x, r00), x.MulAdd(y1, r01)
		x = archsimd.BroadcastFloat32x16(a1[k])
		r10, r11 = y0.MulAdd(x, r10), x.MulAdd(y1, r11)
		x = archsimd.BroadcastFloat32x16(a2[k])
		r20, r21 = y0.MulAdd(x, r20), x.MulAdd(y1, r21)
		x = archsimd.BroadcastFloat32x16(a3[k])
		r30, r31 = y0.MulAdd(x, r30), x.MulAdd(y1, r31)
		x = archsimd.BroadcastFloat32x16(a4[k])
		r40, r41 = y0.MulAdd(x, r40), x.MulAdd(y1, r41)
		x = archsimd.BroadcastFloat32x16(a5[k])
		r50, r51 = y0.MulAdd(x, r50), x.MulAdd(y1, r51)
		x = archsimd.BroadcastFloat32x16(a6[k])
		r60, r61 = y0.MulAdd(x, r60), x.MulAdd(y1, r61)
		x = archsimd.BroadcastFloat32x16(a7[k])
		r70, r71 = y0.MulAdd(x, r70), x.MulAdd(y1, r71)
		b = b[32:]
	}
	add16(c, r00, r01)
	add16(c[ld:], r10, r11)
	add16(c[2*ld:], r20, r21)
	add16(c[3*ld:], r30, r31)
	add16(c[4*ld:], r40, r41)
	add16(c[5*ld:], r50, r51)
	add16(c[6*ld:], r60, r61)
	add16(c[7*ld:], r70, r71)
	archsimd.ClearAVXUpperBits()
}

func add16(c []float32, r0, r1 archsimd.Float32x16) {
	p := (*[32]float32)(c)
	archsimd.LoadFloat32x16((*[16]float32)(p[:16])).Add(r0).Store((*[16]float32)(p[:16]))
	archsimd.LoadFloat32x16((*[16]float32)(p[16:])).Add(r1).Store((*[16]float32)(p[16:]))
}
