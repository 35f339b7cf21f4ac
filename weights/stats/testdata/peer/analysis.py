"""Range analysis in NumPy of weights in 4096 output channels: python3 analysis.py FILE, raw float32.

Prints the seconds that the usual question takes, whether FP16 holds them; the seconds that all takes
which Measure says of a tensor and its channels; and what was found. Reading the file is not counted.
"""

import sys
import time

import numpy as np


def usual(x):
    a = np.abs(x)
    h = x.astype(np.float16)
    back = h.astype(np.float32)
    err = back - x
    tiny = np.finfo(np.float16).smallest_normal
    low, high, least, most = x.min(), x.max(), a[a > 0].min(), a.max()
    zeros, nan = (a == 0).sum(), np.isnan(x).sum()
    overflow = np.isinf(back).sum()
    subnormal = ((np.abs(back) < tiny) & (back != 0)).sum()
    flushed = ((back == 0) & (a > 0)).sum()
    sqnr = 10 * np.log10((x * x).sum(dtype=np.float64) / (err * err).sum(dtype=np.float64))
    assert low <= high and zeros + nan + overflow == 0 and sqnr > 0
    return subnormal, flushed


def noise(rounded, x):
    err = rounded - x
    return (err * err).sum(axis=1, dtype=np.float64)


def all_of_measure(x):
    x = x.reshape(4096, -1)
    a = np.abs(x)
    bits = a.view(np.uint32)
    most = a.max(axis=1, keepdims=True)
    a.min(axis=1, where=a > 0, initial=np.inf)
    x.min(axis=1), x.max(axis=1), x.mean(axis=1, dtype=np.float64), x.std(axis=1, dtype=np.float64)
    (a == 0).sum(axis=1), np.isnan(x).sum(axis=1), np.isinf(x).sum(axis=1)
    signal = (x * x).sum(axis=1, dtype=np.float64)

    half = x.astype(np.float16).astype(np.float32)
    size = np.abs(half)
    subnormal = (size < np.finfo(np.float16).smallest_normal) & (half != 0)
    flushed = ((half == 0) & (a > 0)).sum(axis=1)
    np.isinf(half).sum(axis=1)
    noises = [noise(half, x), noise(np.where(subnormal, np.float32(0), half), x)]
    for drop in 16, 13:  # bfloat16 and TF32
        even = bits >> np.uint32(drop) & np.uint32(1)
        rounded = bits + even + np.uint32((1 << drop - 1) - 1) & np.uint32(-(1 << drop) & 0xFFFFFFFF)
        noises.append(noise(rounded.view(np.float32), a))
    for fit in most.max(), most:  # INT8 per tensor and per channel
        noises.append(noise(np.rint(x * (127 / fit)) * (fit / 127), x))
    for n in noises:
        10 * np.log10(signal / n)

    linear, _ = np.histogram(a, bins=100, range=(0, most.max()))
    log2 = np.bincount((bits >> np.uint32(23)).ravel(), minlength=256)
    assert linear.sum() == log2.sum() == x.size
    return subnormal.sum(), flushed.sum()


x = np.fromfile(sys.argv[1], np.float32)
start = time.perf_counter()
found = usual(x)
between = time.perf_counter()
assert found == all_of_measure(x)
end = time.perf_counter()
print(between - start, end - between, *found)
