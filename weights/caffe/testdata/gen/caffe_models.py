"""Writes the models beside this folder and truth.json.

    python caffe_models.py FOLDER

where FOLDER holds caffe.proto of BVLC's Caffe (src/caffe/proto in its
repository). Python 3.11, grpcio-tools 1.85.1, NumPy 2.4.6. The classes are generated from Caffe's own
caffe.proto, at the time this runs, in a temporary folder. truth.json holds the
names that this project gives, Caffe's shapes, and the SHA-256 of the values as
little-endian float32; values are read back with the generated classes as
Blob::FromProto does.
"""
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from grpc_tools import protoc

out = Path(__file__).resolve().parent.parent
with tempfile.TemporaryDirectory() as folder:
    assert protoc.main(["protoc", f"-I{sys.argv[1]}", f"--python_out={folder}", "caffe.proto"]) == 0
    sys.path.insert(0, folder)
    import caffe_pb2 as pb

rng = np.random.default_rng(5)
truth = {}


def fill(blob, shape, legacy=False, double=False):
    values = rng.normal(0, 1, int(np.prod(shape)))
    if legacy:
        blob.num, blob.channels, blob.height, blob.width = shape
    else:
        blob.shape.dim.extend(shape)
    if double:
        blob.double_data.extend(values.tolist())
        blob.double_diff.extend((values / 2).tolist())
    else:
        blob.data.extend(values.astype(np.float32).tolist())
        blob.diff.extend((values / 2).astype(np.float32).tolist())


def describe(name, blob):
    if any(blob.HasField(k) for k in ("num", "channels", "height", "width")):
        shape = [blob.num, blob.channels, blob.height, blob.width]
    else:
        shape = list(blob.shape.dim)
    double = len(blob.double_data) > 0
    values = np.array(blob.double_data if double else blob.data, np.float64 if double else np.float32)
    assert values.size == int(np.prod(shape))
    return {"name": name, "dtype": "float64" if double else "float32", "shape": shape,
            "sha256": hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()}


def save(file, net, form, tensors, data=None):
    data = data or net.SerializeToString()
    (out / file).write_bytes(data)
    again = pb.NetParameter.FromString(data)
    assert again == net
    truth[file] = {"format": form, "tensors": tensors}


# Today's form: every layer type with named blobs, and one without.
net = pb.NetParameter(name="net")
net.layer.add(name="data", type="Input", top=["data"])
described = []
for name, kind, blobs in [
    ("conv1", "Convolution", [("weight", (4, 3, 3, 3)), ("bias", (4,))]),
    ("conv1/bn", "BatchNorm", [("mean", (4,)), ("variance", (4,)), ("scale_factor", (1,))]),
    ("conv1/scale", "Scale", [("weight", (4,)), ("bias", (4,))]),
    ("prelu", "PReLU", [("weight", (4,))]),
    ("shared", "PReLU", [("weight", ())]),
    ("up", "Deconvolution", [("weight", (4, 1, 2, 2))]),
    ("embed", "Embed", [("weight", (7, 5))]),
    ("shift", "Bias", [("bias", (5,))]),
    ("lstm", "LSTM", [("blob0", (8, 2)), ("blob1", (8,)), ("blob2", (8, 2))]),
    ("fc", "InnerProduct", [("weight", (2, 5)), ("bias", (2,))]),
]:
    layer = net.layer.add(name=name, type=kind, bottom=["x"], top=["x"])
    for suffix, shape in blobs:
        fill(layer.blobs.add(), shape, double=name == "fc")
        described.append(describe(f"{name}.{suffix}", layer.blobs[-1]))
unnamed = net.layer.add(type="Convolution")
fill(unnamed.blobs.add(), (1, 1, 1, 1))
described.append(describe(f"layer{len(net.layer) - 1}.weight", unnamed.blobs[0]))
save("current.caffemodel", net, "caffe", described)

# V1: an enum for the type, four dimensions.
net = pb.NetParameter(name="net-v1")
V1 = pb.V1LayerParameter
described = []
net.layers.add(name="relu", type=V1.RELU)
for name, kind, shapes in [("conv1", V1.CONVOLUTION, [(4, 3, 3, 3), (1, 1, 1, 4)]), ("fc", V1.INNER_PRODUCT, [(1, 1, 2, 5), (1, 1, 1, 2)]),
                           ("up", V1.DECONVOLUTION, [(4, 1, 2, 2)])]:
    layer = net.layers.add(name=name, type=kind)
    for suffix, shape in zip(["weight", "bias"], shapes):
        fill(layer.blobs.add(), shape, legacy=True)
        described.append(describe(f"{name}.{suffix}", layer.blobs[-1]))
save("v1.caffemodel", net, "caffe-v1", described)

# V0: a layer inside a layer, a string for the type.
net = pb.NetParameter(name="net-v0")
described = []
for name, kind, shapes in [("pad", "padding", []), ("conv1", "conv", [(4, 3, 3, 3), (1, 1, 1, 4)]), ("fc", "innerproduct", [(1, 1, 2, 5), (1, 1, 1, 2)])]:
    outer = net.layers.add(bottom=["x"], top=[name])
    outer.layer.name, outer.layer.type = name, kind
    for suffix, shape in zip(["weight", "bias"], shapes):
        fill(outer.layer.blobs.add(), shape, legacy=True)
        described.append(describe(f"{name}.{suffix}", outer.layer.blobs[-1]))
save("v0.caffemodel", net, "caffe-v0", described)

# Values that are not packed, or packed in two runs with one between, which
# protobuf allows and reads as the same message.
net = pb.NetParameter(name="unpacked")
layer = net.layer.add(name="fc", type="InnerProduct")
fill(layer.blobs.add(), (3, 3))
fill(layer.blobs.add(), (3,), double=True)


def varint(n):
    b = b""
    while n > 0x7F:
        b, n = b + bytes([n & 0x7F | 0x80]), n >> 7
    return b + bytes([n])


def field(number, wire, body):
    return varint(number << 3 | wire) + (varint(len(body)) if wire == 2 else b"") + body


def blob(proto):
    b = field(7, 2, proto.shape.SerializeToString())
    data, double = np.array(proto.data, "<f4"), np.array(proto.double_data, "<f8")
    if len(data):
        b += field(5, 2, data[:4].tobytes()) + field(5, 5, data[4:5].tobytes()) + field(6, 2, np.array(proto.diff, "<f4").tobytes()) + field(5, 2, data[5:].tobytes())
    for d in double:
        b += field(8, 1, d.tobytes())
    return b + b"".join(field(9, 1, np.array(d, "<f8").tobytes()) for d in proto.double_diff)


body = field(7, 2, blob(layer.blobs[0])) + field(7, 2, blob(layer.blobs[1])) + field(2, 2, b"InnerProduct") + field(1, 2, b"fc")
save("unpacked.caffemodel", net, "caffe", [describe("fc.weight", layer.blobs[0]), describe("fc.bias", layer.blobs[1])],
     field(100, 2, body) + field(1, 2, b"unpacked"))

(out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
