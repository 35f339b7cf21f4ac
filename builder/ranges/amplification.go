package ranges

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

// slopes is the number of pieces in which a function's steepest slope is
// looked for.
const slopes = 1 << 10

// Bounded reports whether every element of a tensor has a certified bound.
func (f *Facts) Bounded(t *trt.Tensor) bool {
	cs := f.channels(t)
	for _, c := range cs {
		if !c.finite() {
			return false
		}
	}
	return cs != nil
}

// Bound returns the largest magnitude to reckon with in a tensor and the
// channel that has it; infinite when nothing is known.
func (f *Facts) Bound(t *trt.Tensor) (bound float64, channel int) {
	cs := f.channels(t)
	if cs == nil {
		return math.Inf(1), 0
	}
	for i, c := range cs {
		if c.Bound > bound {
			bound, channel = c.Bound, i
		}
	}
	return bound, channel
}

// Amplification returns how far elements of the first output of l can be off
// when those of input number input are off by 1 and all else is exact: the
// largest sum of the magnitudes of an output's derivatives. It is infinite when
// nothing can be said.
func (f *Facts) Amplification(l *trt.Layer, input int) float64 {
	switch op := l.Op.(type) {
	case trt.Convolution, trt.Deconvolution, trt.MatrixMultiply:
		return f.amplifiedProduct(l, input)
	case trt.Scale:
		if op.Power != nil {
			return math.Inf(1)
		}
		steepest := 0.0
		for _, s := range f.vector(l, "scale", 1) {
			steepest = max(steepest, math.Abs(float64(s)))
		}
		return steepest
	case trt.Activation:
		return f.steepest(l.Inputs[0], activationFunction(op))
	case trt.Unary:
		return f.steepest(l.Inputs[0], unaryFunction(op))
	case trt.ElementWise:
		return f.amplifiedElementWise(l, op.Operation, input)
	case trt.Softmax:
		return 0.5 // 2p(1-p), summed over all logits
	case trt.Resize:
		if op.Mode == trt.ResizeCubic {
			return overshoot(op, l)
		}
		return 1
	case trt.Reduce:
		e := spreadReduce(op, l, []float64{1}) // a variance, which a sum multiplies by its count as it does the error here
		if e == nil {
			return math.Inf(1)
		}
		return e[0]
	}
	if routeOf(l) == nil {
		return math.Inf(1)
	}
	return 1
}

func (f *Facts) amplifiedProduct(l *trt.Layer, input int) float64 {
	p, activations := f.productOf(l)
	if p == nil || input != activations {
		return math.Inf(1)
	}
	largest := 0.0
	for o := range p.outputs {
		sum := 0.0
		p.gather(o, func(_ int, window []float32) {
			for _, w := range window {
				sum += math.Abs(float64(w))
			}
		})
		largest = max(largest, sum)
	}
	return largest
}

func (f *Facts) amplifiedElementWise(l *trt.Layer, op trt.ElementWiseOperation, input int) float64 {
	switch op {
	case trt.Sum, trt.Sub, trt.Max, trt.Min:
		return 1
	case trt.Prod:
		other, _ := f.Bound(l.Inputs[1-input])
		return other
	case trt.Div:
		least := math.Inf(1)
		for _, c := range f.channels(l.Inputs[1]) {
			if c.Low <= 0 && c.High >= 0 {
				return math.Inf(1)
			}
			least = min(least, math.Abs(c.Low), math.Abs(c.High))
		}
		if input == 0 {
			return 1 / least
		}
		numerator, _ := f.Bound(l.Inputs[0])
		return numerator / (least * least)
	}
	return math.Inf(1)
}

// steepest returns the largest slope of a function between the certified bounds
// of x.
func (f *Facts) steepest(x *trt.Tensor, fn function) float64 {
	if fn.f == nil || !f.Bounded(x) {
		return math.Inf(1)
	}
	slope := 0.0
	for _, c := range f.channels(x) {
		step := (c.High - c.Low) / slopes
		for i := range slopes {
			if at := c.Low + float64(i)*step; step > 0 {
				slope = max(slope, math.Abs(fn.f(at+step)-fn.f(at))/step)
			}
		}
	}
	return slope
}
