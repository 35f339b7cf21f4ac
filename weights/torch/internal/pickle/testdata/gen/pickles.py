"""Makes ../pickles.json: pickles, and what CPython 3.11 loads from them.

    python3 pickles.py

Values are written as JSON with a tag where JSON has no such type.
"""

import collections
import json
import os
import pickle

VALUES = [
    None, True, False, 0, 1, 255, 256, 65535, 65536, -1, -(2**31), 2**31 - 1, 2**31, -(2**63), 2**63 - 1, 0x1950A86A20F9469CFC6C,
    0.0, -1.5, 1e300, 2.0**-1074, "", "name", "ä\n\\'\"☃\U0001f600", "x" * 300, b"", b"abc", b"\x00\xff" * 140, bytearray(b"xyz"),
    [], [1, [2, [3]]], (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {}, {"a": 1, 2: "b", (1, 2): None}, [None] * 1001,
    {1}, frozenset([7]), collections.OrderedDict([("x", 1), ("y", [2])]),
]
# What CPython reads but no longer writes.
BY_HAND = {
    "int lines": b"(I1\nI-7\nI00\nI01\nL5L\nL-6\nF1.5\nFinf\nt.", "strings": b"(S'a b'\nS\"it's\"\nU\x03abcT\x02\x00\x00\x00deVplain\nt.",
    "escapes": b"S'a\\n\\x41\\'\\\\b\\t'\n.", "dup": b"(I1\n2t.", "pop": b"(I1\nI2\n0t.", "pop mark": b"(I1\n(I2\nI3\n1t.", "pop a mark": b"I5\n(0.", "put and get": b"(]p7\ng7\ng7\nt.", "put twice": b"(]p0\nI1\np0\ng0\nt.",
    "list and dict": b"(lp0\nI1\na(dp1\nS'k'\nI2\ns\x86.", "list of mark": b"(I1\nI2\nl.", "dict of mark": b"(S'a'\nI1\nS'b'\nI2\nd.", "setitems": b"}(S'a'\nI1\nS'b'\nI2\nu.",
    "frozenset": b"\x80\x04(I1\nI2\n\x91.", "long": b"(\x8a\x00\x8a\x01\xff\x8a\x02\x00\x80\x8b\x03\x00\x00\x00\x01\x00\x80t.", "memoize": b"\x80\x04]\x94h\x00\x86.",
}


def tagged(v):
    if isinstance(v, bool) or v is None or isinstance(v, str):
        return v
    if isinstance(v, int):
        if -(2**63) <= v < 2**63:
            return {"int": str(v)}
        return {"long": v.to_bytes(v.bit_length() // 8 + 1, "little", signed=True).hex()}
    if isinstance(v, float):
        return {"float": v.hex()}
    if isinstance(v, (bytes, bytearray)):
        return {"bytes": len(v)}
    if isinstance(v, (list, set, frozenset)):
        return [tagged(x) for x in v]
    if isinstance(v, tuple):
        return {"tuple": [tagged(x) for x in v]}
    return {"dict": [[tagged(k), tagged(x)] for k, x in v.items()]}


rows = [{"name": name, "pickle": p.hex(), "value": tagged(pickle.loads(p))} for name, p in BY_HAND.items()]
for protocol in range(6):
    for i, v in enumerate(VALUES):
        p = pickle.dumps(v, protocol)
        if b"bytearray" in p or b"_codecs" in p and b"encode" in p or b"__builtin__" in p and b"bytes" in p:
            continue  # calls, which are for the hooks
        assert pickle.loads(p) == v
        rows.append({"name": "protocol %d value %d" % (protocol, i), "pickle": p.hex(), "value": tagged(v)})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pickles.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
