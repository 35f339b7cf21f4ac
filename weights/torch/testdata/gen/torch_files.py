"""Makes the checkpoints of ../torch-VERSION and what PyTorch reads from them.

Run it under each PyTorch whose files are to be read:

    python3 torch_files.py

The committed files are of PyTorch 2.15.0 (wheel) and 1.13.0a0 (Debian 12's
python3-torch). Every expectation is PyTorch's own: names and values come from the
live objects or from torch.load, the SHA-256 is of the values converted by torch
to float32, little-endian and row-major; it is empty for complex tensors.
"""

import argparse
import collections
import datetime
import hashlib
import io
import json
import os
import pathlib
import pickle
import struct
import sys
import tarfile
import types
import zipfile

import numpy
import torch
from torch import nn

VERSION = tuple(int("".join(c for c in p if c.isdigit())) for p in torch.__version__.split("+")[0].split(".")[:2])
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "torch-%d.%d" % VERSION)
expected = {}


def sha256_f32(t):
    if t.is_complex():
        return ""
    t = t.detach()
    if t.dtype in (getattr(torch, "uint32", None), getattr(torch, "uint64", None)):
        return hashlib.sha256(t.numpy().astype(numpy.float32).tobytes()).hexdigest()
    return hashlib.sha256(t.to(torch.float32).numpy().tobytes()).hexdigest()


def expect(name, tensors, fmt="torch-zip", parameters=None, **more):
    """tensors: pairs of names and tensors; parameters: names of those, if roles are known."""
    buffers = ("running_mean", "running_var", "num_batches_tracked", "anchors")
    rows = []
    for n, t in tensors:
        role = "buffer" if n.split(".")[-1] in buffers else "parameter"
        if parameters is not None:
            role = "parameter" if n in parameters else "buffer"
        rows.append({"name": n, "dtype": str(t.dtype)[6:], "shape": list(t.shape), "role": role, "sha256_f32": sha256_f32(t)})
    expected[name] = {"format": fmt, "tensors": rows, **more}


def save(name, obj, tensors, **more):
    fmt = more.pop("fmt", "torch-zip")
    parameters = more.pop("parameters", None)
    facts = {k: more.pop(k) for k in ("key", "prefix", "open_key") if k in more}
    torch.save(obj, os.path.join(OUT, name), **more)
    expect(name, tensors, fmt, parameters, **facts)


# Classes that cannot be imported where the files are read: their module exists
# only while this script runs.
source = types.ModuleType("models.stand_in")
sys.modules["models"] = types.ModuleType("models")
sys.modules["models.stand_in"] = source


def here(cls):
    cls.__module__, cls.__qualname__ = "models.stand_in", cls.__name__
    setattr(source, cls.__name__, cls)
    return cls


@here
class Block(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(c2, eps=1e-3)
        self.act = nn.SiLU()
        self.register_buffer("scratch", torch.arange(4.0), persistent=False)
        self.register_parameter("unused", None)

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


@here
class Network(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.model = nn.Sequential(Block(3, width), Block(width, width), nn.Flatten(), nn.Linear(width, 5))
        self.register_buffer("anchors", torch.rand(3, 2))
        self.tied = self.model[0].conv.weight
        self.names = {0: "person", 1: "bicycle", 2: "car"}
        self.yaml = {"nc": 3, "depth_multiple": 0.33, "backbone": [[-1, 1, "Conv", [64, 6, 2, 2]]], "activation": None}
        self.stride = torch.tensor([8.0, 16.0, 32.0])
        self.nc = 3
        self.task = "detect"
        self.args = argparse.Namespace(imgsz=640, data=pathlib.PurePosixPath("datasets/coco.yaml"), lr=float("inf"))

    def forward(self, x):
        x = self.model[1](self.model[0](x))
        return self.model[3](x.mean((2, 3)))


def state(m):
    return list(m.state_dict().items())


def names_of_parameters(m):
    return {n for n, _ in m.named_parameters(**({"remove_duplicate": False} if VERSION >= (2, 0) else {}))} | ({"tied", "model.0.conv.weight"} if isinstance(m, Network) else set())


def network(seed):
    torch.manual_seed(seed)
    m = Network()
    m(torch.randn(2, 3, 8, 8))  # moves the running statistics
    return m


def all_types():
    x = torch.tensor([[0.0, 1.0, -2.0], [3.5, 0.25, -0.0]])
    d = {
        "f64": x.double() / 3, "f32": x / 3, "f16": (x / 3).half(), "bf16": (x / 3).bfloat16(),
        "i8": torch.tensor([-128, 127, 0], dtype=torch.int8), "u8": torch.tensor([255, 0, 7], dtype=torch.uint8),
        "i16": torch.tensor([-32768, 32767], dtype=torch.int16), "i32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        "i64": torch.tensor([-(2**63), 2**63 - 1, 2**53 + 1, 16777217]), "bool": torch.tensor([True, False, True]),
        "c64": torch.tensor([1 + 2j, -3j]), "c128": torch.tensor([1 + 2j], dtype=torch.complex128),
        "large": torch.tensor([1e300, -1e300, 1e-300, 3.4028235677973366e38], dtype=torch.float64),
        "subnormal": torch.tensor([2.0**-24, 2.0**-14 - 2.0**-24, 65504.0, -(2.0**-24)]).half(),
    }
    if VERSION >= (2, 3):
        every = torch.arange(256).to(torch.uint8)
        for t in ("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"):
            if hasattr(torch, t):
                v = every.view(getattr(torch, t))
                d["f" + t[5:]] = v[~v.float().isnan()] if t != "float8_e8m0fnu" else v[:255].clone()
        d["u16"] = torch.tensor([0, 65535, 3], dtype=torch.uint16)
        d["u32"] = torch.tensor([0, 2**32 - 1], dtype=torch.uint32)
        d["u64"] = torch.tensor([0, 2**64 - 1, 2**53 + 1], dtype=torch.uint64)
        d["c32"] = torch.tensor([1 + 2j], dtype=torch.complex64).to(torch.complex32)
    return d


def views():
    x = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).reshape(2, 3, 4, 5) / 7
    w = torch.randn(8, 6, 3, 3)
    return {
        "base": x, "transposed": x.permute(3, 1, 0, 2), "slice": x[1, 1:, 2], "step": x[:, ::2, 1:4:2, ::3],
        "channels_last": w.contiguous(memory_format=torch.channels_last), "half_t": x.half().permute(0, 2, 3, 1),
        "expanded": x[0, :1, :1, :1].expand(4, 3, 2), "scalar": torch.tensor(2.5), "scalar_view": x[1, 2, 3, 4],
        "empty": torch.empty(0, 7), "empty_view": x[:, 0:0], "single": x[:1, :1, :1, :1].permute(3, 2, 1, 0),
        "matrix_t": torch.randn(40, 50).t(), "bool_t": (x > 5).permute(2, 3, 0, 1), "i64_step": torch.arange(20)[3::4],
        "complex_t": torch.complex(x, -x).permute(1, 0, 3, 2),
    }


def rezip(source, target, *, deflate=False, zip64=False, change=None):
    """Packs an archive anew by another zip program."""
    with zipfile.ZipFile(os.path.join(OUT, source)) as a, zipfile.ZipFile(os.path.join(OUT, target), "w") as b:
        for info in a.infolist():
            content = a.read(info)
            if change:
                content = change(info.filename, content)
            fresh = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            fresh.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
            with b.open(fresh, "w", force_zip64=zip64) as f:
                f.write(content)


def load(name):
    path = os.path.join(OUT, name)
    return torch.load(path, **({"weights_only": False} if VERSION >= (1, 13) else {}))


def big_endian():
    # torch.load takes the untyped storages of the youngest types for bytes, and
    # does not swap them.
    d = {k: v for k, v in all_types().items() if k not in ("u16", "u32", "u64", "c32")}
    sizes = {}
    for i, (k, v) in enumerate(d.items()):
        sizes[str(i)] = v.element_size() // (2 if v.is_complex() else 1)
    torch.save(d, os.path.join(OUT, "little.tmp"))

    def change(name, content):
        base = name.split("/")[-1]
        if base == "byteorder":
            return b"big"
        if "/data/" in name:
            n = sizes[base]
            return b"".join(content[i : i + n][::-1] for i in range(0, len(content), n))
        return content

    rezip("little.tmp", "big_endian.pth", change=change)
    os.remove(os.path.join(OUT, "little.tmp"))
    read = load("big_endian.pth")
    for k in d:
        same = torch.equal(read[k].view(torch.uint8), d[k].view(torch.uint8)) if d[k].element_size() == 1 else torch.equal(read[k], d[k])
        assert same, k
    expect("big_endian.pth", d.items())


def tar(name):
    """Writes what torch.save wrote before 0.1.10, for torch.load to read."""
    base = torch.arange(24, dtype=torch.float32) / 3
    longs = torch.tensor([1, -2, 3])
    storages, tensors = io.BytesIO(), io.BytesIO()
    kinds = [(11, base, torch.FloatStorage), (12, longs, torch.LongStorage)]
    pickle.dump(len(kinds), storages, protocol=2)
    for key, t, cls in kinds:
        pickle.dump((key, "cpu", cls), storages, protocol=2)
        storages.write(struct.pack("<q", t.numel()) + t.numpy().tobytes())
    pickle.dump([(13, 11, 8, 8)], storages, protocol=2)
    rows = [(21, 11, (4, 6), (6, 1), 0), (22, 11, (6, 4), (1, 6), 0), (23, 12, (3,), (1,), 0), (24, 13, (2, 3), (3, 1), 2)]
    pickle.dump(len(rows), tensors, protocol=2)
    for key, storage, size, stride, offset in rows:
        pickle.dump((key, storage, torch.FloatTensor), tensors, protocol=2)
        n = len(size)
        tensors.write(struct.pack("<i4x", n) + struct.pack("<%dq" % n, *size) + struct.pack("<%dq" % n, *stride) + struct.pack("<q", offset))

    class Reference:
        def __init__(self, key):
            self.key = key

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return obj.key if isinstance(obj, Reference) else None

    out = io.BytesIO()
    order = [("weight", 21), ("transposed", 22), ("steps", 23), ("part", 24)]
    Pickler(out, protocol=2).dump(collections.OrderedDict((n, Reference(k)) for n, k in order))
    with tarfile.open(os.path.join(OUT, name), "w", format=tarfile.PAX_FORMAT) as a:
        for part, content in (("sys_info", pickle.dumps({"protocol_version": 1000, "little_endian": True}, protocol=2)), ("pickle", out.getvalue()), ("tensors", tensors.getvalue()), ("storages", storages.getvalue())):
            info = tarfile.TarInfo(part)
            info.size = len(content)
            a.addfile(info, io.BytesIO(content))
    read = load(name)
    assert list(read) == [n for n, _ in order] and torch.equal(read["part"], base[10:16].reshape(2, 3))
    expect(name, read.items(), "torch-tar")


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.manual_seed(1)
    m, ema = network(1), network(2)
    sd = m.state_dict()
    save("state_dict.pth", sd, sd.items())
    save("dict.pth", dict(sd), sd.items())
    for p in (1, 3, 4, 5):
        save("protocol%d.pth" % p, sd, sd.items(), pickle_protocol=p)
    save("types.pth", all_types(), all_types().items())
    v = views()
    save("views.pth", v, v.items())
    p = dict(m.named_parameters())
    p["attributed"] = nn.Parameter(torch.ones(3), requires_grad=False)
    p["attributed"].mark = "x"
    with_attribute = torch.arange(3.0)
    with_attribute.mark = "y"
    p["with_attribute"] = with_attribute
    save("parameters.pth", p, p.items())
    save("tensor.pth", m.model[3].weight.data, [("tensor", m.model[3].weight.data)])
    save("list.pth", [v["base"], v["transposed"]], [("0", v["base"]), ("1", v["transposed"])])

    # What programs wrap state dicts in.
    optimizer = torch.optim.Adam(m.parameters())
    m(torch.randn(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    sd = {k: t.clone() for k, t in m.state_dict().items()}
    other = ema.state_dict()
    save("training.pth", {"epoch": 7, "state_dict": sd, "optimizer": optimizer.state_dict(), "best": float("nan"), "when": datetime.datetime(2026, 1, 2), "args": argparse.Namespace(lr=0.1, out=pathlib.PurePosixPath("runs/a"))}, sd.items(), key="state_dict")
    save("ema_dicts.pth", {"model": sd, "ema": {"module": other, "updates": 3}, "epoch": 1}, other.items(), key="ema.module")
    save("params_ema.pth", {"params": sd, "params_ema": other}, other.items(), key="params_ema")
    save("model_only.pth", {"model": sd, "ema": None}, sd.items(), key="model")
    save("net.pth", {"net": sd, "acc": 93.5}, sd.items(), key="net")
    save("by_key.pth", {"generator": sd, "discriminator": other}, other.items(), open_key="discriminator", key="discriminator")
    save("parallel.pth", {"state_dict": {"module." + k: t for k, t in sd.items()}}, sd.items(), key="state_dict", prefix="module.")
    save("compiled.pth", {"_orig_mod." + k: t for k, t in sd.items()}, sd.items(), prefix="_orig_mod.")
    averaged = {"n_averaged": torch.tensor(5)}
    averaged.update(sd)
    save("swa.pth", {(k if k == "n_averaged" else "module._orig_mod." + k): t for k, t in averaged.items()}, averaged.items(), prefix="module._orig_mod.")

    # Whole modules.
    names = names_of_parameters(m)
    save("module.pt", m, state(m), parameters=names)
    save("module_p4.pt", m, state(m), parameters=names, pickle_protocol=4)
    save("data_parallel.pt", nn.DataParallel(m), state(m), parameters=names, prefix="module.")
    half = network(2).half()
    save("ultralytics.pt", {"epoch": -1, "best_fitness": None, "model": None, "ema": half, "updates": 120, "optimizer": None, "train_args": {"imgsz": 640, "data": "coco.yaml", "lr0": 0.01}, "date": "2026-01-02", "version": "8.3.0"}, state(half), parameters=names, key="ema")
    save("both.pt", {"model": m, "ema": ema, "epoch": 3}, state(ema), parameters=names, key="ema")
    save("other_key.pt", {"model": m, "ema": ema, "epoch": 3}, state(m), parameters=names, open_key="model", key="model")

    # The other containers.
    old = {"_use_new_zipfile_serialization": False, "fmt": "torch-legacy"}
    save("legacy.pth", sd, sd.items(), **old)
    save("legacy_types.pth", all_types(), all_types().items(), **old)
    save("legacy_views.pth", v, v.items(), **old)
    save("legacy_module.pt", m, state(m), parameters=names, **old)
    tar("archive.tar")
    for kind, more in (("deflated", {"deflate": True}), ("stored", {}), ("zip64", {"zip64": True})):
        for of in ("types", "views"):
            rezip(of + ".pth", "%s_%s.pth" % (kind, of), **more)
            read = load("%s_%s.pth" % (kind, of))
            expect("%s_%s.pth" % (kind, of), read.items())
    if VERSION >= (2, 1):
        big_endian()

    # TorchScript.
    net = network(3).eval()
    scriptable = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.Sequential(nn.ReLU(), nn.Conv2d(4, 2, 1))).eval()
    for name, script in (("script.pt", torch.jit.script(scriptable)), ("trace.pt", torch.jit.trace(net, torch.randn(1, 3, 8, 8)))):
        script.save(os.path.join(OUT, name))
        read = torch.jit.load(os.path.join(OUT, name))
        expect(name, read.state_dict().items(), "torchscript", names if name == "trace.pt" else {n for n, _ in read.named_parameters()})
    frozen = torch.jit.freeze(torch.jit.script(scriptable))
    frozen.save(os.path.join(OUT, "frozen.pt"))

    # What is refused by name.
    torch.save({"weight": torch.ones(2, 2), "table": torch.eye(3).to_sparse()}, os.path.join(OUT, "sparse.pth"))
    torch.save({"weight": torch.ones(2, 2), "table": torch.eye(3).to_sparse_csr()}, os.path.join(OUT, "sparse_csr.pth"))
    torch.save({"scaled": torch.quantize_per_tensor(torch.ones(4), 0.5, 3, torch.quint8)}, os.path.join(OUT, "quantized.pth"))
    torch.save({"by_channel": torch.quantize_per_channel(torch.ones(2, 3), torch.tensor([0.5, 0.25]), torch.tensor([0, 0]), 0, torch.qint8)}, os.path.join(OUT, "quantized_channels.pth"))
    torch.save({"weight": torch.empty(3, device="meta")}, os.path.join(OUT, "meta.pth"))
    if VERSION >= (2, 1):
        torch.save({"weight": torch.ones(2, dtype=torch.complex64).conj()}, os.path.join(OUT, "conjugate.pth"))
        torch.save({"weight": torch.ones(2, dtype=torch.complex64).conj().imag}, os.path.join(OUT, "negative.pth"))

    with open(os.path.join(OUT, "expected.json"), "w") as f:
        rows = ",\n".join("%s: %s" % (json.dumps(n), json.dumps(expected[n], separators=(",", ":"))) for n in expected)
        f.write('{"torch": %s, "files": {\n%s\n}}\n' % (json.dumps(torch.__version__), rows))


main()
