"""Names, element counts and shapes of real model classes, in state-dict order, for detection tests.

Writes ../detect/<table>.json. "variant" is what detection must say, null where it must refuse.
"""

import timm
import torch
import torchvision

import fixture
import lenet
import resnet

# table: variant, maker
POSITIVE = {v: (v, lambda v=v: getattr(torchvision.models, v)()) for v in resnet.VARIANTS}
for v, classes in (("resnet18", 10), ("resnet34", 1), ("resnet50", 2), ("resnext50_32x4d", 37)):
    POSITIVE[f"{v}_classes{classes}"] = (
        v, lambda v=v, c=classes: getattr(torchvision.models, v)(num_classes=c))
for v in ("resnet18", "resnet26", "resnet50", "resnet152", "resnext50_32x4d", "wide_resnet50_2"):
    POSITIVE[f"timm_{v}"] = (v, lambda v=v: timm.create_model(v))
POSITIVE["lenet5"] = ("lenet5", lambda: lenet.LeNet5(torch.nn.functional.max_pool2d))

NEGATIVE = {
    f"timm_{v}": lambda v=v: timm.create_model(v)
    for v in ("resnet50d", "seresnet50", "legacy_seresnet50", "resnetv2_50", "ecaresnet50d", "res2net50_26w_4s")
} | {
    v: lambda v=v: getattr(torchvision.models, v)(weights=None)
    for v in ("mobilenet_v2", "vgg11", "densenet121", "alexnet", "shufflenet_v2_x1_0", "mnasnet1_0")
} | {
    "fcn_resnet50": lambda: torchvision.models.segmentation.fcn_resnet50(weights=None, weights_backbone=None),
}


def write(table, variant, model):
    state = model.state_dict()
    head = {
        "source": type(model).__module__ + "." + type(model).__qualname__,
        "versions": resnet.versions() | {"timm": timm.__version__},
        "variant": variant,
        "parameters": sum(p.numel() for p in model.parameters()),
    }
    if variant:
        last = list(state.values())[-1]
        head["classes"] = last.numel()
    fixture.write(f"detect/{table}.json", head, tensors=[
        {"name": k, "count": v.numel(), "shape": list(v.shape)} for k, v in state.items()
    ])
    print(table, variant, len(state), head["parameters"])


def main():
    for table, (variant, make) in POSITIVE.items():
        write(table, variant, make())
    for table, make in NEGATIVE.items():
        write(table, None, make())
    for v in ("resnet18", "resnet50", "resnet152", "resnext50_32x4d", "wide_resnet50_2"):
        theirs, ours = timm.create_model(v).state_dict(), getattr(torchvision.models, v)().state_dict()
        shapes = {k: t.shape for k, t in theirs.items()} == {k: t.shape for k, t in ours.items()}
        print(v, "timm: same names and shapes", shapes, "same order", list(theirs) == list(ours))


if __name__ == "__main__":
    with torch.device("meta"):
        main()
