"""Cases of quantization and of what reads quantized tensors, for the tests of trt/refexec.

Run as a script it writes ../refexec/ops_quant.json. int8 comes from ONNX Runtime's QuantizeLinear and
DequantizeLinear, by tensor and channel from PyTorch's own quantization too; float8_e4m3fn from PyTorch's casts
of what is within the type's range, as theirs do not saturate.
"""

import onnx
import onnxruntime
import torch
from onnx import TensorProto as P
from onnx import helper

from opcase import case, rand, write

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


for make in (quantized, float8s):
    make()

if __name__ == "__main__":
    write("ops_quant.json", onnxruntime=onnxruntime.__version__)
