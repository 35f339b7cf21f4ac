//go:build goexperiment.simd && amd64 && go1.26 && !go1.27

package vector

import "simd/archsimd"

// Those below say how many elements they have done.

func able() bool { return archsimd.X86.AVX2() && archsimd.X86.FMA() }

// reLU relies on the maximum being the second of two that do not compare.
func reLU(dst, x []float32) int {
	if !able() {
		return 0
	}
	n := len(x) &^ 7
	dst, x = dst[:n], x[:n]
	var zero archsimd.Float32x8
	for len(x) >= 8 && len(dst) >= 8 {
		zero.Max(archsimd.LoadFloat32x8((*[8]float32)(x))).Store((*[8]float32)(dst))
		x, dst = x[8:], dst[8:]
	}
	archsimd.ClearAVXUpperBits()
	return n
}

// sigmoid computes exp(-x) as 2^n * exp(r) with r in [-ln(2)/2, ln(2)/2] and the
// polynomial of the Cephes library's expf (S. L. Moshier, public domain).
func sigmoid(dst, x []float32) int {
	if !able() {
		return 0
	}
	n := len(x) &^ 7
	dst, x = dst[:n], x[:n]
	all := archsimd.BroadcastFloat32x8
	var (
		least, greatest = all(-88), all(88)
		log2e           = all(1.44269504088896341)
		high, low       = all(-0.693359375), all(2.12194440e-4) // -ln(2) in two parts
		c0, c1, c2      = all(1.9875691500e-4), all(1.3981999507e-3), all(8.3334519073e-3)
		c3, c4, c5      = all(4.1665795894e-2), all(1.6666665459e-1), all(5.0000001201e-1)
		one, zero       = all(1), archsimd.Float32x8{}
		bias, mantissa  = archsimd.BroadcastInt32x8(127), archsimd.BroadcastUint32x8(23)
	)
	for len(x) >= 8 && len(dst) >= 8 {
		// A NaN is the second of two that do not compare, and stays.
		t := greatest.Min(least.Max(zero.Sub(archsimd.LoadFloat32x8((*[8]float32)(x)))))
		whole := t.Mul(log2e).RoundToEven()
		r := whole.MulAdd(low, whole.MulAdd(high, t))
		p := c0.MulAdd(r, c1)
		p = p.MulAdd(r, c2)
		p = p.MulAdd(r, c3)
		p = p.MulAdd(r, c4)
		p = p.MulAdd(r, c5)
		e := p.MulAdd(r.Mul(r), r).Add(one)
		scale := whole.ConvertToInt32().Add(bias).AsUint32x8().ShiftLeft(mantissa).AsFloat32x8()
		one.Div(e.MulAdd(scale, one)).Store((*[8]float32)(dst))
		x, dst = x[8:], dst[8:]
	}
	archsimd.ClearAVXUpperBits()
	return n
}

func mulAdd(dst, x []float32, factor float32) int {
	if !able() {
		return 0
	}
	n := len(x) &^ 7
	dst, x = dst[:n], x[:n]
	f := archsimd.BroadcastFloat32x8(factor)
	for len(x) >= 8 && len(dst) >= 8 {
		p := (*[8]float32)(dst)
		archsimd.LoadFloat32x8((*[8]float32)(x)).MulAdd(f, archsimd.LoadFloat32x8(p)).Store(p)
		x, dst = x[8:], dst[8:]
	}
	archsimd.ClearAVXUpperBits()
	return n
}
