package trt

import (
	"fmt"
	"slices"
)

// KindNormalization names Normalization.
const KindNormalization Kind = "normalization"

// Normalization is layer, instance and group normalization:
//
//	y = (x - mean) / sqrt(variance + Epsilon) * scale + bias
//
// with mean and (biased) variance over Axes. With Groups of more than 1, axis 1
// is split into that many and each is normalized together with all axes after
// it, which Axes names. In PyTorch's terms, for x [N,C,H,W]:
//
//	F.layer_norm over the last axis   Axes 3, scale [1,1,1,W]
//	F.instance_norm                   Axes 2, 3, scale [1,C,1,1]
//	F.group_norm of G > 1 groups      Axes 2, 3, Groups G, scale [1,C,1,1]
//
// It is TensorRT's NormalizationV2; V1, all that TensorRT has before 10.15, is
// the same but for groups, which it scales by one value each. The precision of
// the computation is not a parameter: what came after 10.16 has none, and what
// came before computes float32 inside unless told otherwise.
type Normalization struct {
	noWeights
	Axes    []int   `json:"axes"`
	Epsilon float32 `json:"epsilon"`
	Groups  int64   `json:"groups"` // 0: 1
}

// AddNormalization adds a normalization. scale and bias have x's type and rank.
func (n *Network) AddNormalization(name string, x, scale, bias *Tensor, op Normalization) *Tensor {
	return n.add(name, op, x, scale, bias)
}

func (op Normalization) withDefaults([]Info) Op {
	op.Groups = max(op.Groups, 1)
	return op
}

// Kind returns KindNormalization.
func (op Normalization) Kind() Kind { return KindNormalization }

// Operands names input, scale and bias.
func (op Normalization) Operands(n int) []string { return named(n, "input", "scale", "bias") }

// WithWeights returns op: it holds none.
func (op Normalization) WithWeights([]*Weights) Op { return op }

// Infer returns the input's own type and dimensions. Scale and bias stretch to
// them, or hold exactly a value a channel when there are groups or instances;
// TensorRT finds out only at build.
func (op Normalization) Infer(in []Info, t Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantAxes(op.Axes, len(x.Dims)); err != nil {
		return nil, err
	}
	if e := float64(op.Epsilon); e-e != 0 {
		return nil, &Error{Operand: "epsilon", Msg: "must be finite", Found: fmt.Sprint(e)}
	}
	if op.Groups > 1 {
		if err := op.checkGroups(x.Dims, t); err != nil {
			return nil, err
		}
	}
	channelwise := op.Groups > 1 || op.isInstance(x.Dims, in[1].Dims)
	if channelwise {
		if err := op.checkElements(x.Dims); err != nil {
			return nil, err
		}
	}
	for i, name := range []string{"scale", "bias"} {
		affine, to := in[i+1], x.Dims
		if channelwise {
			to = onChannel(x.Dims)
		}
		if err := wantSameType("the input", name, x, affine); err != nil {
			return nil, err
		}
		if err := wantStretch("the input", name, to, affine.Dims); err != nil {
			return nil, err
		}
		if channelwise && affine.Dims[1] == 1 {
			return nil, &Error{Operand: name, Msg: "must have a value for each channel", Expected: to.String(), Found: affine.Dims.String()}
		}
	}
	return in[:1], nil
}

// isInstance reports whether TensorRT takes a normalization without groups for
// that of instances, by its axes and scale.
func (op Normalization) isInstance(x, scale Dims) bool {
	return len(x) > 2 && x[1] > 1 && slices.Equal(op.Axes, spatialAxes(x)) && scale.Equal(onChannel(x))
}

// checkElements refuses to normalize single elements.
func (op Normalization) checkElements(x Dims) error {
	within := x[2:].Clone()
	if op.Groups > 1 {
		if x[1] == Dynamic {
			return nil
		}
		within = append(within, x[1]/op.Groups)
	}
	if within.IsStatic() && within.Count() == 1 {
		return &Error{Operand: "input", Msg: "has one element to normalize at a time; TensorRT-RTX builds no such layer", Found: x.String()}
	}
	return nil
}

func (op Normalization) checkGroups(x Dims, t Target) error {
	if err := wantSince("groups", t, Version{Major: 10, Minor: 15}, Version{}); err != nil {
		return err
	}
	if len(x) < 3 {
		return &Error{Operand: "input", Msg: "has too few dimensions for groups", Expected: "at least 3", Found: x.String()}
	}
	if x[1] != Dynamic && x[1]%op.Groups != 0 {
		return &Error{Operand: "groups", Msg: "must divide the channels", Expected: fmt.Sprintf("a divisor of %d", x[1]), Found: fmt.Sprint(op.Groups)}
	}
	if after := spatialAxes(x); !slices.Equal(op.Axes, after) {
		return &Error{Operand: "axes", Msg: "must be all those after the channel when there are groups", Expected: fmt.Sprint(after), Found: fmt.Sprint(op.Axes)}
	}
	return nil
}

// spatialAxes are those after the channel.
func spatialAxes(x Dims) []int {
	after := make([]int, len(x)-2)
	for i := range after {
		after[i] = i + 2
	}
	return after
}

// onChannel keeps the extent of axis 1 and makes all others 1.
func onChannel(x Dims) Dims {
	d := make(Dims, len(x))
	for i := range d {
		d[i] = 1
	}
	d[1] = x[1]
	return d
}
