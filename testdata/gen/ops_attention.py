"""Cases of attention, with outputs of PyTorch; of rotary embeddings and, for a second opinion on attention, with
outputs of ONNX Runtime; of updates of a cache and mixtures of experts, written out. Run as a script it writes
../refexec/ops_attention.json.
"""

import numpy
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper

from opcase import case, ints, rand, write

torch.manual_seed(20261129)


def onnx_run(op, inputs, **attributes):
    """The first output of one operator; None leaves an input out."""
    names = ["x%d" % i if x is not None else "" for i, x in enumerate(inputs)]
    arrays = {n: x.float().numpy() if x.is_floating_point() else x.numpy() for n, x in zip(names, inputs) if n}
    infos = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape) for n, a in arrays.items()]
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node(op, names, ["y"], **attributes)], "op", infos, [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return torch.from_numpy(numpy.asarray(session.run(["y"], arrays)[0]).astype("float64"))


def attention(name, inputs, y, normalization="softmax", causal="none", tol=4e-6):
    params = dict(normalization=normalization, causal=causal, decomposable=True)
    case("attention/" + name, "attention", params, inputs, y, tol=tol)


def attentions():
    q, k, v = rand(2, 4, 3, 4), rand(2, 2, 5, 4), rand(2, 2, 5, 4)
    wide = [t.repeat_interleave(2, 1) for t in (k, v)]
    sdpa = (lambda *a, **kw: F.scaled_dot_product_attention(*a, scale=1.0, **kw))
    attention("cross, grouped", [q, k, v], sdpa(q, k, v, enable_gqa=True))
    attention("self", [q, q, q], sdpa(q, q, q))
    one = [t[:, :1] for t in (k, v)]
    attention("one key head", [q, *one], sdpa(q, *one, enable_gqa=True))
    attention("causal", [q, k, v], sdpa(q, *wide, is_causal=True), causal="upper_left")
    last = torch.ones(3, 5).bool().tril(2)
    attention("causal from the end", [q, k, v], sdpa(q, *wide, attn_mask=last), causal="lower_right")
    step = q[:, :, :1]
    attention("one query, causal from the end", [step, k, v], sdpa(step, *wide), causal="lower_right")
    seen = torch.rand(2, 1, 3, 5) > 0.4
    seen[..., 0] = True
    attention("mask of bools", [q, k, v, seen], sdpa(q, *wide, attn_mask=seen))
    bias = rand(1, 4, 3, 5)
    attention("added mask", [q, k, v, bias], sdpa(q, *wide, attn_mask=bias))
    padding = torch.zeros(2, 1, 1, 5).double()
    padding[0, 0, 0, 3:] = -10000
    attention("padding", [q, k, v, padding], sdpa(q, *wide, attn_mask=padding))
    scores = q @ wide[0].mT
    attention("no softmax", [q, k, v], scores @ wide[1], normalization="none")
    attention("no softmax, added mask", [q, k, v, bias], (scores + bias) @ wide[1], normalization="none")
    attention("onnx runtime, grouped and masked", [q, k, v, bias], onnx_run("Attention", [q, k, v, bias], scale=1.0))
    attention("onnx runtime, causal", [q, k, v], onnx_run("Attention", [q, k, v], scale=1.0, is_causal=1), causal="upper_left")
    for dtype, tol in (torch.float16, 1e-3), (torch.bfloat16, 8e-3):
        h = [t.to(dtype) for t in (q, k, v)]
        y = sdpa(h[0].double(), *(t.double().repeat_interleave(2, 1) for t in h[1:])).to(dtype)
        attention(str(dtype)[6:], h, y, tol=tol)


def rotary_embeddings():
    x = rand(2, 2, 3, 8)

    def table(*shape):
        angles = rand(*shape, lo=-3, hi=3)
        return [(t * 64).round() / 64 for t in (angles.cos(), angles.sin())]

    def r(name, x, tables, positions=None, interleaved=False, dim=0, tol=2e-6):
        y = onnx_run("RotaryEmbedding", [x, *tables, positions], interleaved=int(interleaved), rotary_embedding_dim=dim, num_heads=x.shape[1]).to(x.dtype)
        inputs = [x, *tables] + ([] if positions is None else [positions])
        case("rotary_embedding/" + name, "rotary_embedding", dict(interleaved=interleaved, dim=dim), inputs, y, tol=tol)

    places = ints(2, 3, lo=0, hi=7)
    for interleaved in (False, True):
        how = "interleaved" if interleaved else "halves"
        r(how, x, table(2, 3, 4), interleaved=interleaved)
        r(how + " at positions", x, table(7, 4), places, interleaved)
        r(how + " of a part", x, table(7, 2), places, interleaved, dim=4)
        for dtype, tol in (torch.float16, 1e-3), (torch.bfloat16, 8e-3):
            r("%s %s" % (how, str(dtype)[6:]), x.to(dtype), [t.to(dtype) for t in table(7, 4)], places, interleaved, tol=tol)
    half = [t[:, :, :2] for t in table(2, 3, 4)]
    r("of a part by sequence", x, half, dim=4)


def kv_cache_updates():
    cache, update = rand(3, 2, 5, 2), rand(2, 2, 2, 2)

    def k(name, cache, update, at):
        y = cache.clone()
        for i, first in enumerate(at.tolist()):
            for s in range(update.shape[2]):
                if 0 <= first + s < cache.shape[2]:
                    y[i, :, first + s] = update[i, :, s]
        case("kv_cache_update/" + name, "kv_cache_update", {}, [cache, update, at], y)

    k("at different places", cache, update, torch.tensor([0, 2]).int())
    k("beyond the end", cache, update, torch.tensor([4, 5]).int())
    k("of all", cache, cache, torch.tensor([0, 0, 0]).int())
    k("one token", cache[:1], update[:1, :, :1], torch.tensor([3]).int())
    k("before the beginning", cache, update, torch.tensor([-1, 1]).int())
    k("float16", cache.half(), update.half(), torch.tensor([1, 3]).int())
    k("bfloat16", cache.bfloat16(), update.bfloat16(), torch.tensor([1, 3]).int())


def moes():
    def m(name, hidden, experts, weights, biases=(), tol=4e-6):
        scores = rand(*experts.shape, lo=0, hi=1).to(hidden.dtype)
        wide = [w.double() for w in (*weights, *biases)]
        g, u, d = wide[:3]
        gb, ub, db = wide[3:] if biases else (torch.zeros(g.shape[0], g.shape[2]), torch.zeros(g.shape[0], g.shape[2]), torch.zeros(g.shape[0], g.shape[1]))
        x = hidden.double()[:, :, None, None]
        y = (F.silu(x @ g[experts] + gb[experts][..., None, :]) * (x @ u[experts] + ub[experts][..., None, :])) @ d[experts] + db[experts][..., None, :]
        y = (scores.double()[..., None, None] * y).sum(2)[:, :, 0].to(hidden.dtype)
        case("moe/" + name, "moe", {}, [hidden, experts, scores, *weights, *biases], y, tol=tol)

    x, gate, up, down = rand(2, 3, 4, lo=-1, hi=1), rand(3, 4, 5, lo=-1, hi=1), rand(3, 4, 5, lo=-1, hi=1), rand(3, 5, 4, lo=-1, hi=1)
    chosen = ints(2, 3, 2, lo=0, hi=3)
    biases = [rand(3, 5), rand(3, 5), rand(3, 4)]
    m("two of three", x, chosen, [gate, up, down])
    m("biases", x, chosen, [gate, up, down], biases)
    m("one of three, int32", x, chosen[:, :, :1].int(), [gate, up, down])
    m("one expert", x, torch.zeros(2, 3, 1).long(), [gate[:1], up[:1], down[:1]])
    for dtype, tol in (torch.float16, 1e-3), (torch.bfloat16, 8e-3):
        m(str(dtype)[6:], x.to(dtype), chosen, [w.to(dtype) for w in (gate, up, down)], [b.to(dtype) for b in biases], tol)


for make in (attentions, rotary_embeddings, kv_cache_updates, moes):
    make()

if __name__ == "__main__":
    write("ops_attention.json", onnx=onnx.__version__, onnxruntime=onnxruntime.__version__)
