package refexec

import (
	"github.com/trtbuild/trtbuild/internal/gemm"
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) matrixMultiply(op trt.MatrixMultiply, a, b *trt.Value, out trt.Info) (*trt.Value, error) {
	left, right := newMatrix(a, op.OpA, true), newMatrix(b, op.OpB, false)
	y := r.result(out)
	m, n := left.rows, right.cols
	// The transposed product takes its left operand from where it lies.
	turned := right.down == 1 && m < n
	// Leading axes broadcast; a vector has one axis less, not another batch.
	batch := out.Dims[:max(len(left.batch), len(right.batch))]
	fromA, fromB := broadcast(left.batch, batch), broadcast(right.batch, batch)
	workers := r.workers
	if volume(batch) > 1 { // products side by side, each on one worker
		workers = 1
	}
	parallel.RunContext(r.ctx, r.workers, volume(batch), func(next func() (int, bool)) {
		for i, ok := next(); ok; i, ok = next() {
			atA, atB := 0, 0
			for axis, rest := len(batch)-1, i; axis >= 0; axis-- {
				c := rest % int(batch[axis])
				rest /= int(batch[axis])
				atA += c * fromA[axis]
				atB += c * fromB[axis]
			}
			x, z, dst := left.at(atA), right.at(atB), y.Floats[i*m*n:][:m*n]
			if r.options.Float64 {
				p := multiply[float64](x, z, dst, turned)
				p.Scratch = &r.scratch64
				p.Run(r.ctx, workers)
			} else {
				p := multiply[float32](x, z, dst, turned)
				p.Scratch = &r.scratch32
				p.Run(r.ctx, workers)
			}
		}
	})
	return y, nil
}

// multiply is a·b, or when turned its transpose, b'·a'.
func multiply[T gemm.Float](a, b matrix, dst []float32, turned bool) gemm.Product[T] {
	down, across := b.cols, 1
	if turned {
		a, b = b.transposed(), a.transposed()
		down, across = 1, a.rows
	}
	return gemm.Product[T]{
		M: a.rows, N: b.cols, K: a.cols, A: a.packed(), B: b.packer(),
		C: func(row []T, m, n int) {
			at := m*down + n*across
			for _, v := range row {
				dst[at] = float32(v)
				at += across
			}
		},
	}
}

// matrix is one operand as a stack of rows x cols matrices; down and across
// lead to the next row and column.
type matrix struct {
	data                     []float32
	batch                    trt.Dims
	rows, cols, down, across int
}

func newMatrix(v *trt.Value, op trt.MatrixOperation, left bool) matrix {
	n := len(v.Dims)
	if op == trt.MatrixVector {
		k := int(v.Dims[n-1])
		m := matrix{data: v.Floats, batch: v.Dims[:n-1], rows: k, cols: 1, down: 1, across: 1}
		if left {
			m.rows, m.cols = 1, k
		}
		return m
	}
	rows, cols := int(v.Dims[n-2]), int(v.Dims[n-1])
	m := matrix{data: v.Floats, batch: v.Dims[:n-2], rows: rows, cols: cols, down: cols, across: 1}
	if op == trt.MatrixTranspose {
		m.rows, m.cols, m.down, m.across = cols, rows, 1, cols
	}
	return m
}

// at returns the i-th matrix of the stack.
func (m matrix) at(i int) matrix {
	n := m.rows * m.cols
	m.data = m.data[i*n:][:n]
	return m
}

func (m matrix) transposed() matrix {
	m.rows, m.cols, m.down, m.across = m.cols, m.rows, m.across, m.down
	return m
}

// packer makes packers of a right operand.
func (m matrix) packer() func() gemm.Packer {
	if m.down == 1 {
		return gemm.Columns(func(n int) []float32 { return m.data[n*m.across:][:m.rows] })
	}
	return gemm.Rows(func(dst []float32, k, n int) { pick(dst, m.data, 0, k*m.down+n*m.across, len(dst), m.across) })
}

// packed returns the elements row by row.
func (m matrix) packed() []float32 {
	if m.across == 1 {
		return m.data
	}
	out := make([]float32, m.rows*m.cols)
	for i := range m.rows {
		pick(out, m.data, i*m.cols, i*m.down, m.cols, m.across)
	}
	return out
}
