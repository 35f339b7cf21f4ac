"""The usual way to ask whether FP16 holds some weights: python3 analysis.py FILE, raw float32.

Prints the seconds that it took, without reading the file, and what it found.
"""

import sys
import time

import numpy as np

x = np.fromfile(sys.argv[1], np.float32)
start = time.perf_counter()
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
seconds = time.perf_counter() - start
print(seconds, subnormal, flushed, least, most)
assert low <= high and zeros + nan + overflow == 0 and sqnr > 0
