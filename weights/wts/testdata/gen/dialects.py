"""Writes the files of the rarer dialects beside ../a1.wts, with the values of
../values.f32 where float32 is stored: Python 3.11, NumPy 2, and the zstd command.

Each loop prints as the scripts do that users have:
a3.wts      ppocrv5: hex(), with 0x and without leading zeros
b.wts       TensorRT's dumpTFWts with -1: a type column, always 0, {:x} and a blank
b_half.wts  the same with type 1, which TensorRT's sampleMNISTAPI reads
c.wts2      dumpTFWts by default: type 0, the shape as a tuple, raw bytes
c_int64.wts2  the same for an int64 array, which it calls type 0 too
half.f32    the values of b_half.wts as float32
a1.wts.gz, b.wts.zst  compressed
SHA256SUMS  of the float32 bytes of all values of each file
"""
import gzip
import hashlib
import subprocess
from pathlib import Path

import numpy as np

out = Path(__file__).resolve().parent.parent
flat = np.fromfile(out / "values.f32", "<f4")
shapes = {"conv1.weight": (3, 2, 5, 5), "bn1.num_batches_tracked": (), "special": (10,), "empty": (0, 4), "fc.bias": (10,)}
tensors, at = {}, 0
for name, shape in shapes.items():
    n = int(np.prod(shape, dtype=np.int64))
    tensors[name] = flat[at : at + n]
    at += n
assert at == len(flat)

with open(out / "a3.wts", "w") as f:
    f.write(f"{len(tensors)}\n")
    for name, v in tensors.items():
        f.write(f"{name} {len(v)}")
        for x in v.view(np.uint32):
            f.write(" " + hex(int(x)))
        f.write("\n")


def typed(path, kind, word, values):
    with open(out / path, "w") as f:
        f.write("{}\n".format(len(values)))
        for name, v in values.items():
            f.write("{} {} {} ".format(name, kind, len(v)))
            for x in v.view(word):
                f.write("{:x} ".format(int(x)))
            f.write("\n")


typed("b.wts", 0, np.uint32, tensors)
with np.errstate(over="ignore"):
    half = {name: v.astype(np.float16) for name, v in tensors.items()}
typed("b_half.wts", 1, np.uint16, half)
halves = np.concatenate(list(half.values())).astype("<f4")
halves.tofile(out / "half.f32")


def binary(path, values):
    with open(out / path, "wb") as f:
        f.write("{}\n".format(len(values)).encode())
        for name, v in values.items():
            f.write("{} {} {} ".format(name, 0, v.shape).encode())
            f.write(v.tobytes())
            f.write(b"\n")


binary("c.wts2", {name: v.astype("<f4").reshape(shapes[name]) for name, v in tensors.items()})
binary("c_int64.wts2", {"weight": np.ones(3, "<f4"), "steps": np.array([4821, 7], "<i8")})

(out / "a1.wts.gz").write_bytes(gzip.compress((out / "a1.wts").read_bytes(), mtime=0))
subprocess.run(["zstd", "-q", "-f", "-19", str(out / "b.wts"), "-o", str(out / "b.wts.zst")], check=True)

with open(out / "SHA256SUMS", "w") as f:
    for name in ["a1.wts", "a1.wts.gz", "a2.wts", "a3.wts", "b.wts", "b.wts.zst", "c.wts2"]:
        f.write(f"{hashlib.sha256(flat.tobytes()).hexdigest()}  {name}\n")
    f.write(f"{hashlib.sha256(halves.tobytes()).hexdigest()}  b_half.wts\n")
