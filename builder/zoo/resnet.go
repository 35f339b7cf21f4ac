package zoo

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

// resNet is torchvision's ResNet, ResNeXt and Wide ResNet (He et al. 2015, Xie
// et al. 2016, Zagoruyko and Komodakis 2016), with the stride of a bottleneck on
// its 3x3 convolution. timm's resnet and resnext share names and graph.
type resNet struct{}

// resNetEps is the eps of every BatchNorm: torch.nn.BatchNorm2d's default.
const resNetEps = 1e-5

type resNetVariant struct {
	name       string
	bottleneck bool
	depths     [4]int
	groups     int64
	width      int64 // channels of one group in the first stage
}

// resNetVariants are torchvision's and those of timm's resnet.py that follow
// the same rule.
func resNetVariants() []resNetVariant {
	return []resNetVariant{
		{"resnet18", false, [4]int{2, 2, 2, 2}, 1, 64},
		{"resnet34", false, [4]int{3, 4, 6, 3}, 1, 64},
		{"resnet26", true, [4]int{2, 2, 2, 2}, 1, 64},
		{"resnet50", true, [4]int{3, 4, 6, 3}, 1, 64},
		{"resnet101", true, [4]int{3, 4, 23, 3}, 1, 64},
		{"resnet152", true, [4]int{3, 8, 36, 3}, 1, 64},
		{"resnext50_32x4d", true, [4]int{3, 4, 6, 3}, 32, 4},
		{"resnext101_32x4d", true, [4]int{3, 4, 23, 3}, 32, 4},
		{"resnext101_32x8d", true, [4]int{3, 4, 23, 3}, 32, 8},
		{"resnext101_32x16d", true, [4]int{3, 4, 23, 3}, 32, 16},
		{"resnext101_64x4d", true, [4]int{3, 4, 23, 3}, 64, 4},
		{"wide_resnet50_2", true, [4]int{3, 4, 6, 3}, 1, 128},
		{"wide_resnet101_2", true, [4]int{3, 4, 23, 3}, 1, 128},
	}
}

func (resNet) name() string { return "resnet" }

func (resNet) variants() []string {
	all := resNetVariants()
	names := make([]string, 0, len(all))
	for _, v := range all {
		names = append(names, v.name)
	}
	return names
}

func (resNet) published(variant string, classes int64) layout {
	if classes == 0 {
		classes = 1000
	}
	for _, v := range resNetVariants() {
		if v.name == variant {
			return v.layout(classes)
		}
	}
	panic("zoo: no ResNet is called " + variant)
}

// resNetLayout is the stem, four stages of blocks, and the classifier.
type resNetLayout struct {
	channels int64 // of the image
	stem     int64
	stages   [4][]resBlock
	classes  int64
}

// resBlock is one residual block.
type resBlock struct {
	in         int64
	widths     []int64 // outputs of conv1, conv2 and, in a bottleneck, conv3
	groups     int64   // of the 3x3 convolution of a bottleneck
	stride     int64
	downsample bool
}

func (v resNetVariant) layout(classes int64) resNetLayout {
	l := resNetLayout{channels: 3, stem: 64, classes: classes}
	in := l.stem
	for s := range l.stages {
		planes := int64(64) << s
		widths := []int64{planes, planes}
		if v.bottleneck {
			w := planes * v.width / 64 * v.groups
			widths = []int64{w, w, 4 * planes}
		}
		for i := range v.depths[s] {
			b := resBlock{in: in, widths: widths, groups: v.groups, stride: resStride(s, i)}
			b.downsample = b.stride != 1 || in != b.out()
			l.stages[s] = append(l.stages[s], b)
			in = b.out()
		}
	}
	return l
}

// resStride is 2 where a stage but the first begins.
func resStride(stage, block int) int64 {
	if stage > 0 && block == 0 {
		return 2
	}
	return 1
}

func resPath(stage, block int) string { return fmt.Sprintf("layer%d.%d.", stage+1, block) }

func (b resBlock) out() int64 { return b.widths[len(b.widths)-1] }

func (l resNetLayout) features() int64 {
	last := l.stages[3]
	return last[len(last)-1].out()
}

func (l resNetLayout) bottleneck() bool { return len(l.stages[0][0].widths) == 3 }

func (resNet) derive(v *bind.View) layout {
	l := resNetLayout{stem: v.Count("bn1.weight"), classes: classCount(v, "fc.bias")}
	if l.stem == 0 || l.stem > maxWidth || l.classes == 0 {
		return nil
	}
	if l.channels = v.Count("conv1.weight") / (49 * l.stem); l.channels == 0 {
		return nil
	}
	in, bottleneck := l.stem, v.Has("layer1.0.conv3.weight")
	for s := range l.stages {
		for i := 0; v.Has(resPath(s, i) + "conv1.weight"); i++ {
			b, ok := deriveBlock(v, s, i, in, bottleneck)
			if !ok {
				return nil
			}
			l.stages[s] = append(l.stages[s], b)
			in = b.out()
		}
		if l.stages[s] == nil {
			return nil
		}
	}
	return l
}

func deriveBlock(v *bind.View, stage, block int, in int64, bottleneck bool) (b resBlock, ok bool) {
	path := resPath(stage, block)
	b = resBlock{in: in, groups: 1, stride: resStride(stage, block), downsample: v.Has(path + "downsample.0.weight")}
	for _, bn := range []string{"bn1", "bn2", "bn3"} {
		if n := v.Count(path + bn + ".weight"); n > 0 && n <= maxWidth && (bn != "bn3" || bottleneck) {
			b.widths = append(b.widths, n)
		}
	}
	switch {
	case bottleneck && len(b.widths) == 3:
		dense, have := b.widths[0]*b.widths[1]*9, v.Count(path+"conv2.weight")
		if have == 0 || dense%have != 0 {
			return b, false
		}
		b.groups = dense / have
		ok = b.widths[0]%b.groups == 0 && b.widths[1]%b.groups == 0
	case !bottleneck:
		ok = len(b.widths) == 2
	}
	if needed := b.stride != 1 || ok && in != b.out(); needed && !b.downsample || block > 0 && b.downsample {
		return b, false
	}
	return b, ok
}

func (resNet) classes(v *bind.View) int64 { return classCount(v, "fc.bias") }

func (resNet) explain(v *bind.View, n Near) string {
	part := func(s string) bool { return strings.Contains(n.Tensor, s) }
	switch {
	case v.Has("conv1.0.weight"):
		return "the stem is several convolutions (timm's \"d\", \"s\" and \"t\" variants), which is not supported"
	case part(".se."):
		return "squeeze-and-excitation or channel attention in the blocks is not supported"
	case part(".convs.0."), v.Has("layer1.0.convs.0.weight"):
		return "Res2Net blocks are not supported"
	case part("running_mean") && n.Problem == Absent:
		return "a normalization without running statistics is not supported"
	case n.Tensor == "fc.weight" && n.Problem == Absent:
		return "the classifier was cut off, so this is a feature extractor; only whole classifiers are supported"
	case n.Tensor == "conv1.weight" && n.Problem == WrongCount:
		return "a stem other than one 7x7 convolution, as networks for small images have, is not supported"
	}
	return ""
}

func (l resNetLayout) variant() string {
	for _, v := range resNetVariants() {
		if reflect.DeepEqual(l, v.layout(l.classes)) {
			return v.name
		}
	}
	return Custom
}

func (l resNetLayout) model() string {
	if v := l.variant(); v != Custom {
		return v
	}
	return resNet{}.name()
}

func (l resNetLayout) describe() description {
	d := description{task: Classify, classes: l.classes}
	first := l.stages[0][0]
	d.evidence = append(d.evidence, fmt.Sprintf("conv1.weight has %d elements: a 7x7 stem of %d filters over %d channels", 49*l.stem*l.channels, l.stem, l.channels))
	if l.bottleneck() {
		w := first.widths[0]
		d.evidence = append(d.evidence,
			"layer1.0.conv3 exists: bottleneck blocks",
			fmt.Sprintf("layer1.0.conv2.weight has %d elements between %d and %d channels: groups %d", first.widths[1]*w/first.groups*9, w, first.widths[1], first.groups))
	} else {
		d.evidence = append(d.evidence, "layer1.0.conv3 does not exist: basic blocks")
	}
	depths := make([]string, len(l.stages))
	for i, s := range l.stages {
		depths[i] = fmt.Sprint(len(s))
	}
	d.evidence = append(d.evidence,
		"layer1 to layer4 have "+strings.Join(depths, ", ")+" blocks",
		fmt.Sprintf("fc.bias has %d elements: %d classes", l.classes, l.classes))
	if l.bottleneck() {
		d.notes = append(d.notes, "the stride of a block is assumed on its 3x3 convolution (v1.5, as torchvision has it); checkpoints of Caffe's first ResNets have it on conv1, with the same names and sizes")
	}
	d.notes = append(d.notes,
		"timm's resnetaa and resnetblur pool against aliasing but have the same names and sizes; plain pooling is assumed")
	d.eps = fmt.Sprintf("%g, torch's default", resNetEps)
	if l.channels != 3 {
		d.notes = append(d.notes, fmt.Sprintf("no convention says how images of %d channels are prepared; values within 0 and 1 are assumed", l.channels))
	}
	return d
}

// resConv is a convolution and the BatchNorm behind it.
type resConv struct {
	conv, bn                         string
	in, out, kernel, stride, padding int64
	groups                           int64
	last                             bool // of the residual branch
}

func (l resNetLayout) stemConv() resConv {
	return resConv{conv: "conv1", bn: "bn1", in: l.channels, out: l.stem, kernel: 7, stride: 2, padding: 3, groups: 1}
}

// branch returns the convolutions of the residual branch of the block at path.
func (b resBlock) branch(path string, strideOnConv1 bool) []resConv {
	w := b.widths
	conv := func(i int, in, kernel, stride, groups int64) resConv {
		return resConv{
			conv: fmt.Sprintf("%sconv%d", path, i), bn: fmt.Sprintf("%sbn%d", path, i),
			in: in, out: w[i-1], kernel: kernel, stride: stride, padding: kernel / 2, groups: groups, last: i == len(w),
		}
	}
	if len(w) == 2 {
		return []resConv{conv(1, b.in, 3, b.stride, 1), conv(2, w[0], 3, 1, 1)}
	}
	first, second := int64(1), b.stride
	if strideOnConv1 {
		first, second = second, first
	}
	return []resConv{conv(1, b.in, 1, first, 1), conv(2, w[0], 3, second, b.groups), conv(3, w[1], 1, 1, 1)}
}

// skip returns the convolution of the other branch, where there is one.
func (b resBlock) skip(path string) resConv {
	return resConv{conv: path + "downsample.0", bn: path + "downsample.1", in: b.in, out: b.out(), kernel: 1, stride: b.stride, groups: 1}
}

func (c resConv) tensors() []checkpoint.Tensor {
	fan, k := c.in/c.groups*c.kernel*c.kernel, batchNormKinds{checkpoint.BNGamma, checkpoint.BNBeta, checkpoint.BNVar}
	if c.last {
		k.gamma = checkpoint.BNGammaLast
	}
	weight := checkpoint.Tensor{Name: c.conv + ".weight", Shape: []int64{c.out, c.in / c.groups, c.kernel, c.kernel}, Kind: checkpoint.ConvWeight, FanIn: fan}
	return append([]checkpoint.Tensor{weight}, batchNorm(c.bn, c.out, k, fan)...)
}

func (l resNetLayout) tensors() []checkpoint.Tensor {
	all := l.stemConv().tensors()
	for s, stage := range l.stages {
		for i, b := range stage {
			for _, c := range b.branch(resPath(s, i), false) {
				all = append(all, c.tensors()...)
			}
			if b.downsample {
				all = append(all, b.skip(resPath(s, i)).tensors()...)
			}
		}
	}
	return append(all,
		checkpoint.Tensor{Name: "fc.weight", Shape: []int64{l.classes, l.features()}, Kind: checkpoint.LinearWeight, FanIn: l.features()},
		checkpoint.Tensor{Name: "fc.bias", Shape: []int64{l.classes}, Kind: checkpoint.Bias})
}

// input is "input", prepared as torchvision's ImageNet weights expect.
func (l resNetLayout) input(o Options) (Input, error) {
	if err := o.classifierOnly(); err != nil {
		return Input{}, err
	}
	if o.AveragePool {
		return Input{}, usagef("average pooling is a choice for LeNet-5; a ResNet has a fixed one")
	}
	if o.StrideOnConv1 && !l.bottleneck() {
		return Input{}, usagef("the stride of a basic block is always on conv1")
	}
	h, w := o.size(224, 224)
	p := preprocess.Recipe{
		Layout: "NCHW", Colour: preprocess.RGB, Scale: 1. / 255,
		Mean: []float64{.485, .456, .406}, Std: []float64{.229, .224, .225},
		Fit: preprocess.Crop, ShortSide: 256, Interpolation: preprocess.BilinearAntialias, Source: "ImageNet, torchvision",
	}
	if h != 224 || w != 224 {
		p.Fit, p.ShortSide = preprocess.Stretch, 0
	}
	if l.channels != 3 {
		p.Colour, p.Mean, p.Std = preprocess.Colour(fmt.Sprintf("%d channels", l.channels)), repeat(0, l.channels), repeat(1, l.channels)
		p.Source = "assumed"
	}
	p.Resize = p.Describe(fmt.Sprintf("to %dx%d", h, w))
	return normalized("input", h, w, p), nil
}

func (l resNetLayout) record(b *bind.Binder, x *trt.Tensor, _ Input, o Options) {
	net, eps := b.Network(), o.eps(resNetEps)
	conv := func(x *trt.Tensor, c resConv) *trt.Tensor {
		x = b.Convolution(c.conv, x, bind.Convolution{
			Out: c.out, Kernel: bind.Square(c.kernel), Stride: bind.Square(c.stride), Padding: bind.Square(c.padding), Groups: c.groups,
		})
		return b.BatchNorm(c.bn, x, eps)
	}
	x = b.ReLU("relu", conv(x, l.stemConv()))
	x = net.AddPooling("maxpool", x, trt.Pooling{
		Type: trt.MaxPool, Window: bind.Square(3), Stride: bind.Square(2), PrePadding: bind.Square(1), PostPadding: bind.Square(1),
	})
	for s, stage := range l.stages {
		for i, block := range stage {
			path, y := resPath(s, i), x
			for j, c := range block.branch(path, o.StrideOnConv1) {
				y = conv(y, c)
				if !c.last {
					y = b.ReLU(fmt.Sprintf("%srelu%d", path, j+1), y)
				}
			}
			if block.downsample {
				x = conv(x, block.skip(path))
			}
			x = b.ReLU(path+"relu", net.AddElementWise(bind.Layer(path+"add"), y, x, trt.Sum))
		}
	}
	x = net.AddReduce("avgpool", x, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2, 3}})
	net.MarkOutput(b.Linear("fc", x, l.classes), "output")
}
