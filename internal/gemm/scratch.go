package gemm

import "sync"

// Scratch keeps the memory that products of one kind pack into.
type Scratch[T Float] struct{ free sync.Pool }

// scratch is the memory of one worker: a packed block of B, a tile of C, and
// rows of A where they cannot be read in place.
type scratch[T Float] struct {
	kernel[T]
	a, b, c []T
	wide    []float32 // a block of B before it is widened to T
}

func (p *Scratch[T]) take(k kernel[T]) *scratch[T] {
	if p != nil {
		if s, ok := p.free.Get().(*scratch[T]); ok {
			return s
		}
	}
	return &scratch[T]{
		kernel: k, b: make([]T, blockK*roundUp(blockN, k.cols)),
		c: make([]T, roundUp(blockM, k.rows)*roundUp(blockN, k.cols)),
	}
}

func (p *Scratch[T]) give(s *scratch[T]) {
	if p != nil {
		p.free.Put(s)
	}
}

// right returns a packed block of B.
func (s *scratch[T]) right(pack Packer, b Block) []T {
	n := b.Depth * roundUp(b.Cols, b.Panel)
	dst := s.b[:n]
	if rest := b.Cols % b.Panel; rest > 0 {
		clear(dst[n-b.Depth*b.Panel:])
	}
	if same, ok := any(dst).([]float32); ok {
		b.Dst = same
		pack(b)
		return dst
	}
	if s.wide == nil {
		s.wide = make([]float32, cap(s.b))
	}
	b.Dst = s.wide[:n]
	clear(b.Dst)
	pack(b)
	for i, v := range b.Dst {
		dst[i] = T(v)
	}
	return dst
}

// rows is a block of A: in place up to some row, copied from there on.
type rows[T Float] struct {
	place []T
	lda   int
	full  int // rows in place
	copy  []T
	depth int
}

// at returns the rows from i on and the distance between them.
func (r rows[T]) at(i int) (from []T, lda int) {
	if i < r.full {
		return r.place[i*r.lda:], r.lda
	}
	return r.copy[(i-r.full)*r.depth:], r.depth
}

// left returns a block of A. Rows of T are read in place, as far as there are
// enough for the kernel's tile.
func (s *scratch[T]) left(p Product[T], m, n, k, depth int) rows[T] {
	r := rows[T]{depth: depth}
	if same, ok := any(p.A).([]T); ok {
		r.full = n / s.rows * s.rows
		r.place, r.lda = same[m*p.K+k:], p.K
	}
	if r.full == n {
		return r
	}
	size := roundUp(n-r.full, s.rows) * depth
	if cap(s.a) < size {
		s.a = make([]T, size)
	}
	r.copy = s.a[:size]
	clear(r.copy)
	for i := r.full; i < n; i++ {
		dst := r.copy[(i-r.full)*depth:]
		for x, v := range p.A[(m+i)*p.K+k:][:depth] {
			dst[x] = T(v)
		}
	}
	return r
}
