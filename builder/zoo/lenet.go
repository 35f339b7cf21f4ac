package zoo

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

// leNet is LeNet-5 (LeCun et al., "Gradient-based learning applied to document
// recognition", 1998) as it is trained today: ReLU, 2x2 pooling, softmax.
type leNet struct{}

// leNetLayout is conv1, conv2 (5x5, with bias) and fc1, fc2, fc3.
type leNetLayout struct {
	names    [5]string // the modules of the five layers
	channels int64     // of the image
	outputs  [5]int64  // of the five layers
	map2     int64     // side of the map that fc1 sees
}

// The same five layers as attributes and as two Sequentials.
func leNetNames() [2][5]string {
	return [2][5]string{
		{"conv1", "conv2", "fc1", "fc2", "fc3"},
		{"layer1.0", "layer1.3", "layer2.0", "layer2.2", "layer2.4"},
	}
}

func (leNet) name() string { return "lenet" }

func (leNet) variants() []string { return []string{"lenet5"} }

func (leNet) published(_ string, classes int64) layout {
	if classes == 0 {
		classes = 10
	}
	return leNetLayout{names: leNetNames()[0], channels: 1, outputs: [5]int64{6, 16, 120, 84, classes}, map2: 5}
}

func (leNet) derive(v *bind.View) layout {
	for _, names := range leNetNames() {
		l := leNetLayout{names: names}
		for i, n := range names {
			l.outputs[i] = v.Count(n + ".bias")
		}
		if slices.Contains(l.outputs[:], 0) || slices.Max(l.outputs[:]) > maxWidth {
			continue
		}
		l.channels = v.Count(names[0]+".weight") / (25 * l.outputs[0])
		switch v.Count(names[2]+".weight") / (l.outputs[1] * l.outputs[2]) {
		case 25:
			l.map2 = 5
		case 16:
			l.map2 = 4
		}
		if l.channels > 0 && l.map2 > 0 {
			return l
		}
	}
	return nil
}

func (leNet) classes(v *bind.View) int64 {
	return classCount(v, "fc3.bias", "layer2.4.bias")
}

func (leNet) explain(*bind.View, Near) string { return "" }

func (l leNetLayout) variant() string {
	published := leNet{}.published("", l.outputs[4]).(leNetLayout)
	if l.outputs != published.outputs {
		return Custom
	}
	return "lenet5"
}

func (l leNetLayout) model() string {
	if v := l.variant(); v != Custom {
		return v
	}
	return leNet{}.name()
}

func (l leNetLayout) describe() description {
	d := description{task: Classify, classes: l.outputs[4]}
	d.evidence = []string{
		fmt.Sprintf("%s and %s are 5x5 convolutions with %d and %d filters over %d channels", l.names[0], l.names[1], l.outputs[0], l.outputs[1], l.channels),
		fmt.Sprintf("%s.weight has %d elements: %d outputs of %d maps of %dx%d", l.names[2], l.inputs(2)*l.outputs[2], l.outputs[2], l.outputs[1], l.map2, l.map2),
		fmt.Sprintf("%s.bias has %d elements: %d classes", l.names[4], l.outputs[4], l.outputs[4]),
	}
	d.notes = []string{"max and average pooling have the same weights; max is assumed, as in today's LeNet-5"}
	if l.map2 == 5 {
		d.notes = append(d.notes, "an image of 32x32, and one of 28x28 padded by 2, have the same weights; 32x32 is assumed unless the size says 28")
	}
	return d
}

// inputs returns the fan-in of layer i: products of one output.
func (l leNetLayout) inputs(i int) int64 {
	switch i {
	case 0:
		return l.channels * 25
	case 1:
		return l.outputs[0] * 25
	case 2:
		return l.outputs[1] * l.map2 * l.map2
	}
	return l.outputs[i-1]
}

func (l leNetLayout) tensors() []checkpoint.Tensor {
	all := make([]checkpoint.Tensor, 0, 2*len(l.names))
	for i, name := range l.names {
		shape := []int64{l.outputs[i], l.inputs(i)}
		if i < 2 {
			shape = []int64{l.outputs[i], l.inputs(i) / 25, 5, 5}
		}
		all = append(all,
			checkpoint.Tensor{Name: name + ".weight", Shape: shape, Kind: checkpoint.LinearWeight, FanIn: l.inputs(i)},
			checkpoint.Tensor{Name: name + ".bias", Shape: []int64{l.outputs[i]}, Kind: checkpoint.Bias})
	}
	return all
}

// input is "data". The mean and standard deviation are MNIST's.
func (l leNetLayout) input(o Options) (Input, error) {
	if err := o.classifierOnly(); err != nil {
		return Input{}, err
	}
	if o.StrideOnConv1 {
		return Input{}, usagef("the stride of conv1 is a choice for ResNets; a LeNet-5 has none")
	}
	if o.Eps != 0 {
		return Input{}, usagef("a LeNet-5 has no BatchNorm that an eps could apply to")
	}
	side := int64(28)
	if l.map2 == 5 {
		side = 32
	}
	h, w := o.size(side, side)
	if h != w || h != side && (l.map2 == 4 || h != 28) {
		allowed := "28x28"
		if l.map2 == 5 {
			allowed = "32x32 or 28x28"
		}
		return Input{}, usagef("size %dx%d: %s was trained on %s", h, w, l.names[2], allowed)
	}
	p := preprocess.Recipe{
		Layout: "NCHW", Colour: preprocess.Gray, Scale: 1. / 255, Mean: repeat(.1307, l.channels), Std: repeat(.3081, l.channels),
		Fit: preprocess.Stretch, Interpolation: preprocess.BilinearAntialias, Source: "MNIST, torchvision",
	}
	if l.channels != 1 {
		p.Colour = preprocess.RGB
	}
	p.Resize = p.Describe(fmt.Sprintf("to %dx%d", h, w))
	return normalized("data", h, w, p), nil
}

func (l leNetLayout) record(b *bind.Binder, x *trt.Tensor, in Input, o Options) {
	pool := trt.Pooling{Type: trt.MaxPool, Window: bind.Square(2), Stride: bind.Square(2)}
	if o.AveragePool {
		pool.Type = trt.AveragePool
	}
	padding := (l.map2*4 + 12 - in.Height) / 2
	for i := range 2 {
		x = b.Convolution(l.names[i], x, bind.Convolution{Out: l.outputs[i], Kernel: bind.Square(5), Padding: bind.Square(padding), Bias: true})
		x = b.ReLU(fmt.Sprintf("relu%d", i+1), x)
		x = b.Network().AddPooling(fmt.Sprintf("pool%d", i+1), x, pool)
		padding = 0
	}
	x = b.Network().AddShuffle("flatten", x, trt.Shuffle{Reshape: trt.Dims{0, trt.Dynamic}})
	for i := 2; i < 5; i++ {
		x = b.Linear(l.names[i], x, l.outputs[i])
		if i < 4 {
			x = b.ReLU(fmt.Sprintf("relu%d", i+1), x)
		}
	}
	b.Network().MarkOutput(b.Network().AddSoftmax("softmax", x, 1), "prob")
}
