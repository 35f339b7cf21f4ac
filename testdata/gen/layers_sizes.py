"""What PyTorch computes for layers of builder/layers and builder/bind at several sizes of the input, which one network takes.

Writes ../layers/sizes.json in the form of opcase.py. Of each case all inputs of the first run come first, then
those of the second and so on, and an output for each run.
"""

import torch
import torch.nn.functional as F
import torchvision
from torch import nn
from torchvision.ops import deform_conv2d

from opcase import case, rand, write

torch.manual_seed(20261129)

SIZES = ((1, 3, 4), (3, 5, 2), (2, 1, 7))  # batch, height, width


def shuffles():
    for factor in (1, 2, 3):
        xs = [rand(n, 2 * factor * factor, h, w) for n, h, w in SIZES]
        case("pixel_shuffle/%d" % factor, "pixel_shuffle", dict(factor=factor), xs, [F.pixel_shuffle(x, factor) for x in xs])
        xs = [rand(n, 2, h * factor, w * factor) for n, h, w in SIZES]
        case("pixel_unshuffle/%d" % factor, "pixel_unshuffle", dict(factor=factor), xs, [F.pixel_unshuffle(x, factor) for x in xs])


def upsamples():
    for mode, align in (("nearest", None), ("nearest-exact", None), ("bilinear", False), ("bilinear", True), ("bicubic", False), ("bicubic", True)):
        for size in ((7, 9), (2, 3)):
            xs = [rand(n, 2, h, w) for n, h, w in SIZES]
            case("upsample/%s %s %s" % (mode, align, size), "upsample", dict(mode={"bilinear": "linear", "bicubic": "cubic"}.get(mode, mode), align=bool(align), size=size),
                 xs, [F.interpolate(x, size=size, mode=mode, align_corners=align) for x in xs], tol=1e-5)


def adaptives():
    for kind, f in (("average", F.adaptive_avg_pool2d), ("max", F.adaptive_max_pool2d)):
        xs = [rand(n, 2, h, w) for n, h, w in SIZES]
        case("adaptive/%s to 1" % kind, "adaptive_" + kind, dict(size=[1, 1]), xs, [f(x, 1) for x in xs])


def deformable():
    for name, c, out, k, stride, pad, dilation, groups, offset_groups, v2 in (
            ("v1", 2, 3, (3, 3), 1, 1, 1, 1, 1, False), ("v2", 2, 2, (3, 3), 1, 1, 1, 1, 1, True), ("stride", 2, 2, (3, 3), 2, 1, 1, 1, 1, True),
            ("groups", 4, 4, (2, 2), 1, 1, 1, 2, 2, True), ("dilation", 2, 2, (3, 3), 1, 2, 2, 1, 1, False), ("asymmetric", 2, 2, (1, 3), (2, 1), (0, 1), 1, 1, 1, True)):
        stride, pad, dilation = (list(v) if isinstance(v, tuple) else [v, v] for v in (stride, pad, dilation))
        w, b = rand(out, c // groups, *k, lo=-1, hi=1), rand(out)
        inputs, outputs = [], []
        for n, h, width in SIZES:
            x = rand(n, c, h, width)
            oh, ow = ((e + 2 * p - d * (m - 1) - 1) // s + 1 for e, p, d, m, s in zip((h, width), pad, dilation, k, stride))
            offset = rand(n, 2 * offset_groups * k[0] * k[1], oh, ow, lo=-3, hi=3)
            offset[:, ::3] = offset[:, ::3].round()
            mask = rand(n, offset_groups * k[0] * k[1], oh, ow, lo=0, hi=1) if v2 else None
            outputs.append(deform_conv2d(x, offset, w, b, stride, pad, dilation, mask))
            inputs += [x, offset] + ([mask] if v2 else [])
        case("deform_conv/" + name, "deform_conv", dict(out=out, kernel=list(k), stride=stride, padding=pad, dilation=dilation, groups=groups, bias=True, names=["weight", "bias"]),
             inputs, outputs, [w, b], tol=1e-5)


def mask(kind, *shape):
    """A mask of a kind that leaves the first key in sight of every query."""
    if kind is None:
        return None
    if kind == "causal":
        return nn.Transformer.generate_square_subsequent_mask(shape[-1]).double()
    hidden = torch.rand(*shape) < 0.4
    hidden[..., 0] = False
    return hidden if kind == "bool" else rand(*shape, lo=-4, hi=1)


def encoders():
    d, hidden = 8, 12
    for heads, act, first, src, padding, by_head in (
            (2, "relu", False, "bool", None, False), (2, "gelu", True, None, "bool", False), (4, "gelu", False, "bool", "bool", False),
            (1, "relu", True, "causal", None, False), (2, "relu", False, "float", "float", False), (4, "gelu", True, "bool", "bool", True),
            (2, "gelu", False, "float", None, True), (8, "relu", True, "causal", "float", False)):
        m = nn.TransformerEncoderLayer(d, heads, hidden, 0.0, act, batch_first=True, norm_first=first).double().train()
        state = {k: rand(*v.shape, lo=-0.5, hi=0.5) for k, v in m.state_dict().items()}
        m.load_state_dict(state)
        inputs, outputs = [], []
        for n, length in ((1, 3), (3, 5), (2, 1)):
            x = rand(n, length, d)
            masks = mask(src, *([n * heads] if by_head else []), length, length), mask(padding, n, length)
            with torch.no_grad():
                outputs.append(m(x, src_mask=masks[0], src_key_padding_mask=masks[1]))
            inputs += [x] + [v for v in masks if v is not None]
        name = "heads %d %s %s src %s%s padding %s" % (heads, act, "pre-norm" if first else "post-norm", src, " by head" if by_head else "", padding)
        case("encoder_layer/" + name, "encoder_layer",
             dict(heads=heads, hidden=hidden, activation={"relu": "relu", "gelu": "gelu_erf"}[act], norm_first=first, masked=src is not None, padded=padding is not None, names=list(state)),
             inputs, outputs, list(state.values()), tol=1e-5)


if __name__ == "__main__":
    shuffles()
    upsamples()
    adaptives()
    deformable()
    encoders()
    write("sizes.json", "layers", torchvision=torchvision.__version__)
