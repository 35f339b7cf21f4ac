"""Makes the fixtures of the .npz and .npy reader, and truth.json beside them, with NumPy.

    pip install numpy==2.4.6 ml_dtypes==0.6.0
    python3 numpy_files.py

truth.json has, by file and array name in the order of the file: element type and shape, the SHA-256 of the values
in little-endian and row-major order, and that of NumPy's float32 of them (not of complex ones).
"""

import hashlib
import json
import pathlib
import zipfile

import ml_dtypes
import numpy as np

out = pathlib.Path(__file__).resolve().parent.parent
EDGES = [0.0, -0.0, 1.0, -1.5, 65504.0, 1e-7, -3e38, 5e-324, np.inf, -np.inf, np.nan, 1 / 3]


def every_type(order):
    named = {}
    with np.errstate(over="ignore"):
        for t in ("f2", "f4", "f8"):
            named[t] = np.array(EDGES).astype(order + t).reshape(3, 4)
    for t in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        i = np.iinfo(t)
        named[t] = np.array([i.min, i.max, 0, 1, i.max - 1, i.max // 3], dtype=order + t).reshape(3, 2)
    named["b1"] = np.array([True, False, True])
    named["c8"] = np.array([1 + 2j, -3j], dtype=order + "c8")
    named["c16"] = np.array([1 + 2j, -3j], dtype=order + "c16")
    return named


rng = np.random.default_rng(3)
orders = {
    "fortran": np.asfortranarray(rng.normal(size=(3, 4)).astype(np.float32)),
    "fortran4": np.asfortranarray(rng.normal(size=(2, 3, 1, 4)).astype(np.float16)),
    "fortran big": np.asfortranarray(rng.normal(size=(5, 2)).astype(">f8")),
    "fortran complex": np.asfortranarray((rng.normal(size=(2, 3)) + 1j).astype(">c8")),
    "fortran none": np.asfortranarray(np.zeros((2, 0, 3))),
    "strided": rng.normal(size=(4, 6)).astype(np.float32)[::2, ::3],
    "scalar": np.float32(2.5),
    "none": np.zeros((0, 3), np.float32),
    "many": np.ones((1,) * 30 + (2,), np.uint8),
    "module/layer.weight": np.arange(4, dtype=np.float32),
    "läyer": np.arange(2, dtype=np.int64),
    "running_mean": np.arange(2, dtype=np.float32),
}
np.savez(out / "types.npz", **every_type("<"))
np.savez(out / "types_big.npz", **every_type(">"))
np.savez_compressed(out / "types_compressed.npz", **every_type("<"))
np.savez(out / "orders.npz", **orders)
np.savez_compressed(out / "orders_compressed.npz", **orders)
np.savez(out / "unnamed.npz", np.arange(3.0), np.arange(2))
np.save(out / "lone.npy", np.arange(6, dtype=np.float32).reshape(2, 3))
np.save(out / "lone_fortran.npy", np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)))
for major in (1, 2, 3):
    with open(out / f"version{major}.npy", "wb") as f:
        np.lib.format.write_array(f, np.arange(3, dtype="<i2"), version=(major, 0))

# Every size and offset in the form that files beyond 4 GiB need.
zipfile.ZIP64_LIMIT = 0
np.savez(out / "zip64.npz", a=np.arange(3, dtype=np.float32), b=np.arange(40, dtype=np.int16))

truth = {"versions": {m.__name__: m.__version__ for m in (np, ml_dtypes)}}
for path in sorted([*out.glob("*.npz"), *out.glob("*.npy")]):
    if path.name.startswith("no_"):
        continue
    loaded = np.load(path)
    arrays = {path.stem: loaded} if path.suffix == ".npy" else {name: loaded[name] for name in loaded.files}
    truth[path.name] = entries = []
    for name, a in arrays.items():
        little = a.astype(a.dtype.newbyteorder("<"))
        e = {"name": name, "dtype": a.dtype.name, "shape": list(a.shape), "raw": hashlib.sha256(little.tobytes("C")).hexdigest()}
        if a.dtype.kind != "c":
            with np.errstate(over="ignore"):
                e["float32"] = hashlib.sha256(a.astype("<f4").tobytes("C")).hexdigest()
        entries.append(e)
(out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")

# What is refused.
np.savez(out / "no_objects.npz", fine=np.arange(2), objects=np.array([{}, "x"], dtype=object))
np.save(out / "no_records.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
np.save(out / "no_text.npy", np.array(["ab", "c"]))
np.save(out / "no_bytes.npy", np.array([b"ab", b"c"]))
np.save(out / "no_dates.npy", np.array(["2026-11-24"], dtype="datetime64[D]"))
np.save(out / "no_longdouble.npy", np.array([1, 2], dtype=np.longdouble))
np.save(out / "no_bfloat16.npy", np.array([1, 2], dtype=ml_dtypes.bfloat16))
np.save(out / "no_float8.npy", np.array([1, 2], dtype=ml_dtypes.float8_e4m3fn))
with zipfile.ZipFile(out / "no_bzip2.npz", "w", zipfile.ZIP_BZIP2) as z:
    z.write(out / "lone.npy", "a.npy")
