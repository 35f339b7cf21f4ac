"""Small cases of every op with outputs computed by PyTorch, for the tests of trt/refexec.

Run as a script it writes ../refexec/ops.json, one case a line: op and parameters in the terms of
the Go package trt, inputs, weights in the op's order (null: absent), outputs. Inputs and weights
are multiples of 1/64, exact in decimal and in float16; outputs are computed in float64 unless the
case is typed float16 or bfloat16, and written with 9 significant digits.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(20260118)
cases = []


def rand(*shape, lo=-2.0, hi=2.0):
    """Multiples of 1/64 in [lo, hi)."""
    return torch.randint(int(lo * 64), int(hi * 64), shape).double() / 64


def ints(*shape, lo=-9, hi=10):
    return torch.randint(lo, hi, shape)


TYPES = {torch.float64: "float32", torch.float32: "float32", torch.float16: "float16",
         torch.bfloat16: "bfloat16", torch.int32: "int32", torch.int64: "int64", torch.bool: "bool"}


def tensor(t):
    if t is None:
        return None
    t = t.contiguous()
    flat = t.reshape(-1)
    if t.dtype.is_floating_point:
        values = [float("%.9g" % v) for v in flat.double().tolist()]
    else:
        values = [int(v) for v in flat.tolist()]
    return {"type": TYPES[t.dtype], "dims": list(t.shape), "values": values}


def case(name, op, params, inputs, output, weights=(), tol=2e-6):
    """tol is relative to the largest output."""
    cases.append({"name": name, "op": op, "params": params, "inputs": [tensor(x) for x in inputs],
                  "weights": [tensor(w) for w in weights], "output": tensor(output), "tolerance": tol})


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
    convolution("many channels", rand(1, 70, 3, 3), 20, 3, pad=1)
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


convolutions()
activations()
batch_norms()
constants()

if __name__ == "__main__":
    out = pathlib.Path(__file__).parent.parent / "refexec" / "ops.json"
    out.parent.mkdir(exist_ok=True)
    rows = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    out.write_text('{"torch":"%s","cases":[\n%s\n]}\n' % (torch.__version__, rows))
    print(len(cases), "cases,", out.stat().st_size, "bytes")
