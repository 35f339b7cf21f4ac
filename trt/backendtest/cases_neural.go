package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func normalizations() []Case {
	op := func(groups int64, axes ...int) trt.Normalization {
		return trt.Normalization{Axes: axes, Epsilon: 1e-5, Groups: groups}
	}
	x, row := f32(2, 5, 8), f32(1, 1, 8)
	image, channel := f32(2, 6, 4, 4), f32(1, 6, 1, 1)
	cases := sweep("normalization", floats, true, func(name string, t dtype.Type) Case {
		return accept(name, op(1, 2), tensor(t, 2, 5, 8), tensor(t, 2, 5, 8), tensor(t, 1, 1, 8), tensor(t, 1, 1, 8))
	})
	cases = append(cases, sweep("normalization in groups", floats, true, func(name string, t dtype.Type) Case {
		return accept(name, op(3, 2, 3), tensor(t, 2, 6, 4, 4), tensor(t, 2, 6, 4, 4), tensor(t, 1, 6, 1, 1), tensor(t, 1, 6, 1, 1))
	})...)
	return append(cases,
		accept("normalization of a vector", op(1, 0), f32(8), f32(8), f32(8), f32(8)),
		accept("normalization of 6 dimensions", op(1, 5), f32(2, 3, 4, 5, 6, 2), f32(2, 3, 4, 5, 6, 2), f32(1, 1, 1, 1, 1, 2), f32(1, 1, 1, 1, 1, 2)),
		accept("normalization with one scale and a full bias", op(1, 2), x, x, f32(1, 1, 1), x),
		accept("normalization over two axes", op(1, 1, 2), x, x, f32(1, 5, 8), f32(1, 5, 8)),
		accept("normalization over all axes", op(1, 0, 1, 2), x, x, row, row),
		accept("normalization over the batch", op(1, 0, 2), x, x, f32(1, 5, 1), f32(1, 5, 1)),
		accept("normalization of an instance", op(1, 2, 3), image, image, channel, channel),
		accept("normalization of an instance with a full scale", op(1, 2, 3), image, image, image, f32(1, 1, 1, 1)),
		accept("normalization with an epsilon", trt.Normalization{Axes: []int{2}, Epsilon: 0.25, Groups: 1}, x, x, row, row),
		accept("normalization in a group a channel", op(6, 2, 3), image, image, channel, channel),
		accept("normalization in groups of 3-D", op(3, 2), f32(2, 6, 4), f32(2, 6, 4), f32(1, 6, 1), f32(1, 6, 1)),
		accept("normalization in groups of 5-D", op(3, 2, 3, 4), f32(2, 6, 4, 4, 4), f32(2, 6, 4, 4, 4), f32(1, 6, 1, 1, 1), f32(1, 6, 1, 1, 1)),
		accept("normalization dynamic batch", op(1, 2), f32(-1, 5, 8), f32(-1, 5, 8), row, row),
		accept("normalization dynamic axis", op(1, 2), f32(2, 5, -1), f32(2, 5, -1), f32(1, 1, -1), f32(1, 1, 1)),
		accept("normalization in groups dynamic", op(3, 2, 3), f32(-1, 6, -1, 4), f32(-1, 6, -1, 4), channel, channel),
		always(6, accept("normalization in groups dynamic channels", op(3, 2, 3), f32(2, -1, 4, 4), f32(2, -1, 4, 4), channel, channel)),
		refuse("normalization scale type", op(1, 2), "must have the type of", x, tensor(dtype.Float16, 1, 1, 8), row),
		refuse("normalization bias type", op(1, 2), "must have the type of", x, row, tensor(dtype.Float16, 1, 1, 8)),
		refuse("normalization scale rank", op(1, 2), "must have the rank of", x, f32(8), f32(8)),
		refuse("normalization scale extent", op(1, 2), "does not stretch", x, f32(1, 1, 4), row),
		refuse("normalization bias extent", op(1, 2), "does not stretch", x, row, f32(1, 1, 4)),
		refuse("normalization stretching the input", op(1, 2), "does not stretch", f32(2, 1, 8), f32(1, 5, 8), row),
		refuse("normalization no axes", op(1), "are missing", x, row, row),
		refuse("normalization axis", op(1, 3), "is not an axis", x, row, row),
		refuse("normalization of a scalar", op(1, 0), "is not an axis", f32(), f32(), f32()),
		refuse("normalization groups not a divisor", op(4, 2, 3), "must divide", image, channel, channel),
		refuse("normalization groups with the channel", op(3, 1, 2, 3), "must be all those after", image, channel, channel),
		refuse("normalization groups without an axis", op(3, 3), "must be all those after", image, channel, channel),
		refuse("normalization groups rank 2", op(3, 1), "too few dimensions", f32(2, 6), f32(1, 6), f32(1, 6)),
		refuse("normalization groups scale a group", op(3, 2, 3), "does not stretch", image, f32(1, 3, 1, 1), f32(1, 3, 1, 1)),
		accept("normalization of one element", op(1, 2), f32(2, 5, 1), f32(2, 5, 1), f32(1, 1, 1), f32(1, 5, 1)),
		accept("normalization of two channels of one element", op(3, 2), f32(2, 6, 1), f32(2, 6, 1), f32(1, 6, 1), f32(1, 6, 1)),
		refuse("normalization of an instance of one element", op(1, 2), "one element to normalize", f32(2, 5, 1), f32(1, 5, 1), f32(1, 5, 1)),
		refuse("normalization of a group of one element", op(6, 2), "one element to normalize", f32(2, 6, 1), f32(1, 6, 1), f32(1, 6, 1)),
		refuse("normalization of an instance with one bias", op(1, 2, 3), "value for each channel", image, channel, f32(1, 1, 1, 1)),
		refuse("normalization of an instance with a full bias", op(1, 2, 3), "does not stretch", image, channel, image),
		refuse("normalization groups one scale", op(3, 2, 3), "value for each channel", image, f32(1, 1, 1, 1), channel),
		refuse("normalization groups one bias", op(3, 2, 3), "value for each channel", image, channel, f32(1, 1, 1, 1)),
		refuse("normalization groups scale of an image", op(3, 2, 3), "does not stretch", image, f32(1, 6, 4, 4), channel),
	)
}

func parametricReLUs() []Case {
	op := trt.ParametricReLU{}
	cases := sweep("parametric relu", floats, true, func(name string, t dtype.Type) Case {
		return accept(name, op, tensor(t, 2, 3, 4), tensor(t, 2, 3, 4), tensor(t, 1, 3, 1))
	})
	return append(cases,
		accept("parametric relu in full", op, f32(2, 3), f32(2, 3), f32(2, 3)),
		accept("parametric relu of a scalar", op, f32(), f32(), f32()),
		accept("parametric relu of 6 dimensions", op, f32(2, 3, 2, 2, 2, 2), f32(2, 3, 2, 2, 2, 2), f32(1, 3, 1, 1, 1, 1)),
		accept("parametric relu dynamic", op, f32(-1, 3), f32(-1, 3), f32(1, 3)),
		accept("parametric relu dynamic slope", op, f32(-1, 3), f32(-1, 3), f32(-1, 3)),
		refuse("parametric relu types", op, "must have the type of", f32(2, 3), tensor(dtype.Float16, 1, 3)),
		refuse("parametric relu ranks", op, "must have the rank of", f32(2, 3, 4), f32(3)),
		refuse("parametric relu extents", op, "does not stretch", f32(2, 3), f32(1, 4)),
		refuse("parametric relu stretching the input", op, "does not stretch", f32(1, 3), f32(2, 3)),
	)
}

func einsums() []Case {
	op := func(equation string) trt.Einsum { return trt.Einsum{Equation: equation} }
	cases := sweep("einsum", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, op("ij,jk->ik"), tensor(t, 2, 4), tensor(t, 2, 3), tensor(t, 3, 4))
	})
	yes := func(equation string, want trt.Info, in ...trt.Info) {
		cases = append(cases, accept("einsum "+equation, op(equation), want, in...))
	}
	yes("ij,jk", f32(2, 4), f32(2, 3), f32(3, 4))
	yes("ij->ji", f32(3, 2), f32(2, 3))
	yes("ba", f32(3, 2), f32(2, 3))
	yes("ij->", f32(), f32(2, 3))
	yes("ii->i", f32(3), f32(3, 3))
	yes("ii", f32(), f32(3, 3))
	yes("iii->i", f32(3), f32(3, 3, 3))
	yes("i,->i", f32(3), f32(3), f32())
	yes("", f32(), f32())
	yes("bij,bjk->bik", f32(2, 3, 5), f32(1, 3, 4), f32(2, 4, 5))
	yes("ij,jk->ki", f32(5, 2), f32(2, 1), f32(4, 5))
	yes("ij,jk,kl->il", f32(2, 5), f32(2, 3), f32(3, 4), f32(4, 5))
	yes("bhqd,bhkd->bhqk", f32(2, 3, 4, 6), f32(2, 3, 4, 5), f32(2, 3, 6, 5))
	yes("abcdefgh->hgfedcba", f32(2, 1, 2, 1, 2, 1, 2, 1), f32(1, 2, 1, 2, 1, 2, 1, 2))
	yes("...ij,jk->...ik", f32(7, 2, 3, 5), f32(7, 2, 3, 4), f32(4, 5))
	yes("...a,...b", f32(5, 2, 3), f32(5, 2), f32(1, 3))
	yes("...ii", f32(2), f32(2, 3, 3))
	yes("...ij->ij", f32(2, 3), f32(5, 2, 3))
	yes("...i->...", f32(), f32(3))
	yes("i...i->i...", f32(3, 2), f32(3, 2, 3))
	yes(" i j , ... k - > i k ", f32(2, 4), f32(2, 3), f32(5, 4))
	no := func(equation, refusal string, in ...trt.Info) {
		cases = append(cases, refuse("einsum not "+equation, op(equation), refusal, in...))
	}
	no("ij,jk->ik", "another extent of j", f32(2, 3), f32(4, 5))
	no("ii->i", "on the diagonal", f32(3, 4))
	no("ii->j", "not each of the inputs' letters", f32(3, 3))
	no("iij->i", "on the diagonal", f32(1, 4, 2))
	no("IJ->JI", "lower-case", f32(2, 3))
	no("i1->i", "lower-case", f32(2, 3))
	no("ij->ik", "not each of the inputs' letters", f32(2, 3))
	no("ij->ii", "not each of the inputs' letters", f32(2, 3))
	no("ij->ij->i", "lower-case", f32(2, 3))
	no("ij->ji,", "lower-case", f32(2, 3))
	no("ijk->ij", "number of letters", f32(2, 3))
	no("ij->ij", "number of letters", f32(2, 3, 4))
	no("i,j->i", "number of terms", f32(2))
	no("i.j->ij", "lower-case", f32(2, 3))
	no("....i->i", "lower-case", f32(2, 3))
	no("...i...->i", "lower-case", f32(2, 3))
	no("...ijk->i", "to the ellipsis", f32(2, 3))
	no("...ij,...jk->...ik", "to the ellipsis", f32(7, 2, 3, 4), f32(2, 4, 5))
	no("...,...->...", "to the ellipsis", f32(2, 3), f32(3))
	no("ij->...ij", "in the output alone", f32(2, 3))
	no("...i->...i...", "lower-case", f32(2, 3))
	yes("i,i,i->i", f32(3), f32(1), f32(3), f32(1))
	no("i,i,i->i", "input 2: stretches i, which is 1 in all inputs before it", f32(1), f32(1), f32(3))
	no("i,...,...->", "input 2: stretches A, which is 1 in all inputs before it", f32(2), f32(1), f32(5))
	no("bij,bjk->bik", "is summed over an axis that one input stretches", f32(3, 4, 1), f32(3, 11, 5))
	yes("bj,bjk->bk", f32(3, 5), f32(3, 1), f32(3, 11, 5))
	yes("cc,bc->cb", f32(3, 2), f32(3, 3), f32(2, 1))
	no("bc,cc->cb", "or others than its first axis", f32(2, 1), f32(3, 3))
	no("c,ccc->c", "or others than its first axis", f32(3), f32(1, 1, 1))
	yes("bc,c,cc->cb", f32(3, 2), f32(2, 1), f32(3), f32(1, 1))
	no("abcde,fghi->abcdefghi", "too many dimensions", f32(1, 1, 1, 1, 1), f32(1, 1, 1, 1))
	return append(cases,
		accept("einsum dynamic batch", op("bij,bjk->bik"), f32(-1, 3, 5), f32(-1, 3, 4), f32(-1, 4, 5)),
		accept("einsum dynamic with 1", op("bij,bjk->bik"), f32(-1, 3, 5), f32(1, 3, 4), f32(-1, 4, 5)),
		always(2, accept("einsum dynamic with 2", op("bij,bjk->bik"), f32(2, 3, 5), f32(-1, 3, 4), f32(2, 4, 5))),
		accept("einsum dynamic sum", op("ij,jk->ik"), f32(2, 3), f32(2, -1), f32(-1, 3)),
		accept("einsum dynamic diagonal", op("ii->i"), f32(-1), f32(-1, -1)),
		always(4, accept("einsum diagonal of which half is dynamic", op("ii->i"), f32(4), f32(-1, 4))),
		stricter("ellipses of one rank say more", "einsum of ellipses of several ranks", op("...,ece...,ac...->ae..."), "to the ellipsis", f32(), f32(1, 4, 1, 7), f32(3, 4, 7)),
		refuse("einsum types", op("ij,jk->ik"), "must have the type of", f32(2, 3), tensor(dtype.Float16, 3, 4)),
		refuse("einsum of nothing", op("->"), "does not take 0 inputs"),
	)
}

func gridSamples() []Case {
	op := func(m trt.ResizeMode, p trt.GridPadding, corners bool) trt.GridSample {
		return trt.GridSample{Mode: m, Padding: p, AlignCorners: corners}
	}
	linear := op(trt.ResizeLinear, trt.GridZeros, false)
	cases := sweep("grid sample", floats, false, func(name string, t dtype.Type) Case {
		return accept(name, linear, tensor(t, 2, 3, 6, 7), tensor(t, 2, 3, 4, 5), tensor(t, 2, 6, 7, 2))
	})
	x, grid := f32(2, 3, 4, 5), f32(2, 6, 7, 2)
	for _, m := range []trt.ResizeMode{trt.ResizeNearest, trt.ResizeLinear, trt.ResizeCubic} {
		for _, p := range []trt.GridPadding{trt.GridZeros, trt.GridBorder, trt.GridReflect} {
			cases = append(cases, accept("grid sample "+string(m)+" "+string(p), op(m, p, p == trt.GridBorder), f32(2, 3, 6, 7), x, grid))
		}
	}
	return append(cases,
		accept("grid sample 3-D", op(trt.ResizeLinear, trt.GridReflect, true), f32(2, 3, 6, 7, 8), f32(2, 3, 4, 5, 6), f32(2, 6, 7, 8, 3)),
		accept("grid sample 3-D nearest", op(trt.ResizeNearest, trt.GridBorder, false), f32(2, 3, 6, 7, 8), f32(2, 3, 4, 5, 6), f32(2, 6, 7, 8, 3)),
		accept("grid sample dynamic", linear, f32(-1, -1, -1, -1), f32(-1, -1, -1, -1), f32(-1, -1, -1, 2)),
		always(2, accept("grid sample dynamic batch of the grid", linear, f32(2, 3, 6, 7), x, f32(-1, 6, 7, -1))),
		refuse("grid sample types", linear, "must have the type of", x, tensor(dtype.Float16, 2, 6, 7, 2)),
		refuse("grid sample mode", op("area", trt.GridZeros, false), "is none of TensorRT's", x, grid),
		refuse("grid sample padding", op(trt.ResizeLinear, "wrap", false), "is none of TensorRT's", x, grid),
		refuse("grid sample rank 3", linear, "must have 4 or 5 dimensions", f32(2, 3, 4), f32(2, 6, 1)),
		refuse("grid sample rank 6", linear, "must have 4 or 5 dimensions", f32(1, 1, 2, 2, 2, 2), f32(1, 2, 2, 2, 2, 4)),
		refuse("grid sample ranks", linear, "must have the rank of", x, f32(2, 6, 2)),
		refuse("grid sample coordinates", linear, "coordinate for each", x, f32(2, 6, 7, 3)),
		refuse("grid sample 3-D coordinates", linear, "coordinate for each", f32(2, 3, 4, 5, 6), f32(2, 6, 7, 8, 2)),
		refuse("grid sample batch", linear, "must have the batch", x, f32(3, 6, 7, 2)),
		refuse("grid sample batch of 1", linear, "must have the batch", f32(1, 3, 4, 5), grid),
		stricter("no framework defines it", "grid sample 3-D cubic", op(trt.ResizeCubic, trt.GridZeros, false), "two spatial dimensions", f32(2, 3, 4, 5, 6), f32(2, 6, 7, 8, 3)),
	)
}

func lrns() []Case {
	op := func(window int64, alpha, beta, k float32) trt.LRN {
		return trt.LRN{Window: window, Alpha: alpha, Beta: beta, K: k}
	}
	x := f32(2, 8, 4, 4)
	return append(same("lrn", floats, true, op(5, 1e-4, 0.75, 2), 2, 8, 4, 4),
		accept("lrn of one channel", op(1, 1, 1, 1), x, x),
		accept("lrn wider than the channels", op(15, 1, 1, 1), f32(2, 2, 4, 4), f32(2, 2, 4, 4)),
		accept("lrn at the least", op(3, -1e20, 0.01, 1e-5), x, x),
		accept("lrn at the most", op(3, 1e20, 1e5, 1e10), x, x),
		accept("lrn dynamic", op(5, 1e-4, 0.75, 1), f32(-1, -1, -1, 4), f32(-1, -1, -1, 4)),
		refuse("lrn even window", op(4, 1, 1, 1), "window: is out of range", x),
		refuse("lrn window of nothing", op(-1, 1, 1, 1), "window: is out of range", x),
		refuse("lrn window", op(17, 1, 1, 1), "window: is out of range", x),
		refuse("lrn alpha", op(3, 2e20, 1, 1), "alpha: is out of range", x),
		refuse("lrn beta", op(3, 1, 0, 1), "beta: is out of range", x),
		refuse("lrn k", op(3, 1, 1, 0), "k: is out of range", x),
		refuse("lrn large k", op(3, 1, 1, 1.1e10), "k: is out of range", x),
		refuse("lrn rank 3", op(3, 1, 1, 1), "must have 4 dimensions", f32(8, 4, 4)),
		stricter("which axis the channels are is not documented", "lrn rank 5", op(3, 1, 1, 1), "must have 4 dimensions", f32(2, 8, 4, 4, 4)),
	)
}
