"""Cases of quantization, of kernels and biases that are tensors, and of rarer parameters of scale, pooling and
resize, for the tests of trt/refexec.

Run as a script it writes ../refexec/ops_quant.json. int8 comes from ONNX Runtime's QuantizeLinear and
DequantizeLinear, by tensor and channel from PyTorch's own quantization too; float8_e4m3fn from PyTorch's casts
of what is within the type's range, as theirs do not saturate; int4 from ONNX Runtime too; float4_e2m1fn from
ml_dtypes' casts.
"""

import ml_dtypes
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto as P
from onnx import helper

from opcase import case, rand, typed, write

torch.manual_seed(20260601)

ELEMENTS = {torch.float32: P.FLOAT, torch.float16: P.FLOAT16, torch.int8: P.INT8}


def ort(op, inputs, to, **attributes):
    """One node of opset 21, of the given tensors, under ONNX Runtime without optimizations."""
    names = [f"x{i}" for i in range(len(inputs))]
    infos = [helper.make_tensor_value_info(n, ELEMENTS[x.dtype], list(x.shape)) for n, x in zip(names, inputs)]
    y = helper.make_tensor_value_info("y", ELEMENTS[to], list(inputs[0].shape))
    graph = helper.make_graph([helper.make_node(op, names, ["y"], **attributes)], "case", infos, [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(None, {n: x.numpy() for n, x in zip(names, inputs)})[0])


def spread(s, x, axis=0, block=None):
    """A scale as large as x."""
    if s.dim() == 1 and s.numel() > 1:
        return s.reshape([-1 if i == axis else 1 for i in range(x.dim())]).expand_as(x)
    if s.dim() > 1:
        for i, n in enumerate(x.shape):
            s = s.repeat_interleave(block[i] if block else n // s.shape[i], i).narrow(i, 0, n)
        return s
    return s.expand_as(x)


def int8s(name, x, s, axis=0, block=None, **attributes):
    attributes.setdefault("axis", axis)
    one = s.reshape(()) if s.numel() == 1 else s
    zeros = torch.zeros(one.shape, dtype=torch.int8)
    q = ort("QuantizeLinear", [x, one, zeros], torch.int8, **attributes)
    by_hand = (x.float() / spread(s.float(), x, axis, block)).round().clamp(-128, 127)
    assert torch.equal(q.float(), by_hand), name
    params = dict(axis=axis, block_shape=block)
    case(f"quantize/int8 {name}", "quantize", dict(to="int8", **params), [x, s], q, tol=0)
    y = ort("DequantizeLinear", [q, one, zeros], s.dtype, **attributes)
    to = "float16" if s.dtype == torch.float16 else "float32"
    case(f"dequantize/int8 {name}", "dequantize", dict(to=to, **params), [q, s], y, tol=0)


def quantized():
    ties = torch.arange(-9, 10).float() / 2
    x = torch.cat([ties, torch.tensor([126.5, 127.5, -127.5, -128.5, -129, 500, -500, 0.49999997])])
    one = torch.tensor(1.0)
    int8s("ties and bounds", x, one)
    q = torch.fake_quantize_per_tensor_affine(x, 1.0, 0, -128, 127)
    case("quantize/int8 as faked", "quantize", dict(to="int8", axis=0, block_shape=None), [x, one], q.to(torch.int8), tol=0)
    x = rand(2, 3, 4).float()
    int8s("whole", x, torch.tensor(0.0137))
    int8s("one scale of one dimension", x, torch.tensor([0.25]))
    for axis, n in enumerate(x.shape):
        s = torch.rand(n) / 50 + 0.001
        int8s(f"axis {axis}", x, s, axis)
        y = torch.quantize_per_channel(x, s.double(), torch.zeros(n).long(), axis, torch.qint8)
        case(f"quantize/int8 axis {axis}, PyTorch's", "quantize", dict(to="int8", axis=axis, block_shape=None), [x, s], y.int_repr(), tol=0)
    int8s("blocks", rand(2, 12).float(), torch.rand(2, 3) / 50 + 0.01, block_size=4, axis=1)
    int8s("blocks of the axis before", rand(2, 6, 3).float(), torch.rand(2, 2, 3) / 50 + 0.01, axis=1, block_size=3)
    int8s("blocks of a shape", rand(2, 10).float(), torch.rand(2, 3) / 50 + 0.01, axis=1, block=[1, 4], block_size=4)
    int8s("float16", rand(2, 5).half(), torch.tensor(0.0237).half())


def float8s():
    f8 = torch.float8_e4m3fn
    x = torch.cat([rand(1, 20).float(), torch.randn(1, 20) * 100, torch.randn(1, 20) / 300])
    x[0, :6] = torch.tensor([448.0, -448, 0.0009765625, 0.00048828125, 1.0625, 17.0])
    x = x.clamp(-448, 448)
    for name, s, axis, block in (
        ("whole", torch.tensor(1.0), 0, None), ("halved", torch.tensor(2.0), 0, None), ("by row", torch.rand(3) * 3 + 1, 0, None),
        ("by column", torch.rand(20) * 3 + 1, 1, None), ("blocks", torch.rand(3, 4) + 1, 0, None), ("blocks of a shape", torch.rand(2, 5) + 1, 0, [2, 4]),
    ):
        q = (x / spread(s, x, axis, block)).to(f8)
        params = dict(axis=axis, block_shape=block)
        case("quantize/float8 " + name, "quantize", dict(to="float8_e4m3fn", **params), [x, s], q, tol=0)
        case("dequantize/float8 " + name, "dequantize", dict(to="float32", **params), [q, s], q.float() * spread(s, x, axis, block), tol=0)
        case("dequantize/float8 to float16 " + name, "dequantize", dict(to="float16", **params), [q, s], (q.float() * spread(s, x, axis, block)).half(), tol=0)
    big = torch.tensor([449.0, 464.0, 480.0, 1e9, -1e9, float("inf")])
    case("quantize/float8 too large", "quantize", dict(to="float8_e4m3fn", axis=0, block_shape=None), [big, torch.tensor(1.0)], big.clamp(-448, 448).to(f8), tol=0)
    scales = torch.tensor([[0.25, 4.0], [1.0, 0.5]]).to(torch.float8_e8m0fnu)
    v = rand(2, 8).float()
    case("quantize/float8 by powers of two", "quantize", dict(to="float8_e4m3fn", axis=0, block_shape=None), [v, scales], (v / spread(scales.float(), v)).to(f8), tol=0)


def dynamic():
    """cuDNN's definition of block scaling, by hand: amax / 448, rounded up to a power of two for MXFP8."""
    f8 = torch.float8_e4m3fn
    for name, x, block, powers in (
        ("along the last axis", torch.randn(2, 64) * 3, [1, 32], True), ("in blocks of 16", torch.randn(2, 32).half(), [1, 16], True),
        ("along the axis before", torch.randn(32, 3) * 1000, [16, 1], True), ("with float32 scales", torch.randn(2, 32) / 100, [1, 16], False),
        ("in rectangles", torch.randn(3, 10), [2, 4], False), ("in rectangles, powers of two", torch.randn(1, 4, 6), [1, 2, 3], True),
        ("of zeros and an exact scale", torch.cat([torch.zeros(16), torch.full((16,), 448.0)]).reshape(1, 32), [1, 16], True),
    ):
        grid = [-(-n // b) for n, b in zip(x.shape, block)]
        amax = torch.zeros(grid)
        for at in torch.cartesian_prod(*map(torch.arange, grid)).tolist():
            part = tuple(slice(a * b, (a + 1) * b) for a, b in zip(at, block))
            amax[tuple(at)] = x[part].float().abs().max()
        scales = amax / 448
        if powers:
            scales = torch.exp2(torch.ceil(torch.log2(scales)).clamp(min=-127)).to(torch.float8_e8m0fnu)
        q = (x.float() / spread(scales.float(), x, block=block)).to(f8)
        params = dict(to="float8_e4m3fn", scale_type="float8_e8m0fnu" if powers else "float32", block_shape=block)
        case("dynamic quantize/" + name, "dynamic_quantize", params, [x], [q, scales], tol=0)


def convolved():
    """Kernels and biases that are tensors."""
    x, k = rand(1, 3, 5, 4), rand(4, 3, 3, 3, lo=-1, hi=1)
    b = rand(4)
    p = dict(out_channels=4, kernel=[3, 3], stride=[1, 1], pre_padding=[1, 1], post_padding=[1, 1], dilation=[1, 1], groups=1)
    case("convolution/kernel", "convolution", p, [x, k], F.conv2d(x, k, padding=1), [None, None])
    case("convolution/kernel and bias", "convolution", p, [x, k, b], F.conv2d(x, k, b, padding=1), [None, None])
    case("convolution/kernel and bias weights", "convolution", p, [x, k], F.conv2d(x, k, b, padding=1), [None, b])
    g = dict(p, groups=3, out_channels=6)
    k = rand(6, 1, 3, 3)
    case("convolution/kernel in groups", "convolution", g, [x, k], F.conv2d(x, k, padding=1, groups=3), [None, None])
    k = rand(3, 4, 3, 3)
    case("deconvolution/kernel", "deconvolution", p, [x, k], F.conv_transpose2d(x, k, padding=1), [None, None])
    case("deconvolution/kernel and bias", "deconvolution", p, [x, k, b], F.conv_transpose2d(x, k, b, padding=1), [None, None])
    h, k = x.half(), rand(4, 3, 3, 3).half()
    case("convolution/float16 kernel", "convolution", p, [h, k], F.conv2d(h.double(), k.double(), padding=1).half(), [None, None], tol=1e-3)


def biases():
    """Biases that are tensors beside kernels that are weights."""
    p = dict(out_channels=4, kernel=[3, 3], stride=[1, 1], pre_padding=[1, 1], post_padding=[1, 1], dilation=[1, 1], groups=1)
    x, k, b = rand(1, 3, 5, 4), rand(4, 3, 3, 3, lo=-1, hi=1), rand(4)
    case("convolution/bias", "convolution", p, [x, b], F.conv2d(x, k, b, padding=1), [k, None])
    case("convolution/bias, strided", "convolution", dict(p, stride=[2, 2]), [x, b], F.conv2d(x, k, b, padding=1, stride=2), [k, None])
    y, w = rand(2, 2, 3, 4, 3), rand(4, 2, 2, 2, 2, lo=-1, hi=1)
    q = dict(p, kernel=[2, 2, 2], stride=[1, 1, 1], pre_padding=[0, 0, 0], post_padding=[0, 0, 0], dilation=[1, 1, 1])
    case("convolution/bias 3-D", "convolution", q, [y, b], F.conv3d(y, w, b), [w, None])
    h = x.half()
    case("convolution/bias float16", "convolution", p, [h, b.half()], F.conv2d(h.double(), k, b, padding=1).half(), [k.half(), None], tol=1e-3)
    k = rand(6, 1, 3, 3)
    case("convolution/bias in groups", "convolution", dict(p, groups=3, out_channels=6), [x, (c := rand(6))], F.conv2d(x, k, c, padding=1, groups=3), [k, None])
    k = rand(3, 4, 3, 3)
    case("deconvolution/bias", "deconvolution", p, [x, b], F.conv_transpose2d(x, k, b, padding=1), [k, None])
    s = dict(p, stride=[2, 2], pre_padding=[0, 0], post_padding=[0, 0])
    case("deconvolution/bias, strided", "deconvolution", s, [x, b], F.conv_transpose2d(x, k, b, stride=2), [k, None])
    case("deconvolution/bias in groups", "deconvolution", dict(p, groups=3, out_channels=6), [x, c], F.conv_transpose2d(x, (k := rand(3, 2, 3, 3)), c, padding=1, groups=3), [k, None])
    case("deconvolution/kernel and bias weights", "deconvolution", p, [x, (k := rand(3, 4, 3, 3))], F.conv_transpose2d(x, k, b, padding=1), [None, b])


def zero_points():
    """Zero points that are said, as ONNX does."""
    def both(name, x, s, axis=0, block=None, **attributes):
        attributes.setdefault("axis", axis)
        zeros = torch.zeros(s.shape, dtype=torch.int8)
        q = ort("QuantizeLinear", [x, s, zeros], torch.int8, **attributes)
        params = dict(axis=axis, block_shape=block)
        case(f"quantize/zero point {name}", "quantize", dict(to="int8", **params), [x, s], q, tol=0, constants=[zeros.to(s.dtype)])
        y = ort("DequantizeLinear", [q, s, zeros], s.dtype, **attributes)
        to = "float16" if s.dtype == torch.float16 else "float32"
        case(f"dequantize/zero point {name}", "dequantize", dict(to=to, **params), [q, s], y, tol=0, constants=[zeros])

    x = rand(2, 3, 4).float()
    both("of the whole", x, torch.tensor(0.0137))
    both("by axis", x, torch.rand(3) / 50 + 0.001, 1)
    both("in blocks", rand(2, 12).float(), torch.rand(2, 3) / 50 + 0.01, axis=1, block_size=4)
    both("in blocks of a shape", rand(2, 10).float(), torch.rand(2, 3) / 50 + 0.01, axis=1, block=[1, 4], block_size=4)
    both("float16", rand(2, 5).half(), torch.tensor(0.0237).half())


def scales():
    """Values along other axes than that of the channels, and for each element."""
    def scale(name, mode, axis, shape, x, s=None, b=None, p=None, tol=2e-6):
        wide = (lambda t, absent: absent if t is None else t.reshape(shape))
        y = (x * wide(s, 1) + wide(b, 0)) ** wide(p, 1)
        case("scale/" + name, "scale", dict(mode=mode, channel_axis=axis), [x], y.to(x.dtype), [s, b, p], tol=tol)

    x = rand(2, 3, 4, 5)
    scale("rows", "channel", 2, (4, 1), x, rand(4), rand(4))
    scale("columns", "channel", 3, (5,), x, rand(5), None, torch.tensor([1.0, 2, 3, 1, 2]).double())
    scale("images", "channel", 0, (2, 1, 1, 1), x, None, rand(2))
    scale("a vector", "channel", 0, (4,), rand(4), rand(4), rand(4))
    scale("one number of a scalar", "uniform", 0, (), rand(1).reshape(()), rand(1), rand(1))
    scale("elements of an image", "elementwise", 1, (3, 4, 5), x, rand(3, 4, 5), rand(3, 4, 5))
    scale("elements of a map", "elementwise", 2, (4, 5), x, rand(4, 5), rand(4, 5))
    scale("elements of a row", "elementwise", 3, (5,), x, rand(5))
    scale("elements of all", "elementwise", 0, (2, 3, 4, 5), x, rand(2, 3, 4, 5), None, torch.full((2, 3, 4, 5), 2.0).double())
    scale("elements of a vector", "elementwise", 0, (7,), rand(7), None, rand(7))
    scale("an element of a scalar", "elementwise", 0, (), rand(1).reshape(()), rand(1).reshape(()))
    h = x.half()
    scale("float16 elements", "elementwise", 1, (3, 4, 5), h, rand(3, 4, 5).half(), rand(3, 4, 5).half(), tol=1e-3)


def int4s():
    """ONNX Runtime's int4, which crosses its borders as int8."""
    def run(nodes, inputs, y):
        infos = [helper.make_tensor_value_info(n, ELEMENTS[x.dtype], list(x.shape)) for n, x in inputs.items()]
        graph = helper.make_graph(nodes, "case", infos, [y])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return torch.from_numpy(session.run(None, {n: x.numpy() for n, x in inputs.items()})[0])

    def both(name, x, s, axis=0, **attributes):
        attributes.setdefault("axis", axis)
        kind = ELEMENTS[x.dtype]
        q = run([helper.make_node("QuantizeLinear", ["x", "s"], ["q"], output_dtype=P.INT4, **attributes), helper.make_node("Cast", ["q"], ["y"], to=P.INT8)],
                {"x": x, "s": s}, helper.make_tensor_value_info("y", P.INT8, list(x.shape)))
        params = dict(axis=axis, block_shape=None)
        case(f"quantize/int4 {name}", "quantize", dict(to="int4", **params), [x, s], typed(q, "int4"), tol=0)
        y = run([helper.make_node("Cast", ["x"], ["q"], to=P.INT4), helper.make_node("DequantizeLinear", ["q", "s"], ["y"], **attributes)],
                {"x": q, "s": s}, helper.make_tensor_value_info("y", kind, list(x.shape)))
        to = "float16" if s.dtype == torch.float16 else "float32"
        case(f"dequantize/int4 {name}", "dequantize", dict(to=to, **params), [typed(q, "int4"), s], y, tol=0)

    both("ties and bounds", torch.cat([torch.arange(-10, 10).float() / 2, torch.tensor([7.5, -8.5, 100, -100])]), torch.tensor(1.0))
    both("whole", rand(2, 3, 4).float(), torch.tensor(0.237))
    both("by axis", rand(2, 3, 4).float(), torch.rand(3) / 4 + 0.1, 1)
    both("by the last axis", rand(3, 6).float(), torch.rand(6) / 4 + 0.1, 1)
    both("in blocks", rand(2, 12).float(), torch.rand(2, 3) / 4 + 0.1, axis=1, block_size=4)
    both("in blocks of the axis before", rand(2, 6, 3).float(), torch.rand(2, 2, 3) / 4 + 0.1, axis=1, block_size=3)
    both("float16", rand(2, 6).half(), torch.tensor(0.3).half())


def float4(x):
    """The nearest float4_e2m1fn."""
    return torch.from_numpy(x.float().numpy().astype(ml_dtypes.float4_e2m1fn).astype("float32"))


def float4s():
    x = torch.cat([rand(1, 20, lo=-8, hi=8).float(), torch.randn(1, 20) * 3, torch.randn(1, 20) / 3])
    x[0, :14] = torch.tensor([0, 0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5, -0.25, -5, 6.5, -100, 0.26, -0.0])
    f8, e8 = torch.float8_e4m3fn, torch.float8_e8m0fnu
    for name, s, axis, block in (
        ("whole", torch.tensor(1.0), 0, None), ("by row", torch.rand(3) + 0.5, 0, None), ("by column", torch.rand(20) + 0.5, 1, None),
        ("blocks", torch.rand(3, 4) + 0.5, 0, None), ("powers of two", torch.tensor([[0.25, 4.0], [1, 0.5], [2, 2]]).to(e8), 0, None),
    ):
        q = typed(float4(x / spread(s.float(), x, axis, block)), "float4_e2m1fn")
        params = dict(axis=axis, block_shape=block)
        case("quantize/float4 " + name, "quantize", dict(to="float4_e2m1fn", **params), [x, s], q, tol=0)
        case("dequantize/float4 " + name, "dequantize", dict(to="float32", **params), [q, s], q * spread(s.float(), x, axis, block), tol=0)
    q = typed(float4(x), "float4_e2m1fn")
    for name, s, block in (("by float8", (torch.rand(3, 5) * 4).to(f8), None), ("by float8 in blocks of a shape", (torch.rand(2, 3) * 4).to(f8), [2, 8])):
        case("dequantize/float4 " + name, "dequantize", dict(to="float32", axis=0, block_shape=block), [q, s], q * spread(s.float(), x, block=block), tol=0)

    # cuDNN's definition of block scaling again, with the scales quantized too.
    for name, x, block, double in (
        ("to float4 along the last axis", torch.randn(2, 64) * 3, [1, 32], None), ("to float4 in blocks of 16", torch.randn(2, 32).half(), [1, 16], None),
        ("to float4 along the axis before", torch.randn(64, 3) * 1000, [16, 1], None), ("twice", torch.randn(4, 32) * 5, [1, 16], 0.0078125),
        ("twice along the axis before", torch.randn(2, 48, 3), [1, 16, 1], 0.013), ("twice, float16", torch.randn(2, 64).half(), [1, 16], 0.25),
        ("twice, of zeros", torch.cat([torch.zeros(1, 16), torch.full((1, 16), 6.0)], 1), [1, 16], 1.0),
    ):
        grid = [n // b for n, b in zip(x.shape, block)]
        amax = torch.zeros(grid)
        for at in torch.cartesian_prod(*map(torch.arange, grid)).tolist():
            amax[tuple(at)] = x[tuple(slice(a * b, (a + 1) * b) for a, b in zip(at, block))].float().abs().max()
        whole = torch.tensor(1.0 if double is None else double)
        scales = (amax / 6 / whole).to(f8) if double else torch.exp2(torch.ceil(torch.log2(amax / 6)).clamp(min=-127)).to(e8)
        full = spread(scales.float(), x, block=block) * whole
        q = torch.where(full == 0, torch.zeros(()), float4(x.float() / full))
        params = dict(to="float4_e2m1fn", scale_type="float8_e4m3fn" if double else "float8_e8m0fnu", block_shape=block)
        case("dynamic quantize/" + name, "dynamic_quantize", params, [x], [typed(q, "float4_e2m1fn"), scales], tol=0, constants=[whole] if double else ())


def poolings():
    """Blends, and windows of three dimensions."""
    def blend(name, x, window, stride, pad, share, up=False, include=False):
        n = x.dim() - 2
        most, mean = ({2: F.max_pool2d, 3: F.max_pool3d}[n], {2: F.avg_pool2d, 3: F.avg_pool3d}[n])
        y = (1 - share) * most(x, window, stride, pad, ceil_mode=up) + share * mean(x, window, stride, pad, ceil_mode=up, count_include_pad=include)
        case("pooling/blend " + name, "pooling", dict(
            type="max_average_blend", window=[window] * n, stride=[stride] * n, pre_padding=[pad] * n, post_padding=[pad] * n,
            round_up=up, count_includes_padding=include, blend=share), [x], y)

    x = rand(1, 2, 6, 5)
    blend("plain", x, 2, 2, 0, 0.25)
    blend("padded", x, 3, 2, 1, 0.75)
    blend("padding counted", x, 3, 1, 1, 0.5, include=True)
    blend("of maxima", x, 2, 1, 0, 0.0)
    blend("of averages", x, 2, 1, 0, 1.0)
    blend("rounded up", x, 3, 2, 1, 0.5, up=True)
    blend("3-D", rand(1, 1, 4, 5, 3), 2, 1, 1, 0.375)


COORDINATES = {"half_pixel": "half_pixel", "asymmetric": "asymmetric", "align_corners": "align_corners", "pytorch_half_pixel": "half_pixel"}
ROUNDINGS = {"floor": "floor", "ceil": "ceil", "round_prefer_ceil": "half_up", "round_prefer_floor": "half_down"}


def resize(name, x, size, mode, how, a=-0.75, exclude=0, rounding="floor", tol=2e-6):
    """ONNX Runtime's Resize."""
    infos = [helper.make_tensor_value_info("x", P.FLOAT, list(x.shape)), helper.make_tensor_value_info("sizes", P.INT64, [len(size)])]
    node = helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode=mode, coordinate_transformation_mode=how,
                            cubic_coeff_a=a, exclude_outside=exclude, nearest_mode=rounding)
    graph = helper.make_graph([node], "case", infos, [helper.make_tensor_value_info("y", P.FLOAT, list(size))])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    y = torch.from_numpy(session.run(None, {"x": x.numpy(), "sizes": torch.tensor(size).numpy()})[0])
    case("resize/" + name, "resize", dict(
        mode=mode, coordinates=COORDINATES[how], rounding=ROUNDINGS[rounding], size=list(size), scales=None, cubic_coefficient=a,
        exclude_outside=bool(exclude), single="upper" if how == "pytorch_half_pixel" else "formula"), [x], y, tol=tol)


def resizes():
    """ONNX Runtime's Resize, in the terms that PyTorch's interpolation has not."""
    x = rand(1, 1, 4, 5).float()
    for how in ("half_pixel", "asymmetric", "align_corners"):
        resize(f"cubic -0.5 {how}", x, (1, 1, 7, 9), "cubic", how, a=-0.5)
        resize(f"cubic inside {how}", x, (1, 1, 7, 9), "cubic", how, exclude=1)
        for rounding in ROUNDINGS:
            resize(f"nearest {how} {rounding}", x, (1, 1, 7, 3), "nearest", how, rounding=rounding)
    resize("cubic -0.5 inside, down", x, (1, 1, 2, 3), "cubic", "half_pixel", a=-0.5, exclude=1)
    for mode in ("linear", "cubic"):
        resize(f"{mode} to one from the upper left", x, (1, 1, 1, 3), mode, "pytorch_half_pixel")
        resize(f"{mode} to one", x, (1, 1, 1, 3), mode, "half_pixel")


def cubics():
    """Coefficients of any sign, and none."""
    x = rand(1, 1, 4, 5).float()
    for a, how in ((0.0, "half_pixel"), (0.0, "align_corners"), (0.5, "half_pixel"), (-1.0, "asymmetric"), (-3.0, "half_pixel"), (1.0, "align_corners")):
        resize(f"cubic {a} {how}", x, (1, 1, 7, 9), "cubic", how, a=a, tol=1e-5)
    resize("cubic 0 inside", x, (1, 1, 3, 9), "cubic", "half_pixel", a=0.0, exclude=1)


for make in (quantized, float8s, dynamic, convolved, poolings, resizes, biases, zero_points, scales, int4s, float4s, cubics):
    make()

if __name__ == "__main__":
    write("ops_quant.json", onnxruntime=onnxruntime.__version__)
