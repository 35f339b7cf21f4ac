package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindConvolution names Convolution.
const KindConvolution Kind = "convolution"

// Convolution is a 2-D or 3-D cross-correlation of x [N,C,spatial…] with a
// kernel [OutChannels, C/Groups, Kernel…], PyTorch's layout and TensorRT's.
// Input, kernel and bias must have one type. Nil Stride and Dilation mean 1,
// nil paddings 0, zero Groups 1. Kernel and bias may each be a tensor instead of
// weights, as where a Dequantize makes the kernel.
type Convolution struct {
	OutChannels int64    `json:"out_channels"`
	Kernel      Dims     `json:"kernel"`
	Stride      Dims     `json:"stride"`
	PrePadding  Dims     `json:"pre_padding"`
	PostPadding Dims     `json:"post_padding"`
	Dilation    Dims     `json:"dilation"`
	Groups      int64    `json:"groups"`
	Weight      *Weights `json:"-"`
	Bias        *Weights `json:"-"` // [OutChannels]; optional
}

// AddConvolution adds a convolution. The tensors that follow are those that op has
// no weights for: the kernel, then the bias.
func (n *Network) AddConvolution(name string, x *Tensor, op Convolution, kernelAndBias ...*Tensor) *Tensor {
	return n.add(name, op, append([]*Tensor{x}, kernelAndBias...)...)
}

func (op Convolution) withDefaults([]Info) Op { return op.filled() }

func (op Convolution) filled() Convolution {
	k := len(op.Kernel)
	op.Stride, op.Dilation = fill(op.Stride, k, 1), fill(op.Dilation, k, 1)
	op.PrePadding, op.PostPadding = fill(op.PrePadding, k, 0), fill(op.PostPadding, k, 0)
	if op.Groups == 0 {
		op.Groups = 1
	}
	return op
}

// Kind returns KindConvolution.
func (op Convolution) Kind() Kind { return KindConvolution }

// Operands names the input, and the kernel and the bias that are tensors.
func (op Convolution) Operands(n int) []string {
	if op.Weight != nil {
		return atMost(n, 1, "input", "bias")
	}
	return atMost(n, 1, "input", "kernel", "bias")
}

// Weights returns kernel and bias.
func (op Convolution) Weights() []Operand {
	return []Operand{{"kernel", op.Weight}, {"bias", op.Bias}}
}

// WithWeights replaces kernel and bias.
func (op Convolution) WithWeights(w []*Weights) Op {
	op.Weight, op.Bias = w[0], w[1]
	return op
}

// Infer returns [N, OutChannels, out…] with
// out = floor((in + pre + post - dilation*(k-1) - 1)/stride) + 1.
func (op Convolution) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if op.Weight == nil && len(in) > 1 && len(x.Dims) > 1 && len(in[1].Dims) > 1 && x.Dims[1] == Dynamic {
		channels, groups := in[1].Dims[1], max(op.Groups, 1)
		if channels == Dynamic {
			return nil, &Error{Operand: "kernel", Msg: "must have a static channel dimension", Found: in[1].Dims.String()}
		}
		if channels%groups != 0 { // TensorRT takes them for the channels of all groups
			return nil, &Error{Operand: "kernel", Msg: "must have channels that the groups divide where those of the input are dynamic", Found: fmt.Sprintf("%d groups, %s", groups, in[1].Dims)}
		}
		x.Dims = x.Dims.Clone()
		x.Dims[1] = channels * groups
	}
	maps := func(c int64) Dims { return Dims{op.OutChannels, c / op.Groups} }
	return op.infer(x, in[1:], maps, func(w window, sp Dims) (Dims, error) { return w.forward(sp, false) })
}

// infer is the rule that convolution and deconvolution share. Where the input's
// channels are dynamic, the weights say how many there are. maps are the
// dimensions of a kernel before those of its window, for c input channels.
func (op Convolution) infer(x Info, tensors []Info, maps func(c int64) Dims, slide func(window, Dims) (Dims, error)) ([]Info, error) {
	w, err := newWindow(op.Kernel, op.Stride, op.PrePadding, op.PostPadding, op.Dilation)
	if err != nil {
		return nil, err
	}
	sp, err := spatial(x, len(op.Kernel))
	if err != nil {
		return nil, err
	}
	c := x.Dims[1]
	if perGroup := append(Dims{op.OutChannels}, op.Kernel...).Count(); c == Dynamic && op.Weight != nil && perGroup > 0 {
		c = op.Weight.Count() / perGroup * op.Groups
	}
	if op.Groups < 1 || c%op.Groups != 0 || op.OutChannels < 1 || op.OutChannels%op.Groups != 0 {
		return nil, &Error{Operand: "groups", Msg: "must divide input and output channels", Found: fmt.Sprintf("%d groups, %d in, %d out", op.Groups, c, op.OutChannels)}
	}
	if err := op.checkOperands(x.Type, append(maps(c), op.Kernel...), tensors); err != nil {
		return nil, err
	}
	out, err := slide(w, sp)
	if err != nil {
		return nil, err
	}
	return []Info{{Type: x.Type, Dims: append(Dims{x.Dims[0], op.OutChannels}, out...)}}, nil
}

// checkOperands checks kernel and bias, weights or tensors.
func (op Convolution) checkOperands(t dtype.Type, kernel Dims, tensors []Info) error {
	bias := Dims{op.OutChannels}
	switch {
	case op.Weight == nil && len(tensors) > 0:
		if err := wantTensor("kernel", tensors[0], Info{Type: t, Dims: kernel}); err != nil {
			return err
		}
		tensors = tensors[1:]
	default:
		if err := wantWeights("kernel", op.Weight, kernel.Count(), t); err != nil {
			return err
		}
	}
	switch {
	case len(tensors) > 0 && op.Bias != nil:
		return &Error{Operand: "bias", Msg: "is given as weights and as a tensor"}
	case len(tensors) > 0:
		return wantTensor("bias", tensors[0], Info{Type: t, Dims: bias})
	case op.Bias != nil:
		return wantWeights("bias", op.Bias, bias.Count(), t)
	}
	return nil
}

// wantTensor checks an operand that is a tensor in the place of weights.
func wantTensor(name string, x, want Info) error {
	switch {
	case x.Type != want.Type:
		return &Error{Operand: name, Msg: "must have the input's type", Expected: want.Type.String(), Found: x.Type.String()}
	case !x.Dims.Equal(want.Dims):
		return &Error{Operand: name, Msg: "has the wrong dimensions", Expected: want.Dims.String(), Found: x.Dims.String()}
	}
	return nil
}
