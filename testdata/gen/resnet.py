"""Reference outputs of torchvision's ResNet classes for generated checkpoints.

    resnet.py [VARIANT ...]      (all of them by default)

Writes ../zoo/<variant>.json. The model runs in float64 on the float32 weights and input, so the values
are good to the last digit of the float32 that they are written as. "noise" is how far PyTorch's own
float32 run is from them; "sensitivity" is what two typical mistakes would change. Both are the largest
difference in one row of the output over that row's standard deviation, the worst row for noise and the
mildest for sensitivity. weights_sha256 is of the values of all entries, in state-dict order.
"""

import hashlib
import sys

import numpy as np
import torch
import torchvision

import checkpoint
import fixture

SEED = 1
# variant: batch, height, width
VARIANTS = {
    "resnet18": (2, 64, 96),
    "resnet34": (1, 64, 96),
    "resnet50": (2, 64, 96),
    "resnet101": (1, 64, 96),
    "resnet152": (1, 64, 64),
    "resnext50_32x4d": (1, 64, 96),
    "resnext101_32x8d": (1, 64, 64),
    "resnext101_64x4d": (1, 64, 64),
    "wide_resnet50_2": (1, 64, 64),
    "wide_resnet101_2": (1, 64, 64),
}


def specs(model):
    """(name, kind, fan_in) of every state-dict entry of a torchvision or timm ResNet."""
    modules = dict(model.named_modules())
    for name in model.state_dict():
        owner, field = name.rsplit(".", 1)
        module = modules[owner]
        if isinstance(module, torch.nn.BatchNorm2d):
            if owner.endswith("downsample.1"):
                conv = modules[owner[:-1] + "0"]
            else:
                head, _, tail = owner.rpartition(".")
                conv = modules[(head + "." if head else "") + tail.replace("bn", "conv")]
            block = modules[owner.rsplit(".", 1)[0]] if "." in owner else None
            last = (module is getattr(block, "bn3", getattr(block, "bn2", None)))
            kind = {
                "weight": "last batch-norm weight" if last else "batch-norm weight",
                "bias": "batch-norm bias",
                "running_mean": "running mean",
                "running_var": "running variance",
                "num_batches_tracked": "batches tracked",
            }[field]
            yield name, kind, conv.weight[0].numel()
        elif field == "bias":
            yield name, "bias", 0
        else:
            kind = "conv weight" if isinstance(module, torch.nn.Conv2d) else "linear weight"
            yield name, kind, module.weight[0].numel()


def load(model, seed):
    """Loads the generated checkpoint into model, strictly."""
    shapes = {k: tuple(v.shape) for k, v in model.state_dict().items()}
    state = {}
    for name, kind, fan_in in specs(model):
        shape = shapes[name]
        v = checkpoint.fill(kind, name, seed, int(np.prod(shape)), fan_in).reshape(shape)
        state[name] = torch.from_numpy(v)
    model.load_state_dict(state, strict=True)
    return model.eval()


def digest(model):
    """SHA-256 of all entries' little-endian float32 values, in state-dict order."""
    h = hashlib.sha256()
    for v in model.state_dict().values():
        h.update(v.float().numpy().astype("<f4").tobytes())
    return h.hexdigest()


def image(seed, shape):
    """The input of the fixtures: kind "input", name "input"."""
    return torch.from_numpy(checkpoint.fill("input", "input", seed, int(np.prod(shape))).reshape(shape))


def batch_norms(model):
    return [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]


def deviation(got, want):
    """Largest difference of each row over the row's standard deviation."""
    return (got.double() - want).abs().amax(1) / want.std(1, unbiased=False)


def taps(model, x):
    """Moments of the stem, every residual block and the pooled features."""
    seen, hooks = {}, []
    for name, module in model.named_modules():
        if name in ("conv1", "bn1", "maxpool", "avgpool") or name.count(".") == 1 and name.startswith("layer"):
            hooks.append(module.register_forward_hook(
                lambda _, __, out, name=name: seen.update({name: fixture.moments(out)})))
    model(x)
    for hook in hooks:  # the runs that follow have wrong constants
        hook.remove()
    return seen


def versions():
    return {"torch": torch.__version__.split("+")[0], "torchvision": torchvision.__version__.split("+")[0]}


@torch.inference_mode()
def main():
    for variant in sys.argv[1:] or VARIANTS:
        n, h, w = VARIANTS[variant]
        model = load(getattr(torchvision.models, variant)(), SEED)
        x = image(SEED, (n, 3, h, w))
        weights, single = digest(model), model(x)
        model, x = model.double(), x.double()
        want = model(x)
        stats = taps(model, x) if variant in ("resnet18", "resnet50") else {}

        for bn in batch_norms(model):
            bn.eps = 1e-3
        wrong_eps = model(x)
        for bn in batch_norms(model):
            bn.eps = 1e-5
            bn.running_mean.zero_()
        no_mean = model(x)

        fixture.write(f"zoo/{variant}.json", {
            "variant": variant,
            "versions": versions(),
            "seed": SEED,
            "weights_sha256": weights,
            "eps": 1e-5,
            "input": {"name": "input", "kind": "input", "seed": SEED, "shape": [n, 3, h, w]},
            "noise": fixture.digits(deviation(single, want).max().item(), 3),
            "sensitivity": {
                "eps 1e-3": fixture.digits(deviation(wrong_eps, want).min().item(), 3),
                "mean 0": fixture.digits(deviation(no_mean, want).min().item(), 3),
            },
            "taps": stats,
            "std": [fixture.digits(v.item(), 6) for v in want.std(1, unbiased=False)],
            "shape": list(want.shape),
            "values": fixture.float32(want),
        })
        print(variant, "std", want.std(1).tolist(), "noise", deviation(single, want).tolist(), flush=True)


if __name__ == "__main__":
    main()
