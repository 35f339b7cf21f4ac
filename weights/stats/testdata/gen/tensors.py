"""Writes ../numpy.json: what NumPy, in float64, says of a tensor and each of its output channels.

Values, and rounding to BF16 and TF32, are those of internal/chanstat/testdata/gen/stats.py.
"""

import json
import sys
from pathlib import Path

import numpy as np

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[3] / "internal/chanstat/testdata/gen"))
from stats import SETS, bf16, patterns, tf32  # noqa: E402


def sqnr(d, rounded):
    """10 log10 of signal over noise, as JSON has it."""
    if not np.isfinite(rounded).all():
        return "-inf"
    noise = ((rounded.astype(np.float64) - d) ** 2).sum()
    return float(10 * np.log10((d * d).sum() / noise)) if noise else "inf"


def int8(d, absmax):
    return np.rint(d * 127 / absmax) * absmax / 127 if absmax else d


def summary(x, tensor_max):
    f = x[np.isfinite(x)]
    d = f.astype(np.float64)
    a = np.abs(d)
    with np.errstate(over="ignore"):
        h = f.astype(np.float16)
    subnormal = (np.abs(h) < np.finfo(np.float16).smallest_normal) & (h != 0)
    b, t = bf16(f), tf32(f)
    return {
        "count": len(x), "min": float(d.min()), "max": float(d.max()), "absmax": float(a.max()),
        "absmin_nonzero": float(a[a > 0].min()) if a.any() else 0, "mean": float(d.mean()), "std": float(d.std()),
        "zeros": int((x == 0).sum()), "nan": int(np.isnan(x).sum()), "inf": int(np.isinf(x).sum()),
        "fp16": {
            "overflow": int(np.isinf(h).sum()), "subnormal": int(subnormal.sum()), "flushed": int(((h == 0) & (f != 0)).sum()),
            "sqnr_db": sqnr(d, h), "sqnr_flush_db": sqnr(d, np.where(subnormal, np.float16(0), h)),
        },
        "bf16": {"overflow": int(np.isinf(b).sum()), "sqnr_db": sqnr(d, b)},
        "tf32": {"overflow": int(np.isinf(t).sum()), "sqnr_db": sqnr(d, t)},
        "int8": {"sqnr_db": sqnr(d, int8(d, tensor_max)), "sqnr_per_channel_db": sqnr(d, int8(d, a.max()))},
    }


def tensor(x, channels):
    rows = x.reshape(channels, -1)
    d = x[np.isfinite(x)].astype(np.float64)
    all = summary(x, np.abs(d).max())
    parts = [r[np.isfinite(r)].astype(np.float64) for r in rows]
    own = np.concatenate([int8(r, np.abs(r).max()) for r in parts])
    all["int8"]["sqnr_per_channel_db"] = sqnr(d, own)
    return {"tensor": all, "channels": [summary(r, np.abs(d).max()) for r in rows]}


out = []
for n, low, width, channels in SETS:
    x = patterns(n, low, width).view(np.float32)
    out.append({"n": n, "low": low, "width": width, **tensor(x, channels)})
(here.parent / "numpy.json").write_text(json.dumps({"numpy": np.__version__, "tensors": out}) + "\n")
