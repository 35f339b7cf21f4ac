"""Asks TensorRT-RTX, through NVIDIA's own Python binding, what it makes of single layers.

Reads trt/backendtest/testdata/cases.jsonl, which that package's test writes with -update, and writes
answers.jsonl beside it: for each case whether the layer was built and with what output, or where it was
refused and in which words. Needs no GPU:

    pip install numpy tensorrt-rtx-cu13-bindings==1.7.1.116 tensorrt-rtx-cu13-libs==1.7.1.116
"""

import json
import math
import pathlib
import re

import numpy as np
import tensorrt_rtx_bindings as trt

HERE = pathlib.Path(__file__).parents[2] / "trt" / "backendtest" / "testdata"
D = trt.DataType
TYPES = {"float32": D.FLOAT, "float16": D.HALF, "bfloat16": D.BF16, "int32": D.INT32, "int64": D.INT64,
         "int8": D.INT8, "uint8": D.UINT8, "bool": D.BOOL, "float8_e4m3": D.FP8}
NAMES = {str(v): k for k, v in TYPES.items()}
SIZES = {"float32": 4, "float16": 2, "bfloat16": 2, "int32": 4, "int64": 8}
REDUCTIONS = {"sum": "SUM", "prod": "PROD", "max": "MAX", "min": "MIN", "mean": "AVG"}


class Log(trt.ILogger):
    def __init__(self):
        trt.ILogger.__init__(self)
        self.lines = []

    def log(self, severity, text):
        if severity in (trt.ILogger.Severity.ERROR, trt.ILogger.Severity.INTERNAL_ERROR) and "cudaError" not in text:
            self.lines.append(text)


class Refused(Exception):
    """The stage at which TensorRT said no."""


log = Log()
builder = trt.Builder(log)
kept = []  # TensorRT reads weights when it builds


def weights(case, operand):
    for w in case["weights"]:
        if w["operand"] == operand:
            n = math.prod(w["dims"])
            kept.append(np.zeros(max(1, n * SIZES.get(w["dtype"], 1)), np.uint8))
            return trt.Weights(TYPES[w["dtype"]], kept[-1].ctypes.data, n)
    absent = case["inputs"][0]["dtype"]  # a scale wants its absent operands typed as well
    return trt.Weights(TYPES[absent])


def put(layer, **properties):
    """Sets properties and reads them back: a setter refuses by keeping the old value."""
    for name, value in properties.items():
        setattr(layer, name, value)
        if list(np.ravel(getattr(layer, name))) != list(np.ravel(value)):
            raise Refused("set")
    return layer


def window(layer, p):
    return put(layer, stride_nd=p["stride"], pre_padding=p["pre_padding"], post_padding=p["post_padding"])


def axes(net, p):
    kept.append(np.array(p["axes"], np.int64))
    return net.add_constant((len(p["axes"]),), trt.Weights(kept[-1])).get_output(0)


def given(**values):
    return {k: v for k, v in values.items() if v is not None}


def add(net, case, x):
    kind, p, w = case["kind"], case["params"], lambda operand: weights(case, operand)

    def made(layer):
        if layer is None:
            raise Refused("add")
        return layer

    if kind in ("convolution", "deconvolution"):
        adder = net.add_convolution_nd if kind == "convolution" else net.add_deconvolution_nd
        layer = made(adder(x[0], p["out_channels"], p["kernel"], w("kernel"), w("bias")))
        return put(window(layer, p), dilation_nd=p["dilation"], num_groups=p["groups"])
    if kind == "pooling":
        layer = window(made(net.add_pooling_nd(x[0], getattr(trt.PoolingType, p["type"].upper()), p["window"])), p)
        if p["type"] == "average":
            put(layer, average_count_excludes_padding=not p["count_includes_padding"])
        rounding = "EXPLICIT_ROUND_UP" if p["round_up"] else "EXPLICIT_ROUND_DOWN"
        return put(layer, padding_mode=getattr(trt.PaddingMode, rounding))
    if kind == "activation":
        layer = made(net.add_activation(x[0], getattr(trt.ActivationType, p["type"].upper())))
        return put(layer, **{k: p[k] for k in ("alpha", "beta") if p[k]})
    if kind == "scale":
        return made(net.add_scale_nd(x[0], getattr(trt.ScaleMode, p["mode"].upper()), w("shift"), w("scale"), w("power"), 1))
    if kind == "elementwise":
        return made(net.add_elementwise(x[0], x[1], getattr(trt.ElementWiseOperation, p["operation"].upper())))
    if kind == "unary":
        return made(net.add_unary(x[0], getattr(trt.UnaryOperation, p["operation"].upper())))
    if kind == "matrix_multiply":
        a, b = (getattr(trt.MatrixOperation, p[k].upper()) for k in ("op_a", "op_b"))
        return made(net.add_matrix_multiply(x[0], a, x[1], b))
    if kind == "softmax":
        return put(made(net.add_softmax(x[0])), axes=1 << p["axis"])
    if kind == "reduce":
        mask = sum(1 << a for a in p["axes"] or [])
        return made(net.add_reduce(x[0], getattr(trt.ReduceOperation, REDUCTIONS[p["operation"]]), mask, p["keep_dims"]))
    if kind == "concatenation":
        return put(made(net.add_concatenation(x)), axis=p["axis"])
    if kind == "shuffle":
        layer = made(net.add_shuffle(x[0]))
        for name, value in given(first_transpose=p["first_transpose"], reshape_dims=p["reshape"], second_transpose=p["second_transpose"]).items():
            setattr(layer, name, value)
        return layer
    if kind == "slice":
        return put(made(net.add_slice(x[0], p["start"], p["size"], p["stride"])), axes=p["axes"])
    if kind == "squeeze":
        return made(net.add_squeeze(x[0], axes(net, p)))
    if kind == "unsqueeze":
        return made(net.add_unsqueeze(x[0], axes(net, p)))
    if kind == "gather":
        layer = made(net.add_gather_v2(x[0], x[1], getattr(trt.GatherMode, p["mode"].upper())))
        if p["mode"] != "nd":
            put(layer, axis=p["axis"])
        return layer if p["mode"] == "element" else put(layer, num_elementwise_dims=p["batch_dims"])
    if kind == "resize":
        layer = made(net.add_resize(x[0]))
        layer.resize_mode = getattr(trt.InterpolationMode, p["mode"].upper())
        layer.coordinate_transformation = getattr(trt.ResizeCoordinateTransformation, p["coordinates"].upper())
        layer.nearest_rounding = getattr(trt.ResizeRoundMode, p["rounding"].upper())
        for name, value in given(scales=p["scales"], shape=p["size"]).items():
            setattr(layer, name, value)
        return layer
    if kind == "padding":
        return made(net.add_padding_nd(x[0], p["pre_padding"], p["post_padding"]))
    if kind == "constant":
        return made(net.add_constant(case["weights"][0]["dims"], w("value")))
    if kind == "cast":
        return made(net.add_cast(x[0], TYPES[p["to"]]))
    if kind == "identity":
        return made(net.add_identity(x[0]))
    raise ValueError(kind)


def build(case):
    net = builder.create_network(0)
    net.name = "case"
    x = [net.add_input(i["name"], TYPES[i["dtype"]], i["dims"]) for i in case["inputs"]]
    try:
        layer = add(net, case, x)
    except (TypeError, ValueError, RuntimeError) as e:
        log.lines.append(str(e).splitlines()[0])
        raise Refused("add")
    layer.name = "layer"
    y = layer.get_output(0)
    try:
        output = {"name": "y", "dtype": NAMES[str(y.dtype)], "dims": list(y.shape)}
    except (RuntimeError, ValueError):
        raise Refused("infer")
    y.name = "y"
    net.mark_output(y)
    config = builder.create_builder_config()
    ccs = case["compute_capabilities"] or []
    if ccs:
        config.num_compute_capabilities = len(ccs)
        for i, cc in enumerate(ccs):
            config.set_compute_capability(getattr(trt.ComputeCapability, f"SM{cc}"), i)
    for ranges in case["profiles"] or []:
        profile = builder.create_optimization_profile()
        for name, r in ranges.items():
            profile.set_shape(name, r["min"], r["opt"], r["max"])
        config.add_optimization_profile(profile)
    if builder.build_serialized_network(net, config) is None:
        raise Refused("build")
    return output


def main():
    answers = []
    for line in (HERE / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        log.lines.clear()
        kept.clear()
        try:
            a = {"name": case["name"], "stage": "built", "output": build(case)}
        except Refused as e:
            text = re.sub(r" In [\w:~<>() ]+ at /\S+", "", log.lines[0] if log.lines else "")
            a = {"name": case["name"], "stage": str(e), "text": text[:200]}
        answers.append(json.dumps(a))
    (HERE / "answers.jsonl").write_text("\n".join(answers) + "\n")


main()
