"""Cases of normalizations, parametric ReLU, einsum, grid sampling and local response normalization with outputs
of PyTorch. Run as a script it writes ../refexec/ops_neural.json.
"""

import torch
import torch.nn.functional as F

from opcase import case, rand, write

torch.manual_seed(20261128)


def on(x, axes):
    """The shape of x with extents of 1 but on the axes."""
    return [n if i in axes else 1 for i, n in enumerate(x.shape)]


def normalize(name, x, axes, affine, y, groups=1, epsilon=1e-5, tol=2e-6):
    """affine is scale and bias in the shapes of the layer."""
    params = dict(axes=axes, epsilon=epsilon, groups=groups)
    case("normalization/" + name, "normalization", params, [x, *affine], y, tol=tol)


def normalizations():
    x = rand(2, 3, 6)
    s, b = rand(6), rand(6)
    normalize("layer", x, [2], [s.reshape(1, 1, 6), b.reshape(1, 1, 6)], F.layer_norm(x, (6,), s, b))
    normalize("layer, large epsilon", x, [2], [s.reshape(1, 1, 6), b.reshape(1, 1, 6)], F.layer_norm(x, (6,), s, b, 0.25), epsilon=0.25)
    far = x / 16 + 1000
    normalize("layer, far from 0", far, [2], [s.reshape(1, 1, 6), b.reshape(1, 1, 6)], F.layer_norm(far, (6,), s, b), tol=1e-5)
    s, b = rand(3, 6), rand(3, 6)
    normalize("layer over two axes", x, [1, 2], [s[None], b[None]], F.layer_norm(x, (3, 6), s, b))
    one = torch.ones(1, 1, 1).double()
    normalize("one scale, bias in full", x, [2], [one * 2, x], F.layer_norm(x, (6,)) * 2 + x)
    s, b = rand(3), rand(3)
    y = (x - x.mean((0, 2), True)) / (x.var((0, 2), False, True) + 1e-5).sqrt()
    normalize("batch", x, [0, 2], [s.reshape(1, 3, 1), b.reshape(1, 3, 1)], y * s.reshape(1, 3, 1) + b.reshape(1, 3, 1))
    v = rand(8)
    normalize("vector", v, [0], [torch.ones(8).double(), torch.zeros(8).double()], F.layer_norm(v, (8,)))
    x = rand(2, 4, 3, 2)
    s, b = rand(4), rand(4)
    wide = [s.reshape(1, 4, 1, 1), b.reshape(1, 4, 1, 1)]
    normalize("instance", x, [2, 3], wide, F.instance_norm(x, weight=s, bias=b))
    normalize("2 groups", x, [2, 3], wide, F.group_norm(x, 2, s, b), groups=2)
    normalize("4 groups", x, [2, 3], wide, F.group_norm(x, 4, s, b), groups=4)
    z = rand(2, 6, 5)
    s, b = rand(6), rand(6)
    normalize("3 groups of 3-D", z, [2], [s.reshape(1, 6, 1), b.reshape(1, 6, 1)], F.group_norm(z, 3, s, b), groups=3)
    for dtype, tol in (torch.float16, 1e-3), (torch.bfloat16, 8e-3):
        x, s, b = rand(2, 3, 16).to(dtype), rand(16).to(dtype), rand(16).to(dtype)
        y = F.layer_norm(x.double(), (16,), s.double(), b.double()).to(dtype)
        normalize("layer " + str(dtype)[6:], x, [2], [s.reshape(1, 1, 16), b.reshape(1, 1, 16)], y, tol=tol)
        x, s, b = rand(2, 4, 3, 2).to(dtype), rand(4).to(dtype), rand(4).to(dtype)
        y = F.group_norm(x.double(), 2, s.double(), b.double()).to(dtype)
        normalize("groups " + str(dtype)[6:], x, [2, 3], [s.reshape(1, 4, 1, 1), b.reshape(1, 4, 1, 1)], y, groups=2, tol=tol)


def parametric_relus():
    x = rand(2, 3, 4)
    s = rand(3)
    case("parametric_relu/channel", "parametric_relu", {}, [x, s.reshape(1, 3, 1)], F.prelu(x, s))
    case("parametric_relu/one", "parametric_relu", {}, [x, s[:1].reshape(1, 1, 1)], F.prelu(x, s[:1]))
    full = rand(2, 3, 4)
    case("parametric_relu/full", "parametric_relu", {}, [x, full], torch.where(x > 0, x, full * x))
    row = rand(1, 1, 4)
    case("parametric_relu/last axis", "parametric_relu", {}, [x, row], torch.where(x > 0, x, row * x))
    v, w = rand(1).reshape(()) - 4, rand(1).reshape(())
    case("parametric_relu/0-D", "parametric_relu", {}, [v, w], v * w)
    for dtype, tol in (torch.float16, 1e-3), (torch.bfloat16, 8e-3):
        h, t = x.to(dtype), s.to(dtype)
        case("parametric_relu/" + str(dtype)[6:], "parametric_relu", {}, [h, t.reshape(1, 3, 1)], F.prelu(h.double(), t.double()).to(dtype), tol=tol)


def einsums():
    def e(equation, *operands):
        wide = [x.double() for x in operands]
        y = torch.einsum(equation.lower(), *wide).to(operands[0].dtype)
        case("einsum/%s %s" % (equation, [list(x.shape) for x in operands]), "einsum", dict(equation=equation), list(operands), y)

    e("ij,jk->ik", rand(2, 3), rand(3, 4))
    e("ij,jk", rand(2, 3), rand(3, 4))
    e("ij->ji", rand(2, 3))
    e("ba", rand(2, 3))
    e("ij->", rand(2, 3))
    e("ij->j", rand(2, 3))
    e("ii->i", rand(3, 3))
    e("ii", rand(3, 3))
    e("iij,jk->ik", rand(3, 3, 2), rand(2, 4))
    e("i,j->ij", rand(3), rand(4))
    e("i,i->", rand(3), rand(3))
    e("i,->i", rand(3), rand(1).reshape(()))
    e("bhqd,bhkd->bhqk", rand(2, 2, 3, 4), rand(2, 2, 5, 4))
    e("bi,ij,bj->b", rand(2, 3), rand(3, 4), rand(2, 4))
    e("...ij,...jk->...ik", rand(2, 2, 3), rand(2, 3, 2))
    e("...ij,jk->...ik", rand(2, 2, 2, 3), rand(3, 2))
    e("...ij,...jk", rand(1, 2, 3), rand(2, 3, 2))
    e("...ii->...i", rand(2, 3, 3))
    e("i...->...i", rand(2, 3, 2))
    e("... i j -> ... j i", rand(2, 2, 3))
    e("ij,ij->ij", rand(2, 3), rand(2, 1))
    e("ij,jk->ik", rand(2, 1), rand(4, 5))
    h, g = rand(3, 8).half(), rand(8, 4).half()
    case("einsum/float16", "einsum", dict(equation="ij,jk->ik"), [h, g], (h.double() @ g.double()).half(), tol=1e-3)
    h, g = h.bfloat16(), g.bfloat16()
    case("einsum/bfloat16", "einsum", dict(equation="ij,jk->ik"), [h, g], (h.double() @ g.double()).bfloat16(), tol=8e-3)


def grid_samples():
    modes = {"linear": "bilinear", "nearest": "nearest", "cubic": "bicubic"}
    paddings = {"zeros": "zeros", "border": "border", "reflect": "reflection"}

    def g(name, x, grid, mode, padding, corners, tol=4e-6):
        y = F.grid_sample(x.double(), grid.double(), modes[mode], paddings[padding], corners).to(x.dtype)
        case("grid_sample/" + name, "grid_sample", dict(mode=mode, padding=padding, align_corners=corners), [x, grid], y, tol=tol)

    x, grid = rand(2, 2, 3, 4), rand(2, 2, 3, 2)
    for mode in modes:
        for padding in paddings:
            for corners in (False, True):
                g("%s %s corners %s" % (mode, padding, corners), x, grid, mode, padding, corners)
    v, places = rand(1, 2, 2, 3, 2), rand(1, 2, 1, 2, 3)
    for mode in ("linear", "nearest"):
        for padding in paddings:
            g("3-D %s %s" % (mode, padding), v, places, mode, padding, False)
    g("3-D corners", v, places, "linear", "reflect", True)
    one = rand(1, 1, 1, 1)
    for corners in (False, True):
        g("one element, corners %s" % corners, one, rand(1, 2, 2, 2), "linear", "reflect", corners)
    far = rand(1, 2, 2, 2, lo=-40, hi=40)
    g("far outside", rand(1, 1, 4, 3), far, "linear", "reflect", False)
    for dtype, tol in (torch.float16, 1e-3), (torch.bfloat16, 8e-3):
        g(str(dtype)[6:], x.to(dtype), grid.to(dtype), "linear", "zeros", False, tol)


def lrns():
    x = rand(2, 7, 2, 3)

    def n(name, window, alpha=0.5, beta=0.75, k=1.0, v=x, tol=2e-6):
        y = F.local_response_norm(v.double(), window, alpha, beta, k).to(v.dtype)
        case("lrn/" + name, "lrn", dict(window=window, alpha=alpha, beta=beta, k=k), [v], y, tol=tol)

    for window in (1, 3, 5, 15):
        n("window %d" % window, window)
    n("alexnet", 5, 1e-4, 0.75, 2.0)
    n("beta 2", 3, 0.25, 2.0, 0.5)
    for dtype, tol in (torch.float16, 1e-3), (torch.bfloat16, 8e-3):
        n(str(dtype)[6:], 3, v=x.to(dtype), tol=tol)


for make in (normalizations, parametric_relus, einsums, grid_samples, lrns):
    make()

if __name__ == "__main__":
    write("ops_neural.json")
