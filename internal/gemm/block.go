package gemm

// Packer fills the destination of a block with its part of B.
type Packer func(Block)

// Block is a part of B: Depth rows from K on and Cols columns from N on. It is
// laid out in panels of Panel columns, in each of which the columns of one row
// lie side by side, row after row. The last panel may be wider than what is left
// of the columns; what it has beyond them is not written.
type Block struct {
	K, Depth int
	N, Cols  int
	Panel    int
	Dst      []float32
}

// Panels calls f for each panel with its elements, its first column of B and
// how many there are. Row k of it starts at element k*Panel.
func (b Block) Panels(f func(panel []float32, n, width int)) {
	for j := 0; j < b.Cols; j += b.Panel {
		f(b.Dst[j*b.Depth:][:b.Panel*b.Depth], b.N+j, min(b.Panel, b.Cols-j))
	}
}

// Rows makes packers of a function that fills dst with row k of B, from column
// n on.
func Rows(row func(dst []float32, k, n int)) func() Packer {
	return func() Packer {
		return func(b Block) {
			b.Panels(func(panel []float32, n, width int) {
				for k := range b.Depth {
					row(panel[k*b.Panel:][:width], b.K+k, n)
				}
			})
		}
	}
}

// Columns is Rows for a function that returns column n of B as it lies in
// memory.
func Columns(column func(n int) []float32) func() Packer {
	return func() Packer {
		return func(b Block) {
			b.Panels(func(panel []float32, n, width int) {
				for c := range width {
					at := c
					for _, v := range column(n + c)[b.K:][:b.Depth] {
						panel[at] = v
						at += b.Panel
					}
				}
			})
		}
	}
}
