"""What the generator scripts share: the way fixtures are written."""

import json
import math
import pathlib

import numpy as np

TESTDATA = pathlib.Path(__file__).parent.parent


def float32(values):
    """Values as JSON numbers with the fewest digits that give the same float32 back."""
    return [float(str(v)) for v in np.asarray(values, np.float32).ravel()]


def digits(x, n=6):
    """x rounded to n significant digits; null for what JSON cannot say."""
    return float(f"{x:.{n}g}") if math.isfinite(x) else None


def moments(t):
    """What a tap records of a tensor: enough to find the first layer that differs."""
    return {
        "shape": list(t.shape),
        "mean": digits(t.mean().item(), 9), "std": digits(t.std(unbiased=False).item(), 9),
        "min": digits(t.min().item(), 9), "max": digits(t.max().item(), 9),
    }


def write(path, head, **blocks):
    """Writes head's keys one a line, then each block (a list, or a dict) with one element a line."""
    lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    for key, block in blocks.items():
        if isinstance(block, dict):
            body = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in block.items())
            lines.append(f"{json.dumps(key)}: {{\n{body}\n}}")
        else:
            body = ",\n".join(f"  {json.dumps(v)}" for v in block)
            lines.append(f"{json.dumps(key)}: [\n{body}\n]")
    path = TESTDATA / path
    path.parent.mkdir(exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
