"""Small cases of the ops that dimensions are computed with, or that are given dimensions as tensors, with
outputs computed by PyTorch and NumPy, for the tests of trt/refexec.

Run as a script it writes ../refexec/ops_shapes.json.
"""

import numpy as np
import torch
import torch.nn.functional as F

from opcase import case, ints, rand, write

torch.manual_seed(20260119)

INT64 = torch.int64


def tensor(*values, dtype=INT64):
    return torch.tensor(values, dtype=dtype)


def shapes():
    for dims in ((3,), (2, 3), (1, 3, 4, 5), (1, 1, 1, 1, 1)):
        x = rand(*dims)
        case("shape/%d" % len(dims), "shape", {}, [x], torch.tensor(x.shape, dtype=INT64))
    case("shape/int64", "shape", {}, [ints(5, 1)], tensor(5, 1))
    case("shape/bool", "shape", {}, [ints(2, 4) > 0], tensor(2, 4))


def shuffles():
    none = dict(first_transpose=None, reshape=None, second_transpose=None)
    x = rand(2, 3, 4)
    case("shuffle/by a tensor", "shuffle", none, [x, tensor(6, 4)], x.reshape(6, 4))
    case("shuffle/inferred by a tensor", "shuffle", none, [x, tensor(3, -1, 2)], x.reshape(3, -1, 2))
    case("shuffle/copied by a tensor", "shuffle", none, [x, tensor(0, -1)], x.reshape(2, -1))
    case("shuffle/by an int32 tensor", "shuffle", none, [x, tensor(24, dtype=torch.int32)], x.reshape(24))
    case("shuffle/by a tensor between transposes", "shuffle", dict(none, first_transpose=[2, 0, 1], second_transpose=[1, 0]),
         [x, tensor(12, 2)], x.permute(2, 0, 1).reshape(12, 2).T)


def sliced(name, x, start, size, stride, mode="strict_bounds", axes=None, value=None, inputs=()):
    """A slice by NumPy's take along each axis; inputs names what is passed as a tensor."""
    axes = list(range(x.dim())) if axes is None else axes
    pad = {"clamp": "edge", "wrap": "wrap", "reflect": "reflect", "fill": "constant"}.get(mode)
    a, wide = x.numpy(), 40
    for axis, s, n, step in zip(axes, start, size, stride):
        if pad:
            widths = [(wide, wide) if i == axis else (0, 0) for i in range(a.ndim)]
            extra = {"constant_values": value.item() if value is not None else 0} if mode == "fill" else {}
            a = np.pad(a, widths, mode=pad, **extra)
        a = np.take(a, [s + i * step + (wide if pad else 0) for i in range(n)], axis=axis)
    given = {"axes": axes, "start": start, "size": size, "stride": stride}
    params = {k: None if k in inputs else v for k, v in given.items()}
    tensors = [value if k == "fill value" else tensor(*given[k]) for k in inputs]
    case("slice/" + name, "slice", dict(mode=mode, inputs=list(inputs) or None, **params), [x, *tensors], torch.from_numpy(np.ascontiguousarray(a)))


def slices():
    x = rand(3, 5)
    sliced("repeated", rand(1, 3), [0, 0], [4, 3], [0, 1])
    sliced("repeated in the middle", rand(2, 1, 3), [0], [4], [0], axes=[1])
    sliced("by tensors", x, [0, 1], [2, 2], [1, 2], inputs=("start", "size", "stride"))
    sliced("by a start", x, [2, 4], [2, 3], [-1, -2], inputs=("start",))
    sliced("by a size", x, [0, 1], [3, 2], [1, 1], inputs=("size",))
    sliced("by axes", rand(2, 3, 4), [1, 0], [3, 2], [1, 2], axes=[2, 1], inputs=("axes",))
    sliced("by everything", rand(2, 3, 4), [1, 0], [3, 2], [1, 2], axes=[2, 1], inputs=("axes", "start", "size", "stride"))
    for mode in ("clamp", "wrap", "reflect", "fill"):
        sliced(mode, x, [-2, 1], [7, 9], [1, 2], mode)
        sliced(mode + " backwards", x, [4, 2], [7, 9], [-1, -1], mode)
        sliced(mode + " far away", x, [-11, 13], [3, 4], [1, 3], mode)
        sliced(mode + " one axis", rand(2, 3, 2), [-3], [8], [1], mode, axes=[1])
        sliced(mode + " int64", ints(4), [-3], [9], [1], mode)
        sliced(mode + " by tensors", x, [-1, -1], [5, 7], [1, 1], mode, inputs=("size", "start"))
    sliced("reflect of one", rand(1, 3), [-2, 0], [4, 3], [1, 1], "reflect")
    sliced("fill by a value", x, [-1, -1], [5, 7], [1, 1], "fill", value=torch.tensor(1.5).double(), inputs=("fill value",))
    sliced("fill int64 by a value", ints(4), [-3], [9], [1], "fill", value=tensor(7), inputs=("fill value",))
    sliced("fill bool by a value", ints(4) > 0, [-3], [9], [1], "fill", value=torch.tensor(True), inputs=("fill value",))


def resizes():
    x = rand(1, 2, 3, 4)
    for mode, torchs in (("nearest", "nearest"), ("linear", "bilinear"), ("cubic", "bicubic")):
        y = F.interpolate(x, size=(5, 7), mode=torchs, **({} if mode == "nearest" else {"align_corners": False}))
        coordinates = "asymmetric" if mode == "nearest" else "half_pixel"
        for t in (INT64, torch.int32):
            case("resize/%s to %s" % (mode, str(t)[6:]), "resize",
                 dict(mode=mode, coordinates=coordinates, rounding="floor", scales=None, size=None), [x, tensor(1, 2, 5, 7, dtype=t)], y)


def fills():
    def fill(name, inputs, y, dtype="float32", dims=None, alpha=0, beta=0):
        case("fill/" + name, "fill", dict(operation="linspace", dtype=dtype, dims=dims, alpha=alpha, beta=beta), inputs, y)

    f = torch.float64
    fill("linspace", [], torch.arange(6, dtype=f) * 0.25 + 0.5, dims=[6], alpha=0.5, beta=0.25)
    fill("linspace int32", [], torch.arange(3, -9, -2, dtype=torch.int32), "int32", [6], 3, -2)
    fill("linspace int64", [], torch.arange(5), "int64", [5], 0, 1)
    fill("linspace of a length", [tensor(7)], torch.arange(7, dtype=f) - 2, alpha=-2, beta=1)
    grid = 1 + 100 * torch.arange(3, dtype=f)[:, None] + 10 * torch.arange(4, dtype=f)
    fill("linspace of two axes", [torch.tensor(1.0, dtype=f), torch.tensor([100, 10], dtype=f)], grid, dims=[3, 4])
    fill("linspace by tensors", [tensor(3, 4), torch.tensor(1.0, dtype=f), torch.tensor([100, 10], dtype=f)], grid)
    fill("linspace int64 by tensors", [torch.tensor(1), tensor(3)], torch.arange(1, 19, 3), "int64", [6])


for make in (shapes, shuffles, slices, resizes, fills):
    make()

if __name__ == "__main__":
    write("ops_shapes.json", numpy=np.__version__)
