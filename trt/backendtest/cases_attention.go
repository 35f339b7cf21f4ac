package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func attentions() []Case {
	op := func(causal trt.AttentionCausal, decomposable bool) trt.Attention {
		return trt.Attention{Normalization: trt.AttentionSoftmax, Causal: causal, Decomposable: decomposable}
	}
	parts, fused := op(trt.CausalNone, true), op(trt.CausalNone, false)
	none := trt.Attention{Normalization: trt.AttentionNone, Causal: trt.CausalNone, Decomposable: true}
	h := func(dims ...int64) trt.Info { return tensor(dtype.Float16, dims...) }
	b := func(dims ...int64) trt.Info { return tensor(dtype.Bool, dims...) }
	x, q, kv, halves := f32(2, 4, 5, 8), f32(2, 4, 5, 16), f32(2, 2, 7, 16), h(2, 4, 5, 16)
	cases := sweep("attention", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, parts, tensor(t, 2, 4, 5, 8), tensor(t, 2, 4, 5, 8), tensor(t, 2, 4, 5, 8), tensor(t, 2, 4, 5, 8))
	})
	after := func(c Case, i int, ops ...trt.Op) Case {
		c.Before = map[int][]trt.Op{i: ops}
		return c
	}
	float := trt.Cast{To: dtype.Float32}
	widened := "is float32 made of "
	cases = append(
		cases,
		after(refuse("attention of a query of float16 in float32", parts, "query: "+widened+"float16", h(2, 4, 5, 8), x, x), 0, float),
		after(refuse("attention of a value of float16 in float32", parts, "value: "+widened+"float16", x, x, h(2, 4, 8, 5)), 2, float, trt.Shuffle{FirstTranspose: []int{0, 1, 3, 2}}),
		after(accept("attention of a value of float16 held in float32", parts, x, x, x, h(2, 4, 5, 8)), 2, float, trt.Activation{Type: trt.LeakyReLU, Alpha: 1}),
		after(accept("attention of a query of integers in float32", parts, x, tensor(dtype.Int32, 2, 4, 5, 8), x, x), 0, float),
	)
	for _, t := range []dtype.Type{dtype.Float16, dtype.BFloat16} {
		y := tensor(t, 2, 4, 5, 16)
		cases = append(cases, accept("attention fused "+t.String(), fused, y, y, y, y))
	}
	for _, causal := range []trt.AttentionCausal{trt.CausalUpperLeft, trt.CausalLowerRight} {
		cases = append(cases,
			accept("attention causal "+string(causal), op(causal, true), q, q, kv, kv),
			accept("attention fused causal "+string(causal), op(causal, false), halves, halves, h(2, 2, 7, 16), h(2, 2, 7, 16)),
			refuse("attention causal and masked "+string(causal), op(causal, true), "beside a causal mask", q, kv, kv, b(2, 4, 5, 7)),
		)
	}
	for _, mask := range []trt.Info{f32(2, 4, 5, 7), b(2, 4, 5, 7), b(1, 1, 1, 7), f32(1, 1, 5, 1), b(2, 1, 1, 1)} {
		cases = append(cases, accept("attention masked by "+mask.Type.String()+" "+mask.Dims.String(), parts, q, q, kv, kv, mask))
	}
	const kernels = "TensorRT has fused kernels for some of these, but not for all"
	return append(cases,
		accept("attention of grouped queries", parts, f32(2, 6, 5, 16), f32(2, 6, 5, 16), f32(2, 3, 7, 16), f32(2, 3, 7, 16)),
		accept("attention of one key head", parts, q, q, f32(2, 1, 7, 16), f32(2, 1, 7, 16)),
		accept("attention without a softmax", none, q, q, kv, kv),
		accept("attention without a softmax masked", none, q, q, kv, kv, f32(1, 1, 5, 7)),
		accept("attention of one query in parts", parts, f32(1, 1, 1, 3), f32(1, 1, 1, 3), f32(1, 1, 4, 3), f32(1, 1, 4, 3)),
		accept("attention fused and masked", fused, halves, halves, halves, halves, b(1, 1, 5, 5)),
		accept("attention fused of head size 256", fused, h(1, 2, 3, 256), h(1, 2, 3, 256), h(1, 1, 1, 256), h(1, 1, 1, 256)),
		accept("attention dynamic sequence", parts, f32(2, 4, -1, 8), f32(2, 4, -1, 8), f32(2, 4, -1, 8), f32(2, 4, -1, 8), b(1, 1, -1, -1)),
		accept("attention dynamic batch", parts, f32(-1, 4, 5, 8), f32(-1, 4, 5, 8), f32(-1, 4, 5, 8), f32(-1, 4, 5, 8), b(-1, 1, 5, 5)),
		accept("attention fused dynamic", fused, h(-1, 4, -1, 16), h(-1, 4, -1, 16), h(-1, 2, -1, 16), h(-1, 2, -1, 16)),
		always(4, accept("attention dynamic heads of the key", parts, x, x, f32(2, -1, 5, 8), f32(2, -1, 5, 8))),
		refuse("attention masked by bools of padded heads", parts, "mask: is of bools", h(1, 2, 3, 12), h(1, 1, 4, 12), h(1, 1, 4, 12), b(1, 1, 1, 4)),
		refuse("attention masked by bools of padded heads dynamic", parts, "mask: is of bools", h(-1, 2, -1, 12), h(-1, 2, -1, 12), h(-1, 2, -1, 12), b(1, 1, -1, -1)),
		refuse("attention masked by bools of padded heads bfloat16", parts, "mask: is of bools", tensor(dtype.BFloat16, 1, 2, 3, 255), tensor(dtype.BFloat16, 1, 2, 4, 255), tensor(dtype.BFloat16, 1, 2, 4, 255), b(1, 2, 3, 4)),
		accept("attention masked by numbers of padded heads", parts, h(1, 2, 3, 12), h(1, 2, 3, 12), h(1, 1, 4, 12), h(1, 1, 4, 12), h(1, 1, 1, 4)),
		accept("attention masked by bools of one padded head", parts, h(2, 1, 3, 12), h(2, 1, 3, 12), h(2, 1, 4, 12), h(2, 1, 4, 12), b(1, 1, 3, 4)),
		accept("attention masked by bools of one padded query", parts, h(2, 2, 1, 12), h(2, 2, 1, 12), h(2, 2, 4, 12), h(2, 2, 4, 12), b(1, 1, 1, 4)),
		accept("attention masked by a bool for all keys of padded heads", parts, h(1, 2, 3, 12), h(1, 2, 3, 12), h(1, 2, 4, 12), h(1, 2, 4, 12), b(1, 1, 3, 1)),
		accept("attention masked by bools of long heads", parts, h(1, 2, 3, 257), h(1, 2, 3, 257), h(1, 2, 4, 257), h(1, 2, 4, 257), b(1, 1, 3, 4)),
		refuse("attention dynamic heads", parts, "static number of heads", f32(2, -1, 5, 8), f32(2, -1, 5, 8), f32(2, -1, 5, 8)),
		refuse("attention types", parts, "must have the type of", q, h(2, 2, 7, 16), h(2, 2, 7, 16)),
		refuse("attention value type", parts, "must have the type of", q, kv, h(2, 2, 7, 16)),
		refuse("attention rank 3", parts, "must have 4 dimensions", f32(4, 5, 8), f32(4, 5, 8), f32(4, 5, 8)),
		refuse("attention rank 5", parts, "must have 4 dimensions", f32(1, 2, 4, 5, 8), f32(1, 2, 4, 5, 8), f32(1, 2, 4, 5, 8)),
		refuse("attention key rank", parts, "must have 4 dimensions", x, f32(4, 5, 8), f32(4, 5, 8)),
		refuse("attention heads that do not divide", parts, "divides that of the query", q, f32(2, 3, 7, 16), f32(2, 3, 7, 16)),
		refuse("attention of more key heads", parts, "divides that of the query", kv, f32(2, 4, 5, 16), f32(2, 4, 5, 16)),
		refuse("attention value size", parts, "dimensions of the key", q, kv, f32(2, 2, 7, 8)),
		refuse("attention value sequence", parts, "dimensions of the key", q, kv, f32(2, 2, 6, 16)),
		refuse("attention value heads", parts, "dimensions of the key", q, kv, f32(2, 4, 7, 16)),
		refuse("attention key size", parts, "head size of the query", q, f32(2, 2, 7, 8), f32(2, 2, 7, 8)),
		refuse("attention key batch", parts, "batch of the query", q, f32(1, 2, 7, 16), f32(1, 2, 7, 16)),
		refuse("attention mask type", parts, "mask: has a type", q, kv, kv, tensor(dtype.Int32, 2, 4, 5, 7)),
		refuse("attention mask of another float", parts, "mask: has a type", q, kv, kv, h(2, 4, 5, 7)),
		refuse("attention mask rank", parts, "must have the rank of", q, kv, kv, f32(5, 7)),
		refuse("attention mask of key heads", parts, "does not stretch", q, kv, kv, f32(2, 2, 5, 7)),
		refuse("attention mask queries", parts, "does not stretch", q, kv, kv, f32(2, 4, 6, 7)),
		refuse("attention mask keys", parts, "does not stretch", q, kv, kv, f32(2, 4, 5, 6)),
		refuse("attention normalization", trt.Attention{Normalization: "relu", Causal: trt.CausalNone, Decomposable: true}, "is none of TensorRT's", q, kv, kv),
		refuse("attention causality", op("both", true), "is none of TensorRT's", q, kv, kv),
		refuse("attention fused float32", fused, "is float32", q, q, q),
		refuse("attention fused head size 8", fused, "head size that is not", h(2, 4, 5, 8), h(2, 4, 5, 8), h(2, 4, 5, 8)),
		refuse("attention fused head size 264", fused, "head size that is not", h(2, 4, 5, 264), h(2, 4, 5, 264), h(2, 4, 5, 264)),
		refuse("attention fused one head", fused, "has one head", h(1, 1, 3, 48), h(1, 1, 3, 48), h(1, 1, 3, 48)),
		refuse("attention fused one query", fused, "has a sequence of 1", h(1, 2, 1, 64), h(1, 2, 5, 64), h(1, 2, 5, 64)),
		stricter(kernels, "attention fused odd head size", fused, "head size that is not", h(1, 2, 16, 65), h(1, 2, 16, 65), h(1, 2, 16, 65)),
		stricter(kernels, "attention fused one query and key", fused, "has a sequence of 1", h(1, 2, 1, 64), h(1, 2, 1, 64), h(1, 2, 1, 64)),
		stricter("keys and values of different lengths cannot be run", "attention dynamic key", parts, "dimensions of the key", f32(2, 4, 5, 8), f32(2, 4, -1, 8), f32(2, 4, 4, 8)),
	)
}

func rotaryEmbeddings() []Case {
	op := func(interleaved bool, dim int64) trt.RotaryEmbedding {
		return trt.RotaryEmbedding{Interleaved: interleaved, Dim: dim}
	}
	x, table, places, ids := f32(2, 3, 5, 8), f32(2, 5, 4), f32(9, 4), tensor(dtype.Int64, 2, 5)
	halves := op(false, 0)
	cases := sweep("rotary embedding", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, halves, tensor(t, 2, 3, 5, 8), tensor(t, 2, 3, 5, 8), tensor(t, 2, 5, 4), tensor(t, 2, 5, 4))
	})
	cases = append(cases, sweep("rotary embedding at", []dtype.Type{dtype.Int32, dtype.Int64}, false, func(name string, t dtype.Type) Case {
		return accept(name, halves, x, x, places, places, tensor(t, 2, 5))
	})...)
	return append(cases,
		accept("rotary embedding interleaved", op(true, 0), x, x, table, table),
		accept("rotary embedding of a part", op(false, 4), x, x, f32(2, 5, 2), f32(2, 5, 2)),
		accept("rotary embedding interleaved of a part", op(true, 4), x, x, f32(9, 2), f32(9, 2), ids),
		accept("rotary embedding of all", op(false, 8), x, x, table, table),
		accept("rotary embedding of a part of an odd head", op(false, 4), f32(2, 3, 5, 7), f32(2, 3, 5, 7), f32(2, 5, 2), f32(2, 5, 2)),
		accept("rotary embedding tables of different lengths", halves, x, x, places, f32(8, 4), ids),
		accept("rotary embedding dynamic", halves, f32(-1, 3, -1, 8), f32(-1, 3, -1, 8), f32(-1, -1, 4), f32(-1, -1, 4)),
		accept("rotary embedding dynamic heads", halves, f32(2, -1, 5, 8), f32(2, -1, 5, 8), table, table),
		accept("rotary embedding dynamic positions", halves, f32(-1, 3, -1, 8), f32(-1, 3, -1, 8), places, places, tensor(dtype.Int64, -1, -1)),
		accept("rotary embedding dynamic table", halves, x, x, f32(-1, 4), f32(-1, 4), ids),
		refuse("rotary embedding cos type", halves, "must have the type of", tensor(dtype.Float16, 2, 3, 5, 8), table, table),
		refuse("rotary embedding sin type", halves, "must have the type of", x, table, tensor(dtype.Float16, 2, 5, 4)),
		refuse("rotary embedding rank 3", halves, "must have 4 dimensions", f32(2, 5, 8), table, table),
		refuse("rotary embedding rank 5", halves, "must have 4 dimensions", f32(2, 2, 3, 5, 8), table, table),
		refuse("rotary embedding odd dim", op(false, 3), "dim: is out of range", x, f32(2, 5, 1), f32(2, 5, 1)),
		refuse("rotary embedding of more than a head", op(false, 10), "dim: is out of range", x, f32(2, 5, 5), f32(2, 5, 5)),
		refuse("rotary embedding negative dim", op(false, -2), "dim: is out of range", x, table, table),
		refuse("rotary embedding odd head", halves, "even head size", f32(2, 3, 5, 7), f32(2, 5, 3), f32(2, 5, 3)),
		refuse("rotary embedding batch", halves, "other dimensions", x, f32(1, 5, 4), f32(1, 5, 4)),
		refuse("rotary embedding sequence", halves, "other dimensions", x, f32(2, 6, 4), f32(2, 6, 4)),
		refuse("rotary embedding whole table", halves, "other dimensions", x, f32(2, 5, 8), f32(2, 5, 8)),
		refuse("rotary embedding sin", halves, "sin: has other dimensions", x, table, f32(2, 5, 3)),
		refuse("rotary embedding tables by position", halves, "other dimensions", x, f32(5, 4), f32(5, 4)),
		refuse("rotary embedding tables by sequence", halves, "other dimensions", x, table, table, ids),
		refuse("rotary embedding table at positions", halves, "other dimensions", x, f32(9, 3), f32(9, 3), ids),
		refuse("rotary embedding positions batch", halves, "batch and sequence", x, places, places, tensor(dtype.Int64, 1, 5)),
		refuse("rotary embedding positions sequence", halves, "batch and sequence", x, places, places, tensor(dtype.Int64, 2, 4)),
		refuse("rotary embedding positions rank", halves, "batch and sequence", x, places, places, tensor(dtype.Int64, 5)),
		refuse("rotary embedding dynamic input", halves, "other dimensions", f32(-1, 3, 5, 8), table, table),
		refuse("rotary embedding dynamic head", halves, "the last of them static", f32(2, 3, 5, -1), table, table),
	)
}

func kvCacheUpdates() []Case {
	op := trt.KVCacheUpdate{}
	i32 := func(dims ...int64) trt.Info { return tensor(dtype.Int32, dims...) }
	cache, update, at := f32(2, 3, 9, 8), f32(2, 3, 4, 8), i32(2)
	cases := sweep("kv cache update", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, op, tensor(t, 2, 3, 9, 8), tensor(t, 2, 3, 9, 8), tensor(t, 2, 3, 4, 8), at)
	})
	cases = append(cases, sweep("kv cache update at", []dtype.Type{dtype.Int32}, false, func(name string, t dtype.Type) Case {
		return accept(name, op, cache, cache, update, tensor(t, 2))
	})...)
	return append(cases,
		accept("kv cache update of all", op, cache, cache, cache, at),
		accept("kv cache update of a smaller batch", op, f32(4, 3, 9, 8), f32(4, 3, 9, 8), update, at),
		accept("kv cache update dynamic", op, f32(-1, 3, 9, 8), f32(-1, 3, 9, 8), f32(-1, 3, -1, 8), i32(-1)),
		always(3, accept("kv cache update dynamic heads", op, f32(2, -1, 9, -1), f32(2, -1, 9, -1), f32(2, -1, 1, -1), at)),
		always(2, accept("kv cache update dynamic batch of the update", op, cache, cache, f32(-1, 3, 1, 8), at)),
		refuse("kv cache update types", op, "must have the type of", cache, tensor(dtype.Float16, 2, 3, 4, 8), at),
		refuse("kv cache update heads", op, "heads and head size", cache, f32(2, 4, 4, 8), at),
		refuse("kv cache update size", op, "heads and head size", cache, f32(2, 3, 4, 7), at),
		refuse("kv cache update rank", op, "heads and head size", cache, f32(2, 3, 8), at),
		refuse("kv cache update of rank 3", op, "must have 4 dimensions", f32(3, 9, 8), f32(3, 4, 8), i32(3)),
		refuse("kv cache update too long", op, "larger than the cache", cache, f32(2, 3, 10, 8), at),
		refuse("kv cache update too many", op, "larger than the cache", cache, f32(4, 3, 4, 8), i32(4)),
		refuse("kv cache update indices", op, "one for each", cache, update, i32(3)),
		refuse("kv cache update indices rank", op, "one for each", cache, update, i32(2, 1)),
		refuse("kv cache update index", op, "one for each", cache, update, i32()),
		refuse("kv cache update dynamic sequence of the cache", op, "the sequence static", f32(2, 3, -1, 8), f32(2, 3, 1, 8), at),
		refuse("kv cache update one dynamic", op, "heads and head size", f32(2, -1, 9, 8), f32(2, 3, 1, 8), at),
	)
}

// moes are all refused: TensorRT-RTX has no kernel. Those whose dimensions are
// wrong it refuses earlier.
func moes() []Case {
	op := trt.MoE{}
	const built = "Cannot decompose operation moe_fc1"
	in := func(t dtype.Type) []trt.Info {
		return []trt.Info{tensor(t, 1, 3, 16), tensor(dtype.Int32, 1, 3, 2), tensor(t, 1, 3, 2), tensor(t, 4, 16, 32), tensor(t, 4, 16, 32), tensor(t, 4, 32, 16)}
	}
	but := func(i int, x trt.Info) []trt.Info {
		all := append(in(dtype.Float16), tensor(dtype.Float16, 4, 32), tensor(dtype.Float16, 4, 32), tensor(dtype.Float16, 4, 16))
		all[i] = x
		return all
	}
	h := func(dims ...int64) trt.Info { return tensor(dtype.Float16, dims...) }
	experts := stricter("TensorRT documents no conversion", "moe types", op, "gate: must have the type of", but(3, f32(4, 16, 32))...)
	experts.NeedsGPU = true
	cases := sweep("moe", nil, false, func(name string, t dtype.Type) Case {
		return refuse(name, op, built, in(t)...)
	})
	for i := range cases {
		if t := all[i]; t.IsFloat() {
			cases[i].Refusal = built
		}
	}
	return append(cases,
		refuse("moe with biases", op, built, but(8, h(4, 16))...),
		refuse("moe of int64 experts", op, built, but(1, tensor(dtype.Int64, 1, 3, 2))...),
		refuse("moe of float experts", op, "experts: has a type", but(1, h(1, 3, 2))...),
		refuse("moe dynamic", op, built, h(-1, -1, 16), tensor(dtype.Int32, -1, -1, 2), h(-1, -1, 2), h(4, 16, 32), h(4, 16, 32), h(4, 32, 16)),
		refuse("moe rank", op, "hidden: must have 3 dimensions", but(0, h(3, 16))...),
		refuse("moe scores", op, "scores: has the wrong dimensions", but(2, h(1, 3, 3))...),
		refuse("moe experts", op, "experts: has the wrong dimensions", but(1, tensor(dtype.Int32, 1, 4, 2))...),
		refuse("moe hidden size", op, "gate: has the wrong dimensions", but(0, h(1, 3, 15))...),
		refuse("moe up", op, "up: has the wrong dimensions", but(4, h(5, 16, 32))...),
		refuse("moe down", op, "down: has the wrong dimensions", but(5, h(4, 16, 32))...),
		refuse("moe gate rank", op, "gate: must have 3 dimensions", but(3, h(16, 32))...),
		refuse("moe bias", op, "gate bias: has the wrong dimensions", but(6, h(4, 31))...),
		refuse("moe bias rank", op, "up bias: must have 2 dimensions", but(7, h(1, 4, 32))...),
		experts,
	)
}
