"""Reference outputs of LeNet-5, as a torch module written from the published description.

Writes ../zoo/lenet5.json (max pooling) and ../zoo/lenet5_avg.json (average pooling). See resnet.py for
the precision of the values.
"""

import numpy as np
import torch
from torch import nn

import checkpoint
import fixture
import resnet

SEED = 1


class LeNet5(nn.Module):
    """conv 6@5x5, pool 2, conv 16@5x5, pool 2, then 120, 84 and 10 units; ReLU; softmax."""

    def __init__(self, pool):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.pool = pool

    def forward(self, x):
        self.taps = {}
        x = self.tap("pool1", self.pool(torch.relu(self.conv1(x)), 2))
        x = self.tap("pool2", self.pool(torch.relu(self.conv2(x)), 2))
        x = self.tap("fc1", torch.relu(self.fc1(x.flatten(1))))
        x = self.tap("fc2", torch.relu(self.fc2(x)))
        x = self.tap("fc3", self.fc3(x))
        return torch.softmax(x, 1)

    def tap(self, name, x):
        self.taps[name] = fixture.moments(x)
        return x


def load(model, seed):
    """No layer has a BatchNorm behind it, so all weights are of kind "linear weight"."""
    state = {}
    for name, v in model.state_dict().items():
        kind = "bias" if name.endswith(".bias") else "linear weight"
        fan_in = v[0].numel()
        state[name] = torch.from_numpy(
            checkpoint.fill(kind, name, seed, v.numel(), fan_in).reshape(tuple(v.shape)))
    model.load_state_dict(state, strict=True)
    return model.eval()


@torch.inference_mode()
def main():
    shape = (4, 1, 32, 32)
    for variant, pool in (("lenet5", nn.functional.max_pool2d), ("lenet5_avg", nn.functional.avg_pool2d)):
        model = load(LeNet5(pool), SEED)
        x = resnet.image(SEED, shape)
        weights, single = resnet.digest(model), model(x)
        want = model.double()(x.double())
        fixture.write(f"zoo/{variant}.json", {
            "variant": "lenet5",
            "pool": "max" if pool is nn.functional.max_pool2d else "average",
            "versions": {"torch": torch.__version__.split("+")[0]},
            "seed": SEED,
            "weights_sha256": weights,
            "input": {"name": "input", "kind": "input", "seed": SEED, "shape": list(shape)},
            "noise": fixture.digits(resnet.deviation(single, want).max().item(), 3),
            "taps": model.taps,
            "std": [fixture.digits(v.item(), 6) for v in want.std(1, unbiased=False)],
            "shape": list(want.shape),
            "values": fixture.float32(want),
        })
        print(variant, want[:2], np.round(want.std(1).tolist(), 4))


if __name__ == "__main__":
    main()
