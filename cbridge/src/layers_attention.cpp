// layers_attention.cpp: attention and what transformers have around it.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

#if TB_HEADERS_SINCE(101400, 10300)

constexpr Choice<AttentionNormalizationOp> attention_normalizations[] = {
	{TB_ATTENTION_SOFTMAX, AttentionNormalizationOp::kSOFTMAX}, {TB_ATTENTION_NONE, AttentionNormalizationOp::kNONE}};

struct Heads {
	ITensor &query, &key, &value;
};

#if TB_HEADERS_SINCE(110000, 10500)

constexpr Choice<CausalMaskKind> causals[] = {{TB_CAUSAL_NONE, CausalMaskKind::kNONE},
                                              {TB_CAUSAL_UPPER_LEFT, CausalMaskKind::kUPPER_LEFT},
                                              {TB_CAUSAL_LOWER_RIGHT, CausalMaskKind::kLOWER_RIGHT}};

IAttention *attend(Adding &a, const Heads &h, AttentionNormalizationOp norm, int32_t causal) {
	return a.nv().addAttentionV2(h.query, h.key, h.value, norm, choose(causals, causal, "causal mask"));
}

#else

constexpr Choice<bool> causals[] = {{TB_CAUSAL_NONE, false}, {TB_CAUSAL_UPPER_LEFT, true}};

IAttention *attend(Adding &a, const Heads &h, AttentionNormalizationOp norm, int32_t causal) {
	if (causal == TB_CAUSAL_LOWER_RIGHT) {
		a.since("a lower right causal mask", number(11, 0), number(1, 5));
	}
	return a.nv().addAttention(h.query, h.key, h.value, norm, choose(causals, causal, "causal mask"));
}

#endif
#endif

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *add_attention(TB_ADD_PARAMS, int32_t query, int32_t key, int32_t value, int32_t mask, const tb_attention *p,
                        tb_outputs *out) noexcept {
#if TB_HEADERS_SINCE(101400, 10300)
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &t) -> IAttention & {
		a.since("attention", number(10, 14), number(1, 3));
		auto &layer = a.made(attend(a, {a.tensor(query), a.tensor(key), a.tensor(value)},
		                            choose(attention_normalizations, t.normalization, "normalization"), t.causal));
		a.set("decomposability", layer, &IAttention::setDecomposable, &IAttention::getDecomposable, t.decomposable != 0);
		if (mask != TB_NO_TENSOR) {
			ITensor &m = a.tensor(mask);
			layer.setMask(m);
			a.took(layer.getMask() == &m, "mask");
		}
		return layer;
	});
#else
	return newer_headers(net, name, name_len, "attention", query, key, value, mask, p, out);
#endif
}

tb_error *add_rotary_embedding(TB_ADD_PARAMS, int32_t in, int32_t cos, int32_t sin, int32_t positions,
                               const tb_rotary_embedding *p, tb_outputs *out) noexcept {
#if TB_HEADERS_SINCE(101500, 10300)
	return add_layer(net, name, name_len, p, out, [&](Adding &a, auto &r) -> ILayer & {
		a.since("a rotary embedding", number(10, 15), number(1, 3));
		auto &layer = a.made(a.nv().addRotaryEmbedding(a.tensor(in), a.tensor(cos), a.tensor(sin), r.interleaved != 0,
		                                               static_cast<int32_t>(r.dim)));
		a.took(layer.getRotaryEmbeddingDim() == r.dim, "number of rotated elements");
		a.input(layer, 3, positions, "positions");
		return layer;
	});
#else
	return newer_headers(net, name, name_len, "a rotary embedding", in, cos, sin, positions, p, out);
#endif
}

tb_error *add_kv_cache_update(TB_ADD_PARAMS, int32_t cache, int32_t update, int32_t indices, tb_outputs *out) noexcept {
#if TB_HEADERS_SINCE(101500, 10300)
	return add_layer(net, name, name_len, &cache, out, [&](Adding &a, int32_t cache) -> ILayer & {
		a.since("an update of a cache", number(10, 15), number(1, 3));
		return a.made(a.nv().addKVCacheUpdate(a.tensor(cache), a.tensor(update), a.tensor(indices), KVCacheMode::kLINEAR));
	});
#else
	return newer_headers(net, name, name_len, "an update of a cache", cache, update, indices, out);
#endif
}

tb_error *add_moe(TB_ADD_PARAMS, const int32_t *in, size_t in_count, tb_outputs *out) noexcept {
#if TB_HEADERS_SINCE(101600, 10400)
	return add_layer(net, name, name_len, in, out, [&](Adding &a, const int32_t &) -> ILayer & {
		a.since("a mixture of experts", number(10, 16), number(1, 4));
		if (in_count != 6 && in_count != 9) {
			fail(TB_ERR_ARGUMENT, "a mixture of experts has 6 or 9 inputs, not " + std::to_string(in_count));
		}
		auto &layer = a.made(a.nv().addMoE(a.tensor(in[0]), a.tensor(in[1]), a.tensor(in[2])));
		layer.setGatedWeights(a.tensor(in[3]), a.tensor(in[4]), a.tensor(in[5]), MoEActType::kSILU);
		a.took(layer.getActivationType() == MoEActType::kSILU, "activation");
		if (in_count == 9) {
			layer.setGatedBiases(a.tensor(in[6]), a.tensor(in[7]), a.tensor(in[8]));
		}
		return layer;
	});
#else
	return newer_headers(net, name, name_len, "a mixture of experts", in, in_count, out);
#endif
}

} // namespace tb::entry
