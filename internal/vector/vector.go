package vector

import "math"

// Add sets dst to a + b.
func Add(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

// Sub sets dst to a - b.
func Sub(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

// Mul sets dst to a * b.
func Mul(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

// ReLU sets dst to the positive part of x. A NaN stays.
func ReLU(dst, x []float32) {
	n := reLU(dst, x)
	for i, v := range x[n:] {
		if v < 0 {
			v = 0
		}
		dst[n+i] = v
	}
}

// Sigmoid sets dst to 1/(1+exp(-x)).
func Sigmoid(dst, x []float32) {
	n := sigmoid(dst, x)
	for i, v := range x[n:] {
		dst[n+i] = float32(1 / (1 + math.Exp(-float64(v))))
	}
}

// MulAdd adds factor times x to dst.
func MulAdd(dst, x []float32, factor float32) {
	n := mulAdd(dst, x, factor)
	for i, v := range x[n:] {
		dst[n+i] += factor * v
	}
}
