"""Makes ../<type>.bin: values of one element type, and behind them what torch's float32 of them is, all little-endian.

    pip install torch==2.15.0 ml_dtypes==0.6.0 numpy==2.4.6
    python3 values.py

All bytes of the 8-bit types; for the others the edges of the type, ties between two float32 values and numbers
drawn at random, of the 16-bit types every 29th. Everything but the bits of
NaNs is checked against ml_dtypes and NumPy here, a second opinion.
"""

import pathlib

import ml_dtypes
import numpy as np
import torch

out = pathlib.Path(__file__).resolve().parent.parent
rng = np.random.default_rng(2)
print(torch.__version__, np.__version__, ml_dtypes.__version__)


def write(name, bits, as_torch, as_numpy):
    # Torch's vector loop, which most elements go through, and its scalar one for what is left at the end do not
    # agree on the bits of half-precision NaNs: the vector's are the processor's and x448/float16's.
    padded = np.concatenate([bits, np.zeros(-len(bits) % 64, bits.dtype)])
    wide = torch.from_numpy(padded.copy()).view(as_torch).to(torch.float32).numpy()[: len(bits)]
    with np.errstate(over="ignore", invalid="ignore"):
        second = bits.view(as_numpy).astype(np.float32)
    nan = np.isnan(second)
    assert np.array_equal(np.isnan(wide), nan), name
    assert np.array_equal(wide.view(np.uint32)[~nan], second.view(np.uint32)[~nan]), name
    (out / f"{name}.bin").write_bytes(bits.tobytes() + wide.astype("<f4").tobytes())


eight = np.arange(256, dtype=np.uint8)
for name, as_numpy in {
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
    "float8_e4m3fnuz": ml_dtypes.float8_e4m3fnuz,
    "float8_e5m2fnuz": ml_dtypes.float8_e5m2fnuz,
    "float8_e8m0fnu": ml_dtypes.float8_e8m0fnu,
    "int8": np.int8,
    "uint8": np.uint8,
}.items():
    write(name, eight, getattr(torch, name), as_numpy)
write("bool", np.array([0, 1, 1, 0], np.uint8), torch.bool, np.bool_)

sixteen = np.concatenate([np.arange(0, 65536, 29), [0, 1, 0x3FF, 0x400, 0x7BFF, 0x7C00, 0x7C01, 0x7DFF, 0x7E00, 0x7FFF, 0x8000, 0xFC00, 0xFE00, 0xFFFF]])
sixteen = sixteen.astype(np.uint16)
for name, as_numpy in {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "int16": np.int16, "uint16": np.uint16}.items():
    write(name, sixteen, getattr(torch, name), as_numpy)

# Around powers of two: what float32 holds, ties to even on both sides, and one off them.
edges = [0, 1]
for p in range(23, 64):
    for step in (1, 3):
        tie = (1 << p) + step * (1 << max(p - 24, 0))
        edges += [tie - 1, tie, tie + 1]
edges += [(1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - (1 << 39), (1 << 64) - (1 << 39) - 1]
wide = np.array([e % (1 << 64) for e in edges], np.uint64)
wide = np.concatenate([wide, ~wide, np.frombuffer(rng.bytes(2400), np.uint64)])
write("int64", wide, torch.int64, np.int64)
write("uint64", wide, torch.uint64, np.uint64)
narrow = np.unique(np.concatenate([wide.astype(np.uint32), (wide >> np.uint64(32)).astype(np.uint32)]))
write("int32", narrow, torch.int32, np.int32)
write("uint32", narrow, torch.uint32, np.uint32)
write("float32", narrow, torch.float32, np.float32)

one = np.float64(1 + 2.0**-24)  # the tie above 1
doubles = [0.0, -0.0, 1.0, one, np.nextafter(one, 2), np.nextafter(one, 0), 1 + 3 * 2.0**-24, 3.4028235677973366e38,
           3.4028235677973362e38, 3.5e38, -3.5e38, 2.0**-149, 2.0**-150, np.nextafter(2.0**-150, 1), 3 * 2.0**-150, 2.0**-126,
           2.0**-127 * (1 + 2.0**-23), 5e-324, np.inf, -np.inf]  # fmt: skip
nans = np.array([0x7FF8000000000000, 0xFFF8000000000000, 0x7FF0000000000001, 0x7FFFFFFFFFFFFFFF, 0x7FF8123456789ABC], np.uint64)
doubles = np.concatenate([np.array(doubles).view(np.uint64), nans, np.frombuffer(rng.bytes(2400), np.uint64)])
write("float64", doubles, torch.float64, np.float64)
