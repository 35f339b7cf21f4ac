"""NumPy twin of the Go package builder/zoo/checkpoint: plausible random weights from a counter.

Run as a script it writes ../checkpoint/vectors.json, which the Go tests compare bit for bit.
The arithmetic is described in README.md beside this file; only integers and powers of two occur,
so every platform gives the same bits.
"""

import hashlib
import json
import math
import pathlib

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(z):
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014) on a uint64 array."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def fnv1a(name):
    """FNV-1a, 64 bits, of the UTF-8 bytes of name."""
    h = 0xCBF29CE484222325
    for b in name.encode():
        h = (h ^ b) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


def words(seed, name, start, count):
    """Outputs start .. start+count-1 of SplitMix64 started at mix(mix(seed) ^ fnv1a(name))."""
    with np.errstate(over="ignore"):
        key = mix(mix(np.array([seed], np.uint64)) ^ np.uint64(fnv1a(name)))
        i = np.arange(start + 1, start + count + 1, dtype=np.uint64)
        return mix(key + i * GOLDEN)


def half_log2(fan_in):
    """The q with 2 fan_in in [4^q, 4^(q+1)): about log2(sqrt(2 fan_in)), in integers."""
    return ((2 * fan_in).bit_length() - 1) // 2


def silu_gain(fan_in, q):
    """The integer nearest to sqrt(23 * 4^(q+4) / fan_in)."""
    return (math.isqrt((92 << 2 * q + 8) // fan_in) + 1) // 2


def fill(kind, name, seed, count, fan_in=0, start=0):
    """float32 values start .. start+count-1 of one tensor; the kinds are those of the Go package."""
    u = words(seed, name, start, count)
    lane = [((u >> np.uint64(16 * k)) & np.uint64(0xFFFF)).astype(np.int64) for k in range(4)]
    bell = lane[0] + lane[1] - lane[2] - lane[3]
    q = half_log2(fan_in)
    if kind == "conv weight":
        v, shift = bell, 17 + q
    elif kind == "linear weight":
        v, shift = bell, 15 + q
    elif kind in ("bias", "batch-norm bias"):
        v, shift = bell, 18
    elif kind == "batch-norm weight":
        v, shift = (1 << 18) + bell, 18
    elif kind == "last batch-norm weight":
        v, shift = (1 << 18) + bell, 20
    elif kind == "running mean":
        v, shift = bell, 20
    elif kind == "running variance":
        v, shift = (1 << 16) + 3 * lane[0], 21 if fan_in >= 4**q else 22
    elif kind == "batches tracked":
        v, shift = 1 + lane[0] % 1024, 0
    elif kind == "input":
        v, shift = bell, 15
    elif kind == "image":
        v, shift = lane[0], 16
    elif kind == "conv weight before SiLU":
        v, shift = silu_gain(fan_in, q) * bell, 23 + q
    elif kind == "fused conv weight before SiLU":
        v, shift = silu_gain(fan_in, q) * bell, 21 + q
    elif kind == "batch-norm bias before SiLU":
        v, shift = bell, 16
    elif kind == "running variance before SiLU":
        v, shift = 15 * ((1 << 16) + 3 * lane[0]), 25
    elif kind == "score bias":
        v, shift = bell - (1 << 18), 17
    elif kind == "distance bias":
        d = np.minimum(np.arange(start, start + count) % 16 - 3, 6)
        v, shift = bell - (d * d << 16), 18
    elif kind == "anchor bias":
        field = np.arange(start, start + count) % fan_in
        v, shift = bell - (3 << 17) * ((field == 2) | (field == 3)), 18
    else:
        raise ValueError(kind)
    return np.ldexp(v.astype(np.float32), -shift)


CASES = [
    # kind, name, seed, fan_in, count
    ("conv weight", "conv1.weight", 1, 147, 9408),
    ("conv weight", "layer4.1.conv2.weight", 1, 4608, 70001),
    ("conv weight", "layer1.0.conv1.weight", 18446744073709551615, 64, 4096),
    ("linear weight", "fc.weight", 1, 2048, 20480),
    ("linear weight", "conv2.weight", 7, 150, 2400),
    ("bias", "fc.bias", 1, 0, 1000),
    ("batch-norm weight", "bn1.weight", 1, 0, 64),
    ("last batch-norm weight", "layer1.0.bn3.weight", 1, 0, 256),
    ("batch-norm bias", "bn1.bias", 1, 0, 64),
    ("running mean", "bn1.running_mean", 1, 0, 64),
    ("running variance", "bn1.running_var", 1, 147, 64),
    ("running variance", "layer1.0.bn1.running_var", 0, 64, 64),
    ("batches tracked", "bn1.num_batches_tracked", 1, 0, 1),
    ("input", "input", 1, 0, 3 * 64 * 96),
    ("conv weight before SiLU", "model.0.conv.weight", 1, 27, 432),
    ("conv weight before SiLU", "model.21.m.0.cv1.conv.weight", 1, 2880, 70001),
    ("conv weight before SiLU", "model.2.cv1.conv.weight", 1, 37, 1000),
    ("fused conv weight before SiLU", "model.9.cv2.conv.weight", 1, 2560, 9999),
    ("batch-norm bias before SiLU", "model.0.bn.bias", 1, 0, 64),
    ("running variance before SiLU", "model.0.bn.running_var", 1, 27, 64),
    ("score bias", "model.22.cv3.0.2.bias", 1, 0, 80),
    ("distance bias", "model.22.cv2.0.2.bias", 1, 0, 64),
    ("anchor bias", "model.24.m.0.bias", 1, 85, 255),
    ("image", "images", 1, 0, 3 * 64 * 96),
]


def main():
    vectors = []
    for kind, name, seed, fan_in, count in CASES:
        v = fill(kind, name, seed, count, fan_in)
        raw = v.astype("<f4").tobytes()
        vectors.append({
            "kind": kind, "name": name, "seed": str(seed), "fan_in": fan_in, "count": count,
            "first": [float(x) for x in v[:4]], "last": float(v[-1]),
            "sha256": hashlib.sha256(raw).hexdigest(),
        })
    out = pathlib.Path(__file__).parent.parent / "checkpoint" / "vectors.json"
    out.write_text("[\n" + ",\n".join(json.dumps(v) for v in vectors) + "\n]\n")


if __name__ == "__main__":
    main()
