//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package gemm

import "simd/archsimd"

// kernelOf returns the AVX2 kernel where the processor has it. Fused products
// round once, so sums may differ from the portable kernel's in the last bits.
func kernelOf[T Float]() kernel[T] {
	if archsimd.X86.AVX2() && archsimd.X86.FMA() {
		for _, k := range []any{kernel[float32](simd32), kernel[float64](simd64)} {
			if k, ok := k.(kernel[T]); ok {
				return k
			}
		}
	}
	return portable[T]
}

// simd32 keeps the whole tile in eight registers.
func simd32(c []float32, ld int, a, b []float32, width int) {
	if width <= 8 {
		simd32half(c, ld, a, b)
		return
	}
	var r00, r01, r10, r11, r20, r21, r30, r31 archsimd.Float32x8
	for len(a) >= 4 && len(b) >= 16 {
		y0 := archsimd.LoadFloat32x8((*[8]float32)(b[0:8]))
		y1 := archsimd.LoadFloat32x8((*[8]float32)(b[8:16]))
		x := archsimd.BroadcastFloat32x8(a[0])
		r00, r01 = x.MulAdd(y0, r00), x.MulAdd(y1, r01)
		x = archsimd.BroadcastFloat32x8(a[1])
		r10, r11 = x.MulAdd(y0, r10), x.MulAdd(y1, r11)
		x = archsimd.BroadcastFloat32x8(a[2])
		r20, r21 = x.MulAdd(y0, r20), x.MulAdd(y1, r21)
		x = archsimd.BroadcastFloat32x8(a[3])
		r30, r31 = x.MulAdd(y0, r30), x.MulAdd(y1, r31)
		a, b = a[4:], b[16:]
	}
	add32(c, r00)
	add32(c[8:], r01)
	add32(c[ld:], r10)
	add32(c[ld+8:], r11)
	add32(c[2*ld:], r20)
	add32(c[2*ld+8:], r21)
	add32(c[3*ld:], r30)
	add32(c[3*ld+8:], r31)
	archsimd.ClearAVXUpperBits()
}

// simd32half computes the left half of the tile.
func simd32half(c []float32, ld int, a, b []float32) {
	var r0, r1, r2, r3 archsimd.Float32x8
	for len(a) >= 4 && len(b) >= 16 {
		y := archsimd.LoadFloat32x8((*[8]float32)(b[0:8]))
		r0 = archsimd.BroadcastFloat32x8(a[0]).MulAdd(y, r0)
		r1 = archsimd.BroadcastFloat32x8(a[1]).MulAdd(y, r1)
		r2 = archsimd.BroadcastFloat32x8(a[2]).MulAdd(y, r2)
		r3 = archsimd.BroadcastFloat32x8(a[3]).MulAdd(y, r3)
		a, b = a[4:], b[16:]
	}
	add32(c, r0)
	add32(c[ld:], r1)
	add32(c[2*ld:], r2)
	add32(c[3*ld:], r3)
	archsimd.ClearAVXUpperBits()
}

func add32(c []float32, r archsimd.Float32x8) {
	archsimd.LoadFloat32x8Slice(c).Add(r).StoreSlice(c)
}

// simd64 computes eight columns at a time.
func simd64(c []float64, ld int, a, b []float64, width int) {
	for j := 0; j < width; j += 8 {
		simd64half(c[j:], ld, a, b[j:])
	}
}

func simd64half(c []float64, ld int, a, b []float64) {
	var r00, r01, r10, r11, r20, r21, r30, r31 archsimd.Float64x4
	for len(a) >= 4 && len(b) >= 8 {
		y0 := archsimd.LoadFloat64x4((*[4]float64)(b[0:4]))
		y1 := archsimd.LoadFloat64x4((*[4]float64)(b[4:8]))
		x := archsimd.BroadcastFloat64x4(a[0])
		r00, r01 = x.MulAdd(y0, r00), x.MulAdd(y1, r01)
		x = archsimd.BroadcastFloat64x4(a[1])
		r10, r11 = x.MulAdd(y0, r10), x.MulAdd(y1, r11)
		x = archsimd.BroadcastFloat64x4(a[2])
		r20, r21 = x.MulAdd(y0, r20), x.MulAdd(y1, r21)
		x = archsimd.BroadcastFloat64x4(a[3])
		r30, r31 = x.MulAdd(y0, r30), x.MulAdd(y1, r31)
		a, b = a[4:], b[min(kernelN, len(b)):]
	}
	add64(c, r00)
	add64(c[4:], r01)
	add64(c[ld:], r10)
	add64(c[ld+4:], r11)
	add64(c[2*ld:], r20)
	add64(c[2*ld+4:], r21)
	add64(c[3*ld:], r30)
	add64(c[3*ld+4:], r31)
	archsimd.ClearAVXUpperBits()
}

func add64(c []float64, r archsimd.Float64x4) {
	archsimd.LoadFloat64x4Slice(c).Add(r).StoreSlice(c)
}
