package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) cumulative(op trt.Cumulative, x *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	length := int(x.Dims[op.Axis])
	r.lanes(x.Dims, op.Axis, func(_, from, step int) {
		if op.Reverse {
			from, step = from+(length-1)*step, -step
		}
		floats, ints := 0.0, int64(0)
		for j := range length {
			at := from + j*step
			before, intsBefore := floats, ints
			if x.Type.IsFloat() {
				floats += float64(x.Floats[at])
				y.Floats[at] = float32(either(op.Exclusive, before, floats))
			} else {
				ints += x.Ints[at]
				y.Ints[at] = either(op.Exclusive, intsBefore, ints)
			}
		}
	})
	return y, nil
}

func either[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}
