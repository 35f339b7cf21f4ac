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


def loop(body, outputs, recurrences=(), iterators=(), trip_count=True, condition=""):
    return {"body": body.json(), "trip_count": trip_count, "while": condition,
            "recurrences": [dict(state=s, next=n) for s, n in recurrences],
            "iterators": [dict(input=i, axis=a, reverse=r) for i, a, r in iterators],
            "outputs": [dict(kind=k, value=v, axis=a) for k, v, a in outputs]}


def count(n, dtype=torch.int64):
    return torch.tensor(n, dtype=dtype)


def slice_of(name, x, axis, start, size, made):
    return name, "slice", dict(axes=[axis], start=[start], size=[size], stride=[1]), [x], made


def lstm():
    """torch.nn.LSTM as a loop over its cell, with gates in PyTorch's order, in one direction and the other."""
    T, N, I, H = 5, 2, 3, 4
    x = rand(T, N, I, lo=-1, hi=1).float()
    for reverse in (False, True):
        cell = torch.nn.LSTM(I, H)
        for p in cell.parameters():
            p.data = rand(*p.shape, lo=-0.75, hi=0.75).float()
        h0, c0 = rand(N, H, lo=-1, hi=1).float(), rand(N, H, lo=-1, hi=1).float()
        with torch.no_grad():
            y, (h, c) = cell(x.flip(0) if reverse else x, (h0[None], c0[None]))
        wx, wh, b = cell.weight_ih_l0.data.T.contiguous(), cell.weight_hh_l0.data.T.contiguous(), (cell.bias_ih_l0 + cell.bias_hh_l0).data[None]
        gates = torch.zeros(N, 4 * H)
        product = dict(op_a="none", op_b="none")
        body = (Body().input("x", x[0]).input("h", h0).input("c", c0)
                .layer("wx", "constant", {}, [], wx, weights=[wx]).layer("wh", "constant", {}, [], wh, weights=[wh])
                .layer("b", "constant", {}, [], b, weights=[b])
                .layer("of x", "matrix_multiply", product, ["x", "wx"], gates)
                .layer("of h", "matrix_multiply", product, ["h", "wh"], gates)
                .elementwise("both", "sum", "of x", "of h", gates).elementwise("gates", "sum", "both", "b", gates))
        for k, (gate, kind) in enumerate((("i", "sigmoid"), ("f", "sigmoid"), ("g", "tanh"), ("o", "sigmoid"))):
            body.layer(*slice_of("pre " + gate, "gates", 1, k * H, H, h0))
            body.layer(gate, "activation", dict(type=kind, alpha=0, beta=0), ["pre " + gate], h0)
        (body.elementwise("kept", "prod", "f", "c", c0).elementwise("new", "prod", "i", "g", c0)
         .elementwise("next c", "sum", "kept", "new", c0)
         .layer("tanh", "activation", dict(type="tanh", alpha=0, beta=0), ["next c"], c0)
         .elementwise("next h", "prod", "o", "tanh", h0).output("next h", "next c"))
        op = loop(body, [("reverse" if reverse else "concatenate", "next h", 0), ("last_value", "h", 0), ("last_value", "c", 0)],
                  [("h", "next h"), ("c", "next c")], [("x", 0, reverse)])
        case(f"loop/LSTM{', backwards' if reverse else ''}", "loop", op, [count(T), x, h0, c0, count(T)],
             [y.flip(0) if reverse else y, h[0], c[0]], weights=body.weights)


def products():
    """Cumulative products along an axis, joined along an axis."""
    for name, axis, at, t in (("rows", 0, 0, torch.float32), ("columns", 1, 1, torch.float32), ("joined across", 0, 1, torch.float32), ("int64", 1, 1, torch.int64)):
        x = rand(4, 3).float() if t == torch.float32 else ints(4, 3)
        one = torch.ones(x.select(axis, 0).shape, dtype=t)
        body = Body().input("p", one).input("x", one).elementwise("product", "prod", "p", "x", one).output("product")
        y = torch.cumprod(x, axis).movedim(axis, at)
        op = loop(body, [("concatenate", "product", at), ("last_value", "p", 0)], [("p", "product")], [("x", axis, False)])
        n = count(x.shape[axis], torch.int32)
        case(f"loop/cumulative product, {name}", "loop", op, [n, one, x, n], [y, torch.prod(x, axis)])


def scans():
    """ONNX's Scan over two sequences, one of them backwards, and its Loop with a condition."""
    a, b, s0 = rand(6, 2).float(), rand(6, 2).float(), rand(2).float()
    value = lambda name, t=TensorProto.FLOAT, shape=None: helper.make_tensor_value_info(name, t, shape)
    step = helper.make_graph(
        [helper.make_node("Mul", ["a", "b"], ["m"]), helper.make_node("Add", ["s", "m"], ["t"]), helper.make_node("Sub", ["t", "a"], ["d"])],
        "step", [value("s", shape=[2]), value("a", shape=[2]), value("b", shape=[2])], [value("t", shape=[2]), value("d", shape=[2])])
    last, d = run([helper.make_node("Scan", ["s0", "A", "B"], ["last", "d"], body=step, num_scan_inputs=2, scan_input_directions=[0, 1],
                                    scan_output_directions=[1])],
                  dict(s0=s0, A=a, B=b), dict(last=TensorProto.FLOAT, d=TensorProto.FLOAT))
    body = (Body().input("s", s0).input("a", a[0]).input("b", b[0]).elementwise("m", "prod", "a", "b", s0)
            .elementwise("t", "sum", "s", "m", s0).elementwise("d", "sub", "t", "a", s0).output("t", "d"))
    op = loop(body, [("last_value", "s", 0), ("reverse", "d", 0)], [("s", "t")], [("a", 0, False), ("b", 0, True)])
    case("loop/scan", "loop", op, [count(6), s0, a, b, count(6)], [last, d])

    x = rand(2, 3, lo=1, hi=2).float()
    for name, most in (("until it is large", 50), ("until the count", 3), ("not at all", 0)):
        # ONNX looks at the condition after an iteration, TensorRT before it: it is a state there.
        step = helper.make_graph(
            [helper.make_node("Add", ["x", "x"], ["y"]), helper.make_node("ReduceSum", ["y"], ["sum"], keepdims=0),
             helper.make_node("Less", ["sum", "limit"], ["again"])],
            "step", [value("i", TensorProto.INT64, []), value("go", TensorProto.BOOL, []), value("x", shape=[2, 3])],
            [value("again", TensorProto.BOOL, []), value("y", shape=[2, 3])])
        (y,) = run([helper.make_node("Loop", ["n", "go", "x"], ["y"], body=step)],
                   dict(n=count(most), go=torch.tensor(True), x=x), dict(y=TensorProto.FLOAT), dict(limit=torch.tensor(100.0)))
        total, go = torch.tensor(0.0), torch.tensor(True)
        body = (Body().input("x", x).input("go", go).elementwise("y", "sum", "x", "x", x)
                .layer("sum", "reduce", dict(operation="sum", axes=[0, 1], keep_dims=False), ["y"], total)
                .layer("limit", "constant", {}, [], total, weights=[torch.tensor(100.0)])
                .elementwise("again", "less", "sum", "limit", go)
                .layer("now", "identity", {}, ["go"], go).output("y", "again", "now"))
        op = loop(body, [("last_value", "x", 0)], [("x", "y"), ("go", "again")], condition="now")
        case(f"loop/while, {name}", "loop", op, [count(most), x, go], y, weights=body.weights)

    h = rand(3, 2).half()
    body = Body().input("s", h[0]).input("x", h[0]).elementwise("m", "prod", "s", "x", h[0]).elementwise("t", "sum", "m", "x", h[0]).output("t")
    s = h[0]
    for row in h:
        s = s * row + row
    case("loop/float16", "loop", loop(body, [("last_value", "s", 0)], [("s", "t")], [("x", 0, False)]), [count(3), h[0], h], s, tol=0)


conditionals()
lstm()
products()
scans()

if __name__ == "__main__":
    write("ops_control.json", onnx=onnx.__version__, onnxruntime=onnxruntime.__version__)
