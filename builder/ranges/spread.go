package ranges

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

// Spread tells what becomes of a small error on its way through a layer: err
// is its variance for each channel of input number input of l, and the result
// that for each channel of the first output, or nil when nothing can be said.
// Errors of different elements are taken for independent.
func (f *Facts) Spread(l *trt.Layer, input int, err []float64) []float64 {
	switch op := l.Op.(type) {
	case trt.Convolution, trt.Deconvolution, trt.MatrixMultiply:
		return f.spreadProduct(l, input, err)
	case trt.Scale:
		if op.Power != nil {
			return nil
		}
		return f.spreadScale(l, op, err)
	case trt.Activation:
		return f.spreadFunction(l, err, activationFunction(op))
	case trt.Unary:
		return f.spreadFunction(l, err, unaryFunction(op))
	case trt.ElementWise:
		return f.spreadElementWise(l, op.Operation, input, err)
	case trt.Softmax:
		return f.spreadSoftmax(l, err)
	case trt.Reduce:
		return spreadReduce(op, l, err)
	}
	r := routeOf(l)
	if r == nil {
		return nil
	}
	in := make([][]float64, len(l.Inputs))
	for i := range in {
		in[i] = []float64{0}
	}
	in[input] = err
	return reroute(r, in, average)
}

// spreadSoftmax reckons that a probability is off by itself times what its
// logit is off.
func (f *Facts) spreadSoftmax(l *trt.Layer, err []float64) []float64 {
	y := f.channels(l.Outputs[0])
	if y == nil {
		return nil
	}
	out := make([]float64, max(len(err), len(y)))
	for i := range out {
		out[i] = at(err, i) * at(y, i).MeanSquare()
	}
	return out
}

func average(err []float64) float64 {
	sum := 0.0
	for _, e := range err {
		sum += e
	}
	return sum / float64(len(err))
}

func scaled(err []float64, by float64) []float64 {
	out := make([]float64, len(err))
	for i, e := range err {
		out[i] = e * by
	}
	return out
}

func (f *Facts) spreadProduct(l *trt.Layer, input int, err []float64) []float64 {
	p, activations := f.productOf(l)
	if p == nil || input != activations {
		return nil
	}
	if !perChannel(l, input) {
		err = []float64{average(err)}
	}
	out := make([]float64, p.outputs)
	p.each(func(o int) {
		sum := 0.0
		p.gather(o, func(i int, window []float32) {
			e := at(err, i)
			if e == 0 {
				return
			}
			square := 0.0
			for _, w := range window {
				square += float64(w) * float64(w)
			}
			sum += square * e
		})
		out[o] = sum * p.share
	})
	if !perChannel(l, input) {
		return []float64{average(out)}
	}
	return out
}

func (f *Facts) spreadFunction(l *trt.Layer, err []float64, fn function) []float64 {
	x := f.channels(l.Inputs[0])
	if x == nil || fn.f == nil {
		return nil
	}
	out := make([]float64, max(len(err), len(x)))
	for i := range out {
		if e := at(err, i); e > 0 {
			out[i] = e * gain(at(x, i), fn.f)
		}
	}
	return out
}

func (f *Facts) spreadElementWise(l *trt.Layer, op trt.ElementWiseOperation, input int, err []float64) []float64 {
	other := f.channels(l.Inputs[1-input])
	if other == nil {
		return nil
	}
	out := make([]float64, max(len(err), len(other)))
	for i := range out {
		e, o := at(err, i), at(other, i)
		switch {
		case op == trt.Sum || op == trt.Sub || op == trt.Max || op == trt.Min:
			out[i] = e
		case op == trt.Prod:
			out[i] = e * o.MeanSquare()
		case op == trt.Div && input == 0:
			out[i] = e / (o.Mean * o.Mean)
		default:
			return nil
		}
	}
	return out
}

func spreadReduce(op trt.Reduce, l *trt.Layer, err []float64) []float64 {
	if op.Axes[0] < 2 || len(l.Outputs[0].Dims) < 2 {
		err = []float64{average(err)}
	}
	switch op.Operation {
	case trt.ReduceMean, trt.ReduceMax, trt.ReduceMin:
		return err
	case trt.ReduceSum:
		count := 1.0
		for _, axis := range op.Axes {
			if l.Inputs[0].Dims[axis] == trt.Dynamic {
				return nil
			}
			count *= float64(l.Inputs[0].Dims[axis])
		}
		return scaled(err, count)
	}
	return nil
}

// Mixes reports whether the elements of a layer's output are made of many
// elements of its input, so that what one channel lost is measured against
// what all of them bring.
func Mixes(op trt.Op) bool {
	switch op := op.(type) {
	case trt.Convolution, trt.Deconvolution, trt.MatrixMultiply, trt.Softmax:
		return true
	case trt.Reduce:
		return op.Axes[0] < 2
	}
	return false
}

// WeightError returns, for each output channel of l that wanted says, the
// variance of the error that rounding its weights makes in its output: the sum
// of dw² E x². round returns the value that is stored for a weight. It is nil
// when the input is unknown.
func (f *Facts) WeightError(l *trt.Layer, wanted func(channel int) bool, round func(float32) float32) []float64 {
	p, input := f.productOf(l)
	if p == nil {
		return nil
	}
	x := f.channels(l.Inputs[input])
	if x == nil {
		return nil
	}
	if !perChannel(l, input) {
		x = []Channel{mixture(x)}
	}
	square := func(w float32) float64 {
		d := float64(round(w)) - float64(w)
		return d * d
	}
	out := make([]float64, p.outputs)
	p.each(func(o int) {
		if !wanted(o) {
			return
		}
		sum := 0.0
		p.gather(o, func(i int, window []float32) {
			lost := 0.0
			for _, w := range window {
				lost += square(w)
			}
			sum += lost * at(x, i).MeanSquare()
		})
		out[o] = sum * p.share
	})
	return out
}

// RMS returns the root mean square of each channel of a tensor, nil when
// nothing is known of it.
func (f *Facts) RMS(t *trt.Tensor) []float64 {
	x := f.channels(t)
	if x == nil {
		return nil
	}
	out := make([]float64, len(x))
	for i, c := range x {
		out[i] = math.Sqrt(c.MeanSquare())
	}
	return out
}
