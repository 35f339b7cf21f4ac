//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

import "unsafe"

// AttentionNormalization is one of the TB_ATTENTION_ constants.
type AttentionNormalization int32

// Causal is one of the TB_CAUSAL_ constants.
type Causal int32

// The normalizations and causal masks of an attention.
const (
	AttentionSoftmax AttentionNormalization = C.TB_ATTENTION_SOFTMAX
	AttentionNone    AttentionNormalization = C.TB_ATTENTION_NONE
	CausalNone       Causal                 = C.TB_CAUSAL_NONE
	CausalUpperLeft  Causal                 = C.TB_CAUSAL_UPPER_LEFT
	CausalLowerRight Causal                 = C.TB_CAUSAL_LOWER_RIGHT
)

// Attention is tb_attention.
type Attention struct {
	Normalization AttentionNormalization
	Causal        Causal
	Decomposable  bool
}

// AddAttention adds an attention; mask may be NoTensor.
func (n *Network) AddAttention(name string, query, key, value, mask ID, p Attention) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_attention{normalization: C.int32_t(p.Normalization), causal: C.int32_t(p.Causal), decomposable: flag(p.Decomposable)}
	var out C.tb_outputs
	return n.added(C.tb_add_attention(n.api.c, n.c, s, l,
		C.int32_t(query), C.int32_t(key), C.int32_t(value), C.int32_t(mask), &c, &out), &out)
}

// RotaryEmbedding is tb_rotary_embedding.
type RotaryEmbedding struct {
	Interleaved bool
	Dim         int64
}

// AddRotaryEmbedding adds a rotary embedding; positions may be NoTensor.
func (n *Network) AddRotaryEmbedding(name string, in, cos, sin, positions ID, p RotaryEmbedding) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_rotary_embedding{interleaved: flag(p.Interleaved), dim: C.int64_t(p.Dim)}
	var out C.tb_outputs
	return n.added(C.tb_add_rotary_embedding(n.api.c, n.c, s, l,
		C.int32_t(in), C.int32_t(cos), C.int32_t(sin), C.int32_t(positions), &c, &out), &out)
}

// AddKVCacheUpdate adds an update of a cache.
func (n *Network) AddKVCacheUpdate(name string, cache, update, indices ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_kv_cache_update(n.api.c, n.c, s, l, C.int32_t(cache), C.int32_t(update), C.int32_t(indices), &out), &out)
}

// AddMoE adds a mixture of experts of 6 or 9 inputs.
func (n *Network) AddMoE(name string, in []ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_moe(n.api.c, n.c, s, l, (*C.int32_t)(unsafe.SliceData(in)), C.size_t(len(in)), &out), &out)
}
