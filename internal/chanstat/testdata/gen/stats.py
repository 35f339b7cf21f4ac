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


def stats(x):
    finite = x[np.isfinite(x)]
    d = finite.astype(np.float64)
    with np.errstate(over="ignore"):
        h = finite.astype(np.float16)
        b = bf16(finite)
    tiny = np.finfo(np.float16).smallest_normal
    fits, bfits = np.isfinite(h), np.isfinite(b)
    flushed = np.where(np.abs(h) < tiny, np.float16(0), h)
    real = x[~np.isnan(x)]
    return {
        "count": len(x), "zeros": int((x == 0).sum()), "nan": int(np.isnan(x).sum()), "inf": int(np.isinf(x).sum()),
        "min": float(real.min()) if np.isfinite(real.min()) else "-Inf", "max": float(real.max()) if np.isfinite(real.max()) else "+Inf",
        "absmin": float(np.abs(real[real != 0]).min()),
        "sum": float(d.sum()), "sumsq": float((d * d).sum()),
        "overflow": int((~fits).sum()), "bf16_overflow": int((~bfits).sum()),
        "subnormal": int(((h != 0) & (np.abs(h) < tiny)).sum()), "flushed": int(((h == 0) & (finite != 0)).sum()),
        "err16": float(((h[fits].astype(np.float64) - d[fits]) ** 2).sum()),
        "err16_flush": float(((flushed[fits].astype(np.float64) - d[fits]) ** 2).sum()),
        "errb16": float(((b[bfits].astype(np.float64) - d[bfits]) ** 2).sum()),
    }


sets = [(1, 120, 1), (3, 120, 3), (9, 118, 6), (64, 110, 20), (1000, 120, 4), (4099, 95, 60), (4096, 113, 30), (5000, 0, 256), (777, 0, 100), (777, 140, 115)]
out = [{"n": n, "low": low, "width": width, "stats": stats(patterns(n, low, width).view(np.float32))} for n, low, width in sets]
path = Path(__file__).resolve().parent.parent / "numpy.json"
path.write_text(json.dumps({"numpy": np.__version__, "sets": out}, indent=1) + "\n")
