"""Writes ../nvidia.caffemodel and ../nvidia.json: values in raw_data, as NVIDIA's
fork of Caffe stores them.

    python nvidia_model.py FOLDER

where FOLDER holds caffe.proto of branch caffe-0.17 of that fork. Python 3.11,
grpcio-tools 1.85.1, NumPy 2.4.6.
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

rng = np.random.default_rng(9)
net = pb.NetParameter(name="nvidia")
tensors = []
for name, kind, blobs in [
    ("conv", "Convolution", [("weight", (4, 3, 3, 3), pb.FLOAT16), ("bias", (4,), pb.FLOAT16)]),
    ("bn", "BatchNorm", [(s, (4,), pb.FLOAT) for s in ("mean", "variance")] + [("scale_factor", (1,), pb.FLOAT)] + [(s, (4,), pb.FLOAT) for s in ("weight", "bias")]),
    ("fc", "InnerProduct", [("weight", (2, 4), pb.DOUBLE)]),
]:
    layer = net.layer.add(name=name, type=kind)
    for suffix, shape, stored in blobs:
        dtype = {pb.FLOAT: "float32", pb.FLOAT16: "float16", pb.DOUBLE: "float64"}[stored]
        values = rng.normal(0, 1, shape).astype(dtype)
        blob = layer.blobs.add(raw_data_type=stored, raw_data=values.tobytes(), raw_diff_type=stored, raw_diff=(values / 2).tobytes())
        blob.shape.dim.extend(shape)
        tensors.append({"name": f"{name}.{suffix}", "dtype": dtype, "shape": list(shape),
                        "sha256": hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()})
(out / "nvidia.caffemodel").write_bytes(net.SerializeToString())
(out / "nvidia.json").write_text(json.dumps({"nvidia.caffemodel": {"format": "caffe", "tensors": tensors}}, indent=1) + "\n")
