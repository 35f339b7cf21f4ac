package trt

import "fmt"

// KindConvolution names Convolution.
const KindConvolution Kind = "convolution"

// Convolution is a 2-D or 3-D cross-correlation of x [N,C,spatial…] with a
// kernel [OutChannels, C/Groups, Kernel…], PyTorch's layout and TensorRT's.
// Input, kernel and bias must have one type. Nil Stride and Dilation mean 1,
// nil paddings 0, zero Groups 1.
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

// AddConvolution adds a convolution.
func (n *Network) AddConvolution(name string, x *Tensor, op Convolution) *Tensor {
	return n.add(name, op, x)
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

// Operands names the one input.
func (op Convolution) Operands(n int) []string { return named(n, "input") }

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
	return op.infer(x, func(w window, sp Dims) (Dims, error) { return w.forward(sp, false) })
}

// infer is the rule that convolution and deconvolution share. Where the input's
// channels are dynamic, the weights say how many there are.
func (op Convolution) infer(x Info, slide func(window, Dims) (Dims, error)) ([]Info, error) {
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
	if err := wantWeights("kernel", op.Weight, append(Dims{c / op.Groups, op.OutChannels}, op.Kernel...).Count(), x.Type); err != nil {
		return nil, err
	}
	if op.Bias != nil {
		if err := wantWeights("bias", op.Bias, op.OutChannels, x.Type); err != nil {
			return nil, err
		}
	}
	out, err := slide(w, sp)
	if err != nil {
		return nil, err
	}
	return []Info{{Type: x.Type, Dims: append(Dims{x.Dims[0], op.OutChannels}, out...)}}, nil
}
