package gemm

import (
	"github.com/trtbuild/trtbuild/internal/parallel"
)

// Float is what products are formed and summed in.
type Float interface{ float32 | float64 }

// Product is C = A·B with A of M rows and K columns and B of K rows and N
// columns. B and C are called from several goroutines at once.
type Product[T Float] struct {
	M, N, K int
	// A is row-major, M*K elements.
	A []float32
	// B fills dst with row k of B, from column n on.
	B func(dst []float32, k, n int)
	// C takes row m of the result, from column n on. Every element is given
	// once; row is reused after C returns.
	C func(row []T, m, n int)
}

// Block sizes: a packed block of A stays in the second-level cache, a panel of
// B in the first.
const (
	blockK = 256
	blockM = 128
	blockN = 256
)

// Run computes the product on the given number of goroutines.
func (p Product[T]) Run(workers int) {
	if p.M <= 0 || p.N <= 0 {
		return
	}
	rows, cols := tile(p.M, p.N, workers)
	down, across := ceilDiv(p.M, rows), ceilDiv(p.N, cols)
	run := kernelOf[T]()
	parallel.Run(workers, down*across, func(next func() (int, bool)) {
		s := newScratch[T](rows, cols, min(p.K, blockK))
		for i, ok := next(); ok; i, ok = next() {
			m, n := i%down*rows, i/down*cols
			s.tile(p, run, m, min(rows, p.M-m), n, min(cols, p.N-n))
		}
	})
}

// tile chooses the extents of the tiles of C, multiples of the kernel's, small
// enough that every worker gets some.
func tile(m, n, workers int) (rows, cols int) {
	rows, cols = min(roundUp(m, kernelM), blockM), min(roundUp(n, kernelN), blockN)
	for ceilDiv(m, rows)*ceilDiv(n, cols) < 2*workers {
		switch {
		case rows >= cols && rows >= 4*kernelM:
			rows = roundUp(rows/2, kernelM)
		case cols >= 2*kernelN:
			cols = roundUp(cols/2, kernelN)
		default:
			return rows, cols
		}
	}
	return rows, cols
}

// scratch is what one worker packs into: A in panels of kernelM rows, B in
// panels of kernelN columns, both with K outermost, and a tile of C.
type scratch[T Float] struct {
	a, b, c []T
	row     []float32
	ld      int
}

func newScratch[T Float](rows, cols, depth int) *scratch[T] {
	return &scratch[T]{
		a: make([]T, rows*depth), b: make([]T, cols*depth), c: make([]T, rows*cols),
		row: make([]float32, cols), ld: cols,
	}
}

func (s *scratch[T]) tile(p Product[T], run kernel[T], m, rows, n, cols int) {
	clear(s.c)
	for k := 0; k < p.K; k += blockK {
		depth := min(blockK, p.K-k)
		s.packA(p, m, rows, k, depth)
		s.packB(p, n, cols, k, depth)
		for j := 0; j < cols; j += kernelN {
			b := s.b[j*depth : (j+kernelN)*depth]
			width := min(kernelN, cols-j)
			for i := 0; i < rows; i += kernelM {
				run(s.c[i*s.ld+j:], s.ld, s.a[i*depth:(i+kernelM)*depth], b, width)
			}
		}
	}
	for i := range rows {
		p.C(s.c[i*s.ld:i*s.ld+cols], m+i, n)
	}
}

func (s *scratch[T]) packA(p Product[T], m, rows, k, depth int) {
	for i := 0; i < rows; i += kernelM {
		dst := s.a[i*depth : (i+kernelM)*depth]
		for r := range kernelM {
			if i+r >= rows {
				for x := r; x < len(dst); x += kernelM {
					dst[x] = 0
				}
				continue
			}
			from := (m+i+r)*p.K + k
			for x, v := range p.A[from : from+depth] {
				dst[x*kernelM+r] = T(v)
			}
		}
	}
}

func (s *scratch[T]) packB(p Product[T], n, cols, k, depth int) {
	row := s.row[:cols]
	for x := range depth {
		p.B(row, k+x, n)
		for j := 0; j < cols; j += kernelN {
			dst := s.b[j*depth+x*kernelN:][:kernelN]
			src := row[j:min(j+kernelN, cols)]
			for i, v := range src {
				dst[i] = T(v)
			}
			clear(dst[len(src):])
		}
	}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func roundUp(a, b int) int { return ceilDiv(a, b) * b }
