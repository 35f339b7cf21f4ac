package zoo

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

// yoloGrid is the cells of one level of a head in rows, each standing for
// stride pixels of the image.
type yoloGrid struct{ height, width, stride int64 }

// gridOf returns the cells of the map x of a level. Its extents may be dynamic.
func gridOf(x *trt.Tensor, l yoloLevel) yoloGrid { return yoloGrid{x.Dims[2], x.Dims[3], l.stride} }

func (g yoloGrid) static() bool { return g.height != trt.Dynamic && g.width != trt.Dynamic }

// yoloGrids are the cells of several levels one after the other.
type yoloGrids []yoloGrid

func (g yoloGrids) cells() int64 {
	n := int64(0)
	for _, one := range g {
		n += one.height * one.width
	}
	return n
}

// at returns the grid of a cell, its column and its row.
func (g yoloGrids) at(cell int64) (one yoloGrid, x, y int64) {
	for _, one = range g {
		n := one.height * one.width
		if cell < n {
			break
		}
		cell -= n
	}
	return one, cell % one.width, cell / one.width
}

// cellValues are x of every cell and then y, in pixels: the cell's column or
// row and an offset, times its stride. The zero offset is a cell's corner.
type cellValues struct {
	yoloGrids
	offset float32
}

// ReadFloat32 fills dst with the elements from index from on.
func (v cellValues) ReadFloat32(dst []float32, from int64) error {
	n := v.cells()
	if from < 0 || from+int64(len(dst)) > 2*n {
		return fmt.Errorf("elements [%d,%d) of %d", from, from+int64(len(dst)), 2*n)
	}
	for i := range dst {
		cell := from + int64(i)
		g, x, y := v.at(cell % n)
		if cell >= n {
			x = y
		}
		dst[i] = (float32(x) + v.offset) * float32(g.stride)
	}
	return nil
}

// strideValues are the stride of every cell.
type strideValues struct{ yoloGrids }

// ReadFloat32 fills dst with the elements from index from on.
func (v strideValues) ReadFloat32(dst []float32, from int64) error {
	if from < 0 || from+int64(len(dst)) > v.cells() {
		return fmt.Errorf("elements [%d,%d) of %d", from, from+int64(len(dst)), v.cells())
	}
	for i := range dst {
		g, _, _ := v.at(from + int64(i))
		dst[i] = float32(g.stride)
	}
	return nil
}

// moving returns, for the dynamic map x of a level, where the cells are, offset
// by a part of a cell, and their strides, in pixels: [N,2,height,width] and
// [N,1,height,width]. The recorder knows no running count along a dynamic axis,
// so a convolution as long as the axis can get sums up the strides, which any
// channel gives, clipped between the stride and itself; all sums are whole
// numbers below 2^24 and exact.
func (r *yoloRecorder) moving(name string, x *trt.Tensor, l yoloLevel, offset float32) (xy, strides *trt.Tensor) {
	net, stride := r.Network(), float32(l.stride)
	one := r.channels(name+"/any", x, 0, 1)
	strides = net.AddActivation(name+"/stride", one, trt.Activation{Type: trt.Clip, Alpha: stride, Beta: stride})
	sum := func(axis string, kernel trt.Dims) *trt.Tensor {
		return net.AddConvolution(name+"/"+axis, strides, trt.Convolution{
			OutChannels: 1, Kernel: kernel, PrePadding: trt.Dims{kernel[0] - 1, kernel[1] - 1},
			Weight: trt.NewWeights(trt.Dims{1, 1, kernel[0], kernel[1]}, slices.Repeat(trt.Float32s{1}, int(kernel.Count()))),
			Bias:   trt.NewWeights(trt.Dims{1}, trt.Float32s{(offset - 1) * stride}),
		})
	}
	x, y := sum("x", trt.Dims{1, r.most.Width / l.stride}), sum("y", trt.Dims{r.most.Height / l.stride, 1})
	return net.AddConcatenation(name+"/cells", 1, x, y), strides
}
