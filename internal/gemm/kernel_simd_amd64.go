//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package gemm

import "simd/archsimd"

// kernelOf returns the best kernel of the processor.
func kernelOf[T Float]() kernel[T] {
	all := kernels[T]()
	return all[len(all)-1]
}

// kernels returns those that the processor has the instructions for. Fused
// products round once, so sums may differ from the portable kernel's in the last
// bits.
//
// The compiler's fused multiply-add overwrites its first factor, it loads all
// that a basic block reads before it multiplies, and it gives sums 15 registers,
// under AVX-512 too: tiles of more than eight vectors spill. It also takes two
// instructions to broadcast, so few rows and many columns are faster.
func kernels[T Float]() []kernel[T] {
	all := []kernel[T]{portable[T]()}
	add := func(k any) {
		if k, ok := k.(kernel[T]); ok {
			all = append(all, k)
		}
	}
	if archsimd.X86.AVX2() && archsimd.X86.FMA() {
		add(kernel[float32]{2, 32, avx2float32})
		add(kernel[float64]{4, 8, avx2float64})
	}
	if archsimd.X86.AVX512() {
		add(kernel[float32]{4, 32, avx512float32})
	}
	return all
}

func avx2float32(c []float32, ld int, a []float32, lda int, b []float32, depth int) {
	a0 := a[:depth]
	a1 := a[lda:][:len(a0)]
	var r00, r01, r02, r03, r10, r11, r12, r13 archsimd.Float32x8
	for k := range a0 {
		p := (*[32]float32)(b)
		y0, y1 := archsimd.LoadFloat32x8((*[8]float32)(p[:8])), archsimd.LoadFloat32x8((*[8]float32)(p[8:16]))
		y2, y3 := archsimd.LoadFloat32x8((*[8]float32)(p[16:24])), archsimd.LoadFloat32x8((*[8]float32)(p[24:]))
		x0, x1 := archsimd.BroadcastFloat32x8(a0[k]), archsimd.BroadcastFloat32x8(a1[k])
		r00, r01 = y0.MulAdd(x0, r00), y1.MulAdd(x0, r01)
		r02, r03 = y2.MulAdd(x0, r02), x0.MulAdd(y3, r03)
		r10, r11 = y0.MulAdd(x1, r10), y1.MulAdd(x1, r11)
		r12, r13 = y2.MulAdd(x1, r12), x1.MulAdd(y3, r13)
		b = b[32:]
	}
	add8(c, r00, r01)
	add8(c[16:], r02, r03)
	add8(c[ld:], r10, r11)
	add8(c[ld+16:], r12, r13)
	archsimd.ClearAVXUpperBits()
}

func add8(c []float32, r0, r1 archsimd.Float32x8) {
	p := (*[16]float32)(c)
	archsimd.LoadFloat32x8((*[8]float32)(p[:8])).Add(r0).Store((*[8]float32)(p[:8]))
	archsimd.LoadFloat32x8((*[8]float32)(p[8:])).Add(r1).Store((*[8]float32)(p[8:]))
}

func avx512float32(c []float32, ld int, a []float32, lda int, b []float32, depth int) {
	a0 := a[:depth]
	a1, a2, a3 := a[lda:][:len(a0)], a[2*lda:][:len(a0)], a[3*lda:][:len(a0)]
	var r00, r01, r10, r11, r20, r21, r30, r31 archsimd.Float32x16
	for k := range a0 {
		p := (*[32]float32)(b)
		y0, y1 := archsimd.LoadFloat32x16((*[16]float32)(p[:16])), archsimd.LoadFloat32x16((*[16]float32)(p[16:]))
		x0, x1, x2, x3 := archsimd.BroadcastFloat32x16(a0[k]), archsimd.BroadcastFloat32x16(a1[k]), archsimd.BroadcastFloat32x16(a2[k]), archsimd.BroadcastFloat32x16(a3[k])
		r00, r01 = y0.MulAdd(x0, r00), x0.MulAdd(y1, r01)
		r10, r11 = y0.MulAdd(x1, r10), x1.MulAdd(y1, r11)
		r20, r21 = y0.MulAdd(x2, r20), x2.MulAdd(y1, r21)
		r30, r31 = y0.MulAdd(x3, r30), x3.MulAdd(y1, r31)
		b = b[32:]
	}
	add16(c, r00, r01)
	add16(c[ld:], r10, r11)
	add16(c[2*ld:], r20, r21)
	add16(c[3*ld:], r30, r31)
	archsimd.ClearAVXUpperBits()
}

func add16(c []float32, r0, r1 archsimd.Float32x16) {
	p := (*[32]float32)(c)
	archsimd.LoadFloat32x16((*[16]float32)(p[:16])).Add(r0).Store((*[16]float32)(p[:16]))
	archsimd.LoadFloat32x16((*[16]float32)(p[16:])).Add(r1).Store((*[16]float32)(p[16:]))
}

func avx2float64(c []float64, ld int, a []float64, lda int, b []float64, depth int) {
	a0 := a[:depth]
	a1, a2, a3 := a[lda:][:len(a0)], a[2*lda:][:len(a0)], a[3*lda:][:len(a0)]
	var r00, r01, r10, r11, r20, r21, r30, r31 archsimd.Float64x4
	for k := range a0 {
		p := (*[8]float64)(b)
		y0, y1 := archsimd.LoadFloat64x4((*[4]float64)(p[:4])), archsimd.LoadFloat64x4((*[4]float64)(p[4:]))
		x0, x1, x2, x3 := archsimd.BroadcastFloat64x4(a0[k]), archsimd.BroadcastFloat64x4(a1[k]), archsimd.BroadcastFloat64x4(a2[k]), archsimd.BroadcastFloat64x4(a3[k])
		r00, r01 = y0.MulAdd(x0, r00), x0.MulAdd(y1, r01)
		r10, r11 = y0.MulAdd(x1, r10), x1.MulAdd(y1, r11)
		r20, r21 = y0.MulAdd(x2, r20), x2.MulAdd(y1, r21)
		r30, r31 = y0.MulAdd(x3, r30), x3.MulAdd(y1, r31)
		b = b[8:]
	}
	add4(c, r00, r01)
	add4(c[ld:], r10, r11)
	add4(c[2*ld:], r20, r21)
	add4(c[3*ld:], r30, r31)
	archsimd.ClearAVXUpperBits()
}

func add4(c []float64, r0, r1 archsimd.Float64x4) {
	p := (*[8]float64)(c)
	archsimd.LoadFloat64x4((*[4]float64)(p[:4])).Add(r0).Store((*[4]float64)(p[:4]))
	archsimd.LoadFloat64x4((*[4]float64)(p[4:])).Add(r1).Store((*[4]float64)(p[4:]))
}
