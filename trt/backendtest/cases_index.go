package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func i32(dims ...int64) trt.Info { return tensor(dtype.Int32, dims...) }

// acceptTwo is accept for a layer of two outputs.
func acceptTwo(name string, op trt.Op, first, second trt.Info, in ...trt.Info) Case {
	c := accept(name, op, first, in...)
	c.Want = append(c.Want, second)
	return c
}

var indexTypes = []dtype.Type{dtype.Int32, dtype.Int64}

const countedFromTheFront = "axes are counted from the front"

func selects() []Case {
	op := trt.Select{}
	mask := func(dims ...int64) trt.Info { return tensor(dtype.Bool, dims...) }
	cases := sweep("select", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, op, tensor(t, 2, 3), mask(2, 3), tensor(t, 2, 3), tensor(t, 2, 3))
	})
	cases = append(cases, sweep("select condition", bools, false, func(name string, t dtype.Type) Case {
		return accept(name, op, f32(2, 3), tensor(t, 2, 3), f32(2, 3), f32(2, 3))
	})...)
	return append(cases,
		accept("select broadcasts all", op, f32(2, 3, 4), mask(2, 1, 4), f32(1, 3, 4), f32(2, 3, 1)),
		accept("select by one condition", op, f32(2, 3), mask(1, 1), f32(2, 3), f32(2, 3)),
		accept("select between two values", op, f32(2, 3), mask(2, 3), f32(1, 1), f32(1, 1)),
		accept("select scalars", op, f32(), mask(), f32(), f32()),
		accept("select dynamic", op, f32(-1, 3), mask(-1, 3), f32(-1, 3), f32(-1, 1)),
		accept("select dynamic condition", op, f32(-1, 3), mask(-1, 3), f32(1, 3), f32(1, 3)),
		always(5, accept("select dynamic beside static", op, f32(5, 3), mask(1, 3), f32(-1, 3), f32(5, 3))),
		refuse("select rank of the condition", op, "must have the rank of", mask(3), f32(2, 3), f32(2, 3)),
		refuse("select ranks", op, "must have the rank of", mask(2, 3), f32(3), f32(2, 3)),
		refuse("select extents of the condition", op, "does not broadcast", mask(2, 4), f32(2, 3), f32(2, 3)),
		refuse("select extents", op, "does not broadcast", mask(2, 3), f32(2, 3), f32(2, 4)),
		refuse("select types", op, "must have the type of a", mask(2, 3), f32(2, 3), tensor(dtype.Float16, 2, 3)),
		refuse("select integer types", op, "must have the type of a", mask(2, 3), i32(2, 3), tensor(dtype.Int64, 2, 3)),
	)
}

func topKs() []Case {
	op := func(operation trt.TopKOperation, k int64, axis int) trt.TopK {
		return trt.TopK{Operation: operation, K: k, Axis: axis, IndexType: dtype.Int32}
	}
	most, least := trt.TopKMax, trt.TopKMin
	cases := sweep("topk", numbers, true, func(name string, t dtype.Type) Case {
		return acceptTwo(name, op(most, 3, 1), tensor(t, 2, 3), i32(2, 3), tensor(t, 2, 8))
	})
	cases = append(cases, sweep("topk indices", indexTypes, false, func(name string, t dtype.Type) Case {
		o := op(least, 3, 1)
		o.IndexType = t
		return acceptTwo(name, o, f32(2, 3), tensor(t, 2, 3), f32(2, 8))
	})...)
	return append(cases,
		acceptTwo("topk first axis", op(most, 3, 0), f32(3, 8), i32(3, 8), f32(4, 8)),
		acceptTwo("topk middle axis", op(least, 2, 1), f32(2, 2, 3), i32(2, 2, 3), f32(2, 8, 3)),
		acceptTwo("topk all", op(most, 8, 1), f32(2, 8), i32(2, 8), f32(2, 8)),
		acceptTwo("topk most of a long axis", op(most, 3840, 1), f32(2, 3840), i32(2, 3840), f32(2, 4000)),
		acceptTwo("topk rank 5", op(most, 3, 4), f32(2, 3, 2, 3, 3), i32(2, 3, 2, 3, 3), f32(2, 3, 2, 3, 9)),
		acceptTwo("topk dynamic batch", op(most, 3, 1), f32(-1, 3), i32(-1, 3), f32(-1, 8)),
		always(5, acceptTwo("topk dynamic axis", op(most, 3, 1), f32(2, 3), i32(2, 3), f32(2, -1))),
		acceptTwo("topk of a constant", op(most, 0, 1), f32(2, 3), i32(2, 3), f32(2, 8), one(dtype.Int32, 3)),
		acceptTwo("topk of an int64 constant", op(least, 0, 0), f32(2, 8), i32(2, 8), f32(4, 8), one(dtype.Int64, 2)),
		acceptTwo("topk of a constant, dynamic batch", op(most, 0, 1), f32(-1, 3), i32(-1, 3), f32(-1, 8), one(dtype.Int32, 3)),
		always(5, acceptTwo("topk of a constant, dynamic axis", op(most, 0, 1), f32(2, 3), i32(2, 3), f32(2, -1), one(dtype.Int32, 3))),
		reading(1, []int64{3}, acceptTwo("topk of an input", op(most, 0, 1), f32(2, -1), i32(2, -1), f32(2, 8), tensor(dtype.Int32))),
		reading(1, []int64{8}, acceptTwo("topk of an int64 input", op(least, 0, 1), f32(2, -1), i32(2, -1), f32(2, 8), tensor(dtype.Int64))),
		refuse("topk of no constant", op(most, 0, 1), "k: has a type", f32(2, 8), one(dtype.Float32, 3)),
		refuse("topk of a list", op(most, 0, 1), "k: must have rank 0", f32(2, 8), ints(dtype.Int32, 3)),
		refuse("topk of a constant more than there are", op(most, 0, 1), "is out of range: expected 1 to 8", f32(2, 8), one(dtype.Int32, 9)),
		refuse("topk of a constant more than TensorRT finds", op(most, 0, 1), "is out of range: expected 1 to 3840", f32(2, -1), one(dtype.Int32, 3841)),
		refuse("topk of a constant -1", op(most, 0, 1), "is out of range", f32(2, 8), one(dtype.Int32, -1)),
		stricter("nothing can be done with an empty tensor", "topk of a constant none", op(most, 0, 1), "is out of range", f32(2, 8), one(dtype.Int32, 0)),
		stricter("whoever reads the layer cannot see which of the two counts", "topk given twice", op(most, 3, 1), "k: is given twice", f32(2, 8), one(dtype.Int32, 3)),
		refuse("topk operation", op("", 3, 1), "is none of TensorRT's", f32(2, 8)),
		refuse("topk rank 1", op(most, 3, 0), "has too few dimensions", f32(8)),
		refuse("topk axis", op(most, 3, 2), "is not an axis", f32(2, 8)),
		refuse("topk negative axis", op(most, 3, -1), "is not an axis", f32(2, 8)),
		refuse("topk more than there are", op(most, 9, 1), "is out of range: expected 1 to 8", f32(2, 8)),
		refuse("topk more than TensorRT finds", op(most, 3841, 1), "is out of range: expected 1 to 3840", f32(2, 4000)),
		refuse("topk -1", op(most, -1, 1), "is out of range", f32(2, 8)),
		stricter("nothing can be done with an empty tensor", "topk none", op(most, 0, 1), "is out of range", f32(2, 8)),
	)
}

func scatters() []Case {
	element := func(axis int) trt.Scatter { return trt.Scatter{Mode: trt.ScatterElement, Axis: axis} }
	nd := trt.Scatter{Mode: trt.ScatterND}
	var cases []Case
	for _, c := range []struct {
		name  string
		op    trt.Scatter
		index trt.Dims
	}{{"scatter elements", element(0), trt.Dims{2, 4}}, {"scatter tuples", nd, trt.Dims{2, 1}}} {
		cases = append(cases, sweep(c.name, anyPlain, true, func(name string, t dtype.Type) Case {
			return accept(name, c.op, tensor(t, 3, 4), tensor(t, 3, 4), i32(c.index...), tensor(t, 2, 4))
		})...)
		cases = append(cases, sweep(c.name+" indices", indexTypes, false, func(name string, t dtype.Type) Case {
			return accept(name, c.op, f32(3, 4), f32(3, 4), tensor(t, c.index...), f32(2, 4))
		})...)
	}
	return append(cases,
		accept("scatter elements axis 1", element(1), f32(3, 4, 5), f32(3, 4, 5), i32(3, 2, 5), f32(3, 2, 5)),
		accept("scatter fewer elements", element(0), f32(3, 4), f32(3, 4), i32(2, 3), f32(2, 3)),
		accept("scatter elements rank 1", element(0), f32(5), f32(5), i32(2), f32(2)),
		accept("scatter elements dynamic", element(1), f32(-1, 4), f32(-1, 4), i32(-1, 2), f32(-1, 2)),
		accept("scatter elements along a dynamic axis", element(0), f32(-1, 4), f32(-1, 4), i32(1, 4), f32(1, 4)),
		always(2, accept("scatter dynamic updates", element(0), f32(3, 4), f32(3, 4), i32(2, 4), f32(-1, 4))),
		accept("scatter whole tuples", nd, f32(3, 4), f32(3, 4), i32(5, 2), f32(5)),
		accept("scatter slices", nd, f32(3, 4, 5), f32(3, 4, 5), i32(2, 1), f32(2, 4, 5)),
		accept("scatter one tuple", nd, f32(3, 4), f32(3, 4), i32(2), f32()),
		accept("scatter tuples of rank 3", nd, f32(3, 4, 5), f32(3, 4, 5), i32(2, 3, 2), f32(2, 3, 5)),
		accept("scatter tuples dynamic", nd, f32(3, 4), f32(3, 4), i32(-1, 1), f32(-1, 4)),
		always(2, accept("scatter tuples of dynamic length", nd, f32(3, 4), f32(3, 4), i32(5, -1), f32(5))),
		accept("scatter into dynamic data", nd, f32(-1, 4), f32(-1, 4), i32(2, 1), f32(2, 4)),
		refuse("scatter mode", trt.Scatter{}, "is none of TensorRT's", f32(3, 4), i32(2, 4), f32(2, 4)),
		refuse("scatter updates of another type", element(0), "must have the type of data", f32(3, 4), i32(2, 4), tensor(dtype.Float16, 2, 4)),
		refuse("scatter elements axis", element(2), "is not an axis", f32(3, 4), i32(2, 4), f32(2, 4)),
		stricter(countedFromTheFront, "scatter elements axis -1", element(-1), "is not an axis", f32(3, 4), i32(3, 2), f32(3, 2)),
		refuse("scatter elements axis -3", element(-3), "is not an axis", f32(3, 4), i32(3, 2), f32(3, 2)),
		refuse("scatter elements of a scalar", element(0), "has too few dimensions", f32(), i32(), f32()),
		refuse("scatter elements ranks", element(0), "must have the rank of data", f32(3, 4), i32(2), f32(2)),
		refuse("scatter elements updates rank", element(0), "one element for each place", f32(3, 4), i32(2, 4), f32(8)),
		refuse("scatter elements fewer updates", element(0), "one element for each place", f32(3, 4), i32(2, 4), f32(2, 3)),
		refuse("scatter elements more updates", element(0), "one element for each place", f32(3, 4), i32(2, 3), f32(2, 4)),
		refuse("scatter elements updates do not broadcast", element(0), "one element for each place", f32(3, 4), i32(2, 4), f32(1, 4)),
		refuse("scatter more elements along the axis", element(0), "go beyond data in dimension 0", f32(3, 4), i32(5, 4), f32(5, 4)),
		refuse("scatter elements beside the axis", element(0), "go beyond data in dimension 1", f32(3, 4), i32(2, 5), f32(2, 5)),
		refuse("scatter tuples of rank 0", nd, "must hold tuples", f32(3), i32(), f32()),
		refuse("scatter tuples too long", nd, "longer than data has dimensions", f32(3, 4), i32(5, 3), f32(5)),
		refuse("scatter tuples axis", trt.Scatter{Mode: trt.ScatterND, Axis: 1}, "the axis be 0", f32(3, 4), i32(5, 1), f32(5, 4)),
		refuse("scatter slices updates rank", nd, "one element for each place", f32(3, 4), i32(5, 1), f32(5)),
		refuse("scatter slices updates", nd, "one element for each place", f32(3, 4), i32(5, 1), f32(5, 3)),
		refuse("scatter slices fewer updates", nd, "one element for each place", f32(3, 4), i32(5, 1), f32(4, 4)),
	)
}

func oneHots() []Case {
	op := func(depth int64, axis int) trt.OneHot { return trt.OneHot{Depth: depth, Axis: axis} }
	cases := sweep("one-hot indices", indexTypes, false, func(name string, t dtype.Type) Case {
		return accept(name, op(5, 2), f32(2, 3, 5), tensor(t, 2, 3), f32(2))
	})
	cases = append(cases, sweep("one-hot values", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, op(5, 2), tensor(t, 2, 3, 5), i32(2, 3), tensor(t, 2))
	})...)
	return append(cases,
		accept("one-hot axis 0", op(5, 0), f32(5, 2, 3), i32(2, 3), f32(2)),
		accept("one-hot axis 1", op(5, 1), f32(2, 5, 3), i32(2, 3), f32(2)),
		accept("one-hot of a scalar", op(5, 0), f32(5), i32(), f32(2)),
		accept("one-hot depth 1", op(1, 2), f32(2, 3, 1), i32(2, 3), f32(2)),
		accept("one-hot rank 8", op(5, 7), f32(1, 1, 1, 1, 1, 1, 2, 5), i32(1, 1, 1, 1, 1, 1, 2), f32(2)),
		accept("one-hot dynamic", op(5, 0), f32(5, -1, 3), i32(-1, 3), f32(2)),
		always(2, accept("one-hot dynamic values", op(5, 2), f32(2, 3, 5), i32(2, 3), f32(-1))),
		refuse("one-hot rank 9", op(5, 8), "too many dimensions", i32(1, 1, 1, 1, 1, 1, 1, 2), f32(2)),
		refuse("one-hot axis 3", op(5, 3), "is not an axis", i32(2, 3), f32(2)),
		stricter(countedFromTheFront, "one-hot axis -1", op(5, -1), "is not an axis", i32(2, 3), f32(2)),
		refuse("one-hot axis -4", op(5, -4), "is not an axis", i32(2, 3), f32(2)),
		refuse("one-hot three values", op(5, 2), "must be two", i32(2, 3), f32(3)),
		refuse("one-hot one value", op(5, 2), "must be two", i32(2, 3), f32(1)),
		refuse("one-hot scalar value", op(5, 2), "must be two", i32(2, 3), f32()),
		refuse("one-hot values of rank 2", op(5, 2), "must be two", i32(2, 3), f32(1, 2)),
		stricter("nothing can be done with an empty tensor", "one-hot depth 0", op(0, 2), "must be positive", i32(2, 3), f32(2)),
		refuse("one-hot depth -1", op(-1, 2), "must be positive", i32(2, 3), f32(2)),
	)
}

func cumulatives() []Case {
	op := func(axis int, exclusive, reverse bool) trt.Cumulative {
		return trt.Cumulative{Operation: trt.CumulativeSum, Axis: axis, Exclusive: exclusive, Reverse: reverse}
	}
	cases := sweep("cumulative", numbers, false, func(name string, t dtype.Type) Case {
		return accept(name, op(1, false, false), tensor(t, 2, 3), tensor(t, 2, 3))
	})
	return append(cases,
		accept("cumulative exclusive", op(0, true, false), f32(2, 3), f32(2, 3)),
		accept("cumulative reverse", op(0, false, true), f32(2, 3), f32(2, 3)),
		accept("cumulative exclusive reverse", op(1, true, true), f32(2, 3), f32(2, 3)),
		accept("cumulative rank 1", op(0, false, false), f32(4), f32(4)),
		accept("cumulative rank 5", op(2, false, false), f32(1, 2, 2, 3, 4), f32(1, 2, 2, 3, 4)),
		accept("cumulative dynamic axis", op(1, false, false), f32(2, -1), f32(2, -1)),
		accept("cumulative dynamic batch", op(1, false, false), f32(-1, 3), f32(-1, 3)),
		refuse("cumulative operation", trt.Cumulative{Axis: 1}, "is none of TensorRT's", f32(2, 3)),
		refuse("cumulative axis", op(2, false, false), "is not an axis", f32(2, 3)),
		refuse("cumulative axis -3", op(-3, false, false), "is not an axis", f32(2, 3)),
		stricter(countedFromTheFront, "cumulative axis -1", op(-1, false, false), "is not an axis", f32(2, 3)),
		refuse("cumulative scalar", op(0, false, false), "is not an axis", f32()),
	)
}

func reverseSequences() []Case {
	op := func(batch, sequence int) trt.ReverseSequence {
		return trt.ReverseSequence{BatchAxis: batch, SequenceAxis: sequence}
	}
	cases := sweep("reverse sequence", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, op(1, 0), tensor(t, 4, 2, 3), tensor(t, 4, 2, 3), i32(2))
	})
	cases = append(cases, sweep("reverse sequence lengths", indexTypes, false, func(name string, t dtype.Type) Case {
		return accept(name, op(1, 0), f32(4, 2, 3), f32(4, 2, 3), tensor(t, 2))
	})...)
	return append(cases,
		accept("reverse sequence batch first", op(0, 1), f32(4, 2), f32(4, 2), i32(4)),
		accept("reverse sequence of distant axes", op(0, 2), f32(4, 2, 3), f32(4, 2, 3), i32(4)),
		accept("reverse sequence batch last", op(2, 1), f32(4, 2, 3), f32(4, 2, 3), i32(3)),
		accept("reverse sequence dynamic batch", op(1, 0), f32(5, -1), f32(5, -1), i32(-1)),
		accept("reverse sequence dynamic length", op(1, 0), f32(-1, 2), f32(-1, 2), i32(2)),
		always(2, accept("reverse sequence dynamic beside static", op(1, 0), f32(5, -1), f32(5, -1), i32(2))),
		refuse("reverse sequence one axis", op(1, 1), "must not be the batch axis", f32(4, 2), i32(2)),
		refuse("reverse sequence batch axis", op(2, 0), "is not an axis", f32(4, 2), i32(2)),
		refuse("reverse sequence negative batch axis", op(-1, 0), "is not an axis", f32(4, 2), i32(2)),
		refuse("reverse sequence axis", op(1, 2), "is not an axis", f32(4, 2), i32(2)),
		refuse("reverse sequence negative axis", op(0, -1), "is not an axis", f32(4, 2), i32(4)),
		refuse("reverse sequence count of lengths", op(1, 0), "an entry for each of the batch", f32(4, 2), i32(3)),
		refuse("reverse sequence one length", op(1, 0), "an entry for each of the batch", f32(4, 2), i32(1)),
		refuse("reverse sequence lengths of rank 2", op(1, 0), "an entry for each of the batch", f32(4, 2), i32(2, 1)),
		refuse("reverse sequence scalar length", op(1, 0), "an entry for each of the batch", f32(4, 2), i32()),
		refuse("reverse sequence rank 1", op(1, 0), "has too few dimensions", f32(4), i32(4)),
	)
}

func raggedSoftmaxes() []Case {
	op := trt.RaggedSoftmax{}
	cases := sweep("ragged softmax", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, op, tensor(t, 2, 3, 4), tensor(t, 2, 3, 4), i32(2, 3, 1))
	})
	cases = append(cases, sweep("ragged softmax bounds", []dtype.Type{dtype.Int32}, false, func(name string, t dtype.Type) Case {
		return accept(name, op, f32(2, 3, 4), f32(2, 3, 4), tensor(t, 2, 3, 1))
	})...)
	return append(cases,
		accept("ragged softmax bounds of a batch", op, f32(2, 3, 4), f32(2, 3, 4), i32(1, 3, 1)),
		accept("ragged softmax a bound for each element", op, f32(2, 3, 4), f32(2, 3, 4), i32(2, 3, 4)),
		accept("ragged softmax one bound", op, f32(2, 3, 4), f32(2, 3, 4), i32(1, 1, 1)),
		accept("ragged softmax dynamic batch", op, f32(-1, 3, 4), f32(-1, 3, 4), i32(-1, 3, 1)),
		accept("ragged softmax dynamic rows", op, f32(2, 3, -1), f32(2, 3, -1), i32(2, 3, 1)),
		refuse("ragged softmax rank 2", op, "must have 3 dimensions", f32(3, 4), i32(3, 1)),
		refuse("ragged softmax rank 4", op, "must have 3 dimensions", f32(2, 3, 4, 5), i32(2, 3, 4, 1)),
		refuse("ragged softmax bounds rank", op, "must have the rank of input", f32(2, 3, 4), i32(2, 3)),
		refuse("ragged softmax bounds extent", op, "in dimension 1", f32(2, 3, 4), i32(2, 4, 1)),
		refuse("ragged softmax two bounds a row", op, "in dimension 2", f32(2, 3, 4), i32(2, 3, 2)),
		refuse("ragged softmax static bounds of a dynamic batch", op, "in dimension 0", f32(-1, 3, 4), i32(2, 3, 1)),
		refuse("ragged softmax dynamic bounds", op, "in dimension 0", f32(2, 3, 4), i32(-1, 3, 1)),
	)
}

func needsGPU(cases ...Case) []Case {
	for i := range cases {
		cases[i].NeedsGPU = true
	}
	return cases
}

func nonZeros() []Case {
	op := func(t dtype.Type) trt.NonZero { return trt.NonZero{IndexType: t} }
	plain := op(dtype.Int32)
	cases := sweep("non-zero", anyPlain, false, func(name string, t dtype.Type) Case {
		return accept(name, plain, i32(2, -1), tensor(t, 2, 3))
	})
	cases = append(cases, sweep("non-zero indices", indexTypes, false, func(name string, t dtype.Type) Case {
		return accept(name, op(t), tensor(t, 2, -1), f32(2, 3))
	})...)
	return needsGPU(append(cases,
		accept("non-zero rank 1", plain, i32(1, -1), f32(4)),
		accept("non-zero rank 8", plain, i32(8, -1), f32(1, 1, 1, 1, 1, 1, 2, 3)),
		accept("non-zero dynamic", plain, i32(2, -1), f32(-1, 4)),
		accept("non-zero scalar", plain, i32(0, -1), f32()),
	)...)
}

func suppressions() []Case {
	plain := trt.NMS{
		Format: trt.BoxCorners, MaxPerClass: 3, IoUThreshold: 0.5, ScoreThreshold: 0.25, BoxLimit: 5000, IndexType: dtype.Int32,
	}
	with := func(change func(*trt.NMS)) trt.NMS {
		op := plain
		change(&op)
		return op
	}
	one := trt.Info{Type: dtype.Int32, Dims: trt.Dims{}}
	boxes, scores := f32(2, 6, 4), f32(2, 6, 5)
	take := func(name string, op trt.NMS, boxes, scores trt.Info) Case {
		return acceptTwo(name, op, tensor(op.IndexType, -1, 3), one, boxes, scores)
	}
	cases := sweep("nms", floats, false, func(name string, t dtype.Type) Case {
		return take(name, plain, tensor(t, 2, 6, 4), tensor(t, 2, 6, 5))
	})
	cases = append(cases, sweep("nms indices", indexTypes, false, func(name string, t dtype.Type) Case {
		return take(name, with(func(op *trt.NMS) { op.IndexType = t }), boxes, scores)
	})...)
	return needsGPU(append(cases,
		take("nms boxes of each class", plain, f32(2, 6, 5, 4), scores),
		take("nms centers", with(func(op *trt.NMS) { op.Format = trt.BoxCenter }), boxes, scores),
		take("nms limited", with(func(op *trt.NMS) { op.BoxLimit = 100 }), boxes, scores),
		take("nms IoU threshold of no meaning", with(func(op *trt.NMS) { op.IoUThreshold = 1.5 }), boxes, scores),
		take("nms thresholds at their ends", with(func(op *trt.NMS) { op.IoUThreshold, op.ScoreThreshold = 1, -2 }), boxes, scores),
		take("nms dynamic batch", plain, f32(-1, 6, 4), f32(-1, 6, 5)),
		take("nms dynamic boxes", plain, f32(2, -1, 4), f32(2, -1, 5)),
		take("nms dynamic classes", plain, f32(2, 6, -1, 4), f32(2, 6, -1)),
		always(5, take("nms dynamic classes beside static", plain, f32(2, 6, -1, 4), scores)),
		refuse("nms format", with(func(op *trt.NMS) { op.Format = "corners" }), "is none of TensorRT's", boxes, scores),
		refuse("nms types", plain, "must have the type of boxes", boxes, tensor(dtype.Float16, 2, 6, 5)),
		refuse("nms boxes of rank 2", plain, "must be [N,S,4] or [N,S,C,4]", f32(6, 4), scores),
		refuse("nms boxes of rank 5", plain, "must be [N,S,4] or [N,S,C,4]", f32(2, 6, 1, 1, 4), scores),
		refuse("nms boxes of five", plain, "must be [N,S,4] or [N,S,C,4]", f32(2, 6, 5), scores),
		refuse("nms boxes of a dynamic size", plain, "must be [N,S,4] or [N,S,C,4]", f32(2, 6, -1), scores),
		refuse("nms scores of rank 2", plain, "agree with the boxes", boxes, f32(2, 6)),
		refuse("nms batch", plain, "agree with the boxes", f32(3, 6, 4), scores),
		refuse("nms number of boxes", plain, "agree with the boxes", f32(2, 7, 4), scores),
		refuse("nms classes", plain, "agree with the boxes", f32(2, 6, 3, 4), scores),
		refuse("nms one box of all classes", plain, "agree with the boxes", f32(2, 6, 1, 4), scores),
		refuse("nms limit", with(func(op *trt.NMS) { op.BoxLimit = 5001 }), "is out of range", boxes, scores),
		refuse("nms -1", with(func(op *trt.NMS) { op.MaxPerClass = -1 }), "must be positive", boxes, scores),
		stricter("nothing can be done with an empty tensor", "nms none", with(func(op *trt.NMS) { op.MaxPerClass = 0 }), "must be positive", boxes, scores),
	)...)
}
