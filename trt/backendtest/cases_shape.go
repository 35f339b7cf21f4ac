package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func concatenations() []Case {
	op := func(axis int) trt.Concatenation { return trt.Concatenation{Axis: axis} }
	cases := sweep("concatenation", movable, false, func(name string, t dtype.Type) Case {
		return accept(name, op(1), tensor(t, 2, 7), tensor(t, 2, 3), tensor(t, 2, 4))
	})
	return append(cases,
		accept("concatenation of float8", op(0), tensor(f8, 3, 3), tensor(f8, 1, 3), tensor(f8, 2, 3)),
		accept("concatenation of one", op(0), f32(2, 3), f32(2, 3)),
		accept("concatenation of three", op(0), f32(6, 3), f32(2, 3), f32(1, 3), f32(3, 3)),
		accept("concatenation dynamic batch", op(1), f32(-1, 7, 5), f32(-1, 3, 5), f32(-1, 4, 5)),
		accept("concatenation along a dynamic axis", op(0), f32(-1, 3), f32(-1, 3), f32(4, 3)),
		always(4, accept("concatenation dynamic beside static", op(1), f32(4, 6), f32(-1, 3), f32(4, 3))),
		refuse("concatenation axis", op(2), "is not an axis", f32(2, 3), f32(2, 4)),
		refuse("concatenation negative axis", op(-1), "is not an axis", f32(2, 3), f32(2, 4)),
		refuse("concatenation extents", op(1), "differs in dimension 0", f32(2, 3), f32(3, 3)),
		refuse("concatenation ranks", op(1), "must have the rank of input 0", f32(2, 3), f32(2, 3, 1)),
		refuse("concatenation types", op(1), "must have the type of input 0", f32(2, 3), tensor(dtype.Float16, 2, 3)),
	)
}

func shuffles() []Case {
	re := func(d ...int64) trt.Shuffle { return trt.Shuffle{Reshape: append(trt.Dims{}, d...)} }
	cases := sweep("shuffle", movable, false, func(name string, t dtype.Type) Case {
		return accept(name, re(3, 2), tensor(t, 3, 2), tensor(t, 2, 3))
	})
	return append(cases,
		accept("shuffle float8", re(3, 2), tensor(f8, 3, 2), tensor(f8, 2, 3)),
		accept("shuffle transpose", trt.Shuffle{FirstTranspose: []int{2, 0, 1}}, f32(4, 2, 3), f32(2, 3, 4)),
		accept("shuffle all three", trt.Shuffle{FirstTranspose: []int{2, 1, 0}, Reshape: trt.Dims{2, 6, 2}, SecondTranspose: []int{0, 2, 1}}, f32(2, 2, 6), f32(2, 3, 4)),
		accept("shuffle infer and copy", re(0, -1, 2), f32(2, 6, 2), f32(2, 3, 4)),
		accept("shuffle to a scalar", re(), f32(), f32(1)),
		accept("shuffle keeps a dynamic batch", re(0, -1), f32(-1, 12), f32(-1, 3, 4)),
		accept("shuffle infers a dynamic batch", re(-1, 12), f32(-1, 12), f32(-1, 3, 4)),
		accept("shuffle splits behind a dynamic batch", re(0, 3, 2, 2), f32(-1, 3, 2, 2), f32(-1, 3, 4)),
		accept("shuffle with two dynamic axes", re(0, 3, -1), f32(-1, 3, -1), f32(-1, 3, -1)),
		refuse("shuffle volume", re(25), "changes the volume", f32(2, 3, 4)),
		refuse("shuffle volume behind a dynamic batch", re(0, 5), "changes the volume", f32(-1, 3, 4)),
		refuse("shuffle no whole extent", re(5, -1), "leaves no whole extent", f32(2, 3, 4)),
		refuse("shuffle two inferred", re(-1, -1), "two extents to infer", f32(2, 3, 4)),
		refuse("shuffle copies beyond the rank", re(0, 0, 0, 0), "copies a dimension that is none", f32(2, 3, 4)),
		refuse("shuffle negative", re(2, -2, -1), "negative extent", f32(2, 3, 4)),
		refuse("shuffle no permutation", trt.Shuffle{FirstTranspose: []int{0, 0, 1}}, "is no permutation", f32(2, 3, 4)),
		refuse("shuffle second no permutation", trt.Shuffle{Reshape: trt.Dims{24}, SecondTranspose: []int{1}}, "is no permutation", f32(2, 3, 4)),
	)
}

func slicings() []Case {
	op := func(start, size, stride trt.Dims, axes ...int) trt.Slice {
		return trt.Slice{Mode: trt.SliceStrict, Axes: axes, Start: start, Size: size, Stride: stride}
	}
	one := trt.Dims{1}
	cases := sweep("slice", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, op(trt.Dims{0, 1}, trt.Dims{2, 2}, trt.Dims{1, 1}, 0, 1), tensor(t, 2, 2), tensor(t, 2, 3))
	})
	return append(cases,
		accept("slice strided", op(trt.Dims{0, 1}, trt.Dims{2, 2}, trt.Dims{2, 3}, 0, 1), f32(2, 2), f32(4, 8)),
		accept("slice reversed", op(trt.Dims{7}, trt.Dims{8}, trt.Dims{-1}, 1), f32(4, 8), f32(4, 8)),
		accept("slice of one axis", op(one, trt.Dims{3}, one, 1), f32(4, 3, 5), f32(4, 8, 5)),
		accept("slice beside a dynamic axis", op(one, trt.Dims{3}, one, 1), f32(-1, 3), f32(-1, 8)),
		refuse("slice beyond the end", op(one, trt.Dims{8}, one, 1), "has no elements 1 to 8 in dimension 1", f32(4, 8)),
		refuse("slice before the beginning", op(trt.Dims{-1}, trt.Dims{2}, one, 1), "has no elements", f32(4, 8)),
		refuse("slice reversed too far", op(trt.Dims{3}, trt.Dims{5}, trt.Dims{-1}, 1), "has no elements", f32(4, 8)),
		refuse("slice size -1", op(trt.Dims{0}, trt.Dims{-1}, one, 1), "must be at least 1", f32(4, 8)),
		stricter("nothing can be done with an empty tensor", "slice size 0", op(trt.Dims{0}, trt.Dims{0}, one, 1), "must be at least 1", f32(4, 8)),
		accept("slice stride 0", op(trt.Dims{3}, trt.Dims{2}, trt.Dims{0}, 1), f32(4, 2), f32(4, 8)),
		refuse("slice axis", op(one, one, one, 2), "is not an axis", f32(4, 8)),
		refuse("slice ranks", op(trt.Dims{1, 1}, one, one, 1), "must have an entry for each axis", f32(4, 8)),
	)
}

func squeezes() []Case {
	squeeze := func(axes ...int) trt.Squeeze { return trt.Squeeze{Axes: axes} }
	unsqueeze := func(axes ...int) trt.Unsqueeze { return trt.Unsqueeze{Axes: axes} }
	cases := sweep("squeeze", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, squeeze(1), tensor(t, 2, 3), tensor(t, 2, 1, 3))
	})
	cases = append(cases, sweep("unsqueeze", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, unsqueeze(1), tensor(t, 2, 1, 3), tensor(t, 2, 3))
	})...)
	return append(cases,
		accept("squeeze two axes", squeeze(0, 2), f32(3, 4), f32(1, 3, 1, 4)),
		accept("squeeze beside a dynamic axis", squeeze(1), f32(-1, 3), f32(-1, 1, 3)),
		accept("squeeze to a scalar", squeeze(0), f32(), f32(1)),
		accept("unsqueeze front and back", unsqueeze(0, 3), f32(1, 3, 4, 1), f32(3, 4)),
		accept("unsqueeze a scalar", unsqueeze(0), f32(1), f32()),
		accept("unsqueeze beside a dynamic axis", unsqueeze(0), f32(1, -1, 3), f32(-1, 3)),
		refuse("squeeze an axis that is not 1", squeeze(1), "cannot lose dimension 1", f32(2, 3)),
		refuse("squeeze axis", squeeze(2), "is not an axis", f32(1, 3)),
		refuse("squeeze an axis twice", squeeze(0, 0), "must be ascending", f32(1, 1, 3)),
		refuse("unsqueeze axis", unsqueeze(3), "is not an axis", f32(2, 3)),
		refuse("unsqueeze an axis twice", unsqueeze(1, 1), "must be ascending", f32(2, 3)),
	)
}

func gathers() []Case {
	op := func(mode trt.GatherMode, axis, batch int) trt.Gather {
		return trt.Gather{Mode: mode, Axis: axis, BatchDims: batch}
	}
	byAxis, element, nd := trt.GatherDefault, trt.GatherElement, trt.GatherND
	cases := sweep("gather", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, op(byAxis, 1, 0), tensor(t, 4, 2, 3), tensor(t, 4, 5), i32(2, 3))
	})
	cases = append(cases, sweep("gather indices", []dtype.Type{dtype.Int32, dtype.Int64}, false, func(name string, t dtype.Type) Case {
		return accept(name, op(byAxis, 0, 0), f32(2, 5), f32(4, 5), tensor(t, 2))
	})...)
	return append(cases,
		accept("gather one entry", op(byAxis, 1, 0), f32(4, 3), f32(4, 5, 3), i32()),
		accept("gather batched", op(byAxis, 1, 1), f32(4, 2, 3), f32(4, 5, 3), i32(4, 2)),
		accept("gather batched along the last axis", op(byAxis, 2, 1), f32(4, 5, 2), f32(4, 5, 3), i32(4, 2)),
		accept("gather batched dynamic", op(byAxis, 1, 1), f32(-1, 2, 3), f32(-1, 5, 3), i32(-1, 2)),
		accept("gather by indices for every entry", op(byAxis, 1, 1), f32(4, 2, 3), f32(4, 5, 3), i32(1, 2)),
		accept("gather of data for every entry", op(byAxis, 1, 1), f32(4, 2, 3), f32(1, 5, 3), i32(4, 2)),
		accept("gather dynamic", op(byAxis, 1, 0), f32(-1, 2), f32(-1, 5), i32(2)),
		accept("gather elements", op(element, 1, 0), f32(4, 2, 3), f32(4, 5, 3), i32(4, 2, 3)),
		accept("gather fewer elements", op(element, 1, 0), f32(2, 9, 1), f32(4, 5, 3), i32(2, 9, 1)),
		accept("gather elements dynamic", op(element, 1, 0), f32(-1, 2, 3), f32(-1, 5, 3), i32(-1, 2, 3)),
		accept("gather tuples", op(nd, 0, 0), f32(6, 3), f32(4, 5, 3), i32(6, 2)),
		accept("gather whole tuples", op(nd, 0, 0), f32(6), f32(4, 5), i32(6, 2)),
		accept("gather tuples batched", op(nd, 0, 1), f32(4, 2, 3), f32(4, 5, 3), i32(4, 2, 1)),
		accept("gather tuples of two batch axes", op(nd, 0, 2), f32(4, 5), f32(4, 5, 3), i32(4, 5, 1)),
		accept("gather one tuple", op(nd, 0, 0), f32(3), f32(4, 5, 3), i32(2)),
		refuse("gather axis", op(byAxis, 2, 0), "is not an axis", f32(4, 5), i32(2)),
		refuse("gather negative axis", op(byAxis, -1, 0), "is not an axis", f32(4, 5), i32(2)),
		refuse("gather batch extents", op(byAxis, 1, 1), "does not broadcast with data in dimension 0", f32(4, 5, 3), i32(3, 2)),
		refuse("gather from a scalar", op(byAxis, 0, 0), "is not an axis", f32(), i32()),
		refuse("gather to rank 9", op(byAxis, 0, 0), "too many dimensions", f32(1, 1, 1, 1, 1), i32(1, 1, 1, 1, 1)),
		refuse("gather batch -1", op(byAxis, 0, -1), "are out of range", f32(4, 5), i32(4)),
		refuse("gather batch of a scalar index", op(byAxis, 1, 1), "are out of range", f32(4, 5), i32()),
		refuse("gather batch beyond the axis", op(byAxis, 0, 1), "are out of range", f32(4, 5), i32(4)),
		refuse("gather two batch axes", op(byAxis, 2, 2), "are out of range", f32(4, 5, 3), i32(4, 5, 2)),
		refuse("gather elements axis", op(element, 3, 0), "is not an axis", f32(4, 5, 3), i32(4, 5, 3)),
		refuse("gather elements negative axis", op(element, -1, 0), "is not an axis", f32(4, 5, 3), i32(4, 5, 3)),
		refuse("gather elements of a scalar", op(element, 0, 0), "is not an axis", f32(), i32()),
		refuse("gather elements batched", op(element, 1, 1), "are out of range", f32(4, 5, 3), i32(4, 5, 3)),
		refuse("gather elements ranks", op(element, 1, 0), "must have the rank of data", f32(4, 5, 3), i32(4, 2)),
		refuse("gather elements beyond data", op(element, 1, 0), "go beyond data", f32(4, 5, 3), i32(6, 2, 3)),
		refuse("gather tuples of a scalar", op(nd, 0, 0), "are out of range", f32(), i32(1)),
		refuse("gather tuples of rank 0", op(nd, 0, 0), "must hold tuples", f32(4, 5), i32()),
		refuse("gather tuples of dynamic length", op(nd, 0, 0), "of a known length", f32(4, 5, 3), i32(2, -1)),
		refuse("gather tuples batch extents", op(nd, 0, 1), "differ from data in the shared dimension 0", f32(4, 5, 3), i32(3, 2)),
		refuse("gather tuples batch does not broadcast", op(nd, 0, 1), "differ from data in the shared dimension 0", f32(4, 5, 3), i32(1, 2)),
		refuse("gather tuples three batch axes", op(nd, 0, 3), "are out of range", f32(4, 5, 3), i32(4, 5, 1)),
		refuse("gather tuples batch -1", op(nd, 0, -1), "are out of range", f32(4, 5, 3), i32(4, 1)),
		refuse("gather tuples too long for the batch", op(nd, 0, 1), "longer than data has dimensions", f32(4, 5, 3), i32(4, 3)),
		stricter("it would mean nothing", "gather tuples axis", op(nd, 1, 0), "the axis be 0", f32(4, 5, 3), i32(2, 1)),
		refuse("gather tuples too long", op(nd, 0, 0), "longer than data has dimensions", f32(4, 5), i32(6, 3)),
	)
}

func resizes() []Case {
	by := func(mode trt.ResizeMode, scales ...float32) trt.Resize {
		return trt.Resize{Mode: mode, Coordinates: trt.Asymmetric, Rounding: trt.RoundFloor, Single: trt.SingleFormula, CubicCoefficient: new(float32(-0.75)), Scales: scales}
	}
	to := func(mode trt.ResizeMode, size ...int64) trt.Resize {
		return trt.Resize{Mode: mode, Coordinates: trt.HalfPixel, Rounding: trt.RoundHalfUp, Single: trt.SingleFormula, CubicCoefficient: new(float32(-0.75)), Size: size}
	}
	edited := func(op trt.Resize, edit func(*trt.Resize)) trt.Resize {
		edit(&op)
		return op
	}
	nearest, linear, cubic := trt.ResizeNearest, trt.ResizeLinear, trt.ResizeCubic
	var cases []Case
	for _, mode := range []trt.ResizeMode{nearest, linear, cubic} {
		cases = append(cases, sweep("resize "+string(mode), floats, true, func(name string, t dtype.Type) Case {
			return accept(name, by(mode, 1, 1, 2, 2), tensor(t, 1, 3, 8, 8), tensor(t, 1, 3, 4, 4))
		})...)
	}
	for _, c := range []trt.ResizeCoordinates{trt.Asymmetric, trt.HalfPixel, trt.AlignCorners} {
		for _, r := range []trt.ResizeRounding{trt.RoundFloor, trt.RoundCeil, trt.RoundHalfUp, trt.RoundHalfDown} {
			op := trt.Resize{Mode: nearest, Coordinates: c, Rounding: r, Single: trt.SingleFormula, CubicCoefficient: new(float32(-0.75)), Size: trt.Dims{1, 3, 7, 2}}
			cases = append(cases, accept("resize nearest "+string(c)+" "+string(r), op, f32(1, 3, 7, 2), f32(1, 3, 4, 4)))
		}
	}
	return append(cases,
		accept("resize rounds down", by(nearest, 1, 1, 1.3, 0.7), f32(1, 3, 37, 20), f32(1, 3, 29, 29)),
		accept("resize three axes", by(linear, 1, 2, 2, 2), f32(2, 6, 8, 8), f32(2, 3, 4, 4)),
		accept("resize four axes", by(nearest, 2, 2, 2, 2), f32(4, 6, 8, 8), f32(2, 3, 4, 4)),
		accept("resize 3-D", to(linear, 1, 3, 5, 6, 7), f32(1, 3, 5, 6, 7), f32(1, 3, 4, 4, 4)),
		accept("resize dynamic batch", by(nearest, 1, 1, 2, 2), f32(-1, 3, 8, 8), f32(-1, 3, 4, 4)),
		accept("resize dynamic size", by(linear, 1, 1, 2, 2), f32(1, 3, -1, 8), f32(1, 3, -1, 4)),
		accept("resize cubic 3-D", to(trt.ResizeCubic, 1, 3, 5, 6, 7), f32(1, 3, 5, 6, 7), f32(1, 3, 4, 4, 4)),
		accept("resize of rank 1", to(linear, 7), f32(7), f32(4)),
		accept("resize cubic coefficient of 0", edited(to(cubic, 1, 3, 7, 9), func(r *trt.Resize) { r.CubicCoefficient = new(float32(0)) }), f32(1, 3, 7, 9), f32(1, 3, 4, 4)),
		accept("resize cubic coefficient above 0", edited(to(cubic, 1, 3, 7, 9), func(r *trt.Resize) { r.CubicCoefficient = new(float32(0.5)) }), f32(1, 3, 7, 9), f32(1, 3, 4, 4)),
		accept("resize cubic coefficient", edited(to(cubic, 1, 3, 7, 9), func(r *trt.Resize) { r.CubicCoefficient = new(float32(-0.5)) }), f32(1, 3, 7, 9), f32(1, 3, 4, 4)),
		accept("resize cubic inside", edited(to(cubic, 1, 3, 7, 9), func(r *trt.Resize) { r.ExcludeOutside = true }), f32(1, 3, 7, 9), f32(1, 3, 4, 4)),
		accept("resize to one from the upper left", edited(to(linear, 1, 3, 1, 1), func(r *trt.Resize) { r.Single = trt.SingleUpper }), f32(1, 3, 1, 1), f32(1, 3, 4, 4)),
		refuse("resize of a scalar", to(linear), "too few dimensions", f32()),
		refuse("resize linear in four axes", by(linear, 2, 2, 2, 2), "resizes the last 3", f32(2, 3, 4, 4)),
		refuse("resize linear size in four axes", to(linear, 2, 3, 8, 8), "resizes the last 3", f32(1, 3, 4, 4)),
		stricter("the documentation allows three", "resize cubic in four axes", by(cubic, 2, 2, 2, 2), "resizes the last 3", f32(2, 3, 4, 4)),
		stricter("the documentation allows four", "resize nearest in five axes", by(nearest, 2, 2, 2, 2, 2), "resizes the last 4", f32(1, 1, 2, 2, 2)),
		stricter("an empty output", "resize to nothing", by(nearest, 1, 1, 0.1, 1), "leave nothing", f32(1, 3, 4, 4)),
		refuse("resize scales of another rank", by(nearest, 1, 1, 2), "must have an entry for each of 4", f32(1, 3, 4, 4)),
		refuse("resize size of another rank", to(nearest, 1, 3, 8), "must have an entry for each of 4", f32(1, 3, 4, 4)),
		refuse("resize negative scale", by(nearest, 1, 1, -1, 1), "leave nothing", f32(1, 3, 4, 4)),
		refuse("resize negative size", to(nearest, 1, 3, -1, 8), "must be positive", f32(1, 3, 4, 4)),
	)
}

func paddings() []Case {
	op := func(pre, post trt.Dims) trt.Padding { return trt.Padding{PrePadding: pre, PostPadding: post} }
	cases := sweep("padding", floats, true, func(name string, t dtype.Type) Case {
		return accept(name, op(trt.Dims{1, 2}, trt.Dims{3, 0}), tensor(t, 1, 3, 8, 6), tensor(t, 1, 3, 4, 4))
	})
	return append(cases,
		accept("padding crop", op(trt.Dims{-1, 2}, trt.Dims{0, -3}), f32(1, 3, 3, 3), f32(1, 3, 4, 4)),
		accept("padding dynamic batch", op(trt.Dims{1, 1}, trt.Dims{1, 1}), f32(-1, 3, 6, 6), f32(-1, 3, 4, 4)),
		accept("padding dynamic size", op(trt.Dims{1, 1}, trt.Dims{1, 1}), f32(1, 3, -1, 6), f32(1, 3, -1, 4)),
		refuse("padding 1-D", op(trt.Dims{1}, trt.Dims{1}), "must be 2-D", f32(1, 3, 4, 4)),
		refuse("padding rank 3", op(trt.Dims{1, 1}, trt.Dims{1, 1}), "too few dimensions", f32(3, 4, 4)),
		refuse("padding that leaves nothing", op(trt.Dims{-3, 0}, trt.Dims{-2, 0}), "leaves nothing", f32(1, 3, 4, 4)),
	)
}
