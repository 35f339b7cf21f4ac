"""Reference outputs of the real YOLOv5 and YOLOv8 classes for generated checkpoints.

    yolo.py [NAME ...]      (all of them by default)

Writes ../zoo/<name>.json, and ../zoo/<name>_boxes.json for PRECISION. The models are those that the
packages yolov5 and ultralytics construct; they run in float64 on the float32 weights and input.

Each output has a "std" for each index of its "axis" (channels, or the fields of a box), over all the
rest, and of its values, flattened in row-major order, those at 0, step, 2*step, ...; the step is a prime
that divides no extent, so every channel and every place has its share. "noise" is how far PyTorch's own
float32 run is from the values, "sensitivity" what typical mistakes would change: both are the largest
difference over the std of its channel.

    p2 ... p6   logits of a level: what the convolutions of the head give, boxes before scores
    output0     what the framework's export returns
    boxes       [N, A, 4] x1, y1, x2, y2 in pixels, of output0
    scores      [N, A, classes], of output0; objectness multiplied in

A fixture whose tensors no published name stands for lists them with their kinds.
"""

import hashlib
import logging
import pathlib
import random
import sys
import warnings

import numpy as np
import torch
import yaml

import checkpoint
import fixture

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import ultralytics  # noqa: E402
import yolov5  # noqa: E402
import yolov5.models.yolo  # noqa: E402
from ultralytics.nn.tasks import DetectionModel  # noqa: E402

SEED = 1
EPS = 1e-3
SCORE = 0.25


def v8(scale, suffix="", classes=None):
    return DetectionModel(f"yolov8{scale}{suffix}.yaml", nc=classes, verbose=False)


def v5_yaml(name):
    """The package's own description of a network."""
    root = pathlib.Path(yolov5.__file__).parent / "models"
    return next(root.rglob(f"{name}.yaml"))


def v5(scale, suffix="", classes=None):
    return yolov5.models.yolo.DetectionModel(str(v5_yaml(f"yolov5{scale}{suffix}")), nc=classes)


def v5_focus(scale, classes=None):
    """Release 5.0: Focus for the 6x6 stem, SPP before the last C3, depth 9 for the 6 of layer 4."""
    d = yaml.safe_load(v5_yaml(f"yolov5{scale}").read_text())
    b = d["backbone"]
    b[0][2:] = ["Focus", [64, 3]]
    b[4][1] = 9
    b[8:] = [[-1, 1, "SPP", [1024, [5, 9, 13]]], [-1, 3, "C3", [1024, False]]]
    return yolov5.models.yolo.DetectionModel(d, nc=classes)


def fused(model):
    return model.fuse()


def pruned(model, seed):
    """The model with every width that pruning can choose drawn at random, multiples of nothing."""
    draw = random.Random(seed)
    shrink = lambda n: draw.randint(n * 2 // 5, n - 1)

    def resize(conv, cin, cout):
        """Gives the module Conv other widths; returns the output's."""
        old = conv.conv
        conv.conv = torch.nn.Conv2d(cin, cout, old.kernel_size, old.stride, old.padding, bias=False)
        conv.bn = torch.nn.BatchNorm2d(cout, eps=EPS)
        return cout

    outs, width = [], 3
    for m in model.model:
        at = lambda f: width if f == -1 else outs[f]
        kind = type(m).__name__
        if kind == "Conv":
            width = resize(m, width, shrink(m.conv.out_channels))
        elif kind == "C2f":
            m.c = shrink(m.c)
            resize(m.cv1, width, 2 * m.c)
            for b in m.m:
                resize(b.cv2, resize(b.cv1, m.c, shrink(b.cv1.conv.out_channels)), m.c)
            width = resize(m.cv2, (2 + len(m.m)) * m.c, shrink(m.cv2.conv.out_channels))
        elif kind == "SPPF":
            hidden = resize(m.cv1, width, shrink(m.cv1.conv.out_channels))
            width = resize(m.cv2, 4 * hidden, shrink(m.cv2.conv.out_channels))
        elif kind == "Concat":
            width = sum(at(f) for f in m.f)
        elif kind == "Detect":
            for branch in (m.cv2, m.cv3):
                for f, s in zip(m.f, branch):
                    hidden = resize(s[0], at(f), shrink(s[0].conv.out_channels))
                    hidden = resize(s[1], hidden, shrink(s[1].conv.out_channels))
                    s[2] = torch.nn.Conv2d(hidden, s[2].out_channels, 1)
        else:
            assert kind == "Upsample", kind
        outs.append(width)
    return model


# name: (batch, height, width), maker
NETWORKS = {}
for s in "nsmlx":
    n = 2 if s == "n" else 1
    NETWORKS[f"yolov5{s}"] = (n, 96, 160), lambda s=s: v5(s)
    NETWORKS[f"yolov8{s}"] = (n, 96, 160), lambda s=s: v8(s)
NETWORKS |= {
    "yolov5n6": ((1, 128, 192), lambda: v5("n", "6")),
    "yolov5s6": ((1, 128, 192), lambda: v5("s", "6")),
    "yolov5s-v5.0": ((1, 96, 160), lambda: v5_focus("s")),
    "yolov8n-p2": ((1, 96, 160), lambda: v8("n", "-p2")),
    "yolov8n-p6": ((1, 128, 192), lambda: v8("n", "-p6")),
    "yolov8s-p6": ((1, 128, 192), lambda: v8("s", "-p6")),
}
CUSTOM = {
    "yolov5s_fused": ((1, 96, 160), lambda: fused(v5("s"))),
    "yolov8n_fused": ((1, 96, 160), lambda: fused(v8("n"))),
    "yolov8s_pruned": ((1, 96, 160), lambda: pruned(v8("s"), SEED)),
}
PRECISION = ("yolov8n", "yolov8s", "yolov5n", "yolov5s")
PRECISION_SHAPE = (1, 256, 320)


def specs(model):
    """(name, kind, fan-in) of every state-dict entry; the kind is None for what is a constant."""
    modules = dict(model.named_modules())
    last = {f"{n}.cv2" for n, m in modules.items() if type(m).__name__ == "Bottleneck" and m.add}
    for name in model.state_dict():
        owner, field = name.rsplit(".", 1)
        module = modules[owner]
        unit, _, part = owner.rpartition(".")
        if part == "bn":
            kind = {
                "weight": "last batch-norm weight" if unit in last else "batch-norm weight",
                "bias": "batch-norm bias before SiLU",
                "running_mean": "running mean",
                "running_var": "running variance before SiLU",
                "num_batches_tracked": "batches tracked",
            }[field]
            yield name, kind, modules[unit + ".conv"].weight[0].numel()
        elif field == "anchors" or unit.endswith(".dfl"):
            yield name, None, 0
        elif part == "conv" and field == "bias":
            yield name, "batch-norm bias before SiLU", 0
        elif part == "conv":
            kind = "conv weight before SiLU" if module.bias is None else "fused conv weight before SiLU"
            yield name, kind, module.weight[0].numel()
        elif field == "bias" and ".cv3." in name:
            yield name, "score bias", 0
        elif field == "bias" and ".cv2." in name:
            yield name, "distance bias", 0
        elif field == "bias":
            yield name, "anchor bias", head(model).no
        else:
            yield name, "linear weight" if ".cv3." in name else "conv weight", module.weight[0].numel()


def head(model):
    return model.model[-1]


def load(model, seed):
    """Loads the generated checkpoint into model, strictly."""
    state = model.state_dict()
    for name, kind, fan_in in specs(model):
        if kind:
            t = state[name]
            v = checkpoint.fill(kind, name, seed, t.numel(), fan_in)
            state[name] = torch.from_numpy(v.reshape(tuple(t.shape)))
    model.load_state_dict(state, strict=True)
    assert all(m.eps == EPS for m in batch_norms(model))
    return model.eval()


def tensors(model):
    """The specs as a Go test reads them."""
    state = model.state_dict()
    for name, kind, fan_in in specs(model):
        t = {"name": name, "shape": list(state[name].shape), "kind": kind or "constant"}
        if fan_in:
            t["fan_in"] = fan_in
        if not kind:
            t["values"] = fixture.float32(state[name])
        yield t


def batch_norms(model):
    return [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]


def digest(model):
    """SHA-256 of all entries' little-endian float32 values, in state-dict order."""
    h = hashlib.sha256()
    for v in model.state_dict().values():
        h.update(v.float().numpy().astype("<f4").tobytes())
    return h.hexdigest()


def image(shape, seed=SEED):
    """The input of the fixtures: kind "image", name "images"."""
    return torch.from_numpy(checkpoint.fill("image", "images", seed, int(np.prod(shape))).reshape(shape))


def run(model, x):
    """{output: tensor}; the axis of output0's fields is 1 in a YOLOv8, 2 in a YOLOv5."""
    h, seen, hooks = head(model), {}, []
    anchors = hasattr(h, "m")
    for i, stride in enumerate(h.stride.tolist()):
        level = f"p{int(stride).bit_length() - 1}"
        for branch in (h.m,) if anchors else (h.cv2, h.cv3):
            hooks.append(branch[i].register_forward_hook(
                lambda _, __, y, level=level: seen.setdefault(level, []).append(y.clone())))
    y = model(x)[0]
    for hook in hooks:
        hook.remove()
    out = {level: torch.cat(parts, 1) for level, parts in sorted(seen.items())}
    out["output0"] = y
    rows = y if anchors else y.transpose(1, 2)
    centre, size = rows[..., :2], rows[..., 2:4]
    out["boxes"] = torch.cat((centre - size / 2, centre + size / 2), 2)
    out["scores"] = rows[..., 4:5] * rows[..., 5:] if anchors else rows[..., 4:]
    return out


def axis(model, output):
    return 2 if output in ("boxes", "scores") or output == "output0" and hasattr(head(model), "m") else 1


def spread(model, out):
    """The std over all but the axis, in the output's shape for division."""
    return {k: v.std([d for d in range(v.dim()) if d != axis(model, k)], unbiased=False, keepdim=True) for k, v in out.items()}


def deviation(got, want, std):
    return {k: fixture.digits(((got[k].double() - v).abs() / std[k]).max().item(), 3) for k, v in want.items()}


def taps(model, x):
    """Moments of the output of every layer before the head."""
    seen, hooks = {}, []
    for i, m in enumerate(model.model[:-1]):
        hooks.append(m.register_forward_hook(
            lambda _, __, y, i=i: seen.update({f"model.{i}": fixture.moments(y)})))
    model(x)
    for hook in hooks:
        hook.remove()
    return seen


def step(shape, count):
    """The smallest prime from numel/count on that divides no extent."""
    k = max(2, int(np.prod(shape)) // count)
    while any(k % d == 0 for d in range(2, int(k**0.5) + 1)) or any(n % k == 0 for n in shape):
        k += 1
    return k


def record(model, out, std):
    for name, v in out.items():
        k = step(v.shape, {"output0": 1500, "boxes": 500, "scores": 500}.get(name, 700))
        yield name, {
            "shape": list(v.shape), "axis": axis(model, name),
            "std": [fixture.digits(s.item(), 4) for s in std[name].flatten()],
            "step": k, "values": fixture.float32(v.flatten()[::k]),
        }


def versions():
    return {"torch": torch.__version__.split("+")[0], "ultralytics": ultralytics.__version__, "yolov5": yolov5.__version__}


@torch.inference_mode()
def write(name, shape, make):
    n, h, w = shape
    model = load(make(), SEED)
    listed = list(tensors(model)) if name in CUSTOM else []
    x = image((n, 3, h, w))
    weights, single = digest(model), run(model, x)
    model, x = model.double(), x.double()
    want = run(model, x)
    std = spread(model, want)
    stats = taps(model, x)

    sensitivity = {"another image": deviation(run(model, image((n, 3, h, w), SEED + 1).double()), want, std)}
    if batch_norms(model):
        for bn in batch_norms(model):
            bn.eps = 1e-5
        sensitivity["eps 1e-5"] = deviation(run(model, x), want, std)
        for bn in batch_norms(model):
            bn.eps = EPS
            bn.running_mean.zero_()
        sensitivity["mean 0"] = deviation(run(model, x), want, std)

    blocks = {"taps": stats, "outputs": dict(record(model, want, std))}
    if listed:
        blocks["tensors"] = listed
    best = want["scores"].amax(2)
    noise = deviation(single, want, std)
    fixture.write(f"zoo/{name}.json", {
        "name": name.split("_")[0] if listed else name,
        "source": type(model).__module__ + "." + type(model).__qualname__,
        "versions": versions(),
        "seed": SEED,
        "weights_sha256": weights,
        "eps": EPS,
        "input": {"name": "images", "kind": "image", "seed": SEED, "shape": [n, 3, h, w]},
        "boxes_over_0.25": int((best > SCORE).sum()),
        "noise": noise,
        "sensitivity": sensitivity,
    }, **blocks)
    print(name, "boxes", int((best > SCORE).sum()), "of", best.numel(), "noise", max(noise.values()),
          {k: min(v.values()) for k, v in sensitivity.items()},
          "std %.2f..%.2f" % (min(t["std"] for t in stats.values()), max(t["std"] for t in stats.values())), flush=True)


@torch.inference_mode()
def write_boxes(name):
    """The boxes that score over 0.25 on a larger image, up to 240 of them evenly chosen."""
    n, h, w = PRECISION_SHAPE
    model = load(NETWORKS[name][1](), SEED)
    weights = digest(model)
    out = run(model.double(), image((n, 3, h, w)).double())
    best, classes = out["scores"][0].max(1)
    over = (best > SCORE).nonzero().flatten()
    size = (out["boxes"][0, over, 2:] - out["boxes"][0, over, :2])
    chosen = over[:: max(1, -(-len(over) // 240))]
    fixture.write(f"zoo/{name}_boxes.json", {
        "name": name,
        "versions": versions(),
        "seed": SEED,
        "weights_sha256": weights,
        "input": {"name": "images", "kind": "image", "seed": SEED, "shape": [n, 3, h, w]},
        "anchors": best.numel(),
        "boxes_over_0.25": len(over),
    }, boxes=[{
        "anchor": i.item(), "class": classes[i].item(), "score": fixture.float32(best[i])[0],
        "box": fixture.float32(out["boxes"][0, i]),
    } for i in chosen])
    print(name, "boxes", len(over), "of", best.numel(), "of sizes %.0f to %.0f" % (size.min(), size.max()), flush=True)


def main():
    torch.set_num_threads(2)
    names = sys.argv[1:] or [*NETWORKS, *CUSTOM, *(f"{p}_boxes" for p in PRECISION)]
    for name in names:
        if name.endswith("_boxes"):
            write_boxes(name.removesuffix("_boxes"))
        else:
            write(name, *(NETWORKS | CUSTOM)[name])


if __name__ == "__main__":
    main()
