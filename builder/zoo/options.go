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
	Sizes         Sizes   // of the image, where it is decided when the network runs
	Eps           float64 // of every BatchNorm; 0: what the file records, else the family's
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

// Sizes bound a height and width that are dynamic; Options.Height and Width are
// what the network is optimized for. The zero value is a static size.
type Sizes struct{ Min, Max Size }

// Size is the extent of an image.
type Size struct{ Height, Width int64 }

// extent returns what a dimension within the bounds is in the network.
func extent(lo, hi int64) int64 {
	if lo != hi {
		return trt.Dynamic
	}
	return lo
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

// sizes returns the bounds of the size around the given one, refusing what does
// not hold it or is no multiple.
func (o Options) sizes(h, w, multiple int64) (Sizes, error) {
	at := Size{h, w}
	s := o.Sizes
	if s == (Sizes{}) {
		s = Sizes{at, at}
	}
	for _, size := range []Size{at, s.Min, s.Max} {
		if max(size.Height, size.Width) > maxSide {
			return s, usagef("size %dx%d: at most %d", size.Height, size.Width, maxSide)
		}
		if size.Height < 1 || size.Width < 1 || size.Height%multiple != 0 || size.Width%multiple != 0 {
			return s, fault.New(fault.Usage, fmt.Sprintf("the nearest is %dx%d", nearestMultiple(size.Height, multiple), nearestMultiple(size.Width, multiple)),
				"size %dx%d: height and width must be multiples of %d, the network's largest stride", size.Height, size.Width, multiple)
		}
	}
	if s.Min.Height > h || s.Min.Width > w || s.Max.Height < h || s.Max.Width < w {
		return s, usagef("sizes %dx%d to %dx%d do not hold %dx%d, which the network is to be optimized for", s.Min.Height, s.Min.Width, s.Max.Height, s.Max.Width, h, w)
	}
	return s, nil
}

// maxSide bounds height and width, so that boxes are exact in float32 to a part
// of a pixel.
const maxSide = 1 << 16

func nearestMultiple(n, of int64) int64 { return max(1, (n+of/2)/of) * of }

// classifierOnly refuses what only other networks can be asked for.
func (o Options) classifierOnly() error {
	if o.Output == OutputRaw || o.Output == OutputBoxes {
		return fault.New(fault.Unsupported, "leave it at native", "output %s is for detectors; a classifier has its scores only", o.Output)
	}
	if o.Sizes != (Sizes{}) {
		return fault.New(fault.Unsupported, "choose one size", "a dynamic height and width is for detectors; a classifier is built for one size")
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

// eps returns the eps that is known or the family's.
func (o Options) eps(family float64) float64 {
	if o.Eps != 0 {
		return o.Eps
	}
	return family
}
