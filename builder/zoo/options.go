package zoo

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// Options of Match.Build. The zero value is a static batch of 1, the family's
// own size and constants, and the framework's own outputs.
type Options struct {
	Batch         Batch
	Height, Width int64   // 0: the family's default
	Eps           float64 // of every BatchNorm; 0: the family's
	Output        string  // one of the Output constants; empty: OutputNative

	// StrideOnConv1 puts the stride of a ResNet's bottleneck on its first
	// convolution, as Caffe's first ResNets have it, not on the 3x3.
	StrideOnConv1 bool
	// AveragePool pools by average in a LeNet-5, as its paper does.
	AveragePool bool
}

// What a network returns. Classifiers have their native outputs only.
const (
	// OutputNative is what the framework's own export returns, in its layout.
	OutputNative = "native"
	// OutputRaw is the head's convolutions, one output p3, p4, … for each level
	// [N,C,height,width].
	OutputRaw = "raw"
	// OutputBoxes is boxes [N,A,4], x1, y1, x2, y2 in pixels of the input, and
	// scores [N,A,classes], objectness multiplied in.
	OutputBoxes = "boxes"
	// OutputNMS is what OutputBoxes leaves after suppression.
	OutputNMS = "nms"
)

// Batch is the range of batch sizes; where Min and Max differ the network is
// dynamic and Opt is what it is optimized for. The zero value is 1.
type Batch struct{ Min, Opt, Max int64 }

func (b Batch) extent() int64 {
	if b.Min != b.Max {
		return trt.Dynamic
	}
	return b.Opt
}

func (o Options) batch() Batch {
	if o.Batch == (Batch{}) {
		return Batch{1, 1, 1}
	}
	return o.Batch
}

func (o Options) check() error {
	b := o.batch()
	if b.Min < 1 || b.Min > b.Opt || b.Opt > b.Max {
		return usagef("batch %d, %d, %d: 1 <= min <= opt <= max must hold", b.Min, b.Opt, b.Max)
	}
	if o.Height < 0 || o.Width < 0 || (o.Height == 0) != (o.Width == 0) {
		return usagef("size %dx%d: height and width must both be positive", o.Height, o.Width)
	}
	if !(o.Eps >= 0) || o.Eps > 1 {
		return usagef("BatchNorm eps %v: must be between 0 and 1", o.Eps)
	}
	switch o.Output {
	case "", OutputNative, OutputRaw, OutputBoxes:
		return nil
	case OutputNMS:
		return fault.New(fault.Unsupported, "build with output boxes and suppress behind the engine", "output nms is not supported yet: TensorRT-RTX has no kernel of NMS that its ahead-of-time builder can use")
	}
	return usagef("output %q: expected native, raw or boxes", o.Output)
}

// classifierOnly refuses what only other networks can be asked for.
func (o Options) classifierOnly() error {
	if o.Output == OutputRaw || o.Output == OutputBoxes {
		return fault.New(fault.Unsupported, "leave it at native", "output %s is for detectors; a classifier has its scores only", o.Output)
	}
	return nil
}

// detectorOnly refuses what only other networks can be asked for.
func (o Options) detectorOnly() error {
	if o.AveragePool {
		return usagef("average pooling is a choice for LeNet-5; a detector has a fixed one")
	}
	if o.StrideOnConv1 {
		return usagef("the stride of conv1 is a choice for ResNets; a detector has none")
	}
	return nil
}

func usagef(format string, args ...any) error {
	return &fault.Error{Kind: fault.Usage, Msg: fmt.Sprintf(format, args...)}
}

// size returns the options' size or the default.
func (o Options) size(height, width int64) (h, w int64) {
	if o.Height == 0 {
		return height, width
	}
	return o.Height, o.Width
}

// eps returns the options' eps or the family's.
func (o Options) eps(family float64) float64 {
	if o.Eps != 0 {
		return o.Eps
	}
	return family
}
