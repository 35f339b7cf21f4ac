"""Runs an engine once under TensorRT-RTX.

    pip install tensorrt-rtx-cu13==1.7.1.116 cuda-python
    python3 load.py yolov8n.fp16.plan images.raw

The input is raw float32 in the order of the input's dimensions, as NumPy's tofile writes it. Each output goes
to NAME.raw, raw float32 too. Names and shapes come from the manifest beside the engine.
"""

import hashlib
import json
import math
import pathlib
import sys

import tensorrt_rtx as trt
from cuda.bindings import runtime as cuda


def check(result):
    """Returns what a CUDA call returns beside its error."""
    code, *values = result
    if code != cuda.cudaError_t.cudaSuccess:
        raise SystemExit(f"CUDA: {code}")
    return values[0] if values else None


def load(path):
    """Returns the engine of a file, and its manifest."""
    plan = pathlib.Path(path).read_bytes()
    manifest = json.loads(pathlib.Path(f"{path}.json").read_text())
    if hashlib.sha256(plan).hexdigest() != manifest["engine"]["sha256"]:
        raise SystemExit(f"{path}: the manifest beside it is of another engine")
    engine = trt.Runtime(trt.Logger(trt.Logger.WARNING)).deserialize_cuda_engine(plan)
    if engine is None:
        raise SystemExit(f"{path}: does not load here; loadable by {manifest['library']['loadable_by']}")
    return engine, manifest


def shape(tensor):
    """Returns the dimensions of an input: where the engine leaves some open, those it is optimized for."""
    return tensor["profiles"][0]["opt"] if -1 in tensor["dims"] else tensor["dims"]


def run(engine, manifest, image):
    """Returns the outputs by name, as raw float32, for a raw float32 input."""
    # TensorRT-RTX compiles its kernels for the GPU at hand now: seconds.
    context = engine.create_execution_context()
    stream = check(cuda.cudaStreamCreate())
    memory = []

    def bind(name, dims):
        size = 4 * math.prod(dims)
        memory.append(check(cuda.cudaMalloc(size)))
        if not context.set_tensor_address(name, int(memory[-1])):
            raise SystemExit(f"{name}: address refused")
        return memory[-1], size

    try:
        x = manifest["inputs"][0]
        if not context.set_input_shape(x["name"], shape(x)):
            raise SystemExit(f"{x['name']}: shape {shape(x)} refused")
        device, size = bind(x["name"], shape(x))
        if len(image) != size:
            raise SystemExit(f"{x['name']}: expects {size} bytes of float32 {shape(x)}, not {len(image)}")
        check(cuda.cudaMemcpyAsync(device, image, size, cuda.cudaMemcpyKind.cudaMemcpyHostToDevice, stream))
        # The shapes of outputs follow from the input's.
        bound = {y["name"]: bind(y["name"], context.get_tensor_shape(y["name"])) for y in manifest["outputs"]}
        if not context.execute_async_v3(int(stream)):
            raise SystemExit("TensorRT-RTX could not run the engine")
        outputs = {}
        for name, (device, size) in bound.items():
            outputs[name] = bytearray(size)
            check(cuda.cudaMemcpyAsync(outputs[name], device, size, cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost, stream))
        check(cuda.cudaStreamSynchronize(stream))
        return outputs
    finally:
        for device in memory:
            cuda.cudaFree(device)
        cuda.cudaStreamDestroy(stream)


def main():
    if len(sys.argv) != 3:
        raise SystemExit("usage: load.py ENGINE INPUT.raw")
    engine, manifest = load(sys.argv[1])
    for name, values in run(engine, manifest, pathlib.Path(sys.argv[2]).read_bytes()).items():
        pathlib.Path(f"{name}.raw").write_bytes(values)


if __name__ == "__main__":
    main()
