package ranges

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

// route says from which channel of which input each channel of the output of a
// layer that only moves elements comes. The zero-length route mixes all
// channels of all inputs into one.
type route []source

type source struct{ input, channel int }

// routeOf returns the route of l, nil if l does more than move elements.
func routeOf(l *trt.Layer) route {
	x := l.Inputs
	if len(x) == 0 {
		return nil
	}
	switch op := l.Op.(type) {
	case trt.Identity:
		return straight(x[0])
	case trt.Cast:
		if !x[0].Type.IsFloat() {
			return nil
		}
		return straight(x[0])
	case trt.Shuffle:
		if len(x) > 1 { // a shape that is a tensor
			return route{}
		}
		return shuffled(op, x[0], l.Outputs[0].Dims)
	case trt.Concatenation:
		return joined(op, x)
	case trt.Slice:
		if op.Mode == trt.SliceFill { // values from elsewhere
			return nil
		}
		if len(x) > 1 {
			return route{}
		}
		return sliced(op, x[0])
	case trt.Gather:
		if op.Mode == trt.GatherDefault && op.Axis > 1 && op.BatchDims == 0 {
			return straight(x[0])
		}
		return route{}
	case trt.Squeeze:
		if op.Axes[0] > 1 {
			return straight(x[0])
		}
		return route{}
	case trt.Unsqueeze:
		if op.Axes[0] > 1 {
			return straight(x[0])
		}
		return route{}
	case trt.Padding, trt.Resize, trt.Pooling:
		return straight(x[0])
	}
	return nil
}

// straight keeps the channels of x.
func straight(x *trt.Tensor) route {
	n := channelCount(x.Dims)
	r := make(route, n)
	for i := range r {
		r[i] = source{0, i}
	}
	return r
}

// channelCount returns the extent of axis 1, 0 if there is none that is known.
func channelCount(d trt.Dims) int {
	if len(d) < 2 || d[1] == trt.Dynamic {
		return 0
	}
	return int(d[1])
}

// shuffled follows axis 1 through transposes, and through a reshape that keeps
// axis 0 and splits or keeps what comes after axis 1.
func shuffled(op trt.Shuffle, x *trt.Tensor, out trt.Dims) route {
	d, at := x.Dims, 1
	if op.FirstTranspose != nil {
		at = slices.Index(op.FirstTranspose, 1)
		d = permuted(d, op.FirstTranspose)
	}
	repeat := 1
	if op.Reshape != nil {
		to := out
		if op.SecondTranspose != nil {
			to = make(trt.Dims, len(out))
			for i, axis := range op.SecondTranspose {
				to[axis] = out[i]
			}
		}
		c := channelCount(d)
		if at != 1 || c == 0 || len(to) < 2 || to[0] != d[0] || to[1] == trt.Dynamic || int(to[1])%c != 0 {
			return route{}
		}
		// Axis 1 of the result holds each channel repeat times in a row.
		repeat = int(to[1]) / c
		if rest := d[2:].Count(); repeat != 1 && (rest < 1 || rest%int64(repeat) != 0) {
			return route{}
		}
	}
	if op.SecondTranspose != nil {
		at = slices.Index(op.SecondTranspose, at)
	}
	if at != 1 {
		return route{}
	}
	r := make(route, channelCount(out))
	for i := range r {
		r[i] = source{0, i / repeat}
	}
	return r
}

func permuted(d trt.Dims, order []int) trt.Dims {
	out := make(trt.Dims, len(order))
	for i, axis := range order {
		out[i] = d[axis]
	}
	return out
}

func joined(op trt.Concatenation, in []*trt.Tensor) route {
	if op.Axis != 1 {
		return route{}
	}
	var r route
	for i, x := range in {
		if channelCount(x.Dims) == 0 {
			return route{}
		}
		for c := range channelCount(x.Dims) {
			r = append(r, source{i, c})
		}
	}
	return r
}

func sliced(op trt.Slice, x *trt.Tensor) route {
	r := straight(x)
	i := slices.Index(op.Axes, 1)
	if i < 0 || len(r) == 0 {
		return r
	}
	if op.Mode != trt.SliceStrict {
		return route{}
	}
	out := make(route, op.Size[i])
	for c := range out {
		out[c] = r[op.Start[i]+int64(c)*op.Stride[i]]
	}
	return out
}

// reroute sends what is known of the channels of inputs along r; mix makes one
// of many.
func reroute[T any](r route, in [][]T, mix func([]T) T) []T {
	uniform := len(r) == 0
	for _, all := range in {
		uniform = uniform || len(in) == 1 && len(all) == 1
	}
	if uniform {
		return []T{mix(slices.Concat(in...))}
	}
	out := make([]T, len(r))
	for i, s := range r {
		out[i] = at(in[s.input], s.channel)
	}
	return out
}
