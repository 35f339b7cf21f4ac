"""Makes the fixtures of the safetensors reader and writer, and truth.json beside them, with the Python package.

    pip install torch==2.15.0 safetensors==0.8.0 huggingface_hub==2.4.0 numpy==2.4.6
    python3 safetensors_files.py ..

truth.json has, by file and tensor name in the order of the file: element type and shape, the SHA-256 of the
values as they are stored, and that of torch's float32 values in little-endian bytes (not of complex ones).
It says the same of ../written/mixed.safetensors, which our own writer makes (go test -run Write -update): that the
package loads it, and with which values.
"""

import hashlib
import json
import pathlib
import struct
import sys

import huggingface_hub
import numpy as np
import safetensors
import torch
from safetensors import safe_open
from safetensors.torch import save_file

out = pathlib.Path(sys.argv[1])
EDGES = [0.0, -0.0, 1.0, -1.5, 65504.0, 65520.0, 1e-8, -3e38, 5e-324, float("inf"), float("-inf"), float("nan"), 0.1, 1 / 3]


def integers(t):
    i = torch.iinfo(t)
    return [i.min, i.max, 0, 1, i.max - 1, i.max // 3]


def every_type():
    """One tensor of each type that torch has in this format, of values at the edges of the type."""
    named = {}
    for t in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        named[str(t)] = torch.tensor(EDGES, dtype=torch.float64).to(t).reshape(2, 7)
    for t in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64):
        named[str(t)] = torch.tensor(integers(t), dtype=t).reshape(3, 2)
    named["torch.bool"] = torch.tensor([True, False, True])
    named["torch.complex64"] = torch.tensor([1 + 2j, complex("nan")], dtype=torch.complex64)
    for t in (torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu):
        named[str(t)] = torch.arange(256, dtype=torch.int32).to(torch.uint8).view(t).reshape(16, 16)
    return named


def network():
    """What most files are: float32 and the integers of BatchNorm, with PyTorch's note."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 5, 3, bias=False), torch.nn.BatchNorm2d(5), torch.nn.ReLU(), torch.nn.Linear(7, 3)
    )
    return net.state_dict()


def shapes():
    """Scalars, tensors without elements, many dimensions, and names that need escapes."""
    return {
        "scalar": torch.tensor(2.5),
        "none": torch.zeros(0),
        "none of many": torch.zeros(3, 0, 2, dtype=torch.int64),
        "ones": torch.ones(1, 1, 1, 1, 1, 1, 1, 1, 2),
        "": torch.tensor([1.0]),
        "quote\"back\\slash/": torch.tensor([2.0]),
        "tab\tline\nend\r\b\f\x01\x1f\x7f": torch.tensor([3.0]),
        "Gewichtsträger.ж.重み.🎱.\u2028": torch.tensor([4.0]),
        "odd": torch.tensor([1, 2, 3], dtype=torch.int8),
    }


truth = {"versions": {m.__name__: m.__version__ for m in (torch, safetensors, huggingface_hub, np)}}


def sha(b):
    return hashlib.sha256(b).hexdigest()


def float32(t):
    """As torch's vector loop converts: its scalar loop for the last few has other bits for NaNs of float16."""
    flat = t.contiguous().flatten()
    padded = torch.cat([flat.view(torch.uint8), torch.zeros(64 * t.element_size(), dtype=torch.uint8)])
    return padded.view(t.dtype)[: -(len(flat) % 64) or None].to(torch.float32)[: len(flat)]


def describe(path):
    entries = []
    raw = path.read_bytes()
    n = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + n])
    with safe_open(path, framework="pt") as f:
        for name, info in header.items():
            if name == "__metadata__":
                continue
            t = f.get_tensor(name)
            begin, end = info["data_offsets"]
            e = {"name": name, "dtype": str(t.dtype).removeprefix("torch."), "shape": list(t.shape)}
            e["raw"] = sha(raw[8 + n + begin : 8 + n + end])
            if not t.dtype.is_complex:
                e["float32"] = sha(float32(t).numpy().astype("<f4").tobytes())
            entries.append(e)
    truth[path.relative_to(out).as_posix()] = entries


save_file(every_type(), out / "types.safetensors")
save_file(network(), out / "network.safetensors", metadata={"format": "pt"})
save_file(shapes(), out / "shapes.safetensors", metadata={"note": 'a "note"\n'})
save_file({}, out / "empty.safetensors")

sharded = out / "sharded"
sharded.mkdir(exist_ok=True)
huggingface_hub.save_torch_state_dict(
    {**network(), "tail.weight": torch.arange(40.0).to(torch.bfloat16)}, sharded, max_shard_size=400
)
for path in sorted(out.rglob("*.safetensors")):
    describe(path)
(out / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=True) + "\n")
