package layers

import (
	"encoding/binary"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// extent is a dimension to be: a number, or computed from a dimension of a
// tensor, by (extent+before)/over*times+after, rounded down.
type extent struct {
	axis                       int // noAxis: after is the number
	before, over, times, after int64
}

const noAxis = -1

func fixed(n int64) extent { return extent{noAxis, 0, 1, 1, n} }

func extentOf(axis int) extent { return extent{axis, 0, 1, 1, 0} }

func (e extent) by(factor int64) extent {
	e.times = factor
	return e
}

func (e extent) part(divisor int64) extent {
	e.over = divisor
	return e
}

// of returns the extent if it is known when the network is recorded.
func (e extent) of(d trt.Dims) int64 {
	switch {
	case e.axis == noAxis:
		return e.after
	case d[e.axis] == trt.Dynamic:
		return trt.Dynamic
	}
	return (d[e.axis]+e.before)/e.over*e.times + e.after
}

// reshape shuffles x to dimensions that come from those of another tensor: by
// numbers if they are known, by a shape tensor if not. As in Shuffle fixed(0)
// copies and fixed(-1) is what is left.
func reshape(net *trt.Network, name string, x, from *trt.Tensor, op trt.Shuffle, to ...extent) *trt.Tensor {
	if net.Err() != nil {
		return x
	}
	op.Reshape = make(trt.Dims, len(to))
	known := true
	for i, e := range to {
		op.Reshape[i] = e.of(from.Dims)
		known = known && (e.axis == noAxis || op.Reshape[i] != trt.Dynamic)
	}
	if known {
		return net.AddShuffle(name, x, op)
	}
	op.Reshape = nil
	return net.Add(name, op, x, dimensions(net, name+"/dims", from, to...))[0]
}

// dimensions computes a shape tensor from the dimensions of x.
func dimensions(net *trt.Network, name string, x *trt.Tensor, to ...extent) *trt.Tensor {
	places := make([]int64, len(to))
	zero := false
	for i, e := range to {
		if places[i] = int64(e.axis); e.axis == noAxis {
			places[i], zero = int64(len(x.Dims)), true
		}
	}
	y := net.AddShape(name+"/shape", x)
	if zero {
		y = net.AddConcatenation(name+"/zero", 0, y, whole(net, name+"/0", 0))
	}
	y = net.AddGather(name+"/extents", y, whole(net, name+"/axes", places...), trt.Gather{Mode: trt.GatherDefault})
	for _, step := range []struct {
		name    string
		op      trt.ElementWiseOperation
		neutral int64
		number  func(extent) int64
	}{
		{"before", trt.Sum, 0, func(e extent) int64 { return e.before }},
		{"over", trt.FloorDiv, 1, func(e extent) int64 { return e.over }},
		{"times", trt.Prod, 1, func(e extent) int64 { return e.times }},
		{"after", trt.Sum, 0, func(e extent) int64 { return e.after }},
	} {
		numbers := make([]int64, len(to))
		for i, e := range to {
			numbers[i] = step.number(e)
		}
		if slices.ContainsFunc(numbers, func(n int64) bool { return n != step.neutral }) {
			y = net.AddElementWise(name+"/"+step.name, y, whole(net, name+"/"+step.name+"_by", numbers...), step.op)
		}
	}
	return y
}

// whole is a constant of whole numbers.
func whole(net *trt.Network, name string, v ...int64) *trt.Tensor {
	raw := make([]byte, 0, 8*len(v))
	for _, n := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(n))
	}
	return net.AddConstant(name, trt.RawWeights(dtype.Int64, trt.Dims{int64(len(v))}, raw))
}
