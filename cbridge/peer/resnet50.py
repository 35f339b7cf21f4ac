"""The Python peer: what a script on NVIDIA's own binding needs for an FP16 ResNet-50, without PyTorch.

    make oracle
    python3 cbridge/peer/resnet50.py resnet50.npz [PLAN]

Reads torchvision's tensors from an .npz (shapes do not matter), folds BatchNorm and rounds to half in NumPy,
defines the network over the binding, builds, and writes the engine. Prints one line of JSON: the seconds of
each step from the start of the interpreter's work on, the plan's size, the peak resident memory.
"""

import time

start = time.perf_counter()

import json  # noqa: E402
import pathlib  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402

import numpy as np  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "testdata" / "gen"))
from replay import trt  # noqa: E402  opens the library

seconds = {}


def lap(step):
    global start
    now = time.perf_counter()
    seconds[step] = round(now - start, 3)
    start = now


class Net:
    def __init__(self, builder, tensors):
        self.net = builder.create_network(0)
        self.net.name = "resnet50"
        self.tensors = tensors
        self.kept = []  # TensorRT reads weights when it builds

    def half(self, values):
        self.kept.append(np.ascontiguousarray(values, np.float16))
        return trt.Weights(self.kept[-1])

    def conv(self, x, conv, bn, out, kernel, stride=1):
        t = self.tensors
        gain = t[bn + ".weight"] / np.sqrt(t[bn + ".running_var"] + np.float32(1e-5))
        weight = t[conv + ".weight"].reshape(out, -1) * gain[:, None]
        bias = t[bn + ".bias"] - t[bn + ".running_mean"] * gain
        layer = self.net.add_convolution_nd(x, out, (kernel, kernel), self.half(weight), self.half(bias))
        layer.name = conv
        layer.stride_nd = (stride, stride)
        layer.padding_nd = (kernel // 2, kernel // 2)
        return layer.get_output(0)

    def relu(self, x):
        return self.net.add_activation(x, trt.ActivationType.RELU).get_output(0)

    def block(self, x, path, width, stride, shortcut):
        y = self.relu(self.conv(x, path + ".conv1", path + ".bn1", width, 1))
        y = self.relu(self.conv(y, path + ".conv2", path + ".bn2", width, 3, stride))
        y = self.conv(y, path + ".conv3", path + ".bn3", 4 * width, 1)
        if shortcut:
            x = self.conv(x, path + ".downsample.0", path + ".downsample.1", 4 * width, 1, stride)
        return self.relu(self.net.add_elementwise(y, x, trt.ElementWiseOperation.SUM).get_output(0))

    def constant(self, values):
        return self.net.add_constant(values.shape, self.half(values)).get_output(0)

    def define(self):
        net = self.net
        x = net.add_cast(net.add_input("input", trt.float32, (1, 3, 224, 224)), trt.float16).get_output(0)
        x = self.relu(self.conv(x, "conv1", "bn1", 64, 7, 2))
        pool = net.add_pooling_nd(x, trt.PoolingType.MAX, (3, 3))
        pool.stride_nd, pool.padding_nd = (2, 2), (1, 1)
        x = pool.get_output(0)
        for stage, blocks in enumerate((3, 4, 6, 3)):
            for i in range(blocks):
                x = self.block(x, f"layer{stage + 1}.{i}", 64 << stage, 2 if stage and i == 0 else 1, i == 0)
        x = net.add_reduce(x, trt.ReduceOperation.AVG, 0b1100, False).get_output(0)
        weight = self.constant(self.tensors["fc.weight"].reshape(1000, 2048))
        none, transpose = trt.MatrixOperation.NONE, trt.MatrixOperation.TRANSPOSE
        x = net.add_matrix_multiply(x, none, weight, transpose).get_output(0)
        x = net.add_elementwise(x, self.constant(self.tensors["fc.bias"][None]), trt.ElementWiseOperation.SUM).get_output(0)
        x = net.add_cast(x, trt.float32).get_output(0)
        x.name = "output"
        net.mark_output(x)


def main():
    lap("import")
    builder = trt.Builder(trt.Logger(trt.Logger.ERROR))
    config = builder.create_builder_config()
    lap("builder")
    with np.load(sys.argv[1]) as file:
        tensors = {name: file[name] for name in file.files}
    lap("load")
    net = Net(builder, tensors)
    net.define()
    lap("fold, half, define")
    del tensors, net.tensors
    plan = builder.build_serialized_network(net.net, config)
    lap("build")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if len(sys.argv) > 2:
        pathlib.Path(sys.argv[2]).write_bytes(plan)
        lap("write")
    print(json.dumps({"seconds": seconds, "total": round(sum(seconds.values()), 3), "bytes": plan.nbytes, "peak_kib": peak}))


main()
