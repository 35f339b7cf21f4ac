"""Asks TensorRT-RTX, through NVIDIA's own Python binding, what it makes of single layers.

Reads trt/backendtest/testdata/cases.jsonl, which that package's test writes with -update, and writes
answers.jsonl beside it: for each case whether the layer was built and with what output, or where it was
refused and in which words. Needs no GPU, and what `make oracle` installs.
"""

import json
import math
import pathlib
import re

from replay import TYPES, Network, Refused, configure, trt

HERE = pathlib.Path(__file__).parents[2] / "trt" / "backendtest" / "testdata"
NAMES = {v: k for k, v in TYPES.items()}


class Log(trt.ILogger):
    def __init__(self):
        trt.ILogger.__init__(self)
        self.lines = []

    def log(self, severity, text):
        if severity in (trt.ILogger.Severity.ERROR, trt.ILogger.Severity.INTERNAL_ERROR) and "cudaError" not in text:
            self.lines.append(text)


log = Log()
builder = trt.Builder(log)


def zeros(ref):
    return bytearray(max(1, math.prod(ref["dims"]) * TYPES[ref["dtype"]].itemsize))


def build(case):
    network = Network(builder, "case", zeros)
    for x in case["inputs"]:
        network.add_input(x)
    try:
        layer = network.make(case | {"name": "layer", "inputs": [x["name"] for x in case["inputs"]]})
    except (TypeError, ValueError, RuntimeError) as e:
        log.lines.append(str(e).splitlines()[0])
        raise Refused("add")
    dtype, dims = network.infer(layer.get_output(0))
    network.tensors["y"] = layer.get_output(0)
    network.mark_output("y")
    config = configure(builder, case["compute_capabilities"], {"profiles": case["profiles"]})
    if builder.build_serialized_network(network.net, config) is None:
        raise Refused("build")
    return {"name": "y", "dtype": NAMES[dtype], "dims": dims}


def main():
    answers = []
    for line in (HERE / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        log.lines.clear()
        try:
            a = {"name": case["name"], "stage": "built", "output": build(case)}
        except Refused as e:
            text = re.sub(r" In [\w:~<>() ]+ at /\S+", "", log.lines[0] if log.lines else "")
            a = {"name": case["name"], "stage": str(e), "text": text[:200]}
        answers.append(json.dumps(a))
    (HERE / "answers.jsonl").write_text("\n".join(answers) + "\n")


main()
