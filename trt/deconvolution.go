package trt

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindDeconvolution names Deconvolution.
const KindDeconvolution Kind = "deconvolution"

// Deconvolution is a 2-D or 3-D transposed convolution of x [N,C,spatial…] with
// a kernel [C, OutChannels/Groups, Kernel…], PyTorch's layout and TensorRT's.
// Input, kernel and bias must have one type. Nil Stride and Dilation mean 1,
// nil paddings 0, zero Groups 1. PyTorch's output_padding is a PostPadding that
// is smaller by as much.
type Deconvolution struct {
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

// AddDeconvolution adds a transposed convolution. The tensors that follow are
// those that op has no weights for: the kernel, then the bias.
func (n *Network) AddDeconvolution(name string, x *Tensor, op Deconvolution, kernelAndBias ...*Tensor) *Tensor {
	return n.add(name, op, append([]*Tensor{x}, kernelAndBias...)...)
}

func (op Deconvolution) withDefaults([]Info) Op { return Deconvolution(Convolution(op).filled()) }

// Kind returns KindDeconvolution.
func (op Deconvolution) Kind() Kind { return KindDeconvolution }

// Operands names the input, and the kernel and the bias that are tensors.
func (op Deconvolution) Operands(n int) []string { return Convolution(op).Operands(n) }

// Weights returns kernel and bias.
func (op Deconvolution) Weights() []Operand { return Convolution(op).Weights() }

// WithWeights replaces kernel and bias.
func (op Deconvolution) WithWeights(w []*Weights) Op {
	op.Weight, op.Bias = w[0], w[1]
	return op
}

// Infer returns [N, OutChannels, out…] with
// out = (in-1)*stride + dilation*(k-1) + 1 - pre - post. TensorRT-RTX has no
// deconvolution in bfloat16 and none that is both strided and dilated, in
// whatever dimensions; it says so at build.
func (op Deconvolution) Infer(in []Info, t Target) ([]Info, error) {
	x := in[0]
	want := floats
	if t.Product == RTX {
		want &^= setOf(dtype.BFloat16)
	}
	if err := wantType("input", x, want); err != nil {
		return nil, err
	}
	if _, err := spatial(x, len(op.Kernel)); err != nil {
		return nil, err
	}
	if x.Dims[1] == Dynamic {
		return nil, &Error{Operand: "input", Msg: "must have a static channel dimension", Found: x.Dims.String()}
	}
	maps := func(c int64) Dims { return Dims{c, op.OutChannels / op.Groups} }
	out, err := Convolution(op).infer(x, in[1:], maps, window.backward)
	if err != nil {
		return nil, err
	}
	wide := func(n int64) bool { return n > 1 }
	if t.Product == RTX && slices.ContainsFunc(op.Stride, wide) && slices.ContainsFunc(op.Dilation, wide) {
		return nil, &Error{Operand: "stride and dilation", Msg: "cannot both be more than 1 in TensorRT-RTX", Found: fmt.Sprintf("%v, %v", op.Stride, op.Dilation)}
	}
	return out, nil
}
