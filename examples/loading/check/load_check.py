"""Runs load.py on stand-ins that have what NVIDIA's own binding has, and no more: there is no GPU here.

    make oracle
    python3 examples/loading/check/load_check.py

The classes of the binding say which calls exist; the runtime that refuses an engine is the real one. CUDA's
part is played by host memory.
"""

import contextlib
import hashlib
import io
import itertools
import json
import os
import pathlib
import sys
import tempfile
import types
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "testdata" / "gen")]

import replay  # noqa: E402  loads the binding over the library of the SDK


class CUDA(types.ModuleType):
    """The calls of cuda.bindings.runtime that load.py makes."""

    cudaError_t = types.SimpleNamespace(cudaSuccess=0)
    cudaMemcpyKind = types.SimpleNamespace(cudaMemcpyHostToDevice="to device", cudaMemcpyDeviceToHost="to host")
    STREAM = 77

    def __init__(self):
        super().__init__("cuda.bindings.runtime")
        self.memory, self.addresses, self.pending = {}, itertools.count(4096, 4096), []

    def cudaStreamCreate(self):
        return 0, self.STREAM

    def cudaStreamDestroy(self, stream):
        return (0,)

    def cudaStreamSynchronize(self, stream):
        while self.pending:
            self.pending.pop()()
        return (0,)

    def cudaMalloc(self, size):
        address = next(self.addresses)
        self.memory[address] = bytearray(size)
        return 0, address

    def cudaFree(self, address):
        del self.memory[address]
        return (0,)

    def cudaMemcpyAsync(self, to, source, size, kind, stream):
        assert stream == self.STREAM
        if kind == "to device":
            assert len(self.memory[to]) == size == len(source)
            self.memory[to][:] = source
        else:
            assert len(self.memory[source]) == size == len(to)
            # The values arrive when the stream is waited for, not before.
            self.pending.append(lambda: to.__setitem__(slice(None), self.memory[source]))
        return (0,)


cuda = CUDA()
sys.modules["tensorrt_rtx"] = replay.trt
sys.modules["cuda"] = sys.modules["cuda.bindings"] = types.SimpleNamespace(runtime=cuda)
sys.modules["cuda.bindings.runtime"] = cuda

import load  # noqa: E402


def context(shapes):
    """An execution context whose outputs are the first bytes of its input, each negated; and the shapes that it is given."""
    c = mock.NonCallableMock(spec_set=replay.trt.IExecutionContext)
    address, given = {}, {}
    c.set_tensor_address.side_effect = lambda name, memory: not address.update({name: memory})
    c.set_input_shape.side_effect = lambda name, dims: not given.update({name: tuple(dims)})
    c.get_tensor_shape.side_effect = lambda name: tuple(given["images"][0] if d == -1 else d for d in shapes[name])

    def execute(stream):
        assert stream == cuda.STREAM and set(address) == {"images", *shapes}
        for name in shapes:
            output = cuda.memory[address[name]]
            output[:] = bytes(255 - b for b in cuda.memory[address["images"]][: len(output)])
        return True

    c.execute_async_v3.side_effect = execute
    return c, given


def manifest(plan, batch):
    profiles = {"profiles": [{"min": [1, 3, 2, 2], "opt": [2, 3, 2, 2], "max": [4, 3, 2, 2]}]} if batch == -1 else {}
    return {
        "engine": {"sha256": hashlib.sha256(plan).hexdigest()},
        "library": {"loadable_by": "TensorRT-RTX only"},
        "inputs": [{"name": "images", "dims": [batch, 3, 2, 2], **profiles}],
        "outputs": [{"name": "boxes", "dims": [batch, 2, 4]}, {"name": "scores", "dims": [batch, 2, 1]}],
    }


def main(plan, image):
    """Runs the example as its users do; returns what it says when it gives up."""
    pathlib.Path("x.plan").write_bytes(plan)
    pathlib.Path("images.raw").write_bytes(image)
    said = io.StringIO()
    with mock.patch.object(sys, "argv", ["load.py", "x.plan", "images.raw"]), contextlib.redirect_stdout(said):
        try:
            load.main()
        except SystemExit as e:
            return str(e)
    return ""


def runs(batch, n):
    plan, image = b"an engine", bytes(range(n * 48))
    m = manifest(plan, batch)
    pathlib.Path("x.plan.json").write_text(json.dumps(m))
    c, given = context({y["name"]: y["dims"] for y in m["outputs"]})
    engine = mock.NonCallableMock(spec_set=replay.trt.ICudaEngine)
    engine.create_execution_context.return_value = c
    runtime = mock.NonCallableMock(spec_set=replay.trt.Runtime)
    runtime.deserialize_cuda_engine.return_value = engine
    with mock.patch.object(replay.trt, "Runtime", return_value=runtime):
        assert main(plan, image) == ""
        assert "expects" in main(plan, image[1:])
    assert given == {"images": (n, 3, 2, 2)}
    for name, size in ("boxes", n * 32), ("scores", n * 8):
        assert pathlib.Path(f"{name}.raw").read_bytes() == bytes(255 - b for b in image[:size]), name
    assert not cuda.memory, "device memory is left"


def refuses():
    junk = b"no engine"
    pathlib.Path("x.plan.json").write_text(json.dumps(manifest(junk, 1)))
    assert "does not load here; loadable by TensorRT-RTX only" in main(junk, b"")
    assert "of another engine" in main(b"another", b"")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        runs(1, 1)
        runs(-1, 2)
        refuses()
        os.chdir(HERE)
