"""The loop of the scripts named gen_wts.py: Python 3, with PyTorch for .pth.

usage: gen_wts.py IN OUT; IN is a .pth file, or raw float32 for a Python without
PyTorch, which spares it the import.
"""
import struct
import sys

source, target = sys.argv[1:]
if source.endswith(".pth"):
    import torch

    state = torch.load(source, map_location="cpu")
    tensors = {k: v.reshape(-1).numpy() for k, v in state.items()}
else:
    from array import array

    values = array("f")
    with open(source, "rb") as f:
        values.frombytes(f.read())
    tensors = {"weight": values}

with open(target, "w") as f:
    f.write("{}\n".format(len(tensors)))
    for k, v in tensors.items():
        f.write("{} {} ".format(k, len(v)))
        for x in v:
            f.write(" ")
            f.write(struct.pack(">f", float(x)).hex())
        f.write("\n")
