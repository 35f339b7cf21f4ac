package gemm

// The kernel's tile of C.
const (
	kernelM = 4
	kernelN = 16
)

// kernel adds A·B to the tile of kernelM rows at c, of which width columns are
// wanted; rows are ld apart. a holds kernelM and b kernelN elements for each k.
type kernel[T Float] func(c []T, ld int, a, b []T, width int)

// portable is the kernel of every platform: two columns at a time, so that the
// eight sums stay in registers.
func portable[T Float](c []T, ld int, a, b []T, width int) {
	depth := len(a) / kernelM
	b = b[:depth*kernelN]
	for j := 0; j < width; j += 2 {
		var c00, c01, c10, c11, c20, c21, c30, c31 T
		for k := range depth {
			x := a[k*kernelM : k*kernelM+kernelM : k*kernelM+kernelM]
			y := b[k*kernelN+j : k*kernelN+j+2 : k*kernelN+j+2]
			y0, y1 := y[0], y[1]
			c00 += x[0] * y0
			c01 += x[0] * y1
			c10 += x[1] * y0
			c11 += x[1] * y1
			c20 += x[2] * y0
			c21 += x[2] * y1
			c30 += x[3] * y0
			c31 += x[3] * y1
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
