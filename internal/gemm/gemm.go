package gemm

import (
	"context"

	"github.com/trtbuild/trtbuild/internal/parallel"
)

// Float is what products are formed and summed in.
type Float interface{ float32 | float64 }

// Product is C = A·B with A of M rows and K columns and B of K rows and N
// columns.
type Product[T Float] struct {
	M, N, K int
	// A is row-major, M*K elements.
	A []float32
	// B returns what packs blocks of B. It is called once by each goroutine, so
	// that a packer can own scratch memory.
	B func() Packer
	// C takes row m of the result, from column n on. Every element is given
	// once; row is reused after C returns. C is called from several goroutines
	// at once.
	C func(row []T, m, n int)
	// Scratch is reused between products; nil: it is allocated.
	Scratch *Scratch[T]
}

// Block sizes: a packed block of B and a tile of C stay in the second-level
// cache, a panel of B in the first.
const (
	blockK = 256
	blockM = 256
	blockN = 128
)

// Run computes the product on the given number of goroutines. When ctx ends
// first, the result is incomplete.
func (p Product[T]) Run(ctx context.Context, workers int) {
	if p.M <= 0 || p.N <= 0 {
		return
	}
	k := kernelOf[T]()
	rows, cols := k.tile(p.M, p.N, workers)
	down, across := ceilDiv(p.M, rows), ceilDiv(p.N, cols)
	parallel.RunContext(ctx, workers, down*across, func(next func() (int, bool)) {
		s := p.Scratch.take(k)
		defer p.Scratch.give(s)
		pack := p.B()
		for i, ok := next(); ok; i, ok = next() {
			m, n := i%down*rows, i/down*cols
			s.tile(p, pack, m, min(rows, p.M-m), n, min(cols, p.N-n))
		}
	})
}

// tile chooses the extents of the tiles of C, multiples of the kernel's, small
// enough that every worker gets some.
func (k kernel[T]) tile(m, n, workers int) (rows, cols int) {
	rows, cols = min(roundUp(m, k.rows), blockM), min(roundUp(n, k.cols), blockN)
	for ceilDiv(m, rows)*ceilDiv(n, cols) < 2*workers {
		switch {
		case cols >= 2*k.cols: // packs nothing twice
			cols = roundUp(cols/2, k.cols)
		case rows >= 4*k.rows:
			rows = roundUp(rows/2, k.rows)
		default:
			return rows, cols
		}
	}
	return rows, cols
}

// tile computes a tile of C.
func (s *scratch[T]) tile(p Product[T], pack Packer, m, rows, n, cols int) {
	ld := roundUp(cols, s.cols)
	c := s.c[:roundUp(rows, s.rows)*ld]
	clear(c)
	for k := 0; k < p.K; k += blockK {
		depth := min(blockK, p.K-k)
		b := s.right(pack, Block{K: k, Depth: depth, N: n, Cols: cols, Panel: s.cols})
		a := s.left(p, m, rows, k, depth)
		for j := 0; j < ld; j += s.cols {
			panel := b[j*depth:][:s.cols*depth]
			for i := 0; i < rows; i += s.rows {
				from, lda := a.at(i)
				s.run(c[i*ld+j:], ld, from, lda, panel, depth)
			}
		}
	}
	for i := range rows {
		p.C(c[i*ld:i*ld+cols], m+i, n)
	}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func roundUp(a, b int) int { return ceilDiv(a, b) * b }
