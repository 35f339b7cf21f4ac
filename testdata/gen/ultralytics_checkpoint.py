"""Writes ../ultralytics/custom.pt, a checkpoint as Ultralytics' trainer leaves it, and ../ultralytics/custom.npz,
an image and what the model makes of it.

The model is a YOLOv8 of no published size, with two classes, trained at 96x64, in half precision and pickled
whole as the moving average ("ema"), with "model" empty. Its numbers are a pattern, so that the file packs
small; nothing of the package but the names of its classes is in it.
"""

import copy
import pathlib

import numpy as np
import torch
from ultralytics.nn.tasks import DetectionModel

HERE = pathlib.Path(__file__).parent.parent / "ultralytics"

YAML = {
    "nc": 2, "depth_multiple": 0.33, "width_multiple": 0.01,
    "backbone": [
        [-1, 1, "Conv", [64, 3, 2]], [-1, 1, "Conv", [128, 3, 2]], [-1, 3, "C2f", [128, True]],
        [-1, 1, "Conv", [256, 3, 2]], [-1, 6, "C2f", [256, True]], [-1, 1, "Conv", [512, 3, 2]],
        [-1, 6, "C2f", [512, True]], [-1, 1, "Conv", [1024, 3, 2]], [-1, 3, "C2f", [1024, True]],
        [-1, 1, "SPPF", [1024, 5]],
    ],
    "head": [
        [-1, 1, "nn.Upsample", [None, 2, "nearest"]], [[-1, 6], 1, "Concat", [1]], [-1, 3, "C2f", [512]],
        [-1, 1, "nn.Upsample", [None, 2, "nearest"]], [[-1, 4], 1, "Concat", [1]], [-1, 3, "C2f", [256]],
        [-1, 1, "Conv", [256, 3, 2]], [[-1, 12], 1, "Concat", [1]], [-1, 3, "C2f", [512]],
        [-1, 1, "Conv", [512, 3, 2]], [[-1, 9], 1, "Concat", [1]], [-1, 3, "C2f", [1024]],
        [[15, 18, 21], 1, "Detect", ["nc"]],
    ],
}


def pattern(n, scale):
    """n numbers between -scale and scale that half precision holds."""
    return ((torch.arange(n) * 37 % 101 - 50) / 64).mul(scale)


@torch.inference_mode()
def main():
    model = DetectionModel(copy.deepcopy(YAML), verbose=False)
    model.names = {0: "bolt", 1: "nut"}
    model.args = {}
    for name, p in model.state_dict().items():
        if name.endswith("conv.weight") and p.dim() == 4 and "dfl" not in name or name.endswith(".2.weight"):
            fan = p[0].numel()
            p.copy_(pattern(p.numel(), 2 ** round(np.log2((9 / fan) ** 0.5))).view_as(p))
        elif name.endswith("running_mean"):
            p.copy_(pattern(p.numel(), 0.25))
        elif name.endswith(("bn.bias", ".2.bias")):
            p.copy_(pattern(p.numel(), 0.5))
    model = model.half()
    HERE.mkdir(exist_ok=True)
    torch.save({
        "epoch": -1, "best_fitness": None, "model": None, "ema": model, "updates": None, "optimizer": None,
        "train_args": {"task": "detect", "imgsz": [96, 64]}, "date": "", "version": "",
    }, HERE / "custom.pt")
    torch.manual_seed(1)
    image = torch.rand(1, 3, 96, 64)
    out = model.float().eval()(image)
    out = out[0] if isinstance(out, (list, tuple)) else out
    np.savez_compressed(HERE / "custom.npz", images=image.numpy(), output0=out.numpy())
    print("output", tuple(out.shape), "torch", torch.__version__, "boxes std", out[:, :4].std().item(), "scores std", out[:, 4:].std().item())


if __name__ == "__main__":
    main()
