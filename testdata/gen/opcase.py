"""The form of the cases that trt/refexec is held against: op and parameters in the terms of the Go
package trt, inputs, weights in the op's order (null: absent), outputs. Inputs and weights are multiples of
1/64, exact in decimal and in float16. Scripts named ops*.py write one file each into ../refexec, one case a
line, and a test runs every file there.
"""

import json
import pathlib
import sys

import torch

cases = []


def rand(*shape, lo=-2.0, hi=2.0):
    """Multiples of 1/64 in [lo, hi)."""
    return torch.randint(int(lo * 64), int(hi * 64), shape).double() / 64


def ints(*shape, lo=-9, hi=10):
    return torch.randint(lo, hi, shape)


TYPES = {torch.float64: "float32", torch.float32: "float32", torch.float16: "float16",
         torch.bfloat16: "bfloat16", torch.int32: "int32", torch.int64: "int64", torch.bool: "bool",
         torch.int8: "int8", torch.uint8: "uint8", torch.float8_e4m3fn: "float8_e4m3fn",
         torch.float8_e8m0fnu: "float8_e8m0fnu"}


def typed(t, kind):
    """t as a tensor of a type that PyTorch has not; its elements are such values already."""
    t = t.clone()
    t.kind = kind
    return t


def tensor(t):
    """Values with 9 significant digits, enough for float32; infinities and NaN as strings."""
    if t is None:
        return None
    kind = getattr(t, "kind", None) or TYPES[t.dtype]
    t = t.contiguous()
    flat = t.reshape(-1)
    if t.dtype.is_floating_point:
        values = [float("%.9g" % v) if abs(v) < float("inf") else str(v) for v in flat.double().tolist()]
    else:
        values = [int(v) for v in flat.tolist()]
    return {"type": kind, "dims": list(t.shape), "values": values}


def case(name, op, params, inputs, outputs, weights=(), tol=2e-6, constants=()):
    """outputs is a tensor or, for an op of several, a list. tol is relative to the largest output. constants are
    further inputs, that no network can do without knowing."""
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    cases.append({"name": name, "op": op, "params": params, "inputs": [tensor(x) for x in inputs],
                  "weights": [tensor(w) for w in weights], "outputs": [tensor(y) for y in outputs], "tolerance": tol,
                  **({"constants": [tensor(c) for c in constants]} if constants else {})})


def write(file, folder="refexec", **versions):
    """Writes the cases so far to ../FOLDER/FILE, with the versions of what computed them."""
    out = pathlib.Path(__file__).parent.parent / folder / file
    rows = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    versions = {"python": sys.version.split()[0], "torch": torch.__version__, **versions}
    out.write_text('{"versions":%s,"cases":[\n%s\n]}\n' % (json.dumps(versions), rows))
    print(len(cases), "cases,", out.stat().st_size, "bytes")
