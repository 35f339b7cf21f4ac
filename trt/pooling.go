package trt

import "fmt"

// KindPooling names Pooling.
const KindPooling Kind = "pooling"

// PoolingType is what a window is reduced to.
type PoolingType string

// The poolings.
const (
	MaxPool     PoolingType = "max"
	AveragePool PoolingType = "average"
	BlendPool   PoolingType = "max_average_blend" // (1 - Blend) max + Blend average
)

// Pooling slides a 2-D or 3-D window over x [N,C,spatial…]. Nil Stride means
// 1, as in TensorRT and unlike the frameworks, whose default is the window; nil
// paddings mean 0. Padding is no value: a maximum never sees it, and an average
// divides by it only on request.
type Pooling struct {
	noWeights
	Type                 PoolingType `json:"type"`
	Window               Dims        `json:"window"`
	Stride               Dims        `json:"stride"`
	PrePadding           Dims        `json:"pre_padding"`
	PostPadding          Dims        `json:"post_padding"`
	RoundUp              bool        `json:"round_up"`               // PyTorch's ceil_mode
	CountIncludesPadding bool        `json:"count_includes_padding"` // PyTorch's count_include_pad, true there by default
	Blend                float32     `json:"blend"`                  // from 0 to 1; of BlendPool
}

// AddPooling adds a pooling.
func (n *Network) AddPooling(name string, x *Tensor, op Pooling) *Tensor {
	return n.add(name, op, x)
}

func (op Pooling) withDefaults([]Info) Op {
	k := len(op.Window)
	op.Stride = fill(op.Stride, k, 1)
	op.PrePadding, op.PostPadding = fill(op.PrePadding, k, 0), fill(op.PostPadding, k, 0)
	return op
}

// Kind returns KindPooling.
func (op Pooling) Kind() Kind { return KindPooling }

// Operands names the one input.
func (op Pooling) Operands(n int) []string { return named(n, "input") }

// WithWeights returns op: it holds none.
func (op Pooling) WithWeights([]*Weights) Op { return op }

// Infer returns [N, C, out…] with out = floor((in + pre + post - window)/stride) + 1,
// or ceil with RoundUp. A window that would see nothing but padding is refused:
// TensorRT builds it without a word.
func (op Pooling) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantOneOf("type", op.Type, MaxPool, AveragePool, BlendPool); err != nil {
		return nil, err
	}
	if op.Type == BlendPool && !(op.Blend >= 0 && op.Blend <= 1) {
		return nil, &Error{Operand: "blend", Msg: "must lie between 0 and 1", Found: fmt.Sprint(op.Blend)}
	}
	w, err := newWindow(op.Window, op.Stride, op.PrePadding, op.PostPadding, nil)
	if err != nil {
		return nil, err
	}
	sp, err := spatial(x, len(op.Window))
	if err != nil {
		return nil, err
	}
	if op.Type == BlendPool && op.RoundUp && !sp.IsStatic() {
		return nil, &Error{Operand: "rounding", Msg: "must be down for a blend over dynamic dimensions", Found: x.Dims.String()}
	}
	for i, k := range w.kernel {
		if w.pre[i] >= k || w.post[i] >= k {
			return nil, &Error{Operand: "padding", Msg: "must be less than the window", Expected: fmt.Sprintf("less than %v", w.kernel), Found: fmt.Sprintf("%v + %v", w.pre, w.post)}
		}
	}
	out, err := w.forward(sp, op.RoundUp)
	if err != nil {
		return nil, err
	}
	for i, e := range out {
		if e != Dynamic && (e-1)*w.stride[i]-w.pre[i] >= sp[i] {
			return nil, &Error{Operand: "window", Msg: fmt.Sprintf("would lie wholly behind the input in spatial dimension %d, as sizes are rounded up", i), Found: w.kernel.String()}
		}
	}
	return []Info{{Type: x.Type, Dims: append(Dims{x.Dims[0], x.Dims[1]}, out...)}}, nil
}
