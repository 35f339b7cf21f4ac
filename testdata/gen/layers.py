"""What PyTorch computes for the layers of builder/layers and the modules of builder/bind.

Writes ../layers/layers.json in the form of opcase.py. The op names the Go function, params are its
arguments; weights of modules are named by params["names"], below the path "m".
"""

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import deform_conv2d

import torchvision
from opcase import case, rand, write

torch.manual_seed(20261128)


def shuffles():
    for factor, c, h, w in ((2, 8, 3, 4), (3, 9, 2, 2), (2, 4, 1, 5), (4, 16, 2, 1), (1, 3, 4, 4)):
        x = rand(2, c, h, w)
        case("pixel_shuffle/%d" % factor + " of %dx%dx%d" % (c, h, w), "pixel_shuffle", dict(factor=factor), [x], F.pixel_shuffle(x, factor))
    for factor, c, h, w in ((2, 2, 6, 4), (3, 1, 3, 6), (2, 3, 2, 2), (4, 1, 4, 8), (1, 3, 2, 5)):
        x = rand(2, c, h, w)
        case("pixel_unshuffle/%d of %dx%dx%d" % (factor, c, h, w), "pixel_unshuffle", dict(factor=factor), [x], F.pixel_unshuffle(x, factor))


def upsamples():
    def one(mode, shape, align=None, **how):
        x = rand(*shape)
        torch_mode = {"linear": {3: "linear", 4: "bilinear", 5: "trilinear"}[len(shape)], "cubic": "bicubic"}.get(mode, mode)
        scale = how.get("scale")
        y = F.interpolate(x, size=how.get("size"), scale_factor=scale, mode=torch_mode, align_corners=align)
        case("upsample/%s %s %s%s" % (mode, "x".join(map(str, shape)), how, " aligned" if align else ""), "upsample",
             dict(mode=mode, align=bool(align), size=how.get("size"), scale=scale), [x], y, tol=1e-5)

    for mode in ("nearest", "nearest-exact"):
        one(mode, (1, 2, 3, 4), scale=[2.0, 2.0])
        one(mode, (1, 2, 5, 7), size=[9, 11])
        one(mode, (1, 2, 9, 8), size=[4, 3])
        one(mode, (1, 1, 5, 5), scale=[1.6, 2.4])
        one(mode, (2, 1, 3, 2, 3), size=[5, 4, 6])
        one(mode, (1, 2, 6), size=[13])
    for mode in ("linear", "cubic"):
        for align in (False, True):
            one(mode, (1, 2, 3, 4), align, scale=[2.0, 2.0])
            one(mode, (1, 1, 5, 7), align, size=[9, 11])
            one(mode, (1, 2, 9, 8), align, size=[4, 3])
            one(mode, (1, 1, 4, 5), align, size=[1, 10])
            one(mode, (1, 1, 1, 3), align, size=[4, 7])
        one(mode, (1, 1, 5, 6), False, scale=[1.5, 2.5])
    one("linear", (1, 2, 5), False, size=[8])
    one("linear", (1, 1, 2, 3, 4), True, size=[3, 5, 6])


def poolings():
    for kind in ("max", "average"):
        for shape, k, s, p in (((1, 2, 7, 7), 3, 2, 0), ((1, 1, 6, 6), 3, 2, 1), ((1, 1, 5, 8), 2, 3, 1), ((2, 1, 4, 7), (2, 3), (3, 2), (1, 1)),
                               ((1, 1, 5, 5), 3, 3, 1), ((1, 2, 6, 9), (3, 1), (4, 5), 0), ((1, 1, 4, 5, 6), 2, 3, 1)):
            n = len(shape) - 2
            k, s, p = ([v] * n if isinstance(v, int) else list(v) for v in (k, s, p))
            x = rand(*shape) - 3
            if kind == "max":
                y = {2: F.max_pool2d, 3: F.max_pool3d}[n](x, k, s, p, ceil_mode=True)
                counts = (True,)
            else:
                counts = (True, False)
            for count in counts:
                if kind == "average":
                    y = {2: F.avg_pool2d, 3: F.avg_pool3d}[n](x, k, s, p, ceil_mode=True, count_include_pad=count)
                case("ceil_pooling/%s %s window %s stride %s padding %s %s" % (kind, shape, k, s, p, count), "ceil_pooling",
                     dict(type=kind, window=k, stride=s, pre_padding=p, post_padding=p, count_includes_padding=count), [x], y)


def adaptives():
    for kind in ("average", "max"):
        for shape, size in (((2, 2, 6, 8), (3, 2)), ((1, 2, 7, 7), (3, 3)), ((1, 1, 10, 7), (4, 5)), ((2, 3, 5, 4), (1, 1)), ((1, 1, 3, 4), (7, 6)),
                            ((1, 2, 8, 5), (1, 3)), ((1, 2, 5, 8), (5, 2)), ((2, 2, 11), (4,)), ((1, 1, 5, 6, 7), (2, 4, 3))):
            x = rand(*shape)
            n = len(size)
            f = {"average": {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d},
                 "max": {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}}[kind][n]
            case("adaptive/%s %s to %s" % (kind, shape, size), "adaptive_" + kind, dict(size=list(size)), [x], f(x, size))


def module(name, op, m, x, params, y=None):
    """The module's parameters become multiples of 1/64, its variances positive."""
    m = m.double().train(op == "encoder_layer")
    state = {}
    for key, value in m.state_dict().items():
        if "num_batches" not in key:
            state[key] = rand(*value.shape, lo=0.25 if "var" in key else -1.0, hi=1.5 if "var" in key else 1.0)
    m.load_state_dict(state, strict=False)
    with torch.no_grad():
        out = m(x)
    if y is not None:
        out = y(out)
    case(op + "/" + name, op, dict(params, names=list(state)), [x], out, list(state.values()), tol=1e-5)


def modules():
    for shape, out in (((2, 5), 3), ((1, 4), 1), ((2, 3, 6), 4), ((2, 2, 3, 4), 5), ((7, 1), 2)):
        module("%s to %d" % (shape, out), "linear", nn.Linear(shape[-1], out), rand(*shape), dict(out=out))
    for shape, eps in (((2, 3, 4, 5), 1e-5), ((1, 4, 3, 3), 1e-3), ((3, 2, 5, 1), 1e-5), ((2, 6, 2, 2), 0.1), ((1, 1, 4, 4), 1e-5)):
        module("%s eps %g" % (shape, eps), "batch_norm", nn.BatchNorm2d(shape[1], eps), rand(*shape), dict(eps=eps))
    for shape, eps in (((2, 5), 1e-5), ((2, 3, 8), 1e-6), ((1, 4, 6), 1e-12), ((2, 2, 3, 7), 1e-5), ((3, 1, 16), 1e-3)):
        module("%s eps %g" % (shape, eps), "layer_norm", nn.LayerNorm(shape[-1], eps), rand(*shape), dict(eps=eps))
    for shape, affine in (((2, 3, 4, 5), True), ((1, 2, 3, 3), False), ((2, 4, 7), True), ((1, 2, 2, 3, 4), True), ((3, 1, 2, 2), False)):
        kind = {3: nn.InstanceNorm1d, 4: nn.InstanceNorm2d, 5: nn.InstanceNorm3d}[len(shape)]
        module("%s affine %s" % (shape, affine), "instance_norm", kind(shape[1], affine=affine), rand(*shape), dict(eps=1e-5, affine=affine))
    for shape, groups in (((2, 4, 3, 5), 2), ((1, 6, 2, 2), 3), ((2, 6, 4), 6), ((1, 4, 2, 3, 2), 1), ((2, 8, 3), 4)):
        module("%s groups %d" % (shape, groups), "group_norm", nn.GroupNorm(groups, shape[1]), rand(*shape), dict(eps=1e-5, groups=groups))


def split(state, d):
    """The projections as modules of their own."""
    out = {}
    for key, value in state.items():
        if "in_proj" not in key:
            out[key] = value
            continue
        for i, part in enumerate("qkv"):
            out["self_attn.%s_proj.%s" % (part, key.rsplit("_", 1)[1])] = value[i * d:(i + 1) * d]
    return out


def encoders():
    for n, length, d, heads, hidden, act, first, apart in (
            (2, 5, 8, 2, 12, "relu", False, False), (1, 3, 6, 3, 8, "gelu", True, False), (2, 4, 4, 1, 16, "gelu", False, True),
            (1, 7, 8, 4, 8, "relu", True, True), (3, 1, 8, 8, 4, "gelu", True, False), (1, 6, 12, 2, 6, "relu", False, False)):
        m = nn.TransformerEncoderLayer(d, heads, hidden, 0.0, act, batch_first=True, norm_first=first).double().train()
        state = {k: rand(*v.shape, lo=-0.5, hi=0.5) for k, v in m.state_dict().items()}
        m.load_state_dict(state)
        x = rand(n, length, d)
        with torch.no_grad():
            y = m(x)
        state = split(state, d) if apart else state
        name = "%dx%dx%d heads %d %s %s %s" % (n, length, d, heads, act, "pre-norm" if first else "post-norm", "split" if apart else "fused")
        case("encoder_layer/" + name, "encoder_layer",
             dict(heads=heads, hidden=hidden, activation={"relu": "relu", "gelu": "gelu_erf"}[act], norm_first=first, split=apart, names=list(state)),
             [x], y, list(state.values()), tol=1e-5)


def deformable():
    for name, shape, out, k, stride, pad, dilation, groups, offset_groups, v2, bias in (
            ("v1", (1, 2, 5, 6), 3, (3, 3), 1, 1, 1, 1, 1, False, True), ("v2", (2, 2, 5, 4), 2, (3, 3), 1, 1, 1, 1, 1, True, True),
            ("stride", (1, 2, 7, 8), 2, (3, 3), 2, 1, 1, 1, 1, True, False), ("offset groups", (1, 4, 5, 5), 2, (3, 3), 1, 1, 1, 1, 2, True, True),
            ("groups", (1, 4, 4, 5), 4, (3, 3), 1, 1, 1, 2, 1, False, True), ("both groups", (2, 4, 4, 4), 4, (2, 2), 1, 0, 1, 2, 2, True, False),
            ("dilation", (1, 2, 8, 7), 2, (3, 3), 1, 2, 2, 1, 1, True, True), ("asymmetric", (1, 2, 6, 7), 2, (1, 3), (2, 1), (0, 1), 1, 1, 1, False, True),
            ("pointwise", (1, 3, 4, 4), 2, (1, 1), 1, 0, 1, 1, 3, True, True)):
        pair = (lambda v: list(v) if isinstance(v, tuple) else [v, v])
        stride, pad, dilation = pair(stride), pair(pad), pair(dilation)
        x, w, b = rand(*shape), rand(out, shape[1] // groups, *k, lo=-1, hi=1), rand(out) if bias else None
        h, width = ((e + 2 * p - d * (n - 1) - 1) // s + 1 for e, p, d, n, s in zip(shape[2:], pad, dilation, k, stride))
        # Offsets of up to three pixels, some of them whole numbers, leave the image at its borders.
        offset = rand(shape[0], 2 * offset_groups * k[0] * k[1], h, width, lo=-3, hi=3)
        offset[:, ::3] = offset[:, ::3].round()
        mask = rand(shape[0], offset_groups * k[0] * k[1], h, width, lo=0, hi=1) if v2 else None
        y = deform_conv2d(x, offset, w, b, stride, pad, dilation, mask)
        names = ["weight", "bias"] if bias else ["weight"]
        case("deform_conv/" + name, "deform_conv",
             dict(out=out, kernel=list(k), stride=stride, padding=pad, dilation=dilation, groups=groups, offset_groups=offset_groups, bias=bias, names=names),
             [x, offset] + ([mask] if v2 else []), y, [w] + ([b] if bias else []), tol=1e-5)


if __name__ == "__main__":
    shuffles()
    upsamples()
    poolings()
    adaptives()
    modules()
    encoders()
    deformable()
    write("layers.json", "layers", torchvision=torchvision.__version__)
