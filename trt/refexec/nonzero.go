package refexec

import "github.com/trtbuild/trtbuild/trt"

// nonZero has as many columns as there are elements that are not zero. NaN is
// one of them.
func nonZero(x *trt.Value, out trt.Info) *trt.Value {
	var found []int
	for i, v := range x.Floats {
		if v != 0 {
			found = append(found, i)
		}
	}
	for i, v := range x.Ints {
		if v != 0 {
			found = append(found, i)
		}
	}
	out.Dims = trt.Dims{int64(len(x.Dims)), int64(len(found))}
	y := newValue(out)
	for axis, step := range strides(x.Dims) {
		for column, at := range found {
			y.Ints[axis*len(found)+column] = int64(at/step) % x.Dims[axis]
		}
	}
	return y
}
