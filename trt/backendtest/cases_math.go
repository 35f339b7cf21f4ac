package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func matrixMultiplies() []Case {
	op := func(a, b trt.MatrixOperation) trt.MatrixMultiply { return trt.MatrixMultiply{OpA: a, OpB: b} }
	none, trans, vector := trt.MatrixNone, trt.MatrixTranspose, trt.MatrixVector
	cases := sweep("matrix multiply", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, op(none, none), tensor(t, 3, 4), tensor(t, 3, 5), tensor(t, 5, 4))
	})
	return append(cases,
		accept("matrix multiply transposed", op(trans, trans), f32(3, 4), f32(5, 3), f32(4, 5)),
		accept("matrix multiply batched", op(none, trans), f32(2, 7, 3, 4), f32(2, 1, 3, 5), f32(1, 7, 4, 5)),
		accept("matrix multiply matrix and vector", op(none, vector), f32(2, 4), f32(2, 4, 8), f32(2, 8)),
		accept("matrix multiply vector and matrix", op(vector, none), f32(2, 4), f32(2, 8), f32(2, 8, 4)),
		accept("matrix multiply vectors", op(vector, vector), f32(), f32(8), f32(8)),
		accept("matrix multiply dynamic rows", op(none, trans), f32(-1, 4), f32(-1, 5), f32(4, 5)),
		accept("matrix multiply dynamic batch", op(none, none), f32(-1, 3, 4), f32(-1, 3, 5), f32(1, 5, 4)),
		refuse("matrix multiply inner", op(none, none), "another inner dimension", f32(2, 4, 8), f32(2, 7, 3)),
		refuse("matrix multiply ranks", op(none, none), "must have the rank of", f32(2, 4, 8), f32(8, 3)),
		refuse("matrix multiply batches", op(none, none), "does not broadcast", f32(2, 4, 8), f32(3, 8, 3)),
		refuse("matrix multiply rank 1", op(none, none), "too few dimensions", f32(8), f32(8)),
		refuse("matrix multiply types", op(none, none), "must have the type of", f32(3, 5), tensor(dtype.Float16, 5, 4)),
	)
}

func softmaxes() []Case {
	return append(same("softmax", floats, false, trt.Softmax{Axis: 1}, 2, 3),
		accept("softmax first axis", trt.Softmax{Axis: 0}, f32(2, 3, 4), f32(2, 3, 4)),
		accept("softmax dynamic", trt.Softmax{Axis: 2}, f32(-1, 3, 4), f32(-1, 3, 4)),
		refuse("softmax rank 1", trt.Softmax{Axis: 0}, "too few dimensions", f32(3)),
		refuse("softmax axis", trt.Softmax{Axis: 2}, "is not an axis", f32(2, 3)),
	)
}

func reductions() []Case {
	op := func(r trt.ReduceOperation, keep bool, axes ...int) trt.Reduce {
		return trt.Reduce{Operation: r, Axes: axes, KeepDims: keep}
	}
	var cases []Case
	for _, r := range []trt.ReduceOperation{trt.ReduceSum, trt.ReduceProd, trt.ReduceMax, trt.ReduceMin, trt.ReduceMean} {
		cases = append(cases, sweep("reduce "+string(r), numbers, r != trt.ReduceMean, func(name string, t dtype.Type) Case {
			return accept(name, op(r, false, 1), tensor(t, 2, 4), tensor(t, 2, 3, 4))
		})...)
	}
	return append(cases,
		accept("reduce keeping dimensions", op(trt.ReduceMean, true, 2, 3), f32(1, 3, 1, 1), f32(1, 3, 4, 4)),
		accept("reduce everything", op(trt.ReduceSum, false, 0, 1), f32(), f32(2, 3)),
		accept("reduce dynamic", op(trt.ReduceMean, false, 2, 3), f32(-1, 3), f32(-1, 3, -1, 4)),
		refuse("reduce nothing", op(trt.ReduceSum, false), "are missing", f32(2, 3)),
		refuse("reduce axis", op(trt.ReduceSum, false, 2), "is not an axis", f32(2, 3)),
	)
}

func constants() []Case {
	cases := sweep("constant", anyPlain, false, func(name string, t dtype.Type) Case {
		return accept(name, trt.Constant{Value: values(t, 2, 3)}, tensor(t, 2, 3))
	})
	for i, c := range cases {
		if c.Name == "constant int8" {
			cases[i].Refusal = "which only a dequantization reads"
		}
	}
	return append(cases,
		refuse("constant float8", trt.Constant{Value: values(f8, 2, 3)}, "which only a dequantization reads"),
		accept("constant scalar", trt.Constant{Value: values(dtype.Float32)}, f32()),
		Case{Name: "constant bfloat16 before compute capability 8.0", Op: trt.Constant{Value: values(dtype.BFloat16, 2)}, ComputeCapabilities: []int{75}, Refusal: "needs compute capability 8.0"},
	)
}

func casts() []Case {
	cases := append(same("identity", all, false, trt.Identity{}, 2, 3), accept("identity float8", trt.Identity{}, tensor(f8, 2, 3), tensor(f8, 2, 3)))
	for _, to := range all {
		cases = append(cases, sweep("cast to "+to.String()+" from", all, false, func(name string, from dtype.Type) Case {
			return accept(name, trt.Cast{To: to}, tensor(to, 2, 3), tensor(from, 2, 3))
		})...)
	}
	return append(cases,
		Case{Name: "cast to bfloat16 before compute capability 8.0", Op: trt.Cast{To: dtype.BFloat16}, Inputs: []trt.Info{f32(2)}, ComputeCapabilities: []int{75, 86}, Refusal: "needs compute capability 8.0"},
	)
}
