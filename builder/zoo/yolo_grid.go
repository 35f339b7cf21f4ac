package zoo

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
)

// yoloGrid is one level of a head: its cells in rows, each standing for stride
// pixels of the image.
type yoloGrid struct{ height, width, stride int64 }

func (g yoloGrid) cells() int64 { return g.height * g.width }

// cellFunc gives a value for a cell by its column, row and stride.
type cellFunc func(x, y, stride int64) float32

// gridValues are the values of one cellFunc after the other, each over the cells
// of all grids.
type gridValues struct {
	grids []yoloGrid
	rows  []cellFunc
}

func (v gridValues) columns() int64 {
	n := int64(0)
	for _, g := range v.grids {
		n += g.cells()
	}
	return n
}

// ReadFloat32 fills dst with the elements from index from on.
func (v gridValues) ReadFloat32(dst []float32, from int64) error {
	columns := v.columns()
	if from < 0 || from+int64(len(dst)) > columns*int64(len(v.rows)) {
		return fmt.Errorf("elements [%d,%d) of %d", from, from+int64(len(dst)), columns*int64(len(v.rows)))
	}
	for i := range dst {
		row, cell := (from+int64(i))/columns, (from+int64(i))%columns
		grid := 0
		for cell >= v.grids[grid].cells() {
			cell -= v.grids[grid].cells()
			grid++
		}
		g := v.grids[grid]
		dst[i] = v.rows[row](cell%g.width, cell/g.width, g.stride)
	}
	return nil
}

// gridConstant adds the rows over all cells of the grids as a constant of the
// given dimensions.
func gridConstant(net *trt.Network, name string, dims trt.Dims, grids []yoloGrid, rows ...cellFunc) *trt.Tensor {
	return net.AddConstant(name, trt.NewWeights(dims, gridValues{grids, rows}))
}

// The values that decoding needs, in pixels of the image.
func centreX(x, _, stride int64) float32    { return (float32(x) + .5) * float32(stride) }
func centreY(_, y, stride int64) float32    { return (float32(y) + .5) * float32(stride) }
func reachX(x, _, stride int64) float32     { return (float32(x) - .5) * float32(stride) }
func reachY(_, y, stride int64) float32     { return (float32(y) - .5) * float32(stride) }
func cellStride(_, _, stride int64) float32 { return float32(stride) }
