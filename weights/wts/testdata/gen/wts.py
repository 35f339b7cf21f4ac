"""Writes ../a1.wts, ../a2.wts and ../values.f32: Python 3, NumPy.

The two loops are those of the scripts that users have (`gen_wts.py`): two
blanks after the count, or one. The values reach them as float32 bit patterns,
among them zeros of both signs, subnormals, infinities and a NaN with a payload.
"""
import struct
from pathlib import Path

import numpy as np

out = Path(__file__).resolve().parent.parent
rng = np.random.default_rng(7)
special = np.array([0, 0x80000000, 1, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC01234, 0x3F800000],
                   dtype=np.uint32).view(np.float32)
tensors = {
    "conv1.weight": rng.normal(0, 0.02, 150).astype(np.float32),
    "bn1.num_batches_tracked": np.array([4821], dtype=np.float32),
    "special": special,
    "empty": np.zeros(0, dtype=np.float32),
    "fc.bias": rng.normal(0, 1, 10).astype(np.float32),
}


def digits(v):
    # float(v) would quieten no NaN here, but packing loses its payload.
    return struct.pack(">I", int(np.float32(v).view(np.uint32))).hex() if np.isnan(v) else struct.pack(">f", float(v)).hex()


with open(out / "a1.wts", "w") as f:
    f.write("{}\n".format(len(tensors)))
    for k, v in tensors.items():
        f.write("{} {} ".format(k, len(v)))
        for x in v:
            f.write(" ")
            f.write(digits(x))
        f.write("\n")

with open(out / "a2.wts", "w") as f:
    f.write("{}\n".format(len(tensors)))
    for k, v in tensors.items():
        f.write("{} {}".format(k, len(v)))
        for x in v:
            f.write(" " + digits(x))
        f.write("\n")

np.concatenate(list(tensors.values())).astype("<f4").tofile(out / "values.f32")
