package ranges

import (
	"context"
	"io"
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

// Options of Analyze. The zero value takes every input for standard normal
// unless the network says more, and uses all cores.
type Options struct {
	// Inputs declares network inputs by name. An input that is not declared
	// has the Moments of its tensor.
	Inputs map[string]Input
	// Workers is the number of goroutines that decode; 0 means one a core.
	Workers int
}

// Input declares the values of a network input.
type Input struct {
	Low, High float64   // of every value, certified; both zero: unknown
	Mean, Std []float64 // one entry for each channel, or one for all
}

// Analyze returns the facts about n, which holds no batch normalization any
// more, and n itself with its float32 weights resident in memory until the
// closer is closed. Facts stay, but for Weight.Values.
//
// A NaN or infinite weight is a *ValueError, of kind bad input; errors of
// reading are the readers' own.
func Analyze(ctx context.Context, n *trt.Network, o Options) (*Facts, *trt.Network, io.Closer, error) {
	if err := n.Validate(); err != nil {
		return nil, nil, nil, err
	}
	weights, resident, block, err := load(ctx, n, o.Workers)
	if err != nil {
		return nil, nil, nil, err
	}
	f := &Facts{Weights: weights, Tensors: map[string]*Tensor{}}
	for _, x := range resident.Inputs() {
		f.declare(x, o.Inputs)
	}
	for _, l := range resident.Layers() {
		f.follow(l)
	}
	return f, resident, block, nil
}

// declare sets the facts of a network input.
func (f *Facts) declare(x *trt.Tensor, declared map[string]Input) {
	if !x.Type.IsFloat() {
		return
	}
	in, ok := declared[x.Name]
	tier := Statistical
	switch {
	case ok:
	case x.Moments != nil:
		in.Mean, in.Std = x.Moments.Mean, x.Moments.Std
	default:
		in.Mean, in.Std, tier = []float64{0}, []float64{1}, Assumed
	}
	t := &Tensor{Tier: tier, Channels: annotated(in.Mean, in.Std)}
	if in.Low != in.High {
		for i, c := range t.Channels {
			t.Channels[i] = c.within(in.Low, in.High)
		}
	}
	f.Tensors[x.Name] = t
}

func annotated(mean, std []float64) []Channel {
	out := make([]Channel, len(mean))
	for i := range out {
		out[i] = normal(mean[i], std[i]*std[i])
	}
	return out
}

// follow derives the facts of the outputs of l.
func (f *Facts) follow(l *trt.Layer) {
	for i, y := range l.Outputs {
		if !y.Type.IsFloat() {
			continue
		}
		t := &Tensor{Tier: Statistical}
		switch {
		case y.Moments != nil:
			t.Channels = annotated(y.Moments.Mean, y.Moments.Std)
		case i == 0:
			t.Tier = f.tier(l)
			t.Channels = f.infer(l)
		}
		if sound(t.Channels) {
			f.Tensors[y.Name] = t
		}
	}
}

// sound reports whether anything is known: rules give up with NaN.
func sound(cs []Channel) bool {
	for _, c := range cs {
		if math.IsNaN(c.Mean) || math.IsNaN(c.Var) || math.IsInf(c.Var, 0) || math.IsInf(c.Mean, 0) {
			return false
		}
	}
	return len(cs) > 0
}

// tier returns the weakest tier of what l reads.
func (f *Facts) tier(l *trt.Layer) Tier {
	tier := Statistical
	if l.Op.Kind() == trt.KindConstant {
		return Certified
	}
	for _, x := range l.Inputs {
		if t := f.Tensors[x.Name]; t != nil && t.Tier == Assumed {
			tier = Assumed
		}
	}
	return tier
}

// channels returns what is known of a tensor, nil for nothing.
func (f *Facts) channels(t *trt.Tensor) []Channel {
	if known := f.Tensors[t.Name]; known != nil {
		return known.Channels
	}
	return nil
}
