package zoo

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

// yoloV8 is YOLOv8 for detection: a trunk of C2f blocks and a head without
// anchors.
const yoloV8 yoloFamily = "yolov8"

// yoloV8Topologies have head strides 8 to 32 and, by their repository's names,
// p2 4 to 32 and p6 8 to 64.
func yoloV8Topologies() []yoloTopology {
	scales := []yoloScale{{"n", 1. / 3, .25, 1024}, {"s", 1. / 3, .5, 1024}, {"m", 2. / 3, .75, 768}, {"l", 1, 1, 512}, {"x", 1, 1.25, 512}}
	return []yoloTopology{
		{"", 640, scales, yoloV8P5, "model.22 is a head on three levels: strides 8, 16, 32"},
		{"-p2", 640, scales, yoloV8P2, "model.28 is a head on four levels: strides 4, 8, 16, 32"},
		{"-p6", 1280, scales, yoloV8P6, "model.30 is a head on four levels: strides 8, 16, 32, 64"},
	}
}

// yoloV8Backbone adds the stages down to stride 16.
func yoloV8Backbone(g *yoloGraph) {
	g.conv(64, 3, 2)
	g.conv(128, 3, 2)
	g.c2f(128, 3, true)
	g.conv(256, 3, 2)
	g.c2f(256, 6, true)
	g.conv(512, 3, 2)
	g.c2f(512, 6, true)
}

func yoloV8P5(g *yoloGraph) []int {
	yoloV8Backbone(g)
	g.conv(1024, 3, 2)
	g.c2f(1024, 3, true)
	g.sppf(1024) // 9

	g.upConcat(6)
	g.c2f(512, 3, false)
	g.upConcat(4)
	g.c2f(256, 3, false) // 15
	g.conv(256, 3, 2)
	g.concat(12)
	g.c2f(512, 3, false) // 18
	g.conv(512, 3, 2)
	g.concat(9)
	g.c2f(1024, 3, false) // 21
	return []int{15, 18, 21}
}

func yoloV8P2(g *yoloGraph) []int {
	yoloV8Backbone(g)
	g.conv(1024, 3, 2)
	g.c2f(1024, 3, true)
	g.sppf(1024) // 9

	g.upConcat(6)
	g.c2f(512, 3, false)
	g.upConcat(4)
	g.c2f(256, 3, false) // 15
	g.upConcat(2)
	g.c2f(128, 3, false) // 18
	g.conv(128, 3, 2)
	g.concat(15)
	g.c2f(256, 3, false) // 21
	g.conv(256, 3, 2)
	g.concat(12)
	g.c2f(512, 3, false) // 24
	g.conv(512, 3, 2)
	g.concat(9)
	g.c2f(1024, 3, false) // 27
	return []int{18, 21, 24, 27}
}

func yoloV8P6(g *yoloGraph) []int {
	yoloV8Backbone(g)
	g.conv(768, 3, 2)
	g.c2f(768, 3, true) // 8
	g.conv(1024, 3, 2)
	g.c2f(1024, 3, true)
	g.sppf(1024) // 11

	g.upConcat(8)
	g.c2(768, 3) // 14
	g.upConcat(6)
	g.c2(512, 3) // 17
	g.upConcat(4)
	g.c2(256, 3) // 20
	g.conv(256, 3, 2)
	g.concat(17)
	g.c2(512, 3) // 23
	g.conv(512, 3, 2)
	g.concat(14)
	g.c2(768, 3) // 26
	g.conv(768, 3, 2)
	g.concat(11)
	g.c2(1024, 3) // 29
	return []int{20, 23, 26, 29}
}

// distanceHead predicts, for each cell of each level, the distances from the
// cell's centre to the left, top, right and bottom of a box, each as a
// distribution over bins, and a score for each class.
type distanceHead struct {
	path    string
	reads   []yoloLevel
	boxes   []headBranch // cv2
	scores  []headBranch // cv3
	bins    int64        // reg_max
	classes int64
	// expectation is set when the file has the numbers of the bins, which are
	// always 0, 1, 2, …
	expectation bool
}

// headBranch is two modules and a convolution with a bias.
type headBranch struct {
	hidden [2]yoloConv
	path   string // of the convolution
	out    int64
}

// yoloBins is the number that all published networks have, and maxBins the most
// that a file may have.
const (
	yoloBins = 16
	maxBins  = 1 << 10
)

func newDistanceHead(g *yoloGraph, path string, levels []yoloLevel, classes int64) distanceHead {
	first := levels[0].in
	h := distanceHead{path: path, reads: levels, bins: yoloBins, classes: classes, expectation: true}
	h.branches(g, max(16, first/4, 4*h.bins), max(first, min(classes, 100)))
	return h
}

func deriveDistanceHead(g *yoloGraph, path string, levels []yoloLevel) yoloHead {
	h := distanceHead{path: path, reads: levels, classes: classCount(g.file, path+".cv3.0.2.bias"), expectation: g.file.Has(path + ".dfl.conv.weight")}
	h.bins = g.file.Count(path+".cv2.0.2.bias") / 4
	if h.classes == 0 || h.bins < 2 || h.bins > maxBins {
		return nil
	}
	h.branches(g, 0, 0)
	return h
}

// branches sets the convolutions, whose hidden widths are the given ones or the
// file's.
func (h *distanceHead) branches(g *yoloGraph, boxes, scores int64) {
	branch := func(path string, in, hidden, out int64) headBranch {
		first := g.module(path+".0", in, hidden, 3, 1)
		return headBranch{[2]yoloConv{first, g.module(path+".1", first.out, hidden, 3, 1)}, path + ".2", out}
	}
	for i, level := range h.reads {
		h.boxes = append(h.boxes, branch(fmt.Sprintf("%s.cv2.%d", h.path, i), level.in, boxes, 4*h.bins))
		h.scores = append(h.scores, branch(fmt.Sprintf("%s.cv3.%d", h.path, i), level.in, scores, h.classes))
	}
}

func (h distanceHead) like(v *bind.View) yoloHead {
	h.expectation = v.Has(h.path + ".dfl.conv.weight")
	return h
}

func (h distanceHead) classCount() int64 { return h.classes }

func (h distanceHead) levels() []yoloLevel { return h.reads }

func (h distanceHead) evidence() []string {
	return []string{
		fmt.Sprintf("%s.cv3.0.2.bias has %d elements: %d classes", h.path, h.classes, h.classes),
		fmt.Sprintf("%s.cv2.0.2.bias has %d elements: 4 sides of %d bins", h.path, 4*h.bins, h.bins),
	}
}

func (h distanceHead) notes() []string {
	if h.expectation {
		return nil
	}
	return []string{fmt.Sprintf("%s.dfl.conv.weight is not in the file: the numbers 0 to %d, which it always holds", h.path, h.bins-1)}
}

func (b headBranch) tensors(fused bool, weight, bias checkpoint.Kind) []checkpoint.Tensor {
	in := b.hidden[1].out
	all := append(b.hidden[0].tensors(fused), b.hidden[1].tensors(fused)...)
	return append(all,
		checkpoint.Tensor{Name: b.path + ".weight", Shape: []int64{b.out, in, 1, 1}, Kind: weight, FanIn: in},
		checkpoint.Tensor{Name: b.path + ".bias", Shape: []int64{b.out}, Kind: bias})
}

func (h distanceHead) tensors(fused bool) []checkpoint.Tensor {
	var all []checkpoint.Tensor
	for _, b := range h.boxes {
		all = append(all, b.tensors(fused, checkpoint.ConvWeight, checkpoint.DistanceBias)...)
	}
	for _, b := range h.scores {
		all = append(all, b.tensors(fused, checkpoint.LinearWeight, checkpoint.ScoreBias)...)
	}
	if h.expectation {
		all = append(all, checkpoint.Tensor{Name: h.path + ".dfl.conv.weight", Shape: []int64{1, h.bins, 1, 1}, Kind: checkpoint.Constant, Values: h.numbers()})
	}
	return all
}

// numbers returns those of the bins.
func (h distanceHead) numbers() []float32 {
	all := make([]float32, h.bins)
	for i := range all {
		all[i] = float32(i)
	}
	return all
}

func (r *yoloRecorder) branch(b headBranch, x *trt.Tensor) *trt.Tensor {
	for _, c := range b.hidden {
		x = r.conv(c, x)
	}
	return r.Convolution(b.path, x, bind.Convolution{Out: b.out, Kernel: bind.Square(1), Bias: true})
}

func (h distanceHead) record(r *yoloRecorder, x []*trt.Tensor, o Options) {
	net, path := r.Network(), bind.Layer(h.path)
	var maps, boxes, scores []*trt.Tensor
	for i, level := range h.reads {
		box, score := r.branch(h.boxes[i], x[i]), r.branch(h.scores[i], x[i])
		if o.Output == OutputRaw {
			net.MarkOutput(net.AddConcatenation(fmt.Sprintf("%s/%s", path, level.name()), 1, box, score), level.name())
			continue
		}
		if net.Err() != nil {
			return
		}
		maps = append(maps, box)
		flat := func(x *trt.Tensor, name string, n int64) *trt.Tensor {
			return net.AddShuffle(fmt.Sprintf("%s/%s/%s", path, level.name(), name), x, trt.Shuffle{Reshape: trt.Dims{0, n, trt.Dynamic}})
		}
		boxes, scores = append(boxes, flat(box, "boxes", 4*h.bins)), append(scores, flat(score, "scores", h.classes))
	}
	if o.Output == OutputRaw {
		if h.expectation {
			r.Skip(h.path+".dfl.conv.weight", "raw outputs stop before the boxes")
		}
		return
	}
	distances := h.distances(r, net.AddConcatenation(path+"/boxes", 2, boxes...))
	probability := net.AddActivation(path+"/scores/sigmoid", net.AddConcatenation(path+"/scores", 2, scores...), trt.Activation{Type: trt.Sigmoid})

	centres, stride := h.cells(r, maps)
	pixels := net.AddElementWise(path+"/distances", distances, stride, trt.Prod)
	before, behind := r.channels(h.path+".left_top", pixels, 0, 2), r.channels(h.path+".right_bottom", pixels, 2, 2)
	if o.Output == OutputBoxes {
		corners := net.AddConcatenation(path+"/corners", 1,
			net.AddElementWise(path+"/x1y1", centres, before, trt.Sub), net.AddElementWise(path+"/x2y2", centres, behind, trt.Sum))
		transposed := trt.Shuffle{FirstTranspose: []int{0, 2, 1}}
		net.MarkOutput(net.AddShuffle(path+"/corners/transposed", corners, transposed), "boxes")
		net.MarkOutput(net.AddShuffle(path+"/scores/transposed", probability, transposed), "scores")
		return
	}
	half := net.AddConstant(path+"/half", trt.NewWeights(trt.Dims{1, 1, 1}, trt.Float32s{.5}))
	shift := net.AddElementWise(path+"/shift", net.AddElementWise(path+"/difference", behind, before, trt.Sub), half, trt.Prod)
	net.MarkOutput(net.AddConcatenation(path+"/output", 1,
		net.AddElementWise(path+"/centre", centres, shift, trt.Sum), net.AddElementWise(path+"/size", before, behind, trt.Sum), probability), "output0")
}

// cells returns the centres and strides of all cells in pixels: [1,2,A] and
// [1,1,A], with N for 1 where the maps of the levels are dynamic.
func (h distanceHead) cells(r *yoloRecorder, maps []*trt.Tensor) (centres, strides *trt.Tensor) {
	net, path := r.Network(), bind.Layer(h.path)
	grids, static := make(yoloGrids, len(maps)), true
	for i, x := range maps {
		grids[i] = gridOf(x, h.reads[i])
		static = static && grids[i].static()
	}
	if static {
		n := grids.cells()
		return net.AddConstant(path+"/centres", trt.NewWeights(trt.Dims{1, 2, n}, cellValues{grids, .5})),
			net.AddConstant(path+"/stride", trt.NewWeights(trt.Dims{1, 1, n}, strideValues{grids}))
	}
	var all [2][]*trt.Tensor
	for i, level := range h.reads {
		name := path + "/" + level.name()
		xy, stride := r.moving(name, maps[i], level, .5)
		all[0] = append(all[0], net.AddShuffle(name+"/cells/flat", xy, trt.Shuffle{Reshape: trt.Dims{0, 2, trt.Dynamic}}))
		all[1] = append(all[1], net.AddShuffle(name+"/stride/flat", stride, trt.Shuffle{Reshape: trt.Dims{0, 1, trt.Dynamic}}))
	}
	return net.AddConcatenation(path+"/centres", 2, all[0]...), net.AddConcatenation(path+"/stride", 2, all[1]...)
}

// distances makes [N,4,A] of distributions [N,4*bins,A]: the mean bin. The sum
// is none of a convolution's, as PyTorch has it, because TensorRT rounds what
// FP32 convolutions read to TF32, which can move a box by a tenth of a pixel.
func (h distanceHead) distances(r *yoloRecorder, x *trt.Tensor) *trt.Tensor {
	net, path := r.Network(), bind.Layer(h.path)+"/dfl"
	x = net.AddShuffle(path+"/sides", x, trt.Shuffle{Reshape: trt.Dims{0, 4, h.bins, trt.Dynamic}, SecondTranspose: []int{0, 2, 1, 3}})
	dims := trt.Dims{1, h.bins, 1, 1}
	numbers := trt.NewWeights(dims, trt.Float32s(h.numbers()))
	if h.expectation {
		numbers = r.Weights(h.path+".dfl.conv.weight", "numbers of the bins", fmt.Sprintf("%d bins", h.bins), dims)
	}
	x = net.AddElementWise(path+"/weighted", net.AddSoftmax(path+"/softmax", x, 1), net.AddConstant(path+"/bins", numbers), trt.Prod)
	return net.AddReduce(path, x, trt.Reduce{Operation: trt.ReduceSum, Axes: []int{1}})
}
