package refexec

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

// scatter makes the updates in row-major order, so that the last one to a place
// stays. An index out of range is refused, as ONNX does; TensorRT drops the
// update.
func (r *runner) scatter(op trt.Scatter, data, indices, updates *trt.Value, out trt.Info) (*trt.Value, error) {
	y := view(data, out)
	y.Floats, y.Ints = slices.Clone(y.Floats), slices.Clone(y.Ints)
	put := func(to, from, n int) {
		pick(y.Floats, updates.Floats, to, from, n, 1)
		pick(y.Ints, updates.Ints, to, from, n, 1)
	}
	if op.Mode == trt.ScatterND {
		return y, eachTuple(0, data.Dims, indices, func(o, at, n int) { put(at, o, n) })
	}
	return y, eachElement(op.Axis, data.Dims, indices, func(o, at, n int) { put(at, o, n) })
}
