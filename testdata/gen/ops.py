"""Small cases of the basic ops with outputs computed by PyTorch, for the tests of trt/refexec.

Run as a script it writes ../refexec/ops.json. Outputs are computed in float64 unless the case is typed
float16 or bfloat16.
"""

import torch
import torch.nn.functional as F

from opcase import TYPES, case, cases, ints, rand, write

torch.manual_seed(20260118)


def pair(v, n=2):
    return list(v) if isinstance(v, (tuple, list)) else [v] * n


def convolution(name, x, out, kernel, stride=1, pad=0, post=None, dilation=1, groups=1, bias=True, dtype=None, tol=2e-6):
    n = x.dim() - 2
    kernel, stride, pre, dilation = pair(kernel, n), pair(stride, n), pair(pad, n), pair(dilation, n)
    post = pre if post is None else pair(post, n)
    w = rand(out, x.shape[1] // groups, *kernel, lo=-1, hi=1)
    b = rand(out) if bias else None
    if dtype:
        x, w, b = x.to(dtype), w.to(dtype), b.to(dtype)
    padded = F.pad(x, [p for i in reversed(range(n)) for p in (pre[i], post[i])])
    conv = {2: F.conv2d, 3: F.conv3d}[n]
    wide = (lambda t: t if t is None else t.double())
    y = conv(wide(padded), wide(w), wide(b), stride=stride, dilation=dilation, groups=groups)
    case("convolution/" + name, "convolution",
         dict(out_channels=out, kernel=kernel, stride=stride, pre_padding=pre, post_padding=post, dilation=dilation, groups=groups),
         [x], y.to(x.dtype), [w, b], tol)


def convolutions():
    x = rand(2, 3, 7, 6)
    convolution("plain", x, 5, 3)
    convolution("no bias", x, 5, 3, bias=False)
    convolution("pointwise", x, 6, 1)
    convolution("pointwise stride 2", x, 6, 1, stride=2)
    convolution("stride 2 pad 1", x, 4, 3, stride=2, pad=1)
    convolution("stem 7x7", rand(1, 3, 14, 15), 4, 7, stride=2, pad=3)
    convolution("asymmetric kernel stride pad", x, 4, (1, 5), stride=(3, 2), pad=(0, 2))
    convolution("asymmetric padding", x, 4, 3, pad=(0, 1), post=(2, 0))
    convolution("dilation", x, 4, 3, pad=2, dilation=(2, 2))
    convolution("dilation stride", rand(1, 2, 11, 13), 4, 3, pad=(3, 4), stride=(2, 3), dilation=(3, 2))
    convolution("groups", rand(2, 6, 5, 5), 9, 3, pad=1, groups=3)
    convolution("depthwise", rand(2, 8, 5, 6), 8, 3, pad=1, groups=8)
    convolution("depthwise multiplier", rand(1, 4, 5, 6), 8, 3, stride=2, groups=4)
    convolution("padding wider than input", rand(1, 2, 1, 2), 3, (1, 3), pad=(0, 5))
    convolution("many channels", rand(1, 40, 3, 3), 9, 3, pad=1)
    convolution("deep sum", rand(1, 300, 2, 2), 6, 1)
    convolution("3-D", rand(2, 2, 4, 5, 6), 3, 3, pad=1)
    convolution("3-D stride dilation", rand(1, 2, 6, 7, 8), 4, (2, 3, 1), stride=(2, 1, 3), pad=(1, 0, 2), dilation=(2, 2, 1), groups=2)
    convolution("float16", rand(1, 8, 6, 6), 5, 3, pad=1, dtype=torch.float16, tol=1e-3)
    convolution("bfloat16", rand(1, 8, 6, 6), 5, 3, pad=1, dtype=torch.bfloat16, tol=8e-3)


def activations():
    x = torch.cat([rand(29, lo=-6, hi=6), torch.tensor([0.0, -0.5, 0.5, 1, -1, 3, -3, 90, -90, 20, -20]).double()]).reshape(2, 20)
    a, b = 0.3125, 0.75
    selu = (1.6732632, 1.050701)  # float32-representable to 7 digits, as in the graph
    ref = {
        "relu": F.relu(x), "sigmoid": torch.sigmoid(x), "tanh": torch.tanh(x), "leaky_relu": F.leaky_relu(x, a),
        "elu": F.elu(x, a), "softsign": F.softsign(x), "softplus": a * F.softplus(x, b) * b,
        "clip": x.clamp(-a, b), "hard_sigmoid": (a * x + b).clamp(0, 1), "scaled_tanh": a * torch.tanh(b * x),
        "thresholded_relu": F.threshold(x, a, 0), "gelu_erf": F.gelu(x), "gelu_tanh": F.gelu(x, approximate="tanh"),
    }
    for kind, y in ref.items():
        alpha = -a if kind == "clip" else a
        case("activation/" + kind, "activation", dict(type=kind, alpha=alpha, beta=b), [x], y)
    case("activation/selu", "activation", dict(type="selu", alpha=selu[0], beta=selu[1]), [x], F.selu(x))
    case("activation/elu alpha 1", "activation", dict(type="elu", alpha=1, beta=0), [x], F.elu(x))
    h = x.half()
    case("activation/relu float16", "activation", dict(type="relu"), [h], F.relu(h))
    case("activation/sigmoid float16", "activation", dict(type="sigmoid"), [h], torch.sigmoid(h.double()).half(), tol=6e-4)
    i = ints(3, 4)
    case("activation/relu int64", "activation", dict(type="relu"), [i], F.relu(i))
    case("activation/relu int32", "activation", dict(type="relu"), [i.int()], F.relu(i.int()))


def batch_norms():
    for name, shape, eps in [("4-D", (2, 3, 4, 5), 1e-5), ("2-D", (3, 4), 1e-3), ("5-D", (1, 2, 2, 3, 2), 1e-5)]:
        x, c = rand(*shape), shape[1]
        gamma, beta, mean, var = rand(c), rand(c), rand(c), rand(c, lo=0.1)
        case("batch_norm/" + name, "batch_norm", dict(eps=eps), [x], F.batch_norm(x, mean, var, gamma, beta, False, 0, eps), [gamma, beta, mean, var])
        case("batch_norm/plain " + name, "batch_norm", dict(eps=eps), [x], F.batch_norm(x, mean, var, None, None, False, 0, eps), [None, None, mean, var])


def constants():
    for t in (rand(2, 3), rand(2, 3).half(), rand(4).bfloat16(), ints(5), ints(2, 2).int(), ints(3) > 0, rand(1).reshape(())):
        case("constant/%s %d-D" % (TYPES[t.dtype], t.dim()), "constant", {}, [], t, [t])

def deconvolution(name, x, out, kernel, stride=1, pad=0, output_padding=0, dilation=1, groups=1, bias=True, dtype=None, tol=2e-6):
    n = x.dim() - 2
    kernel, stride, pad, extra, dilation = (pair(v, n) for v in (kernel, stride, pad, output_padding, dilation))
    w = rand(x.shape[1], out // groups, *kernel, lo=-1, hi=1)
    b = rand(out) if bias else None
    if dtype:
        x, w, b = x.to(dtype), w.to(dtype), b.to(dtype)
    wide = (lambda t: t if t is None else t.double())
    y = {2: F.conv_transpose2d, 3: F.conv_transpose3d}[n](wide(x), wide(w), wide(b), stride, pad, extra, groups, dilation)
    case("deconvolution/" + name, "deconvolution",
         dict(out_channels=out, kernel=kernel, stride=stride, pre_padding=pad, post_padding=[p - e for p, e in zip(pad, extra)],
              dilation=dilation, groups=groups),
         [x], y.to(x.dtype), [w, b], tol)


def deconvolutions():
    x = rand(2, 4, 5, 6)
    deconvolution("plain", x, 3, 3)
    deconvolution("upsample 2x2", x, 3, 2, stride=2, bias=False)
    deconvolution("stride pad", x, 3, 4, stride=2, pad=1)
    deconvolution("output padding", x, 3, 3, stride=2, pad=1, output_padding=1)
    deconvolution("output padding uneven", x, 3, (3, 4), stride=(3, 2), pad=(2, 1), output_padding=(2, 0))
    deconvolution("stride wider than kernel", x, 2, (1, 2), stride=(2, 3))
    deconvolution("groups", x, 6, 3, stride=2, pad=1, groups=2)
    deconvolution("depthwise", x, 4, 3, groups=4)
    deconvolution("dilation", x, 3, 3, pad=(1, 2), stride=(2, 1), dilation=(2, 3))
    deconvolution("3-D", rand(1, 2, 3, 4, 2), 3, (2, 3, 1), stride=(2, 1, 3), pad=(1, 1, 0), output_padding=(1, 0, 0), dilation=(2, 1, 1))
    deconvolution("float16", x, 3, 3, stride=2, pad=1, dtype=torch.float16, tol=1e-3)


def pooling(name, x, kind, window, stride=None, pad=0, ceil=False, include=True):
    n = x.dim() - 2
    window, pad = pair(window, n), pair(pad, n)
    stride = window if stride is None else pair(stride, n)
    if kind == "max":
        y = {2: F.max_pool2d, 3: F.max_pool3d}[n](x, window, stride, pad, ceil_mode=ceil)
    else:
        y = {2: F.avg_pool2d, 3: F.avg_pool3d}[n](x, window, stride, pad, ceil, include)
    case("pooling/" + name, "pooling", 
         dict(type=kind, window=window, stride=stride, pre_padding=pad, post_padding=pad, round_up=ceil, count_includes_padding=include), [x], y)


def poolings():
    x = rand(2, 3, 7, 8) - 3  # negative: a zero that leaks in from the padding shows
    for kind in ("max", "average"):
        pooling(kind + " plain", x, kind, 2)
        pooling(kind + " overlapping", x, kind, 3, stride=2)
        pooling(kind + " padded", x, kind, 3, stride=2, pad=1)
        pooling(kind + " ceil", x, kind, 3, stride=2, ceil=True)
        pooling(kind + " asymmetric", x, kind, (1, 4), stride=(2, 3), pad=(0, 2))
        pooling(kind + " global", x, kind, (7, 8))
        pooling(kind + " 5x5 stride 1", x, kind, 5, stride=1, pad=2)
        pooling(kind + " 3-D", rand(1, 2, 4, 5, 6) - 3, kind, (2, 3, 2), stride=(1, 2, 2), pad=(1, 1, 0))
        pooling(kind + " float16", x.half(), kind, 3, stride=1, pad=1)
    pooling("average without padding", x, "average", 3, stride=2, pad=1, include=False)
    pooling("average without padding 3-D", rand(1, 2, 4, 5, 6), "average", 3, stride=2, pad=1, include=False)


def elementwise():
    a, b = rand(2, 3, 4), rand(2, 3, 4)
    b[b == 0] = 0.5
    floats = {
        "sum": a + b, "prod": a * b, "max": torch.maximum(a, b), "min": torch.minimum(a, b), "sub": a - b, "div": a / b,
        "floor_div": torch.floor(a / b), "equal": a == b, "greater": a > b, "less": a < b,
    }
    for kind, y in floats.items():
        case("elementwise/" + kind, "elementwise", dict(operation=kind), [a, b], y)
    p, e = rand(2, 3, lo=0.1), rand(2, 3)
    case("elementwise/pow", "elementwise", dict(operation="pow"), [p, e], p ** e)
    case("elementwise/pow negative base", "elementwise", dict(operation="pow"), [a, torch.full_like(a, 3)], a ** 3)
    case("elementwise/equal itself", "elementwise", dict(operation="equal"), [a, a], a == a)
    for shape in ((1, 3, 1), (2, 1, 4), (1, 1, 1)):
        c = rand(*shape)
        case("elementwise/broadcast %s" % (shape,), "elementwise", dict(operation="sub"), [c, a], c - a)
    c, r = rand(3, 1), rand(1, 4)
    case("elementwise/outer", "elementwise", dict(operation="prod"), [c, r], c * r)
    s, t = rand(1).reshape(()), rand(1).reshape(())
    case("elementwise/0-D", "elementwise", dict(operation="sum"), [s, t], s + t)
    i, j = ints(3, 4), ints(3, 4, lo=1)
    j[1] *= -1
    for kind, y in {"sum": i + j, "prod": i * j, "max": torch.maximum(i, j), "min": torch.minimum(i, j), "sub": i - j,
                    "div": torch.div(i, j, rounding_mode="trunc"), "floor_div": torch.div(i, j, rounding_mode="floor"),
                    "equal": i == j, "greater": i > j, "less": i < j}.items():
        case("elementwise/%s int64" % kind, "elementwise", dict(operation=kind), [i, j], y)
    big = torch.tensor([2**31 - 1, -2**31, 65536], dtype=torch.int32)
    case("elementwise/sum int32 wraps", "elementwise", dict(operation="sum"), [big, big], big + big)
    m, n = torch.tensor([True, True, False, False]), torch.tensor([True, False, True, False])
    for kind, y in {"and": m & n, "or": m | n, "xor": m ^ n, "equal": m == n}.items():
        case("elementwise/%s bool" % kind, "elementwise", dict(operation=kind), [m, n], y)
    case("elementwise/sum float16", "elementwise", dict(operation="sum"), [a.half() * 100, b.half()], a.half() * 100 + b.half())
    case("elementwise/prod bfloat16", "elementwise", dict(operation="prod"), [a.bfloat16(), b.bfloat16()], a.bfloat16() * b.bfloat16())


def unaries():
    x = torch.cat([rand(14), torch.tensor([0.0, 2.5, -2.5, 3.5, -0.5, 0.5]).double()]).reshape(4, 5)
    pos, unit, over = rand(3, 4, lo=0.25), rand(3, 4, lo=-0.9, hi=0.9), rand(3, 4, lo=1.05, hi=4)
    for kind, v, f in [
        ("exp", x, torch.exp), ("log", pos, torch.log), ("sqrt", pos, torch.sqrt), ("recip", pos, torch.reciprocal), ("abs", x, torch.abs),
        ("neg", x, torch.neg), ("sin", x, torch.sin), ("cos", x, torch.cos), ("tan", unit, torch.tan), ("sinh", x, torch.sinh),
        ("cosh", x, torch.cosh), ("asin", unit, torch.asin), ("acos", unit, torch.acos), ("atan", x, torch.atan), ("asinh", x, torch.asinh),
        ("acosh", over, torch.acosh), ("atanh", unit, torch.atanh), ("ceil", x, torch.ceil), ("floor", x, torch.floor), ("erf", x, torch.erf),
        ("sign", x, torch.sign), ("round", x, torch.round), ("isinf", x, torch.isinf), ("isnan", x, torch.isnan),
    ]:
        case("unary/" + kind, "unary", dict(operation=kind), [v], f(v))
    case("unary/not", "unary", dict(operation="not"), [torch.tensor([True, False])], torch.tensor([False, True]))
    i = ints(3, 3)
    for kind, f in (("abs", torch.abs), ("neg", torch.neg), ("sign", torch.sign)):
        case("unary/%s int64" % kind, "unary", dict(operation=kind), [i], f(i))
    case("unary/exp 0-D", "unary", dict(operation="exp"), [x[0, 0]], torch.exp(x[0, 0]))
    case("unary/exp float16", "unary", dict(operation="exp"), [x.half()], torch.exp(x).half(), tol=1e-3)


def concatenations():
    for axis in range(4):
        parts = [rand(*(n if i == axis else 2 + i for i in range(4))) for n in (1, 3, 2)]
        case("concatenation/axis %d" % axis, "concatenation", dict(axis=axis), parts, torch.cat(parts, axis))
    x = rand(2, 3)
    case("concatenation/one", "concatenation", dict(axis=1), [x], x)
    a, b = ints(2), ints(3)
    case("concatenation/int64", "concatenation", dict(axis=0), [a, b], torch.cat([a, b]))


def matrix(kind):
    return {"n": "none", "t": "transpose", "v": "vector"}[kind]


def matrix_multiplies():
    for name, a, b, ka, kb in [
        ("plain", rand(3, 5), rand(5, 4), "n", "n"), ("a transposed", rand(5, 3), rand(5, 4), "t", "n"), ("b transposed", rand(3, 5), rand(4, 5), "n", "t"),
        ("both transposed", rand(5, 3), rand(4, 5), "t", "t"), ("one row", rand(1, 9), rand(7, 9), "n", "t"),
        ("batch", rand(2, 3, 3, 5), rand(2, 3, 5, 4), "n", "n"), ("batch transposed", rand(3, 5, 3), rand(3, 4, 5), "t", "t"),
        ("broadcast a", rand(1, 3, 3, 5), rand(2, 3, 5, 4), "n", "n"), ("broadcast both", rand(2, 1, 3, 5), rand(1, 3, 5, 4), "n", "n"),
        ("deep", rand(2, 600), rand(600, 3), "n", "n"),
    ]:
        x = a.mT if ka == "t" else a
        y = b.mT if kb == "t" else b
        case("matrix_multiply/" + name, "matrix_multiply", dict(op_a=matrix(ka), op_b=matrix(kb)), [a, b], x @ y)
    m, v = rand(2, 4, 8), rand(2, 8)
    case("matrix_multiply/matrix vector", "matrix_multiply", dict(op_a="none", op_b="vector"), [m, v], (m @ v[..., None])[..., 0])
    m, v = rand(2, 8, 4), rand(2, 8)
    case("matrix_multiply/vector matrix", "matrix_multiply", dict(op_a="vector", op_b="none"), [v, m], (v[..., None, :] @ m)[..., 0, :])
    case("matrix_multiply/transposed vector", "matrix_multiply", dict(op_a="transpose", op_b="vector"), [m, v], (m.mT @ v[..., None])[..., 0])
    v, w = rand(6), rand(6)
    case("matrix_multiply/dot", "matrix_multiply", dict(op_a="vector", op_b="vector"), [v, w], v @ w)
    a, b = rand(3, 16).half(), rand(16, 4).half()
    case("matrix_multiply/float16", "matrix_multiply", dict(op_a="none", op_b="none"), [a, b], (a.double() @ b.double()).half(), tol=1e-3)


def softmaxes():
    x = rand(2, 3, 4, lo=-8, hi=8)
    for axis in range(3):
        case("softmax/axis %d" % axis, "softmax", dict(axis=axis), [x], F.softmax(x, axis))
    large = x * 60
    case("softmax/large", "softmax", dict(axis=2), [large], F.softmax(large, 2))
    case("softmax/float16", "softmax", dict(axis=1), [x.half()], F.softmax(x, 1).half(), tol=1e-3)


def reductions():
    x = rand(2, 3, 4, 5)
    kinds = {"sum": lambda t, d, k: t.sum(d, k), "mean": lambda t, d, k: t.mean(d, k), "max": lambda t, d, k: t.amax(d, k),
             "min": lambda t, d, k: t.amin(d, k)}
    for axes in ([0], [1], [3], [2, 3], [0, 2], [1, 2, 3], [0, 1, 2, 3]):
        for keep in (False, True):
            for kind, f in kinds.items():
                if kind in ("sum", "max") or axes in ([2, 3], [0, 2]):
                    case("reduce/%s %s keep %s" % (kind, axes, keep), "reduce", dict(operation=kind, axes=axes, keep_dims=keep), [x], f(x, axes, keep))
    case("reduce/prod", "reduce", dict(operation="prod", axes=[1], keep_dims=False), [x], x.prod(1))
    i = ints(3, 4)
    for kind, y in {"sum": i.sum(1), "prod": i.prod(1), "max": i.amax(1), "min": i.amin(1)}.items():
        case("reduce/%s int64" % kind, "reduce", dict(operation=kind, axes=[1], keep_dims=False), [i], y)
    h = torch.full((1, 4, 40, 40), 30.0).half()
    case("reduce/sum float16 overflows nothing", "reduce", dict(operation="sum", axes=[2, 3], keep_dims=True), [h], h.double().sum((2, 3), True).half())
    case("reduce/mean bfloat16", "reduce", dict(operation="mean", axes=[1], keep_dims=False), [x.bfloat16()], x.bfloat16().double().mean(1).bfloat16())


def scales():
    x = rand(2, 3, 4, 2)
    c, s, p = rand(3), rand(3), torch.tensor([1.0, 2.0, 3.0]).double()
    wide = (lambda t: t.reshape(1, 3, 1, 1))
    case("scale/channel", "scale", dict(mode="channel", channel_axis=1), [x], x * wide(c) + wide(s), [c, s, None])
    case("scale/channel power", "scale", dict(mode="channel", channel_axis=1), [x], (x * wide(c) + wide(s)) ** wide(p), [c, s, p])
    case("scale/shift only", "scale", dict(mode="channel", channel_axis=1), [x], x + wide(s), [None, s, None])
    u, v = rand(1), rand(1)
    case("scale/uniform", "scale", dict(mode="uniform"), [x], x * u + v, [u, v, None])
    q = rand(2, 3, 4, 2, lo=0)
    case("scale/uniform power", "scale", dict(mode="uniform"), [q], q ** 1.5, [None, None, torch.tensor([1.5]).double()])
    case("scale/float16", "scale", dict(mode="channel", channel_axis=1), [x.half()], (x * wide(c) + wide(s)).half(), [c.half(), s.half(), None], tol=1e-3)


def shuffle(first, reshape, second):
    return dict(first_transpose=first, reshape=reshape, second_transpose=second)


def shuffles():
    x = rand(2, 3, 4)
    p = (lambda name, y, first=None, reshape=None, second=None: case("shuffle/" + name, "shuffle", shuffle(first, reshape, second), [x], y))
    p("transpose", x.permute(2, 0, 1), first=[2, 0, 1])
    p("reshape", x.reshape(6, 4), reshape=[6, 4])
    p("inferred", x.reshape(2, 12), reshape=[2, -1])
    p("copied", x.reshape(2, 3, 2, 2), reshape=[0, 0, 2, 2])
    p("copied and inferred", x.reshape(2, 12), reshape=[0, -1])
    p("transpose reshape", x.permute(1, 0, 2).reshape(6, 4), first=[1, 0, 2], reshape=[6, 4])
    p("reshape transpose", x.reshape(4, 6).T, reshape=[4, 6], second=[1, 0])
    p("all three", x.permute(2, 1, 0).reshape(2, 6, 2).permute(0, 2, 1), first=[2, 1, 0], reshape=[2, 6, 2], second=[0, 2, 1])
    p("more axes", x.reshape(1, 2, 3, 1, 4), reshape=[1, 2, 3, 1, 4])
    i = ints(2, 3)
    case("shuffle/int64", "shuffle", shuffle([1, 0], None, None), [i], i.T)
    one = rand(1)
    case("shuffle/to 0-D", "shuffle", shuffle(None, [], None), [one], one.reshape(()))
    case("shuffle/channel shuffle", "shuffle", shuffle(None, [2, 3, 2, 5], [0, 2, 1, 3]), [big := rand(2, 6, 5)], big.reshape(2, 3, 2, 5).transpose(1, 2))


def slices():
    x = rand(4, 5, 6)

    def index(start, size, stride):
        y = x
        for axis, (a, n, s) in enumerate(zip(start, size, stride)):
            y = y.index_select(axis, torch.tensor([a + i * s for i in range(n)], dtype=torch.long))
        return y

    for name, start, size, stride in [
        ("plain", [0, 1, 2], [2, 3, 4], [1, 1, 1]), ("strided", [0, 0, 1], [2, 3, 2], [2, 2, 3]), ("reversed", [3, 4, 5], [4, 5, 6], [-1, -1, -1]),
        ("reversed strided", [3, 4, 5], [2, 2, 3], [-3, -2, -2]), ("whole", [0, 0, 0], [4, 5, 6], [1, 1, 1]), ("one element", [2, 2, 2], [1, 1, 1], [1, 1, 1]),
    ]:
        case("slice/" + name, "slice", dict(axes=[0, 1, 2], start=start, size=size, stride=stride), [x], index(start, size, stride))
    case("slice/one axis", "slice", dict(axes=[1], start=[3], size=[2], stride=[-2]), [x], x[:, [3, 1]])
    i = ints(5)
    case("slice/int64", "slice", dict(axes=[0], start=[1], size=[2], stride=[2]), [i], i[1:4:2])


def sampled(x, coordinates, mode):
    """PyTorch's own interpolation of x [N,C,H,W] at the source coordinates (rows, columns), border repeated."""
    rows, cols = coordinates
    h, w = x.shape[2:]
    grid = torch.stack(torch.meshgrid(2 * rows / (h - 1) - 1, 2 * cols / (w - 1) - 1, indexing="ij"), -1).flip(-1)
    return F.grid_sample(x, grid[None].expand(x.shape[0], -1, -1, -1), mode=mode, padding_mode="border", align_corners=True)


def resizes():
    x = rand(2, 2, 4, 5)

    def r(name, y, mode, coordinates, size=None, factors=None, rounding="floor", tol=2e-6, v=x):
        case("resize/" + name, "resize", dict(
            mode=mode, coordinates=coordinates, rounding=rounding, size=list(y.shape) if size else None, scales=factors), [v], y, tol=tol)

    for name, size in (("up", (8, 10)), ("uneven up", (7, 9)), ("down", (2, 3)), ("mixed", (9, 2)), ("same", (4, 5)), ("to one", (1, 1))):
        r("nearest " + name, F.interpolate(x, size, mode="nearest"), "nearest", "asymmetric", size)
        r("nearest half pixel " + name, F.interpolate(x, size, mode="nearest-exact"), "nearest", "half_pixel", size, rounding="half_up")
        r("linear " + name, F.interpolate(x, size, mode="bilinear"), "linear", "half_pixel", size)
        r("linear corners " + name, F.interpolate(x, size, mode="bilinear", align_corners=True), "linear", "align_corners", size)
        r("cubic " + name, F.interpolate(x, size, mode="bicubic"), "cubic", "half_pixel", size)
        r("cubic corners " + name, F.interpolate(x, size, mode="bicubic", align_corners=True), "cubic", "align_corners", size)
        at = [torch.arange(n).double() * e / n for n, e in zip(size, x.shape[2:])]
        r("linear asymmetric " + name, sampled(x, at, "bilinear"), "linear", "asymmetric", size)
        up = [torch.minimum(torch.ceil(a), torch.tensor(e - 1.0)).long() for a, e in zip(at, x.shape[2:])]
        r("nearest ceil " + name, x[:, :, up[0]][:, :, :, up[1]], "nearest", "asymmetric", size, rounding="ceil")
    for f in (2.0, 1.5, 0.75):
        kw = dict(scale_factor=(f, f), recompute_scale_factor=False)
        r("nearest by %g" % f, F.interpolate(x, mode="nearest", **kw), "nearest", "asymmetric", None, [1, 1, f, f])
        r("linear by %g" % f, F.interpolate(x, mode="bilinear", **kw), "linear", "half_pixel", None, [1, 1, f, f])
    v = rand(1, 2, 3, 2, 4)
    r("nearest 3-D", F.interpolate(v, (5, 4, 6), mode="nearest"), "nearest", "asymmetric", True, v=v)
    r("linear 3-D", F.interpolate(v, (5, 4, 6), mode="trilinear"), "linear", "half_pixel", True, v=v)
    h = x.half()
    r("linear float16", F.interpolate(x, (8, 10), mode="bilinear").half(), "linear", "half_pixel", True, v=h, tol=1e-3)


def casts():
    x = torch.tensor([0.0, 0.5, -0.5, 1.75, -1.75, 2.5, 300.25, -7]).double()
    for to in (torch.int32, torch.int64, torch.float16, torch.bfloat16, torch.bool, torch.float64):
        case("cast/float32 to " + TYPES[to], "cast", dict(to=TYPES[to]), [x], x.to(to))
    i = ints(6, lo=-3000, hi=3000)
    for to in (torch.int32, torch.float64, torch.float16, torch.bfloat16, torch.bool):
        case("cast/int64 to " + TYPES[to], "cast", dict(to=TYPES[to]), [i], i.to(to))
    h = rand(6).half()
    for to in (torch.float64, torch.bfloat16, torch.int32):
        case("cast/float16 to " + TYPES[to], "cast", dict(to=TYPES[to]), [h], h.to(to))
    b = torch.tensor([True, False])
    for to in (torch.float64, torch.int32, torch.float16):
        case("cast/bool to " + TYPES[to], "cast", dict(to=TYPES[to]), [b], b.to(to))


def identities():
    for x in (rand(2, 3), rand(2).half(), ints(3), rand(1).reshape(())):
        case("identity/%s %d-D" % (TYPES[x.dtype], x.dim()), "identity", {}, [x], x)


def paddings():
    x = rand(2, 2, 4, 5)
    for name, pre, post in [("plain", [1, 2], [3, 0]), ("crop", [-1, 0], [0, -2]), ("crop and pad", [-1, 2], [2, -3]), ("none", [0, 0], [0, 0])]:
        case("padding/" + name, "padding", dict(pre_padding=pre, post_padding=post), [x], F.pad(x, (pre[1], post[1], pre[0], post[0])))


def gathers():
    x = rand(4, 5, 3)
    i = ints(2, 3, lo=0, hi=3)
    for axis in range(3):
        case("gather/axis %d" % axis, "gather", dict(mode="default", axis=axis, batch_dims=0), [x, i], x.index_select(axis, i.reshape(-1)).reshape(*x.shape[:axis], 2, 3, *x.shape[axis + 1:]))
    s = torch.tensor(2)
    case("gather/one row", "gather", dict(mode="default", axis=1, batch_dims=0), [x, s], x[:, 2])
    case("gather/int32 indices", "gather", dict(mode="default", axis=0, batch_dims=0), [x, i.int()], x[i])
    data = ints(6)
    case("gather/int64 data", "gather", dict(mode="default", axis=0, batch_dims=0), [data, i], data[i])
    b = ints(4, 2, lo=0, hi=5)
    case("gather/batched", "gather", dict(mode="default", axis=1, batch_dims=1), [x, b], torch.stack([x[n].index_select(0, b[n]) for n in range(4)]))
    e = ints(4, 2, 3, lo=0, hi=5)
    case("gather/element", "gather", dict(mode="element", axis=1, batch_dims=0), [x, e], torch.gather(x, 1, e))
    e = ints(2, 5, 3, lo=0, hi=4)
    case("gather/element axis 0", "gather", dict(mode="element", axis=0, batch_dims=0), [x, e], torch.gather(x, 0, e))
    t = torch.stack([ints(6, lo=0, hi=4), ints(6, lo=0, hi=5)], -1)
    case("gather/tuples", "gather", dict(mode="nd", axis=0, batch_dims=0), [x, t], x[t[:, 0], t[:, 1]])
    t = torch.stack([ints(2, 3, lo=0, hi=4), ints(2, 3, lo=0, hi=5), ints(2, 3, lo=0, hi=3)], -1)
    case("gather/whole tuples", "gather", dict(mode="nd", axis=0, batch_dims=0), [x, t], x[t[..., 0], t[..., 1], t[..., 2]])
    t = ints(4, 2, 1, lo=0, hi=5)
    case("gather/tuples batched", "gather", dict(mode="nd", axis=0, batch_dims=1), [x, t], torch.stack([x[n][t[n, :, 0]] for n in range(4)]))


def squeezes():
    x = rand(1, 3, 1, 4)
    case("squeeze/both", "squeeze", dict(axes=[0, 2]), [x], x.reshape(3, 4))
    case("squeeze/one", "squeeze", dict(axes=[2]), [x], x.squeeze(2))
    y = rand(3, 4)
    case("unsqueeze/front and back", "unsqueeze", dict(axes=[0, 3]), [y], y[None, :, :, None])
    case("unsqueeze/middle", "unsqueeze", dict(axes=[1]), [y], y.unsqueeze(1))
    i = ints(3)
    case("unsqueeze/int64", "unsqueeze", dict(axes=[1]), [i], i.unsqueeze(1))


for make in (convolutions, activations, batch_norms, constants, deconvolutions, poolings, elementwise, unaries, concatenations,
             matrix_multiplies, softmaxes, reductions, scales, shuffles, slices, resizes, casts, identities, paddings, gathers, squeezes):
    make()

if __name__ == "__main__":
    write("ops.json")
