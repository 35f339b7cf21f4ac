"""Writes the models beside this folder and truth.json: Python 3.11, onnx 1.23.2,
torch 2.15, onnxscript is not needed (the TorchScript exporter is used),
NumPy 2.4.6, ml_dtypes 0.6.0.

truth.json holds for each model, in file order, what must be read: name, element
type, shape, and the SHA-256 of the values as little-endian float32, computed by
onnx.numpy_helper and NumPy. Complex tensors have the digest of their own bytes.
"""
import hashlib
import io
import json
import shutil
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

out = Path(__file__).resolve().parent.parent
rng = np.random.default_rng(11)
P = TensorProto

# Data type, name here, NumPy type, field of typed values.
TYPES = [
    (P.FLOAT, "float32", np.float32, "float_data"), (P.DOUBLE, "float64", np.float64, "double_data"),
    (P.FLOAT16, "float16", np.float16, "int32_data"), (P.BFLOAT16, "bfloat16", ml_dtypes.bfloat16, "int32_data"),
    (P.INT8, "int8", np.int8, "int32_data"), (P.UINT8, "uint8", np.uint8, "int32_data"),
    (P.INT16, "int16", np.int16, "int32_data"), (P.UINT16, "uint16", np.uint16, "int32_data"),
    (P.INT32, "int32", np.int32, "int32_data"), (P.UINT32, "uint32", np.uint32, "uint64_data"),
    (P.INT64, "int64", np.int64, "int64_data"), (P.UINT64, "uint64", np.uint64, "uint64_data"),
    (P.BOOL, "bool", np.bool_, "int32_data"),
    (P.COMPLEX64, "complex64", np.complex64, "float_data"), (P.COMPLEX128, "complex128", np.complex128, "double_data"),
    (P.FLOAT8E4M3FN, "float8_e4m3fn", ml_dtypes.float8_e4m3fn, "int32_data"),
    (P.FLOAT8E4M3FNUZ, "float8_e4m3fnuz", ml_dtypes.float8_e4m3fnuz, "int32_data"),
    (P.FLOAT8E5M2, "float8_e5m2", ml_dtypes.float8_e5m2, "int32_data"),
    (P.FLOAT8E5M2FNUZ, "float8_e5m2fnuz", ml_dtypes.float8_e5m2fnuz, "int32_data"),
    (P.FLOAT8E8M0, "float8_e8m0fnu", ml_dtypes.float8_e8m0fnu, "int32_data"),
]
NAMES = {t: n for t, n, _, _ in TYPES}


def values(dtype, shape):
    """All kinds of bits, but NaNs: what is left of their payload is not NumPy's to say."""
    n = int(np.prod(shape))
    if dtype == np.bool_:
        return rng.integers(0, 2, n).astype(np.bool_).reshape(shape)
    d = np.dtype(dtype)
    a = rng.integers(0, 256, n * d.itemsize, dtype=np.uint8).view(d)
    with np.errstate(all="ignore"):
        bad = np.isnan(a) if d.kind in "fcV" else np.zeros(n, bool)
    return np.where(bad, np.array(1, dtype=d), a).astype(d).reshape(shape)


def raw_tensor(name, t, a):
    p = TensorProto(name=name, data_type=t, dims=a.shape)
    p.raw_data = np.ascontiguousarray(a).tobytes()
    return p


def typed_tensor(name, t, a, field):
    p = TensorProto(name=name, data_type=t, dims=a.shape)
    flat = np.ascontiguousarray(a).reshape(-1)
    if field == "int32_data" and flat.dtype.kind in "fV":
        flat = flat.view({1: np.uint8, 2: np.uint16}[flat.dtype.itemsize])
    if flat.dtype.kind == "b":
        flat = flat.astype(np.uint8)
    if flat.dtype.kind == "c":
        flat = flat.view({8: np.float32, 16: np.float64}[flat.dtype.itemsize])
    getattr(p, field).extend(flat.tolist())
    return p


def describe(tensor, name=None, base=""):
    a = numpy_helper.to_array(tensor, base)
    kind = NAMES[tensor.data_type]
    with np.errstate(all="ignore"):
        stored = a if a.dtype.kind == "c" else a.astype(np.float32)
    return {
        "name": name or tensor.name, "dtype": kind, "shape": list(a.shape),
        "sha256": hashlib.sha256(np.ascontiguousarray(stored).tobytes()).hexdigest(),
    }


def model(initializers=(), nodes=(), **more):
    x = helper.make_tensor_value_info("x", P.FLOAT, [1])
    graph = helper.make_graph(list(nodes), "net", [x], [x], initializer=list(initializers))
    return helper.make_model(graph, producer_name="trtbuild tests", opset_imports=[helper.make_opsetid("", 21)], ir_version=10, **more)


truth = {}


def save(name, m, tensors):
    (out / name).write_bytes(m.SerializeToString())
    truth[name] = tensors


# Every type in raw and typed form, matrices, and a scalar and an empty one.
tensors = []
for t, n, dtype, field in TYPES:
    a = values(dtype, (3, 5))
    tensors += [raw_tensor(f"raw.{n}", t, a), typed_tensor(f"typed.{n}", t, a, field)]
tensors += [raw_tensor("scalar", P.FLOAT, np.array(2.5, np.float32)), raw_tensor("empty", P.FLOAT, np.zeros((0, 4), np.float32)),
            typed_tensor("typed.scalar", P.INT64, np.array(-7, np.int64), "int64_data"),
            TensorProto(name="nothing", data_type=P.INT8, dims=[2, 0])]
m = model(tensors)
m.domain, m.model_version, m.producer_version, m.doc_string = "org.example", 3, "1.0", "all types"
m.opset_import.append(helper.make_opsetid("com.example", 2))
helper.set_model_props(m, {"names": "{0: 'person', 1: 'car'}", "stride": "32", "task": "detect", "imgsz": "[640, 640]"})
save("types.onnx", m, [describe(t) for t in tensors])

# More than one chunk of packed varints and of floats.
long = [typed_tensor("long.float16", P.FLOAT16, values(np.float16, (33000,)), "int32_data")]
save("long.onnx", model(long), [describe(t) for t in long])


# Constants and nested graphs. Nodes come before initializers in a file.
def branch(name, value):
    inner = raw_tensor("w", P.FLOAT, np.full((2, 2), value, np.float32))
    const = helper.make_node("Constant", [], [f"{name}_c"], value=raw_tensor("", P.FLOAT, np.full(3, value + 1, np.float32)))
    y = helper.make_tensor_value_info(f"{name}_y", P.FLOAT, [2, 2])
    add = helper.make_node("Identity", ["w"], [f"{name}_y"])
    return helper.make_graph([const, add], name, [], [y], initializer=[inner])


outer = branch("then", 1.0)
inner_if = helper.make_node("If", ["c"], ["inner_out"], then_branch=branch("deep", 5.0), else_branch=branch("deeper", 6.0))
outer.node.append(inner_if)
nodes = [
    helper.make_node("Constant", [], ["c"], value=raw_tensor("ignored", P.BOOL, np.array(True))),
    helper.make_node("Constant", [], ["words"], value=helper.make_tensor("s", P.STRING, [1], [b"word"])),
    helper.make_node("Constant", [], ["number"], value_float=1.5),
    helper.make_node("If", ["c"], ["out"], name="choice", then_branch=outer, else_branch=branch("else", 2.0)),
]
w = raw_tensor("w", P.FLOAT, values(np.float32, (2, 3)))


def constants(node, prefix=""):
    found = []
    for a in node.attribute:
        if node.op_type == "Constant" and a.name == "value" and a.t.data_type != P.STRING:
            found.append(describe(a.t, prefix + node.output[0]))
        if a.HasField("g"):
            inner = f"{prefix}{node.output[0]}/{a.name}/"
            for n in a.g.node:
                found += constants(n, inner)
            found += [describe(t, inner + t.name) for t in a.g.initializer]
    return found


save("nested.onnx", model([w], nodes), [x for n in nodes for x in constants(n)] + [describe(w)])

# External data, as onnx.save_model writes it; one with explicit keys.
big = [raw_tensor("a.weight", P.FLOAT, values(np.float32, (16, 8))), raw_tensor("a.half", P.FLOAT16, values(np.float16, (7,))),
       raw_tensor("b.index", P.INT64, np.arange(12, dtype=np.int64).reshape(3, 4))]
described = [describe(t) for t in big]
folder = out / "external"
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
onnx.save_model(model(big), folder / "model.onnx", save_as_external_data=True, all_tensors_to_one_file=True, location="model.onnx.data",
                size_threshold=0, convert_attribute=False)
truth["external/model.onnx"] = described
(folder / "model.onnx.data").chmod(0o644)
data = (folder / "model.onnx.data").read_bytes()
m = onnx.load(folder / "model.onnx", load_external_data=False)
for t in m.graph.initializer:
    e = t.external_data.add()
    e.key, e.value = "checksum", hashlib.sha1(data).hexdigest()
(folder / "checksum.onnx").write_bytes(m.SerializeToString())
truth["external/checksum.onnx"] = described


# What PyTorch's exporter writes.
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.bn = torch.nn.BatchNorm2d(4)
        self.fc = torch.nn.Linear(4, 2)

    def forward(self, x):
        x = torch.nn.functional.interpolate(torch.relu(self.bn(self.conv(x))), scale_factor=2)
        return self.fc(x.mean((2, 3)))


torch.manual_seed(0)
net = Net()
net.train()
buffer = io.BytesIO()
torch.onnx.export(net, torch.zeros(1, 3, 8, 8), buffer, dynamo=False, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
(out / "torch.onnx").write_bytes(buffer.getvalue())
m = onnx.load_from_string(buffer.getvalue())
truth["torch.onnx"] = [x for n in m.graph.node for x in constants(n)] + [describe(t) for t in m.graph.initializer]
state = {k: v.detach().numpy() for k, v in net.state_dict().items()}
for t in truth["torch.onnx"]:  # PyTorch's own weights are the outer truth
    if t["name"] in state:
        assert t["sha256"] == hashlib.sha256(state.pop(t["name"]).astype("<f4").tobytes()).hexdigest(), t
assert all(k.endswith("num_batches_tracked") for k in state), state.keys()

(out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
