package precision

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func (p Precision) dtype() dtype.Type {
	if p == FP16 {
		return dtype.Float16
	}
	return dtype.Float32
}

// Apply returns n, the network the plan was made for, typed as the plan says:
// half weights in FP16 layers, casts named TENSOR/to_float16 and
// TENSOR/to_float32 at the borders. Inputs and outputs keep their types.
func Apply(n *trt.Network, p *Plan) (*trt.Network, error) {
	a := &applier{casts: map[*trt.Tensor]*trt.Tensor{}, from: map[*trt.Tensor]*trt.Tensor{}, outputs: map[*trt.Tensor]bool{}}
	for _, t := range n.Outputs() {
		a.outputs[t] = true
	}
	return n.Rewrite(func(dst *trt.Network, l *trt.Layer, in []*trt.Tensor) ([]*trt.Tensor, error) {
		if isCast(l) || !computes(l) {
			return nil, nil
		}
		decision, ok := p.Layer(l.Name)
		if !ok {
			return nil, fmt.Errorf("precision plan: no decision on layer %s; it was made for another network", l.Name)
		}
		to := decision.Precision.dtype()
		whole := keepsTypes(l)
		for i, t := range in {
			switch {
			case whole:
				in[i] = a.cast(dst, t, l.Inputs[i].Name, l.Inputs[i].Type)
			case castable(t):
				in[i] = a.cast(dst, t, l.Inputs[i].Name, to)
			}
			if l.Op.Kind() == trt.KindAttention && i < 3 && in[i].Type == dtype.Float32 && len(a.casts) > 0 {
				in[i] = a.hold(dst, in[i], fmt.Sprintf("%s/%d", l.Name, i))
			}
		}
		if whole {
			return nil, nil
		}
		out := dst.Add(l.Name, typed(l.Op, to), in...)
		for i, t := range l.Outputs {
			if dst.Err() == nil && a.outputs[t] && castable(t) {
				out[i] = a.cast(dst, out[i], t.Name, t.Type)
			}
		}
		return out, nil
	})
}

// castable reports whether a layer's precision is t's: 8-bit floats are what
// quantization makes them.
func castable(t *trt.Tensor) bool { return t.Type.IsFloat() && t.Type.Size() > 1 }

func typed(op trt.Op, to dtype.Type) trt.Op {
	operands := op.Weights()
	if len(operands) == 0 {
		return op
	}
	w := make([]*trt.Weights, len(operands))
	for i, o := range operands {
		w[i] = o.Weights
		if o.Weights != nil && o.Weights.Type.IsFloat() {
			w[i] = o.Weights.As(to)
		}
	}
	return op.WithWeights(w)
}

type applier struct {
	casts   map[*trt.Tensor]*trt.Tensor // by what is cast; there are two types only
	from    map[*trt.Tensor]*trt.Tensor // by what a cast made
	outputs map[*trt.Tensor]bool
}

// cast returns t, which was made for the tensor of the given name, in another
// type. Constants are recorded once more, others cast, in either case once.
func (a *applier) cast(dst *trt.Network, t *trt.Tensor, name string, to dtype.Type) *trt.Tensor {
	if t.Type == to {
		return t
	}
	for _, have := range []*trt.Tensor{a.from[t], a.casts[t]} {
		if have != nil && have.Type == to {
			return have
		}
	}
	var out *trt.Tensor
	if l := t.Producer(); l != nil && isConstant(l) {
		out = dst.AddConstant(name+"/to_"+to.String(), l.Op.(trt.Constant).Value.As(to))
	} else {
		out = dst.AddCast(name+"/to_"+to.String(), a.fence(dst, t, name, to), to)
	}
	a.casts[t], a.from[out] = out, t
	return out
}

// fence returns what a cast to 16 bits must read so that the float32 layer
// before it stays one. TensorRT-RTX 1.7 computes a convolution between two casts
// in the type outside the casts, weights and all, and looks through layers that
// only move values; a pointwise layer in float32 keeps it from doing so. An
// identity is taken out first, a leaky ReLU of slope 1 is not.
func (a *applier) fence(dst *trt.Network, t *trt.Tensor, name string, to dtype.Type) *trt.Tensor {
	l := t.Producer()
	if to.Size() != 2 || l == nil {
		return t
	}
	switch l.Op.(type) {
	case trt.Activation, trt.ElementWise, trt.Unary, trt.Softmax, trt.Reduce:
		return t
	}
	return a.hold(dst, t, name)
}

// hold returns t through a pointwise layer in float32 that changes no value.
// TensorRT-RTX 1.7 does not build a float32 attention of what was 16 bits a moment
// ago, nor look through this.
func (a *applier) hold(dst *trt.Network, t *trt.Tensor, name string) *trt.Tensor {
	return dst.AddActivation(name+"/hold_float32", t, trt.Activation{Type: trt.LeakyReLU, Alpha: 1})
}

// countCasts returns the number of casts that Apply adds.
func countCasts(n *trt.Network, p *Plan) int {
	outputs := map[*trt.Tensor]bool{}
	for _, t := range n.Outputs() {
		outputs[t] = true
	}
	consumers := n.Consumers()
	casts := 0
	// in is the type of t, floating-point, where l makes or reads it.
	in := func(l *trt.Layer, t *trt.Tensor) dtype.Type {
		if d, ok := p.Layer(l.Name); ok && !keepsTypes(l) {
			return d.Precision.dtype()
		}
		return t.Type
	}
	count := func(t *trt.Tensor, made dtype.Type) {
		if !castable(t) {
			return
		}
		needed := outputs[t] && made != t.Type
		for _, l := range consumers[t] {
			if computes(l) && !isCast(l) && in(l, t) != made {
				needed = true
			}
		}
		if needed {
			casts++
		}
	}
	for _, t := range n.Inputs() {
		count(t, t.Type)
	}
	for _, l := range n.Layers() {
		if isConstant(l) || !computes(l) {
			continue
		}
		for _, t := range l.Outputs {
			made := in(l, t)
			if isCast(l) {
				made = t.Type
			}
			count(t, made)
		}
	}
	return casts
}
