package transform

import (
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

// FoldBatchNorm returns n without batch normalization.
//
// A batch normalization whose input is a convolution or deconvolution that
// nothing else reads is folded into it, in float64:
//
//	s  = gamma / sqrt(var + eps)
//	w' = w s
//	b' = beta + (b - mean) s
//
// The layer keeps its name, its weights list all origins. Any other batch
// normalization becomes a Scale layer of its own name. Either way the output's
// Moments are those that the statistics imply: mean beta, standard deviation
// |gamma| sqrt(var/(var+eps)).
//
// A negative, infinite or NaN variance, a variance of zero with eps zero, and
// a NaN or infinity in the other vectors are a *StatisticsError, of kind bad
// input.
func FoldBatchNorm(n *trt.Network) (*trt.Network, error) {
	folds := foldable(n)
	affine := map[*trt.Layer]*affine{} // by batch normalization
	return n.Rewrite(func(dst *trt.Network, l *trt.Layer, in []*trt.Tensor) ([]*trt.Tensor, error) {
		if bn, ok := l.Op.(trt.BatchNorm); ok {
			if a, folded := affine[l]; folded {
				in[0].Moments = a.moments
				return in, nil
			}
			a, err := newAffine(l, bn)
			if err != nil {
				return nil, err
			}
			y := dst.AddScale(l.Name, in[0], a.scaleOp(bn))
			y.Moments = a.moments
			return []*trt.Tensor{y}, nil
		}
		next := folds[l]
		if next == nil {
			return nil, nil
		}
		bn := next.Op.(trt.BatchNorm)
		a, err := newAffine(next, bn)
		if err != nil {
			return nil, err
		}
		affine[next] = a
		op, err := a.fold(l, bn)
		if err != nil {
			return nil, err
		}
		return dst.Add(l.Name, op, in...), nil
	})
}

// foldable returns the batch normalization behind each convolution that one
// can be folded into.
func foldable(n *trt.Network) map[*trt.Layer]*trt.Layer {
	uses := map[*trt.Tensor]int{}
	for _, l := range n.Layers() {
		for _, t := range l.Inputs {
			uses[t]++
		}
	}
	for _, t := range n.Outputs() {
		uses[t]++
	}
	folds := map[*trt.Layer]*trt.Layer{}
	for _, l := range n.Layers() {
		if _, ok := l.Op.(trt.BatchNorm); !ok {
			continue
		}
		x := l.Inputs[0]
		if x.Producer() == nil || uses[x] != 1 {
			continue
		}
		switch x.Producer().Op.(type) {
		case trt.Convolution, trt.Deconvolution:
			if len(x.Producer().Inputs) == 1 { // a kernel that is a tensor cannot be scaled here
				folds[x.Producer()] = l
			}
		}
	}
	return folds
}

// affine is a batch normalization as y = scale x + shift per channel.
type affine struct {
	scale, shift []float64
	moments      *trt.Moments
}

func newAffine(l *trt.Layer, bn trt.BatchNorm) (*affine, error) {
	c := int(bn.Var.Count())
	vectors := make([][]float64, 4)
	for i, o := range bn.Weights() {
		v, err := vector(l, o, c)
		if err != nil {
			return nil, err
		}
		vectors[i] = v
	}
	gamma, beta, mean, variance := vectors[0], vectors[1], vectors[2], vectors[3]
	a := &affine{make([]float64, c), make([]float64, c), &trt.Moments{Mean: slices.Clone(beta), Std: make([]float64, c)}}
	for i := range c {
		switch {
		case variance[i] < 0:
			return nil, statisticsError(l, "var", bn.Var, i, float32(variance[i]), "a variance cannot be negative")
		case variance[i]+bn.Eps == 0:
			return nil, statisticsError(l, "var", bn.Var, i, float32(variance[i]), "variance and eps are both zero")
		}
		s := 1 / math.Sqrt(variance[i]+bn.Eps)
		a.scale[i] = gamma[i] * s
		a.shift[i] = beta[i] - mean[i]*a.scale[i]
		a.moments.Std[i] = math.Abs(gamma[i]) * math.Sqrt(variance[i]) * s
	}
	return a, nil
}

// vector reads an operand of a batch normalization over c channels; an absent
// gamma is 1, an absent beta 0.
func vector(l *trt.Layer, o trt.Operand, c int) ([]float64, error) {
	out := make([]float64, c)
	if o.Weights == nil {
		if o.Name == "gamma" {
			for i := range out {
				out[i] = 1
			}
		}
		return out, nil
	}
	v, err := read(o.Weights)
	if err != nil {
		return nil, err
	}
	for i, x := range v {
		out[i] = float64(x)
		if math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			return nil, statisticsError(l, o.Name, o.Weights, i, x, o.Name+" must be finite")
		}
	}
	return out, nil
}

func read(w *trt.Weights) ([]float32, error) {
	v := make([]float32, w.Count())
	return v, w.Values().ReadFloat32(v, 0)
}

// fold returns the operation of l, a convolution or deconvolution, with the
// batch normalization bn behind it folded in. Kernels are not read.
func (a *affine) fold(l *trt.Layer, bn trt.BatchNorm) (trt.Op, error) {
	var s scaled
	var kernel, bias *trt.Weights
	switch op := l.Op.(type) {
	case trt.Convolution:
		kernel, bias = op.Weight, op.Bias
		s = scaled{inner: kernel.Count() / op.OutChannels, perGroup: op.OutChannels, groupRuns: op.OutChannels}
	case trt.Deconvolution:
		kernel, bias = op.Weight, op.Bias
		perGroup := op.OutChannels / op.Groups
		s = scaled{inner: op.Kernel.Count(), perGroup: perGroup, groupRuns: l.Inputs[0].Dims[1] / op.Groups * perGroup}
	}
	s.base, s.factor = kernel.Values(), a.scale
	folded, err := a.bias(bias, bn)
	if err != nil {
		return nil, err
	}
	kernel = kernel.WithValues(&s, slices.Concat(origins("folded ", "gamma", bn.Gamma), origins("folded ", "variance", bn.Var))...)
	return l.Op.WithWeights([]*trt.Weights{kernel, folded}), nil
}

// bias returns beta + (b - mean) s; b may be nil.
func (a *affine) bias(b *trt.Weights, bn trt.BatchNorm) (*trt.Weights, error) {
	shift := slices.Clone(a.shift)
	var from []trt.Origin
	if b != nil {
		old, err := read(b)
		if err != nil {
			return nil, err
		}
		for i, x := range old {
			shift[i] += float64(x) * a.scale[i]
		}
		from = b.Origins
	}
	return rounded(shift, from, shiftOrigins("folded ", bn)), nil
}

// scaleOp returns the Scale that computes the same.
func (a *affine) scaleOp(bn trt.BatchNorm) trt.Scale {
	return trt.Scale{
		Mode: trt.ScaleChannel, ChannelAxis: 1,
		Scale: rounded(a.scale, origins("", "gamma", bn.Gamma), origins("", "variance", bn.Var)),
		Shift: rounded(a.shift, shiftOrigins("", bn)),
	}
}

func rounded(v []float64, from ...[]trt.Origin) *trt.Weights {
	out := make(trt.Float32s, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return trt.NewWeights(trt.Dims{int64(len(v))}, out, slices.Concat(from...)...)
}

func shiftOrigins(prefix string, bn trt.BatchNorm) []trt.Origin {
	return slices.Concat(origins(prefix, "beta", bn.Beta), origins(prefix, "mean", bn.Mean),
		origins(prefix, "gamma", bn.Gamma), origins(prefix, "variance", bn.Var))
}

// origins lists where w came from, as the named part; w may be nil.
func origins(prefix, part string, w *trt.Weights) []trt.Origin {
	if w == nil {
		return nil
	}
	from := slices.Clone(w.Origins)
	for i := range from {
		from[i].Part = prefix + part
	}
	return from
}
