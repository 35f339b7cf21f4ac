package trt

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Kind names an op in dumps and messages, in TensorRT's terms.
type Kind string

// Info is what shape and type inference knows of a tensor.
type Info struct {
	Type dtype.Type
	Dims Dims
	// Values are the elements, row-major, of a tensor whose elements TensorRT can
	// follow before the network runs: at most 64, of static dimensions, computed
	// from dimensions, constants and integer inputs. Nil for all other tensors.
	Values []Element
}

// Operand is one weight operand of an op. Weights may be nil when the operand
// is optional and absent.
type Operand struct {
	Name    string // "kernel", "bias", …
	Weights *Weights
}

// Op is the parameters of a layer together with its rules. Implementations are
// plain structs, copied freely and never changed once added.
type Op interface {
	// Kind names the op.
	Kind() Kind
	// Operands names the n tensor inputs for messages; it returns nil when the
	// op does not take n inputs.
	Operands(n int) []string
	// Infer returns the outputs for the given inputs, or an *Error whose
	// Operand, Expected, Found and Msg are set; the network adds the rest.
	Infer(in []Info, t Target) ([]Info, error)
	// Weights returns the weight operands, absent ones included.
	Weights() []Operand
	// WithWeights returns the op with its weight operands replaced, in the
	// order of Weights.
	WithWeights(w []*Weights) Op
}

// defaulter is implemented by ops with parameters that may be left out. The
// network records, dumps and infers from what withDefaults returns.
type defaulter interface {
	withDefaults(in []Info) Op
}

// rigid is implemented by ops with rules about dimensions as they are recorded:
// TensorRT has them for what is static, and not for what a dynamic extent may
// become.
type rigid interface {
	checkRecorded(in []Info, t Target) error
}

// producerChecker is implemented by ops that do not take every tensor of the
// right type and dimensions.
type producerChecker interface {
	checkProducers(in []*Tensor) *Error
}

// counter is implemented by ops that have several outputs.
type counter interface {
	// outputCount returns how many they are, whatever the inputs are.
	outputCount() int
}

// noWeights is embedded by ops that hold no weights.
type noWeights struct{}

// Weights returns none.
func (noWeights) Weights() []Operand { return nil }

// withDefaults returns op with the parameters filled in that were left out.
func withDefaults(op Op, in []Info) Op {
	if d, ok := op.(defaulter); ok {
		return d.withDefaults(in)
	}
	return op
}

// Completed returns op as the recorder keeps it: parameters that were left out
// are filled in, bodies are recorded for what they read.
func Completed(op Op, in []Info, t Target) Op {
	n, ok := op.(nested)
	if !ok || op.Operands(len(in)) == nil {
		return withDefaults(op, in)
	}
	in = slices.Clone(in)
	for i, x := range in {
		if x.Values == nil && integers&(1<<x.Type) != 0 && x.Dims.IsStatic() {
			in[i].Values = unknown(x) // as inputs of networks are
		}
	}
	return finished(n, in, t)
}

// UnmarshalOp returns the op of a kind with the parameters that its JSON holds
// and without its weights. Unknown fields are refused.
func UnmarshalOp(kind Kind, params []byte) (Op, error) { return unmarshal(kind, params, 0) }

// unmarshal is UnmarshalOp for an op that lies in depth bodies.
func unmarshal(kind Kind, params []byte, depth int) (Op, error) {
	switch kind {
	case KindActivation:
		return unmarshalOp[Activation](params)
	case KindAssertion:
		return unmarshalOp[Assertion](params)
	case KindAttention:
		return unmarshalOp[Attention](params)
	case KindBatchNorm:
		return unmarshalOp[BatchNorm](params)
	case KindCast:
		return unmarshalOp[Cast](params)
	case KindConcatenation:
		return unmarshalOp[Concatenation](params)
	case KindConstant:
		return unmarshalOp[Constant](params)
	case KindConvolution:
		return unmarshalOp[Convolution](params)
	case KindCumulative:
		return unmarshalOp[Cumulative](params)
	case KindDeconvolution:
		return unmarshalOp[Deconvolution](params)
	case KindDequantize:
		return unmarshalOp[Dequantize](params)
	case KindDynamicQuantize:
		return unmarshalOp[DynamicQuantize](params)
	case KindEinsum:
		return unmarshalOp[Einsum](params)
	case KindElementWise:
		return unmarshalOp[ElementWise](params)
	case KindFill:
		return unmarshalOp[Fill](params)
	case KindGather:
		return unmarshalOp[Gather](params)
	case KindGridSample:
		return unmarshalOp[GridSample](params)
	case KindIdentity:
		return unmarshalOp[Identity](params)
	case KindIf:
		return unmarshalIf(params, depth+1)
	case KindKVCacheUpdate:
		return unmarshalOp[KVCacheUpdate](params)
	case KindLRN:
		return unmarshalOp[LRN](params)
	case KindLoop:
		return unmarshalLoop(params, depth+1)
	case KindMatrixMultiply:
		return unmarshalOp[MatrixMultiply](params)
	case KindMoE:
		return unmarshalOp[MoE](params)
	case KindNormalization:
		return unmarshalOp[Normalization](params)
	case KindNMS:
		return unmarshalOp[NMS](params)
	case KindNonZero:
		return unmarshalOp[NonZero](params)
	case KindOneHot:
		return unmarshalOp[OneHot](params)
	case KindPadding:
		return unmarshalOp[Padding](params)
	case KindParametricReLU:
		return unmarshalOp[ParametricReLU](params)
	case KindPluginV3:
		return unmarshalOp[PluginV3](params)
	case KindPooling:
		return unmarshalOp[Pooling](params)
	case KindQuantize:
		return unmarshalOp[Quantize](params)
	case KindRaggedSoftmax:
		return unmarshalOp[RaggedSoftmax](params)
	case KindReduce:
		return unmarshalOp[Reduce](params)
	case KindResize:
		return unmarshalOp[Resize](params)
	case KindRotaryEmbedding:
		return unmarshalOp[RotaryEmbedding](params)
	case KindReverseSequence:
		return unmarshalOp[ReverseSequence](params)
	case KindScale:
		return unmarshalOp[Scale](params)
	case KindScatter:
		return unmarshalOp[Scatter](params)
	case KindSelect:
		return unmarshalOp[Select](params)
	case KindShape:
		return unmarshalOp[Shape](params)
	case KindShuffle:
		return unmarshalOp[Shuffle](params)
	case KindSlice:
		return unmarshalOp[Slice](params)
	case KindSoftmax:
		return unmarshalOp[Softmax](params)
	case KindSqueeze:
		return unmarshalOp[Squeeze](params)
	case KindTopK:
		return unmarshalOp[TopK](params)
	case KindUnary:
		return unmarshalOp[Unary](params)
	case KindUnsqueeze:
		return unmarshalOp[Unsqueeze](params)
	}
	return nil, fault.New(fault.Unsupported, "", "unknown kind of layer %q", string(kind))
}

func unmarshalOp[T Op](params []byte) (Op, error) {
	var op T
	if err := decodeParams(op.Kind(), params, &op); err != nil {
		return nil, err
	}
	return op, nil
}

func decodeParams(kind Kind, params []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(params))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fault.New(fault.BadInput, "", "parameters of a layer of kind %s: %w", kind, err)
	}
	return nil
}

// atMost is what Operands returns for an op that needs the first inputs and may
// do without the others.
func atMost(n, needed int, names ...string) []string {
	if n < needed || n > len(names) {
		return nil
	}
	return names[:n]
}

// named is what Operands returns for an op with exactly these inputs.
func named(n int, names ...string) []string {
	if n != len(names) {
		return nil
	}
	return names
}
