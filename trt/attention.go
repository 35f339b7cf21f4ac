package trt

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindAttention names Attention.
const KindAttention Kind = "attention"

// AttentionNormalization says what happens to the scores of an attention.
type AttentionNormalization string

// The normalizations of Attention.
const (
	AttentionSoftmax AttentionNormalization = "softmax" // over the keys
	AttentionNone    AttentionNormalization = "none"
)

// AttentionCausal says which keys a query may see.
type AttentionCausal string

// The causal masks of Attention, for query i of n and key j of m.
const (
	CausalNone       AttentionCausal = "none"
	CausalUpperLeft  AttentionCausal = "upper_left"  // j <= i: F.scaled_dot_product_attention's is_causal
	CausalLowerRight AttentionCausal = "lower_right" // j <= i + m - n: the queries are the last of the sequence
)

// Attention is normalize(query x keyᵀ + mask) x value of tensors
// [batch, heads, sequence, head size]. It has no scale: who wants one multiplies
// it into the query. There may be fewer heads of key and value than of the
// query, each serving as many of them in turn. A mask of bools says which keys
// to see, one of the query's type is added.
//
// TensorRT fuses it into one kernel, of which it has some; Decomposable lets it
// build where there is none. A row of a mask that sees no key is not defined.
type Attention struct {
	noWeights
	Normalization AttentionNormalization `json:"normalization"` // "": softmax
	Causal        AttentionCausal        `json:"causal"`        // "": none
	Decomposable  bool                   `json:"decomposable"`
}

// AddAttention adds an attention; mask may be nil.
func (n *Network) AddAttention(name string, query, key, value, mask *Tensor, op Attention) *Tensor {
	if mask == nil {
		return n.add(name, op, query, key, value)
	}
	return n.add(name, op, query, key, value, mask)
}

func (op Attention) withDefaults([]Info) Op {
	if op.Normalization == "" {
		op.Normalization = AttentionSoftmax
	}
	if op.Causal == "" {
		op.Causal = CausalNone
	}
	return op
}

// Kind returns KindAttention.
func (op Attention) Kind() Kind { return KindAttention }

// Operands names query, key, value and the optional mask.
func (op Attention) Operands(n int) []string {
	return atMost(n, 3, "query", "key", "value", "mask")
}

// WithWeights returns op: it holds none.
func (op Attention) WithWeights([]*Weights) Op { return op }

// Infer returns the query's own type and dimensions. TensorRT-RTX finds other
// batches and other types only at build.
func (op Attention) Infer(in []Info, t Target) ([]Info, error) {
	if err := wantSince("attention", t, Version{Major: 10, Minor: 14}, Version{}); err != nil {
		return nil, err
	}
	if err := wantOneOf("normalization", op.Normalization, AttentionSoftmax, AttentionNone); err != nil {
		return nil, err
	}
	if err := wantOneOf("causal", op.Causal, CausalNone, CausalUpperLeft, CausalLowerRight); err != nil {
		return nil, err
	}
	if op.Causal == CausalLowerRight {
		if err := wantSince("lower right causal mask", t, Version{Major: 11}, Version{Major: 1, Minor: 5}); err != nil {
			return nil, err
		}
	}
	query, key := in[0], in[1]
	for i, name := range op.Operands(len(in))[:3] {
		if err := wantFloat(name, in[i]); err != nil {
			return nil, err
		}
		if err := wantSameType("the query", name, query, in[i]); err != nil {
			return nil, err
		}
		if len(in[i].Dims) != 4 {
			return nil, &Error{Operand: name, Msg: "must have 4 dimensions: batch, heads, sequence, head size", Found: in[i].Dims.String()}
		}
	}
	if query.Dims[1] == Dynamic {
		return nil, &Error{Operand: "query", Msg: "must have a static number of heads", Found: query.Dims.String()}
	}
	if err := wantSequences(query.Dims, key.Dims, in[2].Dims); err != nil {
		return nil, err
	}
	if len(in) == 4 {
		if err := op.checkMask(in); err != nil {
			return nil, err
		}
	}
	return in[:1], nil
}

func wantSequences(query, key, value Dims) error {
	if !key.Equal(value) {
		return &Error{Operand: "value", Msg: "must have the dimensions of the key", Expected: key.String(), Found: value.String()}
	}
	if query[3] != key[3] {
		return &Error{Operand: "key", Msg: "must have the head size of the query", Expected: query.String(), Found: key.String()}
	}
	if key[1] != Dynamic && (key[1] == 0 || query[1]%key[1] != 0) {
		return &Error{Operand: "key", Msg: "must have a number of heads that divides that of the query", Expected: query.String(), Found: key.String()}
	}
	if _, ok := unify(query[0], key[0]); !ok {
		return &Error{Operand: "key", Msg: "must have the batch of the query", Expected: query.String(), Found: key.String()}
	}
	return nil
}

func (op Attention) checkMask(in []Info) error {
	query, key, mask := in[0], in[1], in[3]
	if op.Causal != CausalNone {
		return &Error{Operand: "mask", Msg: "cannot be beside a causal mask"}
	}
	if err := wantType("mask", mask, bools|setOf(query.Type)); err != nil {
		return err
	}
	scores := Dims{query.Dims[0], query.Dims[1], query.Dims[2], key.Dims[2]}
	return wantStretch("the scores", "mask", scores, mask.Dims)
}

// checkRecorded refuses what may have no fused kernel. TensorRT-RTX 1.7.1 has
// them for other head sizes and single heads and queries too, but not for all of
// those: masks decide, and lengths. Of what passes here none of 140 was refused.
func (op Attention) checkRecorded(in []Info, t Target) error {
	if t.Product != RTX {
		return nil
	}
	if op.Decomposable {
		return checkBooleanMask(in)
	}
	query := in[0]
	d := query.Dims
	for _, c := range []struct {
		no    bool
		what  string
		found any
	}{
		{query.Type == dtype.Float32, "is float32", query.Type},
		{d[3] < 16 || d[3] > 256 || d[3]%8 != 0, "has a head size that is not a multiple of 8 from 16 to 256", d[3]},
		{d[1] < 2, "has one head", d},
		{d[2] == 1, "has a sequence of 1", d},
	} {
		if c.no {
			return &Error{Operand: "query", Msg: c.what + ", for which TensorRT may have no fused kernel; make the attention decomposable", Found: fmt.Sprint(c.found)}
		}
	}
	return nil
}

// checkProducers refuses a float32 operand that was float16 or bfloat16 a moment
// ago: TensorRT-RTX 1.7.1 takes the conversion into its kernel, finds no format for
// it, and ends the process with a segmentation fault if there are two. So it does
// where two operands come from one dequantized tensor.
func (op Attention) checkProducers(in []*Tensor) *Error {
	if in[0].network.target.Product != RTX {
		return nil
	}
	names := op.Operands(len(in))
	from := map[*Tensor]string{} // dequantized tensors, by what they came to
	for i, t := range in[:3] {
		found := dequantized(t)
		for _, d := range found {
			if other, both := from[d]; both {
				return &Error{Operand: names[i], Msg: fmt.Sprintf("comes from the dequantized tensor that the %s comes from, which TensorRT-RTX does not build; put a product of matrices or a convolution between", other), Found: d.Name}
			}
		}
		for _, d := range found {
			from[d] = names[i]
		}
		if cast := widened(t, i < 2); cast != nil {
			return &Error{
				Operand: names[i],
				Msg:     fmt.Sprintf("is float32 made of %s, which TensorRT-RTX does not build; give the attention that type, or put a leaky ReLU of slope 1 between", cast.producer.Inputs[0].Type),
				Found:   cast.Name,
			}
		}
	}
	return nil
}

// dequantized returns the outputs of dequantize layers that t comes from, with
// nothing computed between.
func dequantized(t *Tensor) []*Tensor {
	var all []*Tensor
	for o := range origins(byPicking, t) {
		if o.producer != nil && o.producer.Op.Kind() == KindDequantize {
			all = append(all, o)
		}
	}
	return all
}

// byPicking is through layers that pick, move, scale or order elements, which
// TensorRT-RTX lets do so to quantized ones.
func byPicking(l *Layer) bool {
	switch op := l.Op.(type) {
	case Identity, Cast, Shuffle, Squeeze, Unsqueeze, Slice, Concatenation, Gather, Select, Padding, Scale, TopK, Reduce, Pooling:
		return true
	case Unary:
		return op.Operation == Abs || op.Operation == Neg
	case Activation:
		return op.Type == LeakyReLU
	case ElementWise:
		return op.Operation != Sum && op.Operation != Sub
	}
	return false
}

// widened returns the float32 that a cast made of 16 bits, if t is that and has
// only been moved since, or multiplied by a number.
func widened(t *Tensor, scaled bool) *Tensor {
	for t.Type == dtype.Float32 && t.producer != nil {
		from := t.producer.Inputs
		switch op := t.producer.Op.(type) {
		case Cast:
			if from[0].Type == dtype.Float16 || from[0].Type == dtype.BFloat16 {
				return t
			}
		case Identity, Shuffle, Squeeze, Unsqueeze:
		case Scale:
			if !scaled || op.Mode != ScaleUniform || op.Shift != nil || op.Power != nil {
				return nil
			}
		case ElementWise:
			if by := from[1]; !scaled || op.Operation != Prod && op.Operation != Div || !isConstant(by) || by.Dims.Count() != 1 {
				return nil
			}
		default:
			return nil
		}
		t = from[0]
	}
	return nil
}

// checkBooleanMask refuses what TensorRT-RTX 1.7.1 finds no layout for when it
// builds: a choice of each score by a mask, in 16 bits, of heads that it would pad.
func checkBooleanMask(in []Info) error {
	if len(in) < 4 || in[3].Type != dtype.Bool || in[0].Type == dtype.Float32 {
		return nil
	}
	query, keys, mask := in[0].Dims, in[1].Dims[2], in[3].Dims
	padded := query[3] > 8 && query[3] < 256 && query[3]%8 != 0
	if stretched := mask[3] == 1 && keys != 1; !padded || stretched || query[1] == 1 || query[2] == 1 {
		return nil
	}
	return &Error{
		Operand:  "mask",
		Msg:      fmt.Sprintf("is of bools, which TensorRT-RTX does not build for %s of this head size; add a mask of %s instead, or pad the heads", in[0].Type, in[0].Type),
		Expected: "a head size of 1 to 8, from 256 on, or a multiple of 8", Found: fmt.Sprint(query[3]),
	}
}
