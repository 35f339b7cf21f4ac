package gemm

// kernel adds A·B to a tile of C of the given rows and columns. At a lie depth
// elements of each row, rows lda apart; b is a panel; rows of c are ld apart.
type kernel[T Float] struct {
	rows, cols int
	run        func(c []T, ld int, a []T, lda int, b []T, depth int)
}

// portable is the kernel of every platform.
func portable[T Float]() kernel[T] { return kernel[T]{4, 16, run4x16[T]} }

// run4x16 computes two columns at a time, so that the eight sums stay in
// registers.
func run4x16[T Float](c []T, ld int, a []T, lda int, b []T, depth int) {
	a0 := a[:depth]
	a1, a2, a3 := a[lda:][:len(a0)], a[2*lda:][:len(a0)], a[3*lda:][:len(a0)]
	for j := 0; j < 16; j += 2 {
		var c00, c01, c10, c11, c20, c21, c30, c31 T
		at := j
		for k, x0 := range a0 {
			y := b[at : at+2 : at+2]
			at += 16
			y0, y1 := y[0], y[1]
			x1, x2, x3 := a1[k], a2[k], a3[k]
			c00 += x0 * y0
			c01 += x0 * y1
			c10 += x1 * y0
			c11 += x1 * y1
			c20 += x2 * y0
			c21 += x2 * y1
			c30 += x3 * y0
			c31 += x3 * y1
		}
		c[j] += c00
		c[j+1] += c01
		c[ld+j] += c10
		c[ld+j+1] += c11
		c[2*ld+j] += c20
		c[2*ld+j+1] += c21
		c[3*ld+j] += c30
		c[3*ld+j+1] += c31
	}
}
