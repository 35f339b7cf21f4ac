"""Small cases of the ops that choose, order and place values, with outputs computed by PyTorch, and by ONNX
Runtime where PyTorch has no such function, for the tests of trt/refexec.

Run as a script it writes ../refexec/ops_index.json.
"""

import numpy as np
import onnx
import onnxruntime
import torch

from opcase import case, ints, rand, write

torch.manual_seed(20260127)


def onnx_run(op, inputs, **attributes):
    """The outputs of one ONNX node; None leaves an optional input out."""
    names = [f"x{i}" if x is not None else "" for i, x in enumerate(inputs)]
    given = {n: x.numpy() if isinstance(x, torch.Tensor) else np.asarray(x) for n, x in zip(names, inputs) if n}
    node = onnx.helper.make_node(op, names, ["y"], **attributes)
    graph = onnx.helper.make_graph([node], op, [
        onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in given.items()
    ], [onnx.ValueInfoProto(name="y")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10)
    y, = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, given)
    return torch.from_numpy(y)


def selects():
    a, b, c = rand(2, 3, 4), rand(2, 3, 4), ints(2, 3, 4, lo=0, hi=2).bool()
    run = lambda name, c, a, b: case("select/" + name, "select", {}, [c, a, b], torch.where(c, a, b))
    run("plain", c, a, b)
    run("broadcast all", c[:, :1], a[:1], b[:, :, :1])
    run("one condition", torch.tensor([[[True]]]), a, b)
    run("between two values", c, rand(1, 1, 1), rand(1, 1, 1))
    run("scalars", torch.tensor(False), torch.tensor(1.5).double(), torch.tensor(2.5).double())
    run("float16", c, a.half(), b.half())
    run("bfloat16", c, a.bfloat16(), b.bfloat16())
    run("int64", c, ints(2, 3, 4), ints(2, 3, 4))
    run("bool", c, ints(2, 3, 4, lo=0, hi=2).bool(), ints(2, 3, 4, lo=0, hi=2).bool())
    run("keeps what is no number", torch.tensor([True, False, True]), torch.tensor([float("nan"), 1, float("inf")]).double(),
        torch.tensor([2, float("-inf"), 3]).double())


def topks():
    def run(name, x, k, axis, largest=True, index=torch.int32):
        values, indices = torch.topk(x, k, axis, largest=largest)
        case("topk/" + name, "topk", dict(operation="max" if largest else "min", k=k, axis=axis, index_type=str(index)[6:]), [x],
             [values, indices.to(index)])

    distinct = lambda *shape: torch.stack([torch.randperm(shape[1]) for _ in range(shape[0])]).double() / 4 - 1
    x = distinct(3, 8)
    run("greatest", x, 3, 1)
    run("least", x, 3, 1, largest=False)
    run("all", x, 8, 1)
    run("one", x, 1, 1, index=torch.int64)
    run("first axis", distinct(2, 9).T.contiguous(), 4, 0)
    run("middle axis", distinct(6, 5).reshape(2, 3, 5).transpose(1, 2).contiguous(), 2, 1, largest=False)
    run("int32", torch.randperm(12).reshape(2, 6).int() - 6, 3, 1)
    run("int64", torch.randperm(12).reshape(2, 6) - 6, 3, 1, index=torch.int64)
    run("float16", distinct(2, 7).half(), 3, 1)
    run("bfloat16", distinct(2, 7).bfloat16(), 3, 1, largest=False)
    odd = torch.tensor([[1.0, float("-inf"), float("nan"), 2, float("inf"), -3]]).double()
    run("no numbers, greatest", odd, 3, 1)
    run("no numbers, least", odd, 3, 1, largest=False)
    ties = torch.tensor([[2.0, 1, 2, 1, 2, 1]]).float()
    # Which of equal values comes first only ONNX says.
    for largest in (True, False):
        values = torch.topk(ties, 4, 1, largest=largest).values
        order = torch.sort(ties, dim=1, descending=largest, stable=True).indices[:, :4]
        case(f"topk/ties, {'greatest' if largest else 'least'}", "topk",
             dict(operation="max" if largest else "min", k=4, axis=1, index_type="int32"), [ties], [values, order.int()])


def topks_of():
    """K that is a tensor."""
    def run(name, x, k, axis, largest=True, index=torch.int32, dtype=torch.int64):
        values, indices = torch.topk(x, k, axis, largest=largest)
        case("topk/of a tensor, " + name, "topk", dict(operation="max" if largest else "min", k=0, axis=axis, index_type=str(index)[6:]),
             [x, torch.tensor(k, dtype=dtype)], [values, indices.to(index)])

    distinct = lambda *shape: torch.randperm(int(np.prod(shape))).reshape(shape).double() / 4 - 1
    run("greatest", distinct(3, 8), 3, 1)
    run("least", distinct(3, 8), 2, 1, largest=False, dtype=torch.int32)
    run("all", distinct(2, 5), 5, 1, index=torch.int64)
    run("first axis", distinct(6, 3), 4, 0)
    run("middle axis", distinct(2, 5, 3), 1, 1, largest=False)
    run("int64", torch.randperm(12).reshape(2, 6) - 6, 3, 1)
    run("rank 4", distinct(2, 1, 3, 4), 2, 3, dtype=torch.int32)


def scatters():
    def element(name, x, axis, i, u):
        case("scatter/" + name, "scatter", dict(mode="element", axis=axis), [x, i, u],
             x.scatter(axis, torch.where(i < 0, i + x.shape[axis], i).long(), u))

    def tuples(name, x, i, u):
        y = x.clone()
        y[tuple(i.long().unbind(-1))] = u
        case("scatter/" + name, "scatter", dict(mode="nd", axis=0), [x, i, u], y)

    x = rand(3, 4)
    rows = torch.stack([torch.randperm(3)[:2] for _ in range(4)], 1)
    element("rows", x, 0, rows, rand(2, 4))
    element("columns", x, 1, torch.stack([torch.randperm(4)[:3] for _ in range(3)]), rand(3, 3))
    element("fewer", x, 0, rows[:, :2], rand(2, 2))
    element("int32 indices", x, 0, rows.int(), rand(2, 4))
    element("negative indices", x, 0, rows - 3, rand(2, 4))
    element("rank 3", rand(2, 3, 4), 1, torch.stack([torch.randperm(3)[:2] for _ in range(8)], 1).reshape(2, 2, 4).transpose(0, 1), rand(2, 2, 4))
    element("float16", x.half(), 0, rows, rand(2, 4).half())
    element("bfloat16", x.bfloat16(), 0, rows, rand(2, 4).bfloat16())
    element("int64", ints(3, 4), 0, rows, ints(2, 4))
    element("bool", ints(3, 4, lo=0, hi=2).bool(), 0, rows, ints(2, 4, lo=0, hi=2).bool())
    tuples("whole tuples", x, torch.tensor([[0, 1], [2, 3], [1, 0]]), rand(3))
    tuples("slices", rand(3, 4, 2), torch.tensor([[2], [0]]), rand(2, 4, 2))
    tuples("half tuples", rand(3, 4, 2), torch.tensor([[[2, 1], [0, 3]]]).int(), rand(1, 2, 2))
    tuples("one tuple", x, torch.tensor([1]), rand(4))
    tuples("negative tuples", x, torch.tensor([[-1, 1], [0, -4]]), rand(2))
    tuples("int32", ints(3, 4).int(), torch.tensor([[1], [2]]), ints(2, 4).int())


def gathers():
    x = rand(4, 5, 3)
    i = torch.tensor([-1, 2, -4])
    case("gather/negative", "gather", dict(mode="default", axis=0, batch_dims=0), [x, i], x[i])
    e = ints(4, 2, 3, lo=-5, hi=5)
    case("gather/negative elements", "gather", dict(mode="element", axis=1, batch_dims=0), [x, e], onnx_run("GatherElements", [x, e], axis=1))
    t = torch.tensor([[-1, 4], [3, -5]])
    case("gather/negative tuples", "gather", dict(mode="nd", axis=0, batch_dims=0), [x, t], onnx_run("GatherND", [x, t]))
    t = ints(4, 5, 2, 1, lo=0, hi=3)
    case("gather/tuples of two batch axes", "gather", dict(mode="nd", axis=0, batch_dims=2), [x, t], onnx_run("GatherND", [x, t], batch_dims=2))
    b = ints(1, 2, lo=0, hi=5)
    case("gather/indices for every entry", "gather", dict(mode="default", axis=1, batch_dims=1), [x, b], x[:, b[0]])
    b = ints(4, 2, lo=0, hi=5)
    case("gather/data for every entry", "gather", dict(mode="default", axis=1, batch_dims=1), [x[:1], b], x[0][b])
    b = ints(4, 2, lo=0, hi=3)
    case("gather/batched last axis", "gather", dict(mode="default", axis=2, batch_dims=1), [x, b], torch.stack([x[n][:, b[n]] for n in range(4)]))


def one_hots():
    def run(name, i, values, depth, axis):
        y = onnx_run("OneHot", [i.long(), np.int64(depth), values.float() if values.dtype == torch.float64 else values], axis=axis)
        case("one-hot/" + name, "one_hot", dict(depth=depth, axis=axis), [i, values], y.to(values.dtype))

    i, v = ints(2, 3, lo=0, hi=4), torch.tensor([0.0, 1.0]).double()
    for axis in range(3):
        run(f"axis {axis}", i, v, 4, axis)
    run("other values", i, torch.tensor([-0.5, 2.25]).double(), 4, 2)
    run("int32 indices", i.int(), v, 5, 2)
    run("negative and out of range", torch.tensor([-1, -4, -5, 4, 3, 0]), v, 4, 1)
    run("int64 values", i, torch.tensor([7, -9]), 4, 2)
    case("one-hot/scalar", "one_hot", dict(depth=4, axis=0), [torch.tensor(2), v], torch.tensor([0, 0, 1, 0]).double())
    off_on = torch.tensor([0.5, 1.5]).half()
    case("one-hot/float16", "one_hot", dict(depth=4, axis=2), [i, off_on], off_on[torch.nn.functional.one_hot(i, 4)])
    off_on = torch.tensor([True, False])
    case("one-hot/bool", "one_hot", dict(depth=4, axis=2), [i, off_on], off_on[torch.nn.functional.one_hot(i, 4)])


def cumulatives():
    def run(name, x, axis, exclusive=False, reverse=False, wide=None, tol=2e-6):
        y = onnx_run("CumSum", [x if wide is None else x.to(wide), np.int64(axis)], exclusive=int(exclusive), reverse=int(reverse))
        case("cumulative/" + name, "cumulative", dict(operation="sum", axis=axis, exclusive=exclusive, reverse=reverse), [x], y.to(x.dtype), tol=tol)

    x = rand(2, 5, 3)
    for axis in range(3):
        run(f"axis {axis}", x, axis)
    run("exclusive", x, 1, exclusive=True)
    run("reverse", x, 1, reverse=True)
    run("exclusive reverse", x, 1, exclusive=True, reverse=True)
    run("one entry exclusive", rand(3, 1), 1, exclusive=True)
    run("int32", ints(2, 6).int(), 1)
    run("int64 reverse", ints(2, 6), 0, reverse=True)
    run("float16", rand(2, 6).half(), 1, wide=torch.float64, tol=1e-3)
    run("bfloat16", rand(2, 6).bfloat16(), 1, wide=torch.float64, tol=8e-3)


def reverse_sequences():
    def run(name, x, lengths, batch, sequence):
        y = x.clone()
        for i, n in enumerate(lengths.tolist()):
            row = y.select(batch, i)
            axis = sequence - (sequence > batch)
            row.narrow(axis, 0, n).copy_(x.select(batch, i).narrow(axis, 0, n).flip(axis))
        if (batch, sequence) in ((0, 1), (1, 0)):  # all that ONNX has
            assert torch.equal(y, onnx_run("ReverseSequence", [x, lengths.long()], batch_axis=batch, time_axis=sequence))
        case("reverse sequence/" + name, "reverse_sequence", dict(batch_axis=batch, sequence_axis=sequence), [x, lengths], y)

    x = rand(4, 3, 5)
    run("time first", x, torch.tensor([4, 1, 2]), 1, 0)
    run("batch first", x, torch.tensor([3, 0, 2, 1]), 0, 1)
    run("distant axes", x, torch.tensor([5, 2, 3, 4]), 0, 2)
    run("batch last", x, torch.tensor([3, 2, 1, 0, 2]), 2, 1)
    run("int32 lengths", x, torch.tensor([4, 3, 2]).int(), 1, 0)
    run("int64", ints(4, 2), torch.tensor([3, 4]), 1, 0)
    run("rank 2 float32", rand(2, 6).float(), torch.tensor([6, 3]), 0, 1)


def ragged_softmaxes():
    def run(name, x, bounds, tol=2e-6):
        column = torch.arange(x.shape[2])
        masked = torch.where(column < bounds, x.double(), -torch.inf)
        y = torch.softmax(masked, 2).nan_to_num(0)  # where nothing is inside
        case("ragged softmax/" + name, "ragged_softmax", {}, [x, bounds.int()], y.to(x.dtype), tol=tol)

    x = rand(2, 3, 5)
    run("plain", x, torch.tensor([[[5], [3], [1]], [[2], [4], [5]]]))
    run("nothing", x, torch.tensor([[[0], [3], [1]], [[2], [0], [5]]]))
    run("one bound", x, torch.tensor([[[3]]]))
    run("bounds of rows", x, torch.tensor([[[3], [5], [1]]]))
    run("bounds of entries", x, torch.tensor([[[3]], [[2]]]))
    run("bounds of elements", x, ints(2, 3, 5, lo=1, hi=6))
    run("float16", x.half(), torch.tensor([[[3], [5], [1]]]), tol=1e-3)
    run("bfloat16", x.bfloat16(), torch.tensor([[[3], [5], [1]]]), tol=8e-3)


def non_zeros():
    def run(name, x, index=torch.int32):
        case("non-zero/" + name, "non_zero", dict(index_type=str(index)[6:]), [x], x.nonzero().T.to(index))

    some = lambda *shape: ints(*shape, lo=-1, hi=2)
    run("matrix", some(3, 4).double())
    run("rank 1", some(7).double(), torch.int64)
    run("rank 3", some(2, 3, 2).double())
    run("bool", some(3, 4) > 0)
    run("int64", some(3, 4), torch.int64)
    run("float16", some(3, 4).half())
    run("none", torch.zeros(2, 3).double())
    run("scalar", torch.tensor(2.0).double())
    run("all", torch.ones(2, 2).double())
    run("no number is not zero", torch.tensor([0, float("nan"), -0.0, 1]).double())


def suppressions():
    def run(name, boxes, scores, most, iou, score, center=False, index=torch.int32):
        """ONNX has [N,S,4] only and orders rows by class, then score: sorted here as TensorRT does."""
        per_class = boxes.dim() == 4
        rows = []
        for c in range(scores.shape[2]):
            b = (boxes[:, :, c] if per_class else boxes).float().contiguous()
            s = scores[:, :, c:c + 1].transpose(1, 2).float().contiguous()
            y = onnx_run("NonMaxSuppression", [b, s, np.array([most]), np.array([iou], np.float32), np.array([score], np.float32)],
                         center_point_box=int(center))
            rows += [(n, c, k) for n, _, k in y.tolist()]
        rows.sort(key=lambda r: (r[0], -scores[r[0], r[2], r[1]].item(), r[1], r[2]))
        case("nms/" + name, "nms", dict(format="center_sizes" if center else "corner_pairs", max_per_class=most, iou_threshold=iou,
                                       score_threshold=score, box_limit=0, index_type=str(index)[6:]), [boxes, scores],
             [torch.tensor(rows, dtype=index).reshape(-1, 3), torch.tensor(len(rows)).int()])

    def corners(*shape):
        low, size = rand(*shape, 2, lo=0, hi=3), rand(*shape, 2, lo=1, hi=3)
        return torch.cat([low, low + size], -1)

    def distinct(*shape):
        return (torch.randperm(int(np.prod(shape))).double() / 64).reshape(shape)

    boxes, scores = corners(2, 8), distinct(2, 8, 3)
    run("plain", boxes, scores, 8, 0.25, 0.0)
    run("few of each class", boxes, scores, 2, 0.25, 0.0)
    run("high scores", boxes, scores, 8, 0.25, 0.375)
    run("none", boxes, scores, 8, 0.25, 2.0)
    run("touching", boxes, scores, 8, 0.0, 0.0)
    run("all", boxes, scores, 8, 1.0, -1.0, index=torch.int64)
    run("boxes of each class", corners(2, 8, 3), scores, 8, 0.25, 0.0)
    run("centers", torch.cat([rand(2, 8, 2, lo=1, hi=4), rand(2, 8, 2, lo=1, hi=3)], -1), scores, 8, 0.25, 0.0, center=True)
    run("corners the other way round", boxes[..., [2, 3, 0, 1]].contiguous(), scores, 8, 0.25, 0.0)
    run("float16", boxes.half(), scores.half(), 8, 0.25, 0.0)


for make in (selects, topks, scatters, gathers, one_hots, cumulatives, reverse_sequences, ragged_softmaxes, non_zeros, suppressions, topks_of):
    make()

if __name__ == "__main__":
    write("ops_index.json", onnxruntime=onnxruntime.__version__)
