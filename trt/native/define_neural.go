//go:build tensorrt && cgo

package native

import (
	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/trt"
)

var gridPaddings = map[trt.GridPadding]cbridge.GridPadding{
	trt.GridZeros: cbridge.GridZeros, trt.GridBorder: cbridge.GridBorder, trt.GridReflect: cbridge.GridReflect,
}

var attentionNormalizations = map[trt.AttentionNormalization]cbridge.AttentionNormalization{
	trt.AttentionSoftmax: cbridge.AttentionSoftmax, trt.AttentionNone: cbridge.AttentionNone,
}

var causals = map[trt.AttentionCausal]cbridge.Causal{
	trt.CausalNone: cbridge.CausalNone, trt.CausalUpperLeft: cbridge.CausalUpperLeft, trt.CausalLowerRight: cbridge.CausalLowerRight,
}

func addNormalization(net *cbridge.Network, name string, in []cbridge.ID, op trt.Normalization) ([]cbridge.Tensor, error) {
	return net.AddNormalization(name, in[0], in[1], in[2], cbridge.Normalization{Axes: mask(op.Axes), Epsilon: op.Epsilon, Groups: op.Groups})
}

func addGridSample(net *cbridge.Network, name string, in []cbridge.ID, op trt.GridSample) ([]cbridge.Tensor, error) {
	return net.AddGridSample(name, in[0], in[1], cbridge.GridSample{Mode: resizes[op.Mode], Padding: gridPaddings[op.Padding], AlignCorners: op.AlignCorners})
}

func addLRN(net *cbridge.Network, name string, in []cbridge.ID, op trt.LRN) ([]cbridge.Tensor, error) {
	return net.AddLRN(name, in[0], cbridge.LRN{Window: op.Window, Alpha: op.Alpha, Beta: op.Beta, K: op.K})
}

func addAttention(net *cbridge.Network, name string, in []cbridge.ID, op trt.Attention) ([]cbridge.Tensor, error) {
	return net.AddAttention(name, in[0], in[1], in[2], optional(in, 3), cbridge.Attention{
		Normalization: attentionNormalizations[op.Normalization], Causal: causals[op.Causal], Decomposable: op.Decomposable,
	})
}

func addRotaryEmbedding(net *cbridge.Network, name string, in []cbridge.ID, op trt.RotaryEmbedding) ([]cbridge.Tensor, error) {
	return net.AddRotaryEmbedding(name, in[0], in[1], in[2], optional(in, 3), cbridge.RotaryEmbedding{Interleaved: op.Interleaved, Dim: op.Dim})
}

// optional returns operand i, no tensor if it is left out.
func optional(in []cbridge.ID, i int) cbridge.ID {
	if i < len(in) {
		return in[i]
	}
	return cbridge.NoTensor
}
