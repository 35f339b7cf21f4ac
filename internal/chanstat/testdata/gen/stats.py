"""Writes ../numpy.json: statistics that NumPy takes of sets of float32.

The sets are bit patterns made with integers, so the test makes the same ones:
pattern i of a set is (i*2654435761 + 12345) mod 2^32 with its exponent field
replaced by low + (i*40503 >> 3) % width.
"""
import json
from pathlib import Path

import numpy as np


def patterns(n, low, width):
    i = np.arange(n, dtype=np.uint64)
    u = (i * 2654435761 + 12345) % 2**32
    exponent = low + (i * 40503 >> 3) % width
    return ((u & 0x807FFFFF) | exponent << 23).astype(np.uint32)


def bf16(x):
    u = x.view(np.uint32).astype(np.uint64)
    return ((u + 0x7FFF + (u >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)


def tf32(x):
    u = x.view(np.uint32).astype(np.uint64)
    return ((u + 0xFFF + (u >> 13 & 1)) & 0xFFFFE000).astype(np.uint32).view(np.float32)


def int8_error(d, absmax):
    """Squared error of symmetric quantization with scale absmax/127."""
    if absmax == 0:
        return 0.0
    scale = absmax / 127
    return float(((np.rint(d / scale) * scale - d) ** 2).sum())


def second(x, channels):
    """What needs extremes and means beforehand, of a tensor of that many channels."""
    rows = [r[np.isfinite(r)].astype(np.float64) for r in x.reshape(channels, -1)]
    all = np.concatenate(rows)
    a = np.abs(all)
    absmax = a.max()
    linear = np.bincount(np.minimum((100 * a / absmax).astype(np.int64), 99), minlength=100)
    assert np.abs(linear - np.histogram(a, bins=100, range=(0, absmax))[0]).sum() <= 4  # its borders are rounded
    log2 = np.bincount(np.frexp(a[a > 0])[1] - 1 + 149, minlength=277)
    nonzero = np.flatnonzero(log2)
    return {
        "channels": channels, "deviation": [float(((r - r.mean()) ** 2).sum()) for r in rows],
        "int8_tensor": [int8_error(r, absmax) for r in rows], "int8_channel": [int8_error(r, np.abs(r).max()) for r in rows],
        "linear": linear.tolist(), "log2_from": int(nonzero[0]) - 149, "log2": log2[nonzero[0] : nonzero[-1] + 1].tolist(),
    }


def stats(x):
    finite = x[np.isfinite(x)]
    d = finite.astype(np.float64)
    with np.errstate(over="ignore"):
        h = finite.astype(np.float16)
        b = bf16(finite)
        t = tf32(finite)
    tiny = np.finfo(np.float16).smallest_normal
    fits, bfits, tfits = np.isfinite(h), np.isfinite(b), np.isfinite(t)
    flushed = np.where(np.abs(h) < tiny, np.float16(0), h)
    return {
        "count": len(x), "zeros": int((x == 0).sum()), "nan": int(np.isnan(x).sum()), "inf": int(np.isinf(x).sum()),
        "min": float(d.min()), "max": float(d.max()), "absmin": float(np.abs(d[d != 0]).min()),
        "sum": float(d.sum()), "sumsq": float((d * d).sum()),
        "overflow": int((~fits).sum()), "bf16_overflow": int((~bfits).sum()), "tf32_overflow": int((~tfits).sum()),
        "subnormal": int(((h != 0) & (np.abs(h) < tiny)).sum()), "flushed": int(((h == 0) & (finite != 0)).sum()),
        "err16": float(((h[fits].astype(np.float64) - d[fits]) ** 2).sum()),
        "err16_flush": float(((flushed[fits].astype(np.float64) - d[fits]) ** 2).sum()),
        "errb16": float(((b[bfits].astype(np.float64) - d[bfits]) ** 2).sum()),
        "errt32": float(((t[tfits].astype(np.float64) - d[tfits]) ** 2).sum()),
    }


SETS = [(1, 120, 1, 1), (3, 120, 3, 1), (9, 118, 6, 3), (64, 110, 20, 4), (1000, 120, 4, 8), (4099, 95, 60, 1), (4096, 113, 30, 16),
        (5000, 0, 256, 5), (777, 0, 100, 7), (777, 140, 115, 7), (500, 0, 1, 2)]

if __name__ == "__main__":
    out = []
    for n, low, width, channels in SETS:
        x = patterns(n, low, width).view(np.float32)
        out.append({"n": n, "low": low, "width": width, "stats": stats(x), "second": second(x, channels)})
    path = Path(__file__).resolve().parent.parent / "numpy.json"
    path.write_text(json.dumps({"numpy": np.__version__, "sets": out}) + "\n")
