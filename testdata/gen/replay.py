"""Builds dumped networks through NVIDIA's own Python binding of TensorRT-RTX, to hold our engines against.

    make oracle
    trtbuild --wts resnet18.wts --fp16 --dry-run --dump-network r18
    python3 testdata/gen/replay.py r18          # leaves r18/binding.plan

A dump is network.json, the weights raw beside it, and config.json with the settings of the build. The
binding and the library are those that cbridge/sdk.sh keeps in the user's cache. Nothing but the binding and
Python's own library is needed: no GPU, no NumPy.
"""

import ctypes
import json
import math
import mmap
import os
import pathlib
import sys

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
SDK = pathlib.Path(os.environ.get("TRTBUILD_SDK_DIR") or CACHE / "trtbuild" / "sdk")
LIBRARY = os.environ.get("TRTBUILD_TENSORRT_LIB") or SDK / "lib" / "libtensorrt_rtx.so.1"

# The binding asks for its libraries by name; these are the ones it gets.
for library in (LIBRARY, SDK / "lib" / "libtensorrt_onnxparser_rtx.so.1"):
    ctypes.CDLL(str(library), ctypes.RTLD_GLOBAL)
sys.path.insert(0, str(SDK / "oracle"))

import tensorrt_rtx_bindings as trt  # noqa: E402

D = trt.DataType
TYPES = {"float32": D.FLOAT, "float16": D.HALF, "bfloat16": D.BF16, "int32": D.INT32, "int64": D.INT64,
         "int8": D.INT8, "uint8": D.UINT8, "bool": D.BOOL, "float8_e4m3fn": D.FP8, "float8_e8m0fnu": D.E8M0, "int4": D.INT4, "float4_e2m1fn": D.FP4}
PACKED = ("int4", "float4_e2m1fn")  # two elements a byte
REDUCTIONS = {"sum": "SUM", "prod": "PROD", "max": "MAX", "min": "MIN", "mean": "AVG"}


class Refused(Exception):
    """The stage at which TensorRT said no: add, set, infer or build."""


class Network:
    """A network of TensorRT's that grows by dumped layers. read(ref) returns writable memory with the
    elements of a dumped weight."""

    def __init__(self, builder, name, read):
        self.net = builder.create_network(0)
        self.net.name = name
        self.read = read
        self.kept = []  # TensorRT reads weights when it builds
        self.tensors = {}

    def add_input(self, x):
        self.tensors[x["name"]] = self.net.add_input(x["name"], TYPES[x["dtype"]], x["dims"])

    def add(self, layer):
        """Adds a layer. Its outputs have names in the dump only: tensors between layers keep TensorRT's."""
        made = self.make(layer)
        for i, y in enumerate(layer["outputs"]):
            tensor = made[i] if isinstance(made, list) else made.get_output(i)
            inferred = self.infer(tensor)
            if inferred != (TYPES[y["dtype"]], y["dims"]):
                raise ValueError(f"{layer['name']}: TensorRT infers {inferred}, dumped as {y}")
            self.tensors[y["name"]] = tensor

    def make(self, layer):
        self.layer = layer
        return getattr(self, layer["kind"])(layer["params"], *(self.tensors[name] for name in layer["inputs"]))

    def body(self, layer, role, operands):
        """Adds the layers of a body that reads the operands, and returns what it returns."""
        body, outer = layer["params"][role], self.tensors
        self.tensors = dict(zip((x["name"] for x in body["inputs"]), operands, strict=True))
        for inner in body["layers"]:
            prefix = f"{role}/{inner['name']}."
            own = [{**w, "operand": w["operand"].removeprefix(prefix)}
                   for w in layer.get("weights", []) if w["operand"].startswith(prefix)]
            self.add({**inner, "name": f"{layer['name']}/{role}/{inner['name']}", "weights": own})
        made = [self.tensors[name] for name in body["outputs"]]
        self.tensors = outer
        return made

    def mark_output(self, name):
        self.tensors[name].name = name
        self.net.mark_output(self.tensors[name])

    def infer(self, tensor):
        try:
            return tensor.dtype, list(tensor.shape)
        except (RuntimeError, ValueError):
            raise Refused("infer")

    def made(self, layer, name=None, **properties):
        """Names a layer and sets properties. A layer is named once: its outputs are renamed with it."""
        if layer is None:
            raise Refused("add")
        layer.name = name or self.layer["name"]
        return self.set(layer, **properties)

    def set(self, layer, **properties):
        """Sets properties and reads them back: a setter refuses by keeping the old value."""
        for name, value in properties.items():
            setattr(layer, name, value)
            kept = getattr(layer, name)
            if (list(kept) != list(value)) if hasattr(value, "__iter__") else (kept != value):
                raise Refused("set")
        return layer

    def weights(self, operand, absent=D.FLOAT):
        for ref in self.layer.get("weights", []):
            if ref["operand"] == operand and 0 in ref["dims"]:
                return trt.Weights(TYPES[ref["dtype"]])
            if ref["operand"] == operand:
                memory = self.read(ref)
                self.kept.append(memory)
                return trt.Weights(TYPES[ref["dtype"]], address(memory), math.prod(ref["dims"]))
        return trt.Weights(absent)

    def int64s(self, values):
        return self.constant_of((ctypes.c_int64 * len(values))(*values), D.INT64, (len(values),), ".axes")

    def scalar(self, value, suffix):
        return self.constant_of((ctypes.c_int32 * 1)(value), D.INT32, (), suffix)

    def constant_of(self, memory, dtype, dims, suffix):
        """A constant for TensorRT's inputs that are parameters of ours."""
        self.kept.append(memory)
        layer = self.net.add_constant(dims, trt.Weights(dtype, ctypes.addressof(memory), len(memory)))
        layer.name = self.layer["name"] + suffix
        return layer.get_output(0)

    def activation(self, p, x):
        return self.made(self.net.add_activation(x, getattr(trt.ActivationType, p["type"].upper())),
                         alpha=float32(p["alpha"]), beta=float32(p["beta"]))

    def attention(self, p, query, key, value, mask=None):
        norm = getattr(trt.AttentionNormalizationOp, p["normalization"].upper())
        layer = self.net.add_attention_v2(query, key, value, norm, getattr(trt.CausalMaskKind, p["causal"].upper()))
        self.made(layer, decomposable=p["decomposable"])
        if mask is not None:
            layer.mask = mask
            if layer.mask is None:
                raise Refused("set")
        return layer

    def assertion(self, p, condition):
        return self.made(self.net.add_assertion(condition, p["message"]))

    def cast(self, p, x):
        return self.made(self.net.add_cast(x, TYPES[p["to"]]))

    def concatenation(self, p, *xs):
        return self.made(self.net.add_concatenation(xs), axis=p["axis"])

    def constant(self, p):
        return self.made(self.net.add_constant(self.layer["weights"][0]["dims"], self.weights("value")))

    def convolution(self, p, x, *operands):
        return self.convolve(self.net.add_convolution_nd, p, x, operands)

    def cumulative(self, p, x):
        operation = getattr(trt.CumulativeOperation, p["operation"].upper())
        axis = self.scalar(p["axis"], ".axis")
        return self.made(self.net.add_cumulative(x, axis, operation, p["exclusive"], p["reverse"]))

    def deconvolution(self, p, x, *operands):
        return self.convolve(self.net.add_deconvolution_nd, p, x, operands)

    def convolve(self, add, p, x, operands):
        kernel = self.weights("kernel")
        layer = add(x, p["out_channels"], p["kernel"], kernel, self.weights("bias"))
        for i, tensor in enumerate(operands, 2 if kernel.size else 1):
            layer.set_input(i, tensor)
        return self.made(layer, **window(p), dilation_nd=p["dilation"], num_groups=p["groups"])

    def dequantize(self, p, x, scale, zero_point=None):
        return self.spread(self.net.add_dequantize(x, scale, TYPES[p["to"]]), p, scale, zero_point)

    def einsum(self, p, *xs):
        return self.made(self.net.add_einsum(xs, p["equation"]))

    def dynamic_quantize(self, p, x, double_scale=None):
        if double_scale is None:
            return self.made(self.net.add_dynamic_quantize_v2(x, p["block_shape"], TYPES[p["to"]], TYPES[p["scale_type"]]))
        axis, = (i for i, n in enumerate(p["block_shape"]) if n != 1)
        layer = self.net.add_dynamic_quantize(x, axis, p["block_shape"][axis], TYPES[p["to"]], TYPES[p["scale_type"]])
        self.made(layer).set_input(1, double_scale)
        return layer

    def elementwise(self, p, a, b):
        return self.made(self.net.add_elementwise(a, b, getattr(trt.ElementWiseOperation, p["operation"].upper())))

    def gather(self, p, data, indices):
        layer = self.made(self.net.add_gather_v2(data, indices, getattr(trt.GatherMode, p["mode"].upper())))
        if p["mode"] != "nd":
            self.set(layer, axis=p["axis"])
        if p["mode"] != "element":
            self.set(layer, num_elementwise_dims=p["batch_dims"])
        return layer

    def grid_sample(self, p, x, grid):
        padding = {"zeros": "FILL", "border": "CLAMP", "reflect": "REFLECT"}[p["padding"]]
        return self.made(self.net.add_grid_sample(x, grid), interpolation_mode=getattr(trt.InterpolationMode, p["mode"].upper()),
                         sample_mode=getattr(trt.SampleMode, padding), align_corners=p["align_corners"])

    def identity(self, p, x):
        return self.made(self.net.add_identity(x))

    def if_conditional(self, p, condition, *reads):
        layer = self.layer
        conditional = self.net.add_if_conditional()
        conditional.name = layer["name"]
        self.made(conditional.set_condition(condition), layer["name"] + ".condition")
        results, at = [], 0
        for role in ("then", "else"):
            inside = []
            for x in p[role]["inputs"]:
                inside.append(self.made(conditional.add_input(reads[at]), f"{layer['name']}/{role}/{x['name']}").get_output(0))
                at += 1
            results.append(self.body(layer, role, inside))
        return [self.made(conditional.add_output(then, otherwise), part(layer["name"], "output", i)).get_output(0)
                for i, (then, otherwise) in enumerate(zip(*results, strict=True))]

    def kv_cache_update(self, p, cache, update, indices):
        return self.made(self.net.add_kv_cache_update(cache, update, indices, trt.KVCacheMode.LINEAR))

    def lrn(self, p, x):
        return self.made(self.net.add_lrn(x, p["window"], p["alpha"], p["beta"], p["k"]))

    def loop(self, p, *reads):
        layer, name, body = self.layer, self.layer["name"], p["body"]
        loop, reads = self.net.add_loop(), list(reads)
        loop.name = name
        if p["trip_count"]:
            self.made(loop.add_trip_limit(reads.pop(0), trt.TripLimit.COUNT), name + ".count")
        states, iterators = {r["state"]: None for r in p["recurrences"] or []}, {i["input"]: i for i in p["iterators"] or []}
        inside = []
        for x in body["inputs"]:
            tensor = reads.pop(0)
            if x["name"] in states:
                states[x["name"]] = self.made(loop.add_recurrence(tensor), f"{name}/body/{x['name']}")
                tensor = states[x["name"]].get_output(0)
            elif x["name"] in iterators:
                i = iterators[x["name"]]
                tensor = self.made(loop.add_iterator(tensor, i["axis"], i["reverse"]), f"{name}/body/{x['name']}").get_output(0)
            self.infer(tensor)
            inside.append(tensor)
        results = dict(zip(body["outputs"], self.body(layer, "body", inside), strict=True))
        for r in p["recurrences"] or []:
            states[r["state"]].set_input(1, results[r["next"]])
        if p["while"]:
            self.made(loop.add_trip_limit(results[p["while"]], trt.TripLimit.WHILE), name + ".while")
        outputs = []
        for i, o in enumerate(p["outputs"]):
            if o["kind"] == "last_value":
                made = loop.add_loop_output(states[o["value"]].get_output(0), trt.LoopOutput.LAST_VALUE, o["axis"])
            else:
                made = loop.add_loop_output(results[o["value"]], getattr(trt.LoopOutput, o["kind"].upper()), o["axis"])
                made.set_input(1, reads.pop(0))
            outputs.append(self.made(made, part(name, "output", i)).get_output(0))
        return outputs

    def matrix_multiply(self, p, a, b):
        op_a, op_b = (getattr(trt.MatrixOperation, p[k].upper()) for k in ("op_a", "op_b"))
        return self.made(self.net.add_matrix_multiply(a, op_a, b, op_b))

    def normalization(self, p, x, scale, bias):
        layer = self.net.add_normalization_v2(x, scale, bias, sum(1 << axis for axis in p["axes"]))
        return self.made(layer, epsilon=float32(p["epsilon"]), num_groups=p["groups"])

    def one_hot(self, p, indices, values):
        return self.made(self.net.add_one_hot(indices, values, self.scalar(p["depth"], ".depth"), p["axis"]))

    def padding(self, p, x):
        return self.made(self.net.add_padding_nd(x, p["pre_padding"], p["post_padding"]))

    def parametric_relu(self, p, x, slope):
        return self.made(self.net.add_parametric_relu(x, slope))

    def pooling(self, p, x):
        layer = self.net.add_pooling_nd(x, getattr(trt.PoolingType, p["type"].upper()), p["window"])
        rounding = "EXPLICIT_ROUND_UP" if p["round_up"] else "EXPLICIT_ROUND_DOWN"
        self.made(layer, **window(p), padding_mode=getattr(trt.PaddingMode, rounding))
        if p["type"] == "max_average_blend":
            self.set(layer, blend_factor=float32(p["blend"]))
        if p["type"] != "max":
            self.set(layer, average_count_excludes_padding=not p["count_includes_padding"])
        return layer

    def quantize(self, p, x, scale, zero_point=None):
        return self.spread(self.net.add_quantize(x, scale, TYPES[p["to"]]), p, scale, zero_point)

    def spread(self, layer, p, scale, zero_point):
        self.made(layer)
        if len(scale.shape) == 1:
            self.set(layer, axis=p["axis"])
        if p["block_shape"] is not None:
            self.set(layer, block_shape=p["block_shape"])
        if zero_point is not None:
            layer.set_input(2, zero_point)
        return layer

    def ragged_softmax(self, p, x, bounds):
        return self.made(self.net.add_ragged_softmax(x, bounds))

    def reduce(self, p, x):
        mask = sum(1 << axis for axis in p["axes"] or [])
        operation = getattr(trt.ReduceOperation, REDUCTIONS[p["operation"]])
        return self.made(self.net.add_reduce(x, operation, mask, p["keep_dims"]))

    def fill(self, p, *inputs):
        kind, integer = TYPES[p["dtype"]], p["dtype"].startswith("int")
        dims = p["dims"] if len(inputs) % 2 == 0 else [0] * inputs[0].shape[0]
        layer = self.made(self.net.add_fill(dims, getattr(trt.FillOperation, p["operation"].upper()), kind))
        if len(inputs) % 2 == 1:
            layer.set_input(0, inputs[0])
        if len(inputs) > 1:
            layer.set_input(1, inputs[-2])
            layer.set_input(2, inputs[-1])
            return layer
        as_type = int if integer else float
        return self.set(layer, alpha=as_type(p["alpha"]), beta=as_type(p["beta"]))

    def resize(self, p, x, size=None):
        layer = self.made(self.net.add_resize(x), resize_mode=getattr(trt.InterpolationMode, p["mode"].upper()),
                          coordinate_transformation=getattr(trt.ResizeCoordinateTransformation, p["coordinates"].upper()))
        if p["mode"] == "nearest":  # elsewhere a rounding would be one more spelling of the same
            self.set(layer, nearest_rounding=getattr(trt.ResizeRoundMode, p["rounding"].upper()))
        self.set(layer, selector_for_single_pixel=getattr(trt.ResizeSelector, p["single"].upper()))
        if p["mode"] == "cubic":
            self.set(layer, cubic_coeff=float32(p["cubic_coefficient"]), exclude_outside=p["exclude_outside"])
        if p["scales"] is not None:
            layer.scales = p["scales"]  # float32 there, so not what was set
        if p["size"] is not None:
            layer.shape = p["size"]
        if size is not None:
            layer.set_input(1, size)
        return layer

    def rotary_embedding(self, p, x, cos, sin, positions=None):
        layer = self.made(self.net.add_rotary_embedding(x, cos, sin, p["interleaved"], p["dim"]))
        if positions is not None:
            layer.set_input(3, positions)
        return layer

    def reverse_sequence(self, p, x, lengths):
        return self.made(self.net.add_reverse_sequence(x, lengths),
                         batch_axis=p["batch_axis"], sequence_axis=p["sequence_axis"])

    def scale(self, p, x):
        mode = getattr(trt.ScaleMode, p["mode"].upper())
        shift, scale, power = (self.weights(operand, absent=x.dtype) for operand in ("shift", "scale", "power"))
        return self.made(self.net.add_scale_nd(x, mode, shift, scale, power, p["channel_axis"]))

    def scatter(self, p, data, indices, updates):
        layer = self.made(self.net.add_scatter(data, indices, updates, getattr(trt.ScatterMode, p["mode"].upper())))
        return self.set(layer, axis=p["axis"]) if p["mode"] == "element" else layer

    def select(self, p, condition, a, b):
        return self.made(self.net.add_select(condition, a, b))

    def shape(self, p, x):
        return self.made(self.net.add_shape(x))

    def shuffle(self, p, x, shape=None):
        layer = self.made(self.net.add_shuffle(x))
        if p["first_transpose"] is not None:
            layer.first_transpose = p["first_transpose"]
        if p["reshape"] is not None:
            layer.reshape_dims = p["reshape"]
        if shape is not None:
            layer.set_input(1, shape)
        if p["second_transpose"] is not None:
            layer.second_transpose = p["second_transpose"]
        return layer

    def slice(self, p, x, *inputs):
        given = dict(zip(p["inputs"] or [], inputs))
        axes = len(p["axes"]) if p["axes"] is not None else given["axes"].shape[0]
        numbers = (p[k] if p[k] is not None else [0] * axes for k in ("start", "size", "stride"))
        layer = self.made(self.net.add_slice(x, *numbers), mode=getattr(trt.SampleMode, p["mode"].upper()))
        if p["axes"] is not None:
            self.set(layer, axes=p["axes"])
        for i, name in enumerate(("start", "size", "stride", "fill value", "axes"), 1):
            if name in given:
                layer.set_input(i, given[name])
        return layer

    def softmax(self, p, x):
        return self.made(self.net.add_softmax(x), axes=1 << p["axis"])

    def squeeze(self, p, x):
        return self.made(self.net.add_squeeze(x, self.int64s(p["axes"])))

    def topk(self, p, x, k=None):
        operation = getattr(trt.TopKOperation, p["operation"].upper())
        layer = self.made(self.net.add_topk(x, operation, p["k"], 1 << p["axis"], TYPES[p["index_type"]]))
        if k is not None:
            layer.set_input(1, k)
        return layer

    def unary(self, p, x):
        return self.made(self.net.add_unary(x, getattr(trt.UnaryOperation, p["operation"].upper())))

    def unsqueeze(self, p, x):
        return self.made(self.net.add_unsqueeze(x, self.int64s(p["axes"])))


def part(name, what, i):
    """Names the i-th of several layers that TensorRT makes of one."""
    return f"{name}.{what}{i}" if i else name


def window(p):
    return {"stride_nd": p["stride"], "pre_padding": p["pre_padding"], "post_padding": p["post_padding"]}


def float32(value):
    return ctypes.c_float(value).value


def address(memory):
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def configure(builder, ccs, settings):
    """The configuration of a build; settings that are missing stay TensorRT's own."""
    config = builder.create_builder_config()
    if "tf32" in settings:
        (config.set_flag if settings["tf32"] else config.clear_flag)(trt.BuilderFlag.TF32)
    if settings.get("workspace"):
        config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, settings["workspace"])
    if ccs:
        config.num_compute_capabilities = len(ccs)
        for i, cc in enumerate(ccs):
            config.set_compute_capability(getattr(trt.ComputeCapability, f"SM{cc}"), i)
    for ranges in settings.get("profiles") or []:
        profile = builder.create_optimization_profile()
        for name, r in ranges.items():
            if r["opt"] is not None:
                profile.set_shape(name, r["min"], r["opt"], r["max"])
            if "values" in r:
                profile.set_shape_input(name, r["values"]["min"], r["values"]["opt"], r["values"]["max"])
        config.add_optimization_profile(profile)
    return config


def replay(builder, directory):
    """Builds the network dumped in a directory and returns its engine."""

    def read(ref):
        with open(directory / ref["file"], "rb") as f:
            memory = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY)
        count = math.prod(ref["dims"])
        if len(memory) != ((count + 1) // 2 if ref["dtype"] in PACKED else count * TYPES[ref["dtype"]].itemsize):
            raise ValueError(f"{ref['file']}: {len(memory)} bytes are not {ref['dtype']} {ref['dims']}")
        return memory

    dump = json.loads((directory / "network.json").read_text())
    network = Network(builder, dump["name"], read)
    for x in dump["inputs"]:
        network.add_input(x)
    for layer in dump["layers"]:
        network.add(layer)
    for name in dump["outputs"]:
        network.mark_output(name)
    settings = directory / "config.json"
    settings = json.loads(settings.read_text()) if settings.exists() else {}
    config = configure(builder, dump["target"]["compute_capabilities"], settings)
    engine = builder.build_serialized_network(network.net, config)
    if engine is None:
        raise Refused("build")
    return engine


def main():
    builder = trt.Builder(trt.Logger(trt.Logger.ERROR))
    for directory in map(pathlib.Path, sys.argv[1:]):
        try:
            (directory / "binding.plan").write_bytes(replay(builder, directory))
        except Exception as e:
            raise SystemExit(f"{directory}: {type(e).__name__}: {e}") from e


if __name__ == "__main__":
    main()
