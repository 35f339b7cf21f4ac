package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// greatest of float8_e4m3fn.
const greatest = 448

// dynamicQuantize lets the scale of a block of zeros be the least there is in
// powers of two, and 0 in float32, by which nothing is divided.
func (r *runner) dynamicQuantize(op trt.DynamicQuantize, x *trt.Value, out []trt.Info) ([]*trt.Value, error) {
	scales, low := newValue(out[1]), newValue(out[0])
	share := sharing(x.Dims, scales.Dims, 0, op.BlockShape)
	for i, v := range x.Floats {
		s := share(i)
		scales.Floats[s] = max(scales.Floats[s], float32(math.Abs(float64(v))))
	}
	for i, v := range scales.Floats {
		if scales.Floats[i] = v / greatest; op.ScaleType == dtype.Float8E8M0FNU {
			scales.Floats[i] = half.CeilScale8(v / greatest)
		}
	}
	r.scaled(x, scales, 0, op.BlockShape, func(i, s int) {
		if scale := scales.Floats[s]; scale != 0 {
			low.Floats[i] = x.Floats[i] / scale
		}
	})
	return []*trt.Value{low, scales}, nil
}
