package backendtest

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func shapes() []Case {
	cases := sweep("shape", all, true, func(name string, t dtype.Type) Case {
		return accept(name, trt.Shape{}, tensor(dtype.Int64, 2), tensor(t, 2, 3))
	})
	return append(cases,
		accept("shape of rank 4", trt.Shape{}, tensor(dtype.Int64, 4), f32(1, 3, 4, 5)),
		accept("shape of a scalar", trt.Shape{}, tensor(dtype.Int64, 0), f32()),
		accept("shape dynamic", trt.Shape{}, tensor(dtype.Int64, 3), f32(-1, 3, -1)),
	)
}

func shapedShuffles() []Case {
	by := trt.Shuffle{}
	return []Case{
		accept("shuffle by a constant", by, f32(6, 4), f32(2, 3, 4), ints(dtype.Int64, 6, 4)),
		accept("shuffle by an int32 constant", by, f32(6, 4), f32(2, 3, 4), ints(dtype.Int32, 6, 4)),
		accept("shuffle by a constant, infer and copy", by, f32(2, 6, 2), f32(2, 3, 4), ints(dtype.Int64, 0, -1, 2)),
		accept("shuffle by a constant, dynamic batch", by, f32(-1, 12), f32(-1, 3, 4), ints(dtype.Int64, 0, -1)),
		accept("shuffle by a constant, inferred batch", by, f32(-1, 12), f32(-1, 3, 4), ints(dtype.Int64, -1, 12)),
		accept("shuffle to a scalar by a constant", by, f32(), f32(1), ints(dtype.Int64)),
		accept("shuffle by a constant between transposes", trt.Shuffle{FirstTranspose: []int{2, 0, 1}, SecondTranspose: []int{1, 0}}, f32(2, 12), f32(2, 3, 4), ints(dtype.Int64, 12, 2)),
		reading(1, []int64{6, 4}, accept("shuffle by an input", by, f32(-1, -1), f32(2, 3, 4), tensor(dtype.Int64, 2))),
		reading(1, []int64{-1, 4}, accept("shuffle by an int32 input", by, f32(-1, -1), f32(2, 3, 4), tensor(dtype.Int32, 2))),
		refuse("shuffle by a constant, volume", by, "changes the volume", f32(2, 3, 4), ints(dtype.Int64, 25)),
		refuse("shuffle by a constant, no whole extent", by, "leaves no whole extent", f32(2, 3, 4), ints(dtype.Int64, 5, -1)),
		refuse("shuffle by a constant, two inferred", by, "two extents to infer", f32(2, 3, 4), ints(dtype.Int64, -1, -1)),
		refuse("shuffle by a constant, negative", by, "negative extent", f32(2, 3, 4), ints(dtype.Int64, 2, -2, -1)),
		refuse("shuffle by a constant, copies beyond the rank", by, "copies a dimension that is none", f32(2, 3), ints(dtype.Int64, 2, 3, 0)),
		refuse("shuffle by a scalar", by, "must have one dimension", f32(24), one(dtype.Int64, 24)),
		refuse("shuffle by a matrix", by, "must have one dimension", f32(24), one(dtype.Int64, 24, 1, 1)),
		refuse("shuffle by floats", by, "does not compute in", f32(24), one(dtype.Float32, 24, 1)),
		refuse("shuffle by nine", by, "too many dimensions", f32(1), ints(dtype.Int64, 1, 1, 1, 1, 1, 1, 1, 1, 1)),
		reading(1, []int64{6, 4}, refuse("shuffle by an input of unknown length", by, "must be computed from", f32(24), tensor(dtype.Int64, -1))),
	}
}

// sliceOf is a slice whose further inputs are named, of two axes if any are.
func sliceOf(mode trt.SliceMode, start, size, stride trt.Dims, inputs ...trt.SliceInput) trt.Slice {
	return trt.Slice{Mode: mode, Axes: []int{0, 1}, Start: start, Size: size, Stride: stride, Inputs: inputs}
}

func shapedSlices() []Case {
	start, size, stride := trt.SliceStart, trt.SliceSize, trt.SliceStride
	strict := trt.SliceStrict
	ones := trt.Dims{1, 1}
	along := func(start, size trt.Dims) trt.Slice {
		return trt.Slice{Mode: strict, Start: start, Size: size, Stride: fillDims(len(start)), Inputs: []trt.SliceInput{trt.SliceAxes}}
	}
	return []Case{
		accept("slice by tensors", sliceOf(strict, nil, nil, nil, start, size, stride), f32(2, 3), f32(4, 8), ints(dtype.Int64, 0, 1), ints(dtype.Int32, 2, 3), ints(dtype.Int64, 1, 2)),
		accept("slice by a start", sliceOf(strict, nil, trt.Dims{2, 3}, ones, start), f32(2, 3), f32(4, 8), ints(dtype.Int64, 0, 1)),
		accept("slice by a size", sliceOf(strict, trt.Dims{0, 1}, nil, ones, size), f32(2, 3), f32(4, 8), ints(dtype.Int64, 2, 3)),
		accept("slice by a stride", sliceOf(strict, trt.Dims{0, 1}, trt.Dims{2, 3}, nil, stride), f32(2, 3), f32(4, 8), ints(dtype.Int64, 1, 2)),
		accept("slice by a size beside a dynamic axis", trt.Slice{Mode: strict, Axes: []int{1}, Start: trt.Dims{1}, Stride: trt.Dims{1}, Inputs: []trt.SliceInput{size}}, f32(-1, 3), f32(-1, 8), ints(dtype.Int64, 3)),
		accept("slice along axes that are a tensor", along(trt.Dims{1}, trt.Dims{3}), f32(4, 3), f32(4, 8), ints(dtype.Int64, -1)),
		accept("slice along two axes that are a tensor", along(trt.Dims{1, 0}, trt.Dims{3, 2}), f32(2, 3), f32(4, 8), ints(dtype.Int32, 1, 0)),
		reading(1, []int64{1, 2}, accept("slice by a start that is an input", sliceOf(strict, nil, trt.Dims{2, 3}, ones, start), f32(2, 3), f32(4, 8), tensor(dtype.Int64, 2))),
		reading(1, []int64{2, 3}, accept("slice by a size that is an input", sliceOf(strict, trt.Dims{0, 1}, nil, ones, size), f32(-1, -1), f32(4, 8), tensor(dtype.Int64, 2))),
		reading(1, []int64{1, 2}, accept("slice by a stride that is an input", sliceOf(strict, trt.Dims{0, 1}, trt.Dims{2, 3}, nil, stride), f32(2, 3), f32(4, 8), tensor(dtype.Int64, 2))),
		reading(1, []int64{1}, accept("slice along axes that are an input", along(trt.Dims{1}, trt.Dims{3}), f32(-1, -1), f32(4, 8), tensor(dtype.Int64, 1))),
		refuse("slice by a start out of bounds", sliceOf(strict, nil, trt.Dims{2, 3}, ones, start), "has no elements", f32(4, 8), ints(dtype.Int64, 0, 7)),
		refuse("slice by a start too short", sliceOf(strict, nil, trt.Dims{2, 3}, ones, start), "must have an entry for each axis", f32(4, 8), ints(dtype.Int64, 0)),
		refuse("slice by a start of rank 2", sliceOf(strict, nil, trt.Dims{2, 3}, ones, start), "must have one dimension", f32(4, 8), one(dtype.Int64, 0, 1, 1)),
		refuse("slice by a negative size", sliceOf(strict, trt.Dims{0, 1}, nil, ones, size), "must be at least 1", f32(4, 8), ints(dtype.Int64, 2, -1)),
		refuse("slice along an axis twice", along(trt.Dims{1, 0}, trt.Dims{3, 2}), "must differ", f32(4, 8), ints(dtype.Int64, 1, 1)),
		stricter("nothing can be done with an empty tensor", "slice by a size of 0", sliceOf(strict, trt.Dims{0, 1}, nil, ones, size), "must be at least 1", f32(4, 8), ints(dtype.Int64, 2, 0)),
	}
}

func fillDims(n int) trt.Dims {
	d := make(trt.Dims, n)
	for i := range d {
		d[i] = 1
	}
	return d
}

func sampledSlices() []Case {
	start, size, stride := trt.Dims{-2, 1}, trt.Dims{9, 20}, trt.Dims{1, 2}
	var cases []Case
	for _, mode := range []trt.SliceMode{trt.SliceClamp, trt.SliceWrap, trt.SliceReflect, trt.SliceFill} {
		cases = append(cases, sweep("slice "+string(mode), anyPlain, true, func(name string, t dtype.Type) Case {
			return accept(name, sliceOf(mode, start, size, stride), tensor(t, 9, 20), tensor(t, 4, 8))
		})...)
		cases = append(cases,
			accept("slice "+string(mode)+" of one axis", trt.Slice{Mode: mode, Axes: []int{1}, Start: trt.Dims{-2}, Size: trt.Dims{9}, Stride: trt.Dims{1}}, f32(-1, 9), f32(-1, 8)),
			accept("slice "+string(mode)+" backwards", sliceOf(mode, trt.Dims{3, 9}, size, trt.Dims{-1, -1}), f32(9, 20), f32(4, 8)),
			accept("slice "+string(mode)+" of extent 1", sliceOf(mode, start, size, stride), f32(9, 20), f32(1, 8)),
		)
		if mode != trt.SliceFill {
			cases = append(cases, refuse("slice "+string(mode)+" with a fill value", sliceOf(mode, start, size, stride, trt.SliceValue), "has no use in mode", f32(4, 8), one(dtype.Float32, 3)))
		}
	}
	fill := sliceOf(trt.SliceFill, start, size, stride, trt.SliceValue)
	return append(cases,
		accept("slice fill with a constant", fill, f32(9, 20), f32(4, 8), one(dtype.Float32, 3)),
		accept("slice fill with a list of one", fill, f32(9, 20), f32(4, 8), one(dtype.Float32, 3, 1)),
		accept("slice fill with an int64 constant", fill, tensor(dtype.Int64, 9, 20), tensor(dtype.Int64, 4, 8), one(dtype.Int64, 3)),
		accept("slice fill with an input", fill, f32(9, 20), f32(4, 8), f32()),
		accept("slice fill with one value of rank 2", fill, f32(9, 20), f32(4, 8), f32(1, 1)),
		refuse("slice fill with two values", fill, "must be one element", f32(4, 8), f32(2)),
		refuse("slice fill with a value of another type", fill, "must have the type of", f32(4, 8), one(dtype.Int32, 3)),
		refuse("slice with a fill value in strict bounds", sliceOf(trt.SliceStrict, trt.Dims{0, 0}, trt.Dims{1, 1}, stride, trt.SliceValue), "has no use in mode", f32(4, 8), one(dtype.Float32, 3)),
	)
}

func shapedResizes() []Case {
	op := trt.Resize{Mode: trt.ResizeLinear, Coordinates: trt.HalfPixel, Rounding: trt.RoundFloor, Single: trt.SingleFormula, CubicCoefficient: new(float32(-0.75))}
	return []Case{
		accept("resize to a constant", op, f32(1, 3, 8, 9), f32(1, 3, 4, 4), ints(dtype.Int64, 1, 3, 8, 9)),
		accept("resize to an int32 constant", op, f32(1, 3, 8, 9), f32(1, 3, 4, 4), ints(dtype.Int32, 1, 3, 8, 9)),
		accept("resize four axes to a constant", op, f32(2, 3, 8, 8), f32(1, 3, 4, 4), ints(dtype.Int64, 2, 3, 8, 8)),
		accept("resize dynamic to a constant", op, f32(2, 3, 8, 8), f32(-1, 3, -1, -1), ints(dtype.Int64, 2, 3, 8, 8)),
		reading(1, []int64{1, 3, 6, 7}, accept("resize to an input", op, f32(-1, -1, -1, -1), f32(1, 3, 4, 4), tensor(dtype.Int64, 4))),
		refuse("resize to a constant too short", op, "must have an entry for each dimension", f32(1, 3, 4, 4), ints(dtype.Int64, 1, 3, 8)),
		refuse("resize to a negative constant", op, "must be positive", f32(1, 3, 4, 4), ints(dtype.Int64, 1, 3, -1, 8)),
		refuse("resize to bools", op, "does not compute in", f32(1, 3, 4, 4), ints(dtype.Bool, 1, 1, 1, 1)),
		stricter("nothing can be done with an empty tensor", "resize to a constant of 0", op, "must be positive", f32(1, 3, 4, 4), ints(dtype.Int64, 1, 3, 0, 8)),
	}
}

func fills() []Case {
	f := dtype.Float32
	fill := func(op trt.FillOperation, t dtype.Type, alpha, beta float64, dims ...int64) trt.Fill {
		return trt.Fill{Operation: op, Type: t, Dims: dims, Alpha: alpha, Beta: beta}
	}
	line, uniform, normal := trt.FillLinspace, trt.FillUniform, trt.FillNormal
	cases := sweep("fill linspace", []dtype.Type{f, dtype.Int32, dtype.Int64}, false, func(name string, t dtype.Type) Case {
		return accept(name, fill(line, t, 3, -2, 6), tensor(t, 6))
	})
	for _, op := range []trt.FillOperation{uniform, normal} {
		cases = append(cases, sweep("fill "+string(op), []dtype.Type{f, dtype.Float16}, false, func(name string, t dtype.Type) Case {
			return accept(name, fill(op, t, 0.5, 2, 2, 3), tensor(t, 2, 3))
		})...)
	}
	return append(cases,
		accept("fill linspace of fractions", fill(line, f, 0.5, 0.25, 6), f32(6)),
		accept("fill linspace by tensors", fill(line, f, 0, 0, 2, 3), f32(2, 3), one(f, 1), tensorOf(100, 10)),
		accept("fill int64 linspace by tensors", fill(line, dtype.Int64, 0, 0, 6), tensor(dtype.Int64, 6), one(dtype.Int64, 1), ints(dtype.Int64, 3)),
		accept("fill linspace by inputs", fill(line, f, 0, 0, 6), f32(6), f32(), f32(1)),
		accept("fill linspace of a length that is a tensor", fill(line, f, 1, 2), f32(6), ints(dtype.Int64, 6)),
		accept("fill linspace of dimensions that are a tensor", fill(line, f, 0, 0), f32(2, 3), ints(dtype.Int32, 2, 3), one(f, 1), tensorOf(100, 10)),
		accept("fill uniform of dimensions that are a tensor", fill(uniform, f, -1, 1), f32(2, 3), ints(dtype.Int64, 2, 3)),
		accept("fill uniform by tensors", fill(uniform, dtype.Float16, 0, 0, 2, 3), tensor(dtype.Float16, 2, 3), one(f, 1), one(f, 2)),
		accept("fill normal by tensors", fill(normal, f, 0, 0, 2, 3), f32(2, 3), one(f, 1), one(f, 2)),
		reading(0, []int64{2, 3}, accept("fill normal of dimensions that are an input", fill(normal, f, 0, 1), f32(-1, -1), tensor(dtype.Int64, 2))),
		refuse("fill uniform out of order", fill(uniform, f, 3, 2, 2, 3), "must be in order"),
		refuse("fill normal of negative deviation", fill(normal, f, 3, -2, 2, 3), "a positive deviation"),
		refuse("fill a scalar", fill(line, f, 0, 1), "at least one"),
		refuse("fill a negative dimension", fill(line, f, 0, 1, -1), "must be positive"),
		refuse("fill dimensions that are a scalar", fill(line, f, 0, 1), "must have one dimension", one(dtype.Int64, 6)),
		refuse("fill a negative dimension that is a tensor", fill(line, f, 0, 1), "must be positive", ints(dtype.Int64, -1)),
		refuse("fill linspace by a scalar beta", fill(line, f, 0, 0, 6), "has the wrong dimensions", one(f, 1), one(f, 1)),
		refuse("fill linspace by a list alpha", fill(line, f, 0, 0, 6), "must be a scalar", one(f, 1, 1), one(f, 1, 1)),
		refuse("fill uniform by lists", fill(uniform, f, 0, 0, 6), "must be a scalar", one(f, 1, 1), one(f, 1, 1)),
		stricter("nothing can be done with an empty tensor", "fill nothing", fill(line, f, 0, 1, 0), "must be positive"),
		stricter("TensorRT documents a number as the step of one axis", "fill linspace of two axes by numbers", fill(line, f, 0, 1, 2, 3), "must be a tensor for more"),
		stricter("TensorRT documents the output's type", "fill uniform of float32 by halves", fill(uniform, f, 0, 0, 2, 3), "alpha: has a type", one(dtype.Float16, 1), one(dtype.Float16, 2)),
		stricter("the fraction would be lost", "fill linspace of integers by fractions", fill(line, dtype.Int32, 0.5, 1, 6), "must be whole"),
	)
}

// tensorOf is a constant list of floats.
func tensorOf(list ...float64) trt.Info {
	x := tensor(dtype.Float32, int64(len(list)))
	for _, v := range list {
		x.Values = append(x.Values, trt.Element{Known: true, Float: v})
	}
	return x
}
