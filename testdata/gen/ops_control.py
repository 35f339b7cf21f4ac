"""Small cases of conditionals and loops with outputs computed by ONNX Runtime or PyTorch, for the tests of
trt/refexec.

Run as a script it writes ../refexec/ops_control.json.
"""

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from opcase import TYPES, case, ints, rand, write

torch.manual_seed(20261128)
ONNX = {torch.float32: TensorProto.FLOAT, torch.int32: TensorProto.INT32, torch.int64: TensorProto.INT64, torch.bool: TensorProto.BOOL}


def info(name, t):
    return {"name": name, "dtype": TYPES[t.dtype], "dims": list(t.shape)}


class Body:
    """A body in the terms of package trt. Tensors stand for what they have the type and dimensions of."""

    def __init__(self):
        self.inputs, self.layers, self.outputs, self.weights = [], [], [], []

    def input(self, name, t):
        self.inputs.append(info(name, t))
        return self

    def layer(self, name, kind, params, inputs, *made, weights=()):
        outputs = [info(name + (f":{i}" if i else ""), t) for i, t in enumerate(made)]
        self.layers.append(dict(name=name, kind=kind, params=params, inputs=inputs, outputs=outputs))
        self.weights += weights
        return self

    def unary(self, name, operation, x, made):
        return self.layer(name, "unary", dict(operation=operation), [x], made)

    def elementwise(self, name, operation, a, b, made):
        return self.layer(name, "elementwise", dict(operation=operation), [a, b], made)

    def output(self, *names):
        self.outputs += names
        return self

    def json(self):
        return dict(name="body", inputs=self.inputs, layers=self.layers, outputs=self.outputs)


def run(nodes, inputs, outputs, constants=()):
    """What ONNX Runtime makes of a graph: inputs by name, outputs as names of float32 or given types."""
    graph = helper.make_graph(
        nodes, "case", [helper.make_tensor_value_info(n, ONNX[t.dtype], list(t.shape)) for n, t in inputs.items()],
        [helper.make_tensor_value_info(n, t, None) for n, t in outputs.items()],
        [numpy_helper.from_array(t.numpy(), n) for n, t in dict(constants).items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [torch.from_numpy(np.array(y)) for y in session.run(None, {n: t.numpy() for n, t in inputs.items()})]


def branch(nodes, *outputs, type=TensorProto.FLOAT):
    return helper.make_graph(nodes, "branch", [], [helper.make_tensor_value_info(o, type, None) for o in outputs])


def conditionals():
    flag = torch.tensor
    x = rand(2, 3, 4, 5).float()
    w, b = rand(3, 3, 1, 1, lo=-1, hi=1).float(), rand(3).float()
    conv = dict(out_channels=3, kernel=[1, 1], stride=[1, 1], pre_padding=[0, 0], post_padding=[0, 0], dilation=[1, 1], groups=1)
    then = Body().input("x", x).layer("conv", "convolution", conv, ["x"], x, weights=[w, b]).output("conv")
    els = Body().input("x", x).unary("abs", "abs", "x", x).output("abs")
    for c in (True, False):
        y = run([helper.make_node("If", ["c"], ["y"],
                                  then_branch=branch([helper.make_node("Conv", ["x", "w", "b"], ["t"])], "t"),
                                  else_branch=branch([helper.make_node("Abs", ["x"], ["e"])], "e"))],
                dict(c=flag(c), x=x), dict(y=TensorProto.FLOAT), dict(w=w, b=b))
        case(f"if/convolution or abs, {c}", "if_conditional", {"then": then.json(), "else": els.json()},
             [flag(c), x, x], y, weights=then.weights)

    a, z = rand(2, 3).float(), rand(2, 3).float()
    then = (Body().input("a", a).input("z", z).elementwise("sum", "sum", "a", "z", a).unary("exp", "exp", "sum", a)
            .output("exp", "sum"))
    els = Body().input("z", z).unary("sin", "sin", "z", z).unary("neg", "neg", "sin", z).output("neg", "sin")
    for c in (True, False):
        y = run([helper.make_node("If", ["c"], ["y0", "y1"],
                                  then_branch=branch([helper.make_node("Add", ["a", "z"], ["s"]), helper.make_node("Exp", ["s"], ["t"])], "t", "s"),
                                  else_branch=branch([helper.make_node("Sin", ["z"], ["i"]), helper.make_node("Neg", ["i"], ["e"])], "e", "i"))],
                dict(c=flag(c), a=a, z=z), dict(y0=TensorProto.FLOAT, y1=TensorProto.FLOAT))
        case(f"if/two outputs, {c}", "if_conditional", {"then": then.json(), "else": els.json()}, [flag(c), a, z, z], y)

    i = ints(4)
    then = Body().input("i", i).elementwise("sum", "sum", "i", "i", i).output("sum")
    els = Body().input("i", i).elementwise("product", "prod", "i", "i", i).output("product")
    inner = (Body().input("c", flag(True)).input("i", i)
             .layer("inner", "if_conditional", {"then": then.json(), "else": els.json()}, ["c", "i", "i"], i).output("inner"))
    outer = Body().input("i", i).unary("neg", "neg", "i", i).output("neg")
    for c, d in ((True, True), (True, False), (False, True)):
        nested = helper.make_node("If", ["d"], ["n"], then_branch=branch([helper.make_node("Add", ["i", "i"], ["t"])], "t", type=TensorProto.INT64),
                                  else_branch=branch([helper.make_node("Mul", ["i", "i"], ["e"])], "e", type=TensorProto.INT64))
        y = run([helper.make_node("If", ["c"], ["y"], then_branch=branch([nested], "n", type=TensorProto.INT64),
                                  else_branch=branch([helper.make_node("Neg", ["i"], ["f"])], "f", type=TensorProto.INT64))],
                dict(c=flag(c), d=flag(d), i=i), dict(y=TensorProto.INT64))
        case(f"if/in an if, {c} {d}", "if_conditional", {"then": inner.json(), "else": outer.json()}, [flag(c), flag(d), i, i], y)

    h = rand(3, 4).half()
    then = Body().input("h", h).elementwise("product", "prod", "h", "h", h).elementwise("sum", "sum", "product", "h", h).output("sum")
    els = Body().input("h", h).unary("neg", "neg", "h", h).output("neg")
    case("if/float16", "if_conditional", {"then": then.json(), "else": els.json()}, [flag(True), h, h], h * h + h, tol=0)


conditionals()

if __name__ == "__main__":
    write("ops_control.json", onnx=onnx.__version__, onnxruntime=onnxruntime.__version__)
