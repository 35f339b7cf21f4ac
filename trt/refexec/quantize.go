package refexec

import (
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// quantize divides in float32, once rounded, as ONNX Runtime does; NaN becomes
// 0 in int8.
func (r *runner) quantize(op trt.Quantize, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	x, scale, y := in[0], in[1], newValue(out)
	if err := wantZeros(in[2:]); err != nil {
		return nil, err
	}
	if out.Type.IsFloat() {
		r.scaled(x, scale, op.Axis, op.BlockShape, func(i, s int) { y.Floats[i] = x.Floats[i] / scale.Floats[s] })
		return y, nil
	}
	r.scaled(x, scale, op.Axis, op.BlockShape, func(i, s int) {
		y.Ints[i] = truncate(float32(math.RoundToEven(float64(x.Floats[i]/scale.Floats[s]))), out.Type)
	})
	return y, nil
}

func (r *runner) dequantize(op trt.Dequantize, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	x, scale, y := in[0], in[1], newValue(out)
	if err := wantZeros(in[2:]); err != nil {
		return nil, err
	}
	if x.Type.IsFloat() {
		r.scaled(x, scale, op.Axis, op.BlockShape, func(i, s int) { y.Floats[i] = x.Floats[i] * scale.Floats[s] })
		return y, nil
	}
	r.scaled(x, scale, op.Axis, op.BlockShape, func(i, s int) { y.Floats[i] = float32(x.Ints[i]) * scale.Floats[s] })
	return y, nil
}

// wantZeros refuses a zero point, if there is one, that TensorRT does not build:
// the recorder sees only what is in memory.
func wantZeros(given []*trt.Value) error {
	for _, zero := range given {
		if slices.ContainsFunc(zero.Floats, func(v float32) bool { return v != 0 }) || slices.ContainsFunc(zero.Ints, func(v int64) bool { return v != 0 }) {
			return &Error{Kind: fault.BadInput, Msg: "has a zero point that is not zero, the only one that TensorRT knows"}
		}
	}
	return nil
}

// scaled calls f for each element of x with the element of the scale that it
// shares with others.
func (r *runner) scaled(x, scale *trt.Value, axis int, shape trt.Dims, f func(i, s int)) {
	share := sharing(x.Dims, scale.Dims, axis, shape)
	r.each(elements(x), func(from, to int) {
		for i := from; i < to; i++ {
			f(i, share(i))
		}
	})
}

// sharing returns the function from elements of x to elements of the scale.
func sharing(x, scale trt.Dims, axis int, shape trt.Dims) func(i int) int {
	block := extents(x, scale, axis, shape)
	steps := make([]int, len(block))
	if n := len(scale); n > 1 {
		steps = strides(scale)
	} else if n == 1 && scale[0] > 1 {
		steps[axis] = 1
	}
	from := strides(x)
	return func(i int) int {
		s := 0
		for a, n := range from {
			s += i / n / block[a] * steps[a]
			i %= n
		}
		return s
	}
}

// extents returns those of the blocks of x that share an element of the scale.
func extents(x, scale trt.Dims, axis int, shape trt.Dims) []int {
	block := make([]int, len(x))
	for i, n := range x {
		block[i] = int(max(n, 1))
		switch {
		case len(scale) == 1 && i == axis && scale[0] > 1:
			block[i] = 1
		case len(scale) > 1 && shape == nil:
			block[i] = int(max(n/scale[i], 1))
		case len(scale) > 1 && shape[i] != trt.Dynamic:
			block[i] = int(shape[i])
		}
	}
	return block
}
