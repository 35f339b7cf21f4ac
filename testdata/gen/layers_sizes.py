"""What PyTorch computes for layers of builder/layers at several sizes of the input, which one network takes.

Writes ../layers/sizes.json in the form of opcase.py. Of each case all inputs of the first run come first, then
those of the second and so on, and an output for each run.
"""

import torch
import torch.nn.functional as F
import torchvision
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


if __name__ == "__main__":
    shuffles()
    upsamples()
    adaptives()
    deformable()
    write("sizes.json", "layers", torchvision=torchvision.__version__)
