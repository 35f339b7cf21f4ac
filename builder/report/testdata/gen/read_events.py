"""Prints as JSON what TensorBoard (2.21.0) makes of the runs below a directory:
their scalars, and their histograms as bucket limits and counts.

python read_events.py DIRECTORY
"""

import json
import sys

from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer

everything = {"scalars": 0, "histograms": 0, "tensors": 0, "compressedHistograms": 1, "images": 1, "audio": 1}
multiplexer = EventMultiplexer(size_guidance=everything).AddRunsFromDirectory(sys.argv[1])
multiplexer.Reload()


def histogram(e):
    v = e.histogram_value
    return {
        "min": v.min, "max": v.max, "num": v.num, "sum": v.sum, "sum_squares": v.sum_squares,
        "limits": list(v.bucket_limit), "counts": list(v.bucket),
    }


runs = {}
for run, tags in multiplexer.Runs().items():
    r = multiplexer.GetAccumulator(run)
    runs[run] = {
        # Infinities have no JSON; repr is what Go's ParseFloat reads.
        "scalars": {t: [repr(e.value) for e in r.Scalars(t)] for t in tags["scalars"]},
        "histograms": {t: [histogram(e) for e in r.Histograms(t)] for t in tags["histograms"]},
        "tensors": sorted(tags["tensors"]),
        "steps": sorted({e.step for t in tags["scalars"] for e in r.Scalars(t)}),
    }
json.dump(runs, sys.stdout)
