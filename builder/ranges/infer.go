package ranges

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

// infer returns the channels of the first output of l, nil if nothing can be
// said.
func (f *Facts) infer(l *trt.Layer) []Channel {
	in := make([][]Channel, len(l.Inputs))
	for i, x := range l.Inputs {
		in[i] = f.channels(x)
		if in[i] == nil && x.Type.IsFloat() {
			return nil
		}
	}
	switch op := l.Op.(type) {
	case trt.Constant:
		return f.constant(l)
	case trt.Convolution, trt.Deconvolution, trt.MatrixMultiply:
		return f.product(l, in)
	case trt.Scale:
		return f.scale(l, op, in[0])
	case trt.Activation:
		return each(in[0], activation(op))
	case trt.Unary:
		return each(in[0], unary(op))
	case trt.ElementWise:
		return f.elementwise(l, op, in)
	case trt.Softmax:
		return softmax(op, l.Inputs[0], in[0])
	case trt.Reduce:
		return f.reduce(op, l, in[0])
	case trt.Padding:
		return each(in[0], withZeros)
	case trt.Resize:
		if op.Mode == trt.ResizeCubic {
			return cubic(overshoot(op, l), in[0])
		}
		return in[0]
	case trt.Pooling:
		return pool(op, in[0])
	}
	if r := routeOf(l); r != nil {
		return reroute(r, in, mixture)
	}
	return nil
}

// Knows reports whether there are rules for a layer. Of what others make nothing
// is known.
func Knows(l *trt.Layer) bool {
	switch op := l.Op.(type) {
	case trt.Convolution, trt.Deconvolution:
		return len(l.Inputs) == 1 // nothing is known of the values of a kernel or bias that is a tensor
	case trt.Pooling:
		return op.Type != trt.BlendPool
	case trt.Slice:
		return op.Mode != trt.SliceFill
	case trt.Constant, trt.MatrixMultiply, trt.Scale, trt.Activation, trt.Unary, trt.ElementWise,
		trt.Softmax, trt.Reduce, trt.Padding, trt.Resize, // infer
		trt.Identity, trt.Cast, trt.Shuffle, trt.Concatenation, trt.Gather, trt.Squeeze, trt.Unsqueeze, // routeOf
		trt.Shape:
		return true
	}
	return false
}

func each(in []Channel, f func(Channel) Channel) []Channel {
	out := make([]Channel, len(in))
	for i, c := range in {
		out[i] = f(c)
	}
	return out
}

// withZeros returns c with zeros among its elements, too few to move moments.
func withZeros(c Channel) Channel {
	c.Low, c.High = min(c.Low, 0), max(c.High, 0)
	return c
}

// overshoot is how far beyond the values of x those of a cubic interpolation may
// lie, as a factor: in each axis that changes, the magnitudes of its weights sum up
// to at most 1 + |coefficient|/2. It is infinite where those inside of x are
// stretched to 1 although they may be small.
func overshoot(op trt.Resize, l *trt.Layer) float64 {
	factor, a := 1.0, float64(op.Coefficient())
	if op.ExcludeOutside && (a > 0 || a < -1) {
		return math.Inf(1)
	}
	x, y := l.Inputs[0].Dims, l.Outputs[0].Dims
	for i := range x {
		if x[i] != y[i] || x[i] == trt.Dynamic {
			factor *= 1 + math.Abs(a)/2
		}
	}
	return factor
}

// cubic returns channels whose elements may be by times as large, which moves no
// moments.
func cubic(by float64, in []Channel) []Channel {
	if math.IsInf(by, 0) {
		return nil
	}
	return each(in, func(c Channel) Channel {
		c.Bound *= by
		c.Low, c.High = by*min(c.Low, -c.High), by*max(c.High, -c.Low)
		return c
	})
}

// pool takes averages of alike neighbours, which leave the variance, and maxima
// of independent ones.
func pool(op trt.Pooling, in []Channel) []Channel {
	if op.Type == trt.BlendPool {
		return nil
	}
	if op.Type == trt.MaxPool {
		k := float64(op.Window.Count())
		// Blom's approximation of the expected maximum of k standard normals.
		up := math.Sqrt2 * math.Erfinv(2*(k-0.375)/(k+0.25)-1)
		return each(in, func(c Channel) Channel {
			c.Mean += max(0, up) * c.Std()
			c.Var /= 1 + math.Log(k)
			return c
		})
	}
	if op.CountIncludesPadding {
		return each(in, withZeros)
	}
	return in
}

// constant returns the exact moments and extremes.
func (f *Facts) constant(l *trt.Layer) []Channel {
	w := f.Weights[Place{l.Name, "value"}]
	if w == nil {
		return nil
	}
	stats := w.Channels
	if d := l.Outputs[0].Dims; len(d) < 2 || int64(len(stats)) != d[1] {
		stats = stats[:0:0]
		stats = append(stats, w.Total)
	}
	out := make([]Channel, len(stats))
	for i, s := range stats {
		std := s.Std()
		c := normal(s.Mean(), std*std)
		c.Bound = math.Inf(1)
		out[i] = c.within(float64(s.Min), float64(s.Max))
	}
	return out
}

// vector returns the values of a vector operand, or its default.
func (f *Facts) vector(l *trt.Layer, operand string, absent float32) []float32 {
	if w := f.Weights[Place{l.Name, operand}]; w != nil {
		return w.Values
	}
	return []float32{absent}
}

func (f *Facts) elementwise(l *trt.Layer, op trt.ElementWise, in [][]Channel) []Channel {
	if g, x := gate(l, op); g != nil {
		return each(in[x], func(c Channel) Channel { return through(c, g) })
	}
	a, b := in[0], in[1]
	fixed := isConstant(l.Inputs[0]) || isConstant(l.Inputs[1])
	n := max(len(a), len(b))
	if len(a) != n && len(a) != 1 || len(b) != n && len(b) != 1 {
		return nil
	}
	out := make([]Channel, n)
	for i := range out {
		out[i] = combine(op.Operation, at(a, i), at(b, i), fixed)
	}
	return out
}

// gate returns what a product computes that is a function of one tensor, as x
// sigmoid(x) is, and the number of that input; nil for any other layer.
func gate(l *trt.Layer, op trt.ElementWise) (func(float64) float64, int) {
	if op.Operation != trt.Prod {
		return nil, 0
	}
	if l.Inputs[0] == l.Inputs[1] {
		return func(x float64) float64 { return x * x }, 0
	}
	for i, t := range l.Inputs {
		p := t.Producer()
		if p == nil || len(p.Inputs) == 0 || p.Inputs[0] != l.Inputs[1-i] {
			continue
		}
		if a, ok := p.Op.(trt.Activation); ok {
			f := activationFunction(a).f
			return func(x float64) float64 { return x * f(x) }, 1 - i
		}
	}
	return nil, 0
}

func isConstant(t *trt.Tensor) bool {
	return t.Producer() != nil && t.Producer().Op.Kind() == trt.KindConstant
}

// combine returns a op b. Unless one of them is fixed they stem from the same
// input, and a sum is taken for fully correlated.
func combine(op trt.ElementWiseOperation, a, b Channel, fixed bool) Channel {
	switch op {
	case trt.Sub:
		return combine(trt.Sum, a, Channel{-b.Mean, b.Var, b.Bound, -b.High, -b.Low}, fixed)
	case trt.Sum:
		variance := a.Var + b.Var
		if !fixed {
			variance += 2 * math.Sqrt(a.Var*b.Var)
		}
		y := normal(a.Mean+b.Mean, variance)
		y.Bound = min(y.Bound, a.Bound+b.Bound)
		return y.within(a.Low+b.Low, a.High+b.High)
	case trt.Prod:
		y := normal(a.Mean*b.Mean, max(0, a.MeanSquare()*b.MeanSquare()-a.Mean*a.Mean*b.Mean*b.Mean))
		y.Bound = a.Bound * b.Bound
		if a.finite() && b.finite() {
			p := []float64{a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High}
			y = y.within(min(p[0], p[1], p[2], p[3]), max(p[0], p[1], p[2], p[3]))
		}
		return y
	case trt.Max, trt.Min:
		y := mixture([]Channel{a, b})
		y.Low, y.High = max(a.Low, b.Low), max(a.High, b.High)
		if op == trt.Min {
			y.Low, y.High = min(a.Low, b.Low), min(a.High, b.High)
		}
		return y.within(y.Low, y.High)
	case trt.Div:
		if b.Low <= 0 && b.High >= 0 {
			return nothing
		}
		least := min(math.Abs(b.Low), math.Abs(b.High))
		y := normal(a.Mean/b.Mean, a.Var/(b.Mean*b.Mean))
		y.Bound = a.Bound / least
		return y
	case trt.Pow:
		if b.Low != b.High {
			return nothing
		}
		return through(a, func(x float64) float64 { return math.Pow(x, b.Low) })
	}
	return nothing
}

// nothing is known of this channel.
var nothing = Channel{Mean: math.NaN()}

func (c Channel) finite() bool { return !math.IsInf(c.Low, 0) && !math.IsInf(c.High, 0) }

// softmax gives each of n entries 1/n on average and at most 1.
func softmax(op trt.Softmax, x *trt.Tensor, in []Channel) []Channel {
	n := float64(max(1, x.Dims[op.Axis]))
	out := make([]Channel, len(in))
	for i := range out {
		out[i] = normal(1/n, (n-1)/(n*n)).within(0, 1)
	}
	return out
}
