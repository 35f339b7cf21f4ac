"""Writes a.safetensors and b.safetensors and what NumPy says of their
differences, want.json. Made with Python 3.11 and NumPy 2.x; no other package.

    python gen.py
"""

import json
import math
import pathlib
import struct

import numpy as np

HERE = pathlib.Path(__file__).parent
CODES = {"float32": "F32", "float16": "F16", "float64": "F64", "int64": "I64", "complex64": "C64"}


def write(name, tensors):
    header, blobs, at = {}, [], 0
    for key, v in tensors.items():
        blob = v.tobytes()
        header[key] = {"dtype": CODES[str(v.dtype)], "shape": list(v.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (HERE / name).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def number(x):
    return x if math.isfinite(x) else ("inf" if x > 0 else "-inf")


def compare(a, b, atol, rtol):
    apart = None
    if a.dtype == b.dtype == np.int64:  # exactly: float64 does not hold all of them
        apart = np.abs(b.astype(object) - a.astype(object)).astype(np.float64)
    a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(all="ignore"):
        matched = (a == b) | (np.isnan(a) & np.isnan(b))
        finite = np.isfinite(a) & np.isfinite(b)
        d = np.where(finite, np.abs(b - a), 0)
        if apart is not None:
            d, matched = apart, apart == 0
        rel = np.where(finite & (a != 0), d / np.abs(a), 0)
        close = np.isclose(b, a, atol=atol, rtol=rtol, equal_nan=True)
        if apart is not None:
            close = d <= atol + rtol * np.abs(a)
        nonfinite = int((~matched & ~finite).sum())
        signal, noise = np.sum(np.where(np.isfinite(a), a, 0) ** 2), np.sum(d**2)
        sqnr = -np.inf if nonfinite else (np.inf if noise == 0 else 10 * np.log10(signal / noise))
    return {
        "max_abs": float(d.max()),
        "max_abs_at": [int(i) for i in np.unravel_index(d.argmax(), d.shape)],
        "max_rel": float(rel.max()),
        "sqnr_db": number(float(sqnr)),
        "differing": int((~matched).sum()),
        "beyond": int((~close).sum()),
        "nonfinite": nonfinite,
    }


def main():
    r = np.random.default_rng(7)
    n = lambda *shape, s=0.05: r.normal(0, s, shape)
    f32, f16 = np.float32, np.float16
    a, b = {}, {}

    a["conv.weight"] = n(8, 4, 3, 3).astype(f32)
    b["conv.weight"] = (a["conv.weight"] + n(8, 4, 3, 3, s=1e-4)).astype(f32)
    a["long"] = n(33000).astype(f16)  # more than one chunk
    b["long"] = a["long"].copy()
    b["long"][[5, 32767, 32768, 32999]] += f16(0.25)
    a["same"] = n(16, 16).astype(f32)
    b["same"] = a["same"].copy()
    a["halved"] = n(64, 16).astype(f32)
    b["halved"] = a["halved"].astype(f16)
    a["wide"] = n(30)
    b["wide"] = a["wide"] * (1 + 1e-12)
    a["counter"] = np.int64([2**53, 7])
    b["counter"] = np.int64([2**53 + 1, 7])
    a["far"] = np.int64([3, -4])
    b["far"] = np.int64([3, 5])
    a["holes"] = f32([1, np.nan, np.inf, -np.inf, 0, 2])
    b["holes"] = f32([1, np.nan, np.inf, -np.inf, -0.0, 2])
    a["broken"] = f32([1, 2, 3, np.inf, 0])
    b["broken"] = f32([1, np.nan, 3.5, -np.inf, 0.5])
    a["from_zero"] = f32([0, 0, 0])
    b["from_zero"] = f32([0, 1e-3, 0])
    a["pair"] = np.complex64([1 + 2j, 3 + 4j])
    b["pair"] = np.complex64([1 + 2j, 3 + 5j])
    a["gone"] = f32([1])
    a["bent"] = n(2, 3).astype(f32)
    b["bent"] = a["bent"].reshape(3, 2)
    a["cut"] = n(6).astype(f32)
    b["cut"] = a["cut"][:5]
    b["new"] = f32([1])

    write("a.safetensors", a)
    write("b.safetensors", b)
    atol, rtol = 1e-4, 1e-3
    want = {k: compare(a[k], b[k], atol, rtol) for k in a if k in b and k != "pair" and a[k].shape == b[k].shape}
    (HERE / "want.json").write_text(json.dumps({"numpy": np.__version__, "atol": atol, "rtol": rtol, "tensors": want}, indent=1) + "\n")


main()
