package zoo

import (
	"fmt"
	"math/bits"
	"reflect"
	"strings"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

// DetectObjects is the task of networks that give boxes and a score for each class.
const DetectObjects Task = "detect"

// yoloEps is the eps of every BatchNorm: both repositories set it after
// construction.
const yoloEps = 1e-3

// boxTolerance is how far boxes may be off, in pixels.
const boxTolerance = 0.1

// yoloFamily is the detectors of one repository release that share a head.
type yoloFamily string

// yoloTopology is one way to connect a family's layers.
type yoloTopology struct {
	suffix string // of the variant's name, behind the scale's
	size   int64  // default side of the image
	scales []yoloScale
	// layers lines up the trunk and returns the layers that the head reads.
	layers func(g *yoloGraph) []int
	// evidence says how the file shows it.
	evidence string
}

// yoloHead is the last layer.
type yoloHead interface {
	// tensors lists the head's part of the state dict.
	tensors(fused bool) []checkpoint.Tensor
	classCount() int64
	levels() []yoloLevel
	evidence() []string
	notes() []string
	// record adds the head behind the layers that it reads.
	record(r *yoloRecorder, x []*trt.Tensor, o Options)
	// like returns the head with the choices that checkpoints are free in as
	// the file has them.
	like(v *bind.View) yoloHead
}

// yoloLevel is a layer that a head reads.
type yoloLevel struct{ layer, in, stride int64 }

// name is the customary one: P and the binary logarithm of the stride.
func (l yoloLevel) name() string { return fmt.Sprintf("p%d", bits.Len64(uint64(l.stride))-1) }

// yoloLayout is one concrete detector.
type yoloLayout struct {
	family   yoloFamily
	topology int
	fused    bool
	layers   []yoloLayer
	head     yoloHead
}

func (f yoloFamily) name() string { return string(f) }

func (f yoloFamily) topologies() []yoloTopology {
	if f == yoloV8 {
		return yoloV8Topologies()
	}
	return yoloV5Topologies()
}

func (t yoloTopology) variant(s yoloScale) string { return s.name + t.suffix }

func (f yoloFamily) variants() []string {
	var names []string
	for _, t := range f.topologies() {
		for _, s := range t.scales {
			names = append(names, f.name()+t.variant(s))
		}
	}
	return names
}

func (f yoloFamily) published(model string, classes int64) layout {
	if classes == 0 {
		classes = 80 // COCO's
	}
	for i, t := range f.topologies() {
		for _, s := range t.scales {
			if f.name()+t.variant(s) == model {
				return f.scaled(i, s, classes)
			}
		}
	}
	panic("zoo: no YOLO is called " + model)
}

func (f yoloFamily) scaled(topology int, s yoloScale, classes int64) yoloLayout {
	g := &yoloGraph{scale: s}
	levels := g.levels(f.topologies()[topology].layers(g))
	l := yoloLayout{family: f, topology: topology, layers: g.layers}
	path := fmt.Sprintf("model.%d", len(g.layers))
	if f == yoloV8 {
		l.head = newDistanceHead(g, path, levels, classes)
	} else {
		l.head = newAnchorHead(path, levels, classes)
	}
	return l
}

func (f yoloFamily) derive(v *bind.View) layout {
	for i, t := range f.topologies() {
		g := &yoloGraph{file: v}
		levels := g.levels(t.layers(g))
		path := fmt.Sprintf("model.%d", len(g.layers))
		var head yoloHead
		if f == yoloV8 {
			head = deriveDistanceHead(g, path, levels)
		} else {
			head = deriveAnchorHead(g, path, levels)
		}
		if head != nil && !g.unfit {
			return yoloLayout{f, i, yoloFused(v), g.layers, head}
		}
	}
	return nil
}

// yoloFused reports whether a file has BatchNorm folded into convolutions.
func yoloFused(v *bind.View) bool {
	return v.Has("model.1.conv.bias") && !v.Has("model.1.bn.weight")
}

// levels describes the layers that a head reads.
func (g *yoloGraph) levels(layers []int) []yoloLevel {
	all := make([]yoloLevel, 0, len(layers))
	for _, i := range layers {
		all = append(all, yoloLevel{int64(i), g.width(i), g.stride(i)})
	}
	return all
}

func (f yoloFamily) classes(v *bind.View) int64 {
	for _, t := range f.topologies() {
		g := &yoloGraph{}
		levels := int64(len(t.layers(g)))
		path := fmt.Sprintf("model.%d", len(g.layers))
		if f == yoloV8 {
			if n := classCount(v, path+".cv3.0.2.bias"); n > 0 {
				return n
			}
		} else if n := v.Count(path+".m.0.bias")/anchorsOf(v, path, levels) - anchorFields; n > 0 && n <= maxWidth {
			return n
		}
	}
	return 0
}

// like returns the layout as the file is free to have it: fused or not, with or
// without constants.
func (l yoloLayout) like(v *bind.View) layout {
	l.fused = yoloFused(v)
	l.head = l.head.like(v)
	return l
}

func (l yoloLayout) top() yoloTopology { return l.family.topologies()[l.topology] }

func (l yoloLayout) variant() string {
	bare := l.like(&bind.View{})
	for _, s := range l.top().scales {
		if reflect.DeepEqual(bare, l.family.scaled(l.topology, s, l.head.classCount()).like(&bind.View{})) {
			return l.top().variant(s)
		}
	}
	return Custom
}

func (l yoloLayout) model() string {
	if v := l.variant(); v != Custom {
		return l.family.name() + v
	}
	return l.family.name()
}

func (l yoloLayout) describe() description {
	d := description{task: DetectObjects, classes: l.head.classCount()}
	d.evidence = append(d.evidence, l.top().evidence)
	stem := l.layers[0].block.channels()
	var depths []string
	for _, layer := range l.layers {
		if n := layer.depth(); n > 0 {
			depths = append(depths, fmt.Sprint(n))
		}
	}
	d.evidence = append(d.evidence, fmt.Sprintf("the stem has %d filters, and the stages have %s bottlenecks", stem, strings.Join(depths, ", ")))
	d.evidence = append(d.evidence, l.head.evidence()...)
	if l.fused {
		d.evidence = append(d.evidence, "convolutions have a bias and no BatchNorm: the checkpoint was fused")
	} else {
		d.eps = fmt.Sprintf("%g, as its repository sets it", yoloEps)
	}
	d.notes = append(d.notes, "the activation is not in the weights: SiLU is assumed, the repository's default")
	d.notes = append(d.notes, l.head.notes()...)
	return d
}

// depth returns the number of bottlenecks of a layer.
func (l yoloLayer) depth() int {
	switch b := l.block.(type) {
	case yoloC2f:
		return len(b.m)
	case yoloC2:
		return len(b.m)
	case yoloC3:
		return len(b.m)
	}
	return 0
}

func (c yoloConv) tensors(fused bool) []checkpoint.Tensor {
	fan := c.in * c.kernel * c.kernel
	weight := checkpoint.Tensor{Name: c.path + ".conv.weight", Shape: []int64{c.out, c.in, c.kernel, c.kernel}, Kind: checkpoint.SiLUConvWeight, FanIn: fan}
	if fused {
		weight.Kind = checkpoint.SiLUFusedConvWeight
		return []checkpoint.Tensor{weight, {Name: c.path + ".conv.bias", Shape: []int64{c.out}, Kind: checkpoint.SiLUBNBeta}}
	}
	k := batchNormKinds{checkpoint.BNGamma, checkpoint.SiLUBNBeta, checkpoint.SiLUBNVar}
	if c.residual {
		k.gamma = checkpoint.BNGammaLast
	}
	return append([]checkpoint.Tensor{weight}, batchNorm(c.path+".bn", c.out, k, fan)...)
}

func (l yoloLayout) tensors() []checkpoint.Tensor {
	var all []checkpoint.Tensor
	for _, layer := range l.layers {
		for _, c := range layer.block.convs() {
			all = append(all, c.tensors(l.fused)...)
		}
	}
	return append(all, l.head.tensors(l.fused)...)
}

// input is "images": a whole image inside a gray border, 0 to 1. The moments
// are those of ImageNet's photographs.
func (l yoloLayout) input(o Options) (Input, error) {
	if err := o.detectorOnly(); err != nil {
		return Input{}, err
	}
	h, w := o.size(l.top().size, l.top().size)
	levels := l.head.levels()
	multiple := levels[len(levels)-1].stride
	sizes, err := o.sizes(h, w, multiple)
	if err != nil {
		return Input{}, err
	}
	p := preprocess.Recipe{
		Layout: "NCHW", Colour: preprocess.RGB, Scale: 1. / 255, Mean: repeat(0, 3), Std: repeat(1, 3),
		Fit: preprocess.Letterbox, Interpolation: preprocess.Bilinear, Border: 114, Source: "Ultralytics",
	}
	p.Resize = p.Describe(within(sizes, h, w))
	return Input{
		Name: "images", Channels: 3, Height: h, Width: w, Sizes: sizes, Lo: 0, Hi: 1,
		Mean: []float64{.485, .456, .406}, Std: []float64{.229, .224, .225}, Preprocessing: p,
	}, nil
}

// within says in words what size images are brought to.
func within(s Sizes, h, w int64) string {
	if s.Min != s.Max {
		return fmt.Sprintf("within %dx%d and %dx%d", s.Min.Height, s.Min.Width, s.Max.Height, s.Max.Width)
	}
	return fmt.Sprintf("to %dx%d", h, w)
}

func (l yoloLayout) record(b *bind.Binder, x *trt.Tensor, in Input, o Options) {
	r := &yoloRecorder{Binder: b, eps: o.eps(yoloEps), fused: l.fused, most: in.Sizes.Max}
	outs := make([]*trt.Tensor, len(l.layers))
	for i, layer := range l.layers {
		var reads []*trt.Tensor
		for _, from := range layer.from {
			if from < 0 {
				reads = append(reads, x)
			} else {
				reads = append(reads, outs[from])
			}
		}
		outs[i] = layer.block.record(r, fmt.Sprintf("model.%d", i), reads)
	}
	var read []*trt.Tensor
	for _, level := range l.head.levels() {
		read = append(read, outs[level.layer])
	}
	if b.Network().Err() == nil {
		l.head.record(r, read, o)
		if outputs := b.Network().Outputs(); o.Output != OutputRaw && len(outputs) > 0 {
			outputs[0].Tolerance = boxTolerance
		}
	}
}
