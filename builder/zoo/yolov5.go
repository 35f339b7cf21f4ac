package zoo

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

// yoloV5 is YOLOv5 for detection, releases 4.0 to 7.0: a trunk of C3 blocks and
// a head with anchors.
const yoloV5 yoloFamily = "yolov5"

// yoloV5Topologies are that of release 6.0 on, with head strides 8 to 32 and,
// as "6", 8 to 64, and that of 4.0 and 5.0, with the focus stem.
func yoloV5Topologies() []yoloTopology {
	scales := []yoloScale{{"n", 1. / 3, .25, 0}, {"s", 1. / 3, .5, 0}, {"m", 2. / 3, .75, 0}, {"l", 1, 1, 0}, {"x", 4. / 3, 1.25, 0}}
	return []yoloTopology{
		{"", 640, scales, yoloV5P5, "model.24 is a head on three levels: strides 8, 16, 32"},
		{"6", 1280, scales, yoloV5P6, "model.33 is a head on four levels: strides 8, 16, 32, 64"},
		{"-v5.0", 640, scales[1:], yoloV5Focus, "model.0.conv.conv is the focus stem of releases 4.0 and 5.0, with a head on three levels: strides 8, 16, 32"},
	}
}

func yoloV5P5(g *yoloGraph) []int {
	g.conv(64, 6, 2)
	g.conv(128, 3, 2)
	g.c3(128, 3, true)
	g.conv(256, 3, 2)
	g.c3(256, 6, true)
	g.conv(512, 3, 2)
	g.c3(512, 9, true)
	g.conv(1024, 3, 2)
	g.c3(1024, 3, true)
	g.sppf(1024) // 9
	return yoloV5Neck(g)
}

// yoloV5Focus has the pyramid before the last C3, which adds nothing.
func yoloV5Focus(g *yoloGraph) []int {
	g.focus(64)
	g.conv(128, 3, 2)
	g.c3(128, 3, true)
	g.conv(256, 3, 2)
	g.c3(256, 9, true)
	g.conv(512, 3, 2)
	g.c3(512, 9, true)
	g.conv(1024, 3, 2)
	g.spp(1024)
	g.c3(1024, 3, false) // 9
	return yoloV5Neck(g)
}

func yoloV5Neck(g *yoloGraph) []int {
	g.conv(512, 1, 1) // 10
	g.upConcat(6)
	g.c3(512, 3, false)
	g.conv(256, 1, 1) // 14
	g.upConcat(4)
	g.c3(256, 3, false) // 17
	g.conv(256, 3, 2)
	g.concat(14)
	g.c3(512, 3, false) // 20
	g.conv(512, 3, 2)
	g.concat(10)
	g.c3(1024, 3, false) // 23
	return []int{17, 20, 23}
}

func yoloV5P6(g *yoloGraph) []int {
	g.conv(64, 6, 2)
	g.conv(128, 3, 2)
	g.c3(128, 3, true)
	g.conv(256, 3, 2)
	g.c3(256, 6, true)
	g.conv(512, 3, 2)
	g.c3(512, 9, true)
	g.conv(768, 3, 2)
	g.c3(768, 3, true) // 8
	g.conv(1024, 3, 2)
	g.c3(1024, 3, true)
	g.sppf(1024) // 11

	g.conv(768, 1, 1) // 12
	g.upConcat(8)
	g.c3(768, 3, false)
	g.conv(512, 1, 1) // 16
	g.upConcat(6)
	g.c3(512, 3, false)
	g.conv(256, 1, 1) // 20
	g.upConcat(4)
	g.c3(256, 3, false) // 23
	g.conv(256, 3, 2)
	g.concat(20)
	g.c3(512, 3, false) // 26
	g.conv(512, 3, 2)
	g.concat(16)
	g.c3(768, 3, false) // 29
	g.conv(768, 3, 2)
	g.concat(12)
	g.c3(1024, 3, false) // 32
	return []int{23, 26, 29, 32}
}

// anchorHead predicts, for each anchor of each cell of each level, where in the
// cell's surroundings the centre of a box is, its size in terms of the anchor,
// an objectness and a score for each class.
type anchorHead struct {
	path    string
	reads   []yoloLevel
	anchors int64 // of a level
	classes int64

	// What the file holds beside the convolutions: the anchors in cells, and
	// what YOLOv5 5.0 (anchorGrid) and tensorrtx (both) write in pixels.
	hasAnchors, hasGrid, hasStrides bool
}

// boxFields and anchorFields are what an anchor predicts before the classes:
// x, y, width, height, and objectness.
const (
	boxFields    = 4
	anchorFields = 5
)

// yoloAnchors are the repository's own, in pixels: width, height.
func yoloAnchors(levels int) []float32 {
	if levels == 4 {
		return []float32{
			19, 27, 44, 40, 38, 94,
			96, 68, 86, 152, 180, 137,
			140, 301, 303, 264, 238, 542,
			436, 615, 739, 380, 925, 792,
		}
	}
	return []float32{
		10, 13, 16, 30, 33, 23,
		30, 61, 62, 45, 59, 119,
		116, 90, 156, 198, 373, 326,
	}
}

// anchorsOf returns the number of anchors of each of the levels of the head at
// path, 3 where the file does not say.
func anchorsOf(v *bind.View, path string, levels int64) int64 {
	for _, name := range []string{".anchors", ".anchor_grid"} {
		if n := v.Count(path + name); n > 0 && n <= maxWidth {
			return max(1, n/(2*levels))
		}
	}
	return 3
}

func newAnchorHead(path string, levels []yoloLevel, classes int64) anchorHead {
	return anchorHead{path: path, reads: levels, anchors: 3, classes: classes, hasAnchors: true}
}

func deriveAnchorHead(g *yoloGraph, path string, levels []yoloLevel) yoloHead {
	h := anchorHead{path: path, reads: levels, anchors: anchorsOf(g.file, path, int64(len(levels)))}
	outputs := g.file.Count(path + ".m.0.bias")
	if outputs > maxWidth || outputs%h.anchors != 0 {
		return nil
	}
	if h.classes = outputs/h.anchors - anchorFields; h.classes < 1 {
		return nil
	}
	h = h.like(g.file).(anchorHead)
	if !h.hasAnchors && !h.hasGrid && h.anchors != 3 {
		return nil
	}
	return h
}

func (h anchorHead) like(v *bind.View) yoloHead {
	h.hasAnchors, h.hasGrid, h.hasStrides = v.Has(h.path+".anchors"), v.Has(h.path+".anchor_grid"), v.Has(h.path+".strides")
	return h
}

func (h anchorHead) classCount() int64 { return h.classes }

func (h anchorHead) levels() []yoloLevel { return h.reads }

// fields returns the predictions for one anchor of a cell.
func (h anchorHead) fields() int64 { return anchorFields + h.classes }

func (h anchorHead) evidence() []string {
	return []string{fmt.Sprintf("%s.m.0.bias has %d elements: %d anchors of 4 box fields, objectness and %d classes", h.path, h.anchors*h.fields(), h.anchors, h.classes)}
}

func (h anchorHead) notes() []string {
	switch {
	case h.hasGrid:
		return []string{fmt.Sprintf("anchors are those of %s.anchor_grid, in pixels", h.path)}
	case h.hasAnchors:
		return []string{fmt.Sprintf("anchors are those of %s.anchors, in cells", h.path)}
	}
	return []string{"the anchors are not in the file: the repository's own, for COCO, are assumed"}
}

func (h anchorHead) tensors(bool) []checkpoint.Tensor {
	var all []checkpoint.Tensor
	pixels, strides := yoloAnchors(len(h.reads)), make([]float32, len(h.reads))
	cells := slices.Clone(pixels)
	for i, level := range h.reads {
		strides[i] = float32(level.stride)
		for j := range len(cells) / len(h.reads) {
			cells[i*len(cells)/len(h.reads)+j] /= strides[i]
		}
	}
	shape := []int64{int64(len(h.reads)), h.anchors, 2}
	for _, c := range []struct {
		name   string
		in     bool
		shape  []int64
		values []float32
	}{{".anchors", h.hasAnchors, shape, cells}, {".anchor_grid", h.hasGrid, shape, pixels}, {".strides", h.hasStrides, shape[:1], strides}} {
		if c.in {
			all = append(all, checkpoint.Tensor{Name: h.path + c.name, Shape: c.shape, Kind: checkpoint.Constant, Values: c.values, Buffer: true})
		}
	}
	for i, level := range h.reads {
		path := fmt.Sprintf("%s.m.%d", h.path, i)
		all = append(all,
			checkpoint.Tensor{Name: path + ".weight", Shape: []int64{h.anchors * h.fields(), level.in, 1, 1}, Kind: checkpoint.ConvWeight, FanIn: level.in},
			checkpoint.Tensor{Name: path + ".bias", Shape: []int64{h.anchors * h.fields()}, Kind: checkpoint.AnchorBias, FanIn: h.fields()})
	}
	return all
}

// sizes returns the anchors of all levels in pixels: [levels*anchors*2].
func (h anchorHead) sizes(r *yoloRecorder) *trt.Weights {
	dims := trt.Dims{int64(len(h.reads)), h.anchors, 2}
	reason := fmt.Sprintf("%d levels of %d anchors", len(h.reads), h.anchors)
	if h.hasStrides {
		r.Skip(h.path+".strides", "the strides follow from the layers")
	}
	switch {
	case h.hasGrid:
		if h.hasAnchors {
			r.Skip(h.path+".anchors", "the anchors in cells; anchor_grid has them in pixels")
		}
		return r.Weights(h.path+".anchor_grid", "anchors in pixels", reason, dims)
	case h.hasAnchors:
		w := r.Weights(h.path+".anchors", "anchors in cells", reason, dims)
		factors := make([]float32, len(h.reads))
		for i, level := range h.reads {
			factors[i] = float32(level.stride)
		}
		return w.WithValues(scaledParts{w.Values(), 2 * h.anchors, factors})
	}
	return trt.NewWeights(dims, trt.Float32s(yoloAnchors(len(h.reads))))
}

// scaledParts are values of which each part of the given length has a factor.
type scaledParts struct {
	values  trt.Values
	length  int64
	factors []float32
}

// ReadFloat32 fills dst with the elements from index from on.
func (s scaledParts) ReadFloat32(dst []float32, from int64) error {
	if err := s.values.ReadFloat32(dst, from); err != nil {
		return err
	}
	for i := range dst {
		dst[i] *= s.factors[(from+int64(i))/s.length]
	}
	return nil
}

// part are n values from index from on.
type part struct {
	values  trt.Values
	from, n int64
}

// ReadFloat32 fills dst with the elements from index from on.
func (p part) ReadFloat32(dst []float32, from int64) error {
	if from < 0 || from+int64(len(dst)) > p.n {
		return fmt.Errorf("elements [%d,%d) of %d", from, from+int64(len(dst)), p.n)
	}
	return p.values.ReadFloat32(dst, p.from+from)
}

func (h anchorHead) record(r *yoloRecorder, x []*trt.Tensor, o Options) {
	net := r.Network()
	anchors := h.sizes(r)
	var parts [2][]*trt.Tensor // of the outputs, level by level
	for i, level := range h.reads {
		path := fmt.Sprintf("%s.m.%d", h.path, i)
		y := r.Convolution(path, x[i], bind.Convolution{Out: h.anchors * h.fields(), Kernel: bind.Square(1), Bias: true})
		if net.Err() != nil {
			return
		}
		if o.Output == OutputRaw {
			net.MarkOutput(y, level.name())
			continue
		}
		of := trt.NewWeights(trt.Dims{1, h.anchors, 2, 1}, part{anchors.Values(), int64(i) * 2 * h.anchors, 2 * h.anchors}, anchors.Origins...)
		for j, p := range h.decode(r, path, y, level, of, o) {
			parts[j] = append(parts[j], p)
		}
	}
	names := []string{"output0"}
	switch o.Output {
	case OutputRaw:
		return
	case OutputBoxes:
		names = []string{"boxes", "scores"}
	}
	for i, name := range names {
		net.MarkOutput(net.AddConcatenation(bind.Layer(h.path)+"/"+name, 1, parts[i]...), name)
	}
}

// corners returns half a cell before each cell of a level's map x, in pixels:
// [1,1,2,cells], with N for the first 1 where the map is dynamic.
func (anchorHead) corners(r *yoloRecorder, name string, x *trt.Tensor, level yoloLevel) *trt.Tensor {
	net, grid := r.Network(), gridOf(x, level)
	if grid.static() {
		cells := yoloGrids{grid}
		return net.AddConstant(name+"/corners", trt.NewWeights(trt.Dims{1, 1, 2, cells.cells()}, cellValues{cells, -.5}))
	}
	xy, _ := r.moving(name, x, level, -.5)
	return net.AddShuffle(name+"/corners", xy, trt.Shuffle{Reshape: trt.Dims{0, 1, 2, trt.Dynamic}})
}

// decode decodes the predictions x [N,anchors*fields,height,width] of one level
// and returns what it adds to each output, [N,anchors*cells,…]. anchors are
// [1,anchors,2,1], in pixels.
func (h anchorHead) decode(r *yoloRecorder, path string, x *trt.Tensor, level yoloLevel, anchors *trt.Weights, o Options) []*trt.Tensor {
	net, name := r.Network(), bind.Layer(path)
	constant := func(part string, dims trt.Dims, v trt.Values, from ...trt.Origin) *trt.Tensor {
		return net.AddConstant(name+"/"+part, trt.NewWeights(dims, v, from...))
	}
	// Boxes reach half a cell around the cell: 2s - 0.5 + x cells.
	corners := h.corners(r, name, x, level)
	x = net.AddShuffle(name+"/fields", x, trt.Shuffle{Reshape: trt.Dims{0, h.anchors, h.fields(), trt.Dynamic}})
	sigmoid := func(part string, start, n int64) *trt.Tensor {
		y := r.slice(path+"."+part+".logits", x, 2, start, n)
		return net.AddActivation(name+"/"+part+"/sigmoid", y, trt.Activation{Type: trt.Sigmoid})
	}
	reach := constant("reach", trt.Dims{1, 1, 1, 1}, trt.Float32s{2 * float32(level.stride)})
	centre := net.AddElementWise(name+"/centre", net.AddElementWise(name+"/centre/scaled", sigmoid("xy", 0, 2), reach, trt.Prod), corners, trt.Sum)
	// Sizes are (2s)^2 anchors.
	factor := float32(4)
	if o.Output == OutputBoxes {
		factor = 2
	}
	wh := sigmoid("wh", 2, 2)
	size := net.AddElementWise(name+"/size", net.AddElementWise(name+"/wh/squared", wh, wh, trt.Prod),
		constant("anchors", anchors.Dims, scaledParts{anchors.Values(), anchors.Count(), []float32{factor}}, anchors.Origins...), trt.Prod)

	flat := func(part string, x *trt.Tensor, fields int64) *trt.Tensor {
		return net.AddShuffle(name+"/"+part, x, trt.Shuffle{FirstTranspose: []int{0, 1, 3, 2}, Reshape: trt.Dims{0, trt.Dynamic, fields}})
	}
	if o.Output != OutputBoxes {
		rest := sigmoid("scores", boxFields, 1+h.classes)
		return []*trt.Tensor{flat("output", net.AddConcatenation(name+"/decoded", 2, centre, size, rest), h.fields())}
	}
	score := net.AddElementWise(name+"/scores", sigmoid("classes", anchorFields, h.classes), sigmoid("objectness", boxFields, 1), trt.Prod)
	boxes := net.AddConcatenation(name+"/box", 2,
		net.AddElementWise(name+"/x1y1", centre, size, trt.Sub), net.AddElementWise(name+"/x2y2", centre, size, trt.Sum))
	return []*trt.Tensor{flat("boxes", boxes, 4), flat("scores/flat", score, h.classes)}
}
