"""Writes ../net.pth and, by the loop of the scripts named gen_wts.py, ../net.wts:
Python 3.11, PyTorch 2.15.
"""
import struct
from pathlib import Path

import torch

out = Path(__file__).resolve().parent.parent
torch.manual_seed(3)
state = {
    "conv1.weight": torch.randn(8, 3, 3, 3) * 0.02,
    "conv1.bias": torch.tensor([0.0, -0.0, 1e-45, 65504.0, float("inf"), -float("inf"), 1.17549435e-38, 3.4028235e38]),
    "bn1.running_var": torch.rand(8),
    "bn1.num_batches_tracked": torch.tensor(4821),
    "fc.weight": torch.randn(6, 4).t(),
    "half": torch.randn(5).half(),
    "bfloat": torch.randn(5).bfloat16(),
    "mask": torch.tensor([True, False]),
    "index": torch.arange(-3, 3, dtype=torch.int32),
    "empty": torch.zeros(0, 4),
}
torch.save(state, out / "net.pth")
with open(out / "net.wts", "w") as f:
    f.write("{}\n".format(len(state)))
    for k, v in state.items():
        vr = v.reshape(-1).float().cpu().numpy()
        f.write("{} {} ".format(k, len(vr)))
        for vv in vr:
            f.write(" ")
            f.write(struct.pack(">f", float(vv)).hex())
        f.write("\n")
