package ranges

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// product is a convolution, a deconvolution or a product with a constant
// matrix: each output channel is a sum of weights times elements of some input
// channels, and a bias.
type product struct {
	inputs, outputs int
	groups          int // input channels and output channels are split into
	window          int // weights per input and output channel
	share           float64
	// index returns where the window of weights begins that input channel i
	// and output channel o have in common; both are of one group.
	index  func(i, o int) int
	values []float32
	bias   []float32
	// rows says that the weights of an output channel are one run, input
	// channels of its group in order.
	rows bool
}

// productOf returns l as a product of its first input that is no constant,
// with the number of that input; nil if l is none, has no constant factor or a
// bias that is a tensor.
func (f *Facts) productOf(l *trt.Layer) (*product, int) {
	switch op := l.Op.(type) {
	case trt.Convolution:
		w := f.Weights[Place{l.Name, "kernel"}]
		if w == nil || len(l.Inputs) > 1 {
			return nil, 0
		}
		k := int(op.Kernel.Count())
		perGroup := len(w.Values) / (int(op.OutChannels) * k) // the input's channels may be dynamic
		return &product{
			inputs: perGroup * int(op.Groups), outputs: int(op.OutChannels), groups: int(op.Groups), window: k, share: 1,
			values: w.Values, bias: f.vector(l, "bias", 0), rows: true,
			index: func(i, o int) int { return (o*perGroup + i%perGroup) * k },
		}, 0
	case trt.Deconvolution:
		w := f.Weights[Place{l.Name, "kernel"}]
		if w == nil || len(l.Inputs) > 1 {
			return nil, 0
		}
		in, k := int(l.Inputs[0].Dims[1]), int(op.Kernel.Count())
		perGroup := int(op.OutChannels / op.Groups)
		return &product{
			inputs: in, outputs: int(op.OutChannels), groups: int(op.Groups), window: k,
			// With strides, an output element meets only some of the window.
			share:  1 / float64(min(op.Kernel.Count(), op.Stride.Count())),
			values: w.Values, bias: f.vector(l, "bias", 0),
			index: func(i, o int) int { return (i*perGroup + o%perGroup) * k },
		}, 0
	case trt.MatrixMultiply:
		for which := range 2 {
			if p := f.matrix(l, op, which); p != nil {
				return p, 1 - which
			}
		}
	}
	return nil, 0
}

// matrix returns a matrix multiplication as a product with its constant factor
// number which: nil if that is no constant matrix.
func (f *Facts) matrix(l *trt.Layer, op trt.MatrixMultiply, which int) *product {
	t := l.Inputs[which]
	if !isConstant(t) || len(t.Dims) != 2 {
		return nil
	}
	w := f.Weights[Place{t.Producer().Name, "value"}]
	if w == nil {
		return nil
	}
	rows, columns := int(t.Dims[0]), int(t.Dims[1])
	lastIsInner := which == 1 && op.OpB == trt.MatrixTranspose || which == 0 && op.OpA == trt.MatrixNone
	p := &product{groups: 1, window: 1, share: 1, values: w.Values, bias: []float32{0}}
	if lastIsInner {
		p.inputs, p.outputs, p.rows = columns, rows, true
		p.index = func(i, o int) int { return o*columns + i }
	} else {
		p.inputs, p.outputs = rows, columns
		p.index = func(i, o int) int { return i*columns + o }
	}
	return p
}

// perChannel reports whether axis 1 of input and output are the channels that
// a product sums over and makes: always so for convolutions, and for a batch of
// vectors times a matrix.
func perChannel(l *trt.Layer, input int) bool {
	op, ok := l.Op.(trt.MatrixMultiply)
	return !ok || input == 0 && op.OpA == trt.MatrixNone && len(l.Inputs[0].Dims) == 2
}

// each calls f for every output channel, concurrently.
func (p *product) each(f func(o int)) {
	grain := max(1, 1<<15/max(1, p.inputs/p.groups*p.window))
	parallel.Range(0, p.outputs, grain, func(from, to int) {
		for o := from; o < to; o++ {
			f(o)
		}
	})
}

// sources returns the first and the one past the last input channel of o.
func (p *product) sources(o int) (int, int) {
	perGroup := p.inputs / p.groups
	g := o / (p.outputs / p.groups)
	return g * perGroup, (g + 1) * perGroup
}

// gather calls f with each input channel of o, from the first to the last, and
// the window of weights they share.
func (p *product) gather(o int, f func(i int, w []float32)) {
	from, to := p.sources(o)
	if !p.rows {
		for i := from; i < to; i++ {
			at := p.index(i, o)
			f(i, p.values[at:at+p.window])
		}
		return
	}
	row := p.values[p.index(from, o):]
	for i := from; i < to; i++ {
		f(i, row[:p.window])
		row = row[p.window:]
	}
}

// product returns m_y = W m_x + b and v_y = W² v_x, sums over the window
// included.
func (f *Facts) product(l *trt.Layer, in [][]Channel) []Channel {
	p, input := f.productOf(l)
	if _, ok := l.Op.(trt.MatrixMultiply); p == nil && ok {
		return matmul(l, in)
	}
	if p == nil {
		return nil
	}
	x := in[input]
	if !perChannel(l, input) {
		x = []Channel{mixture(x)}
	}
	means, variances := make([]float64, p.inputs), make([]float64, p.inputs)
	for i := range p.inputs {
		c := at(x, i)
		means[i], variances[i] = c.Mean, c.Var
	}
	out := make([]Channel, p.outputs)
	p.each(func(o int) {
		var mean, variance float64
		if p.rows && p.window == 1 {
			from, to := p.sources(o)
			mean, variance = dot(p.values[p.index(from, o):][:to-from], means[from:to], variances[from:to])
			out[o] = normal(mean+float64(at(p.bias, o)), variance)
			return
		}
		p.gather(o, func(i int, window []float32) {
			var sum, square float64
			for _, w := range window {
				v := float64(w)
				sum += v
				square += v * v
			}
			mean += sum * means[i]
			variance += square * variances[i]
		})
		out[o] = normal(mean*p.share+float64(at(p.bias, o)), variance*p.share)
	})
	if !perChannel(l, input) {
		return []Channel{mixture(out)}
	}
	return out
}

// dot returns the sums of w m and w² v.
func dot(w []float32, m, v []float64) (mean, variance float64) {
	for i, x := range w {
		f := float64(x)
		mean += f * m[i]
		variance += f * f * v[i]
	}
	return mean, variance
}

// matmul is the product of two tensors, of which only mixtures are looked at.
func matmul(l *trt.Layer, in [][]Channel) []Channel {
	if len(in) != 2 {
		return nil
	}
	k := float64(innerExtent(l))
	if k < 1 {
		return nil
	}
	a, b := mixture(in[0]), mixture(in[1])
	mean := a.Mean * b.Mean
	return []Channel{normal(k*mean, k*max(0, a.MeanSquare()*b.MeanSquare()-mean*mean))}
}

// innerExtent is the number of products that an element of a matrix
// multiplication sums up, -1 when dynamic.
func innerExtent(l *trt.Layer) int64 {
	op := l.Op.(trt.MatrixMultiply)
	d := l.Inputs[0].Dims
	if op.OpA == trt.MatrixTranspose {
		return d[len(d)-2]
	}
	return d[len(d)-1]
}

// reduce combines elements along axes. Sums over positions take them for
// independent, means leave the variance.
func (f *Facts) reduce(op trt.Reduce, l *trt.Layer, in []Channel) []Channel {
	x, y := l.Inputs[0], l.Outputs[0]
	if op.Axes[0] < 2 || len(y.Dims) < 2 {
		in = []Channel{mixture(in)}
	}
	count := 1.0
	for _, axis := range op.Axes {
		if x.Dims[axis] == trt.Dynamic {
			count = math.NaN()
		}
		count *= float64(x.Dims[axis])
	}
	switch op.Operation {
	case trt.ReduceMean, trt.ReduceMax, trt.ReduceMin:
		return in
	case trt.ReduceSum:
		low, high := f.expectation(op, l)
		return each(in, func(c Channel) Channel {
			y := normal(count*c.Mean, count*c.Var)
			y.Bound = min(y.Bound, count*c.Bound)
			return y.within(count*c.Low, count*c.High).within(low, high)
		})
	}
	return nil
}

// expectation returns between what a sum over probabilities times numbers lies:
// the least and the largest number. They are infinite for any other sum.
func (f *Facts) expectation(op trt.Reduce, l *trt.Layer) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	p := l.Inputs[0].Producer()
	if p == nil || len(op.Axes) != 1 {
		return low, high
	}
	if e, ok := p.Op.(trt.ElementWise); !ok || e.Operation != trt.Prod {
		return low, high
	}
	for i, x := range p.Inputs {
		numbers, axis := f.channels(p.Inputs[1-i]), op.Axes[0]
		if !isSoftmax(x, axis) || numbers == nil || x.Dims[axis] != p.Outputs[0].Dims[axis] {
			continue
		}
		m := mixture(numbers)
		return m.Low, m.High
	}
	return low, high
}

// isSoftmax reports whether x holds probabilities that sum up to 1 along an axis.
func isSoftmax(x *trt.Tensor, axis int) bool {
	if x.Producer() == nil {
		return false
	}
	s, ok := x.Producer().Op.(trt.Softmax)
	return ok && s.Axis == axis
}
