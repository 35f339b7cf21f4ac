package zoo

import (
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/builder/bind"
)

// yoloLayer is one layer and the earlier ones that it reads.
type yoloLayer struct {
	from   []int // -1: the image
	block  yoloBlock
	stride int64 // pixels of the image to one of the output
}

// yoloScale is how a published size scales the widths and depths of its
// family's description.
type yoloScale struct {
	name        string
	depth       float64
	width       float64
	maxChannels int64 // of an unscaled layer; 0: no limit
}

// yoloGraph lines up the layers of a network. Widths and depths are those that
// a scale gives the numbers of the description, or, with a file, what the file
// has, whatever the description says.
type yoloGraph struct {
	layers []yoloLayer
	scale  yoloScale
	file   *bind.View
	unfit  bool // the file lacks what a width follows from, or contradicts itself
}

// next returns the path of the layer to add and the width of the one before.
func (g *yoloGraph) next() (path string, in int64) {
	return fmt.Sprintf("model.%d", len(g.layers)), g.width(len(g.layers) - 1)
}

// width returns the channels of a layer's output, -1 being the image.
func (g *yoloGraph) width(layer int) int64 {
	if layer < 0 {
		return 3
	}
	return g.layers[layer].block.channels()
}

func (g *yoloGraph) stride(layer int) int64 {
	if layer < 0 {
		return 1
	}
	return g.layers[layer].stride
}

// add appends a layer behind the last one.
func (g *yoloGraph) add(b yoloBlock, stride int64) {
	last := len(g.layers) - 1
	g.layers = append(g.layers, yoloLayer{[]int{last}, b, g.stride(last) * stride})
}

// scaled returns what the scale makes of a width: a multiple of 8.
func (g *yoloGraph) scaled(width int64) int64 {
	if m := g.scale.maxChannels; m > 0 {
		width = min(width, m)
	}
	return 8 * int64(math.Ceil(float64(width)*g.scale.width/8))
}

// module returns the convolution at path. published is the width that the scale
// gives it.
func (g *yoloGraph) module(path string, in, published, kernel, stride int64) yoloConv {
	c := yoloConv{path: path, in: in, out: published, kernel: kernel, stride: stride}
	if g.file != nil {
		c.out = g.found(c)
	}
	return c
}

// found returns the width of c in the file: as its BatchNorm or bias says, else
// what its weight leaves, so that the missing one is what does not fit.
func (g *yoloGraph) found(c yoloConv) int64 {
	for _, n := range []int64{
		g.file.Count(c.path + ".bn.weight"), g.file.Count(c.path + ".conv.bias"),
		g.file.Count(c.path+".conv.weight") / (c.in * c.kernel * c.kernel),
	} {
		if n > 0 && n <= maxWidth {
			return n
		}
	}
	g.unfit = true
	return 1
}

// depth returns the number of bottlenecks of the block at path.
func (g *yoloGraph) depth(path string, published int) int {
	n := max(1, int(math.RoundToEven(float64(published)*g.scale.depth)))
	if g.file == nil {
		return n
	}
	for n = 0; g.file.Has(fmt.Sprintf("%s.m.%d.cv1.conv.weight", path, n)); {
		n++
	}
	if n == 0 {
		g.unfit = true
		return 1
	}
	return n
}

// chain returns the bottlenecks of the block at path behind in channels, with
// 3x3 kernels but for the first of each, which is kernel.
func (g *yoloGraph) chain(path string, in int64, depth int, kernel int64, add bool) yoloChain {
	c := make(yoloChain, 0, depth)
	for i := range depth {
		p := fmt.Sprintf("%s.m.%d", path, i)
		cv1 := g.module(p+".cv1", in, in, kernel, 1)
		cv2 := g.module(p+".cv2", cv1.out, in, 3, 1)
		if add && cv2.out != in {
			g.unfit = true
		}
		cv2.residual = add
		c = append(c, yoloBottleneck{cv1, cv2, add})
		in = cv2.out
	}
	return c
}

func (g *yoloGraph) conv(width, kernel, stride int64) {
	path, in := g.next()
	g.add(g.module(path, in, g.scaled(width), kernel, stride), stride)
}

// focus adds a 3x3 convolution over 2x2 pixels put into channels.
func (g *yoloGraph) focus(width int64) {
	c := g.module("model.0.conv", 12, g.scaled(width), 3, 1)
	c.focus = true
	g.add(c, 2)
}

func (g *yoloGraph) c2f(width int64, depth int, add bool) {
	path, in := g.next()
	out := g.scaled(width)
	b := yoloC2f{cv1: g.module(path+".cv1", in, out/2*2, 1, 1)}
	half := g.half(b.cv1)
	b.m = g.chain(path, half, g.depth(path, depth), 3, add)
	joined := b.cv1.out
	for _, m := range b.m {
		joined += m.cv2.out
	}
	b.cv2 = g.module(path+".cv2", joined, out, 1, 1)
	g.add(b, 1)
}

func (g *yoloGraph) c2(width int64, depth int) {
	path, in := g.next()
	out := g.scaled(width)
	b := yoloC2{cv1: g.module(path+".cv1", in, out/2*2, 1, 1)}
	half := g.half(b.cv1)
	b.m = g.chain(path, half, g.depth(path, depth), 3, false)
	b.cv2 = g.module(path+".cv2", half+b.m[len(b.m)-1].cv2.out, out, 1, 1)
	g.add(b, 1)
}

// half returns half the width of a convolution whose output is split.
func (g *yoloGraph) half(c yoloConv) int64 {
	if c.out%2 != 0 {
		g.unfit = true
	}
	return max(1, c.out/2)
}

func (g *yoloGraph) c3(width int64, depth int, add bool) {
	path, in := g.next()
	out := g.scaled(width)
	b := yoloC3{cv1: g.module(path+".cv1", in, out/2, 1, 1), cv2: g.module(path+".cv2", in, out/2, 1, 1)}
	b.m = g.chain(path, b.cv1.out, g.depth(path, depth), 1, add)
	b.cv3 = g.module(path+".cv3", b.m[len(b.m)-1].cv2.out+b.cv2.out, out, 1, 1)
	g.add(b, 1)
}

// sppf adds a pyramid of three maxima over 5x5, each of the one before.
func (g *yoloGraph) sppf(width int64) { g.pyramid(width, [3]int64{5, 5, 5}, true) }

// spp adds a pyramid of maxima over 5x5, 9x9 and 13x13.
func (g *yoloGraph) spp(width int64) { g.pyramid(width, [3]int64{5, 9, 13}, false) }

func (g *yoloGraph) pyramid(width int64, windows [3]int64, inRow bool) {
	path, in := g.next()
	cv1 := g.module(path+".cv1", in, in/2, 1, 1)
	g.add(yoloSPP{cv1, g.module(path+".cv2", 4*cv1.out, g.scaled(width), 1, 1), windows, inRow}, 1)
}

// upConcat adds two layers: the last one at twice the size, and that joined
// with an earlier one.
func (g *yoloGraph) upConcat(layer int) {
	_, in := g.next()
	last := len(g.layers) - 1
	g.layers = append(g.layers, yoloLayer{[]int{last}, yoloUpsample{in}, g.stride(last) / 2})
	g.concat(layer)
}

// concat joins the last layer with an earlier one.
func (g *yoloGraph) concat(layer int) {
	last := len(g.layers) - 1
	g.layers = append(g.layers, yoloLayer{[]int{last, layer}, yoloConcat{g.width(last) + g.width(layer)}, g.stride(last)})
}
