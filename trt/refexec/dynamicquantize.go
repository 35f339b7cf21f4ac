package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// The greatest values of the types that scales are found for.
const (
	greatest8 = 448
	greatest4 = 6
)

// dynamicQuantize lets the scale of a block of zeros be the least there is in
// powers of two, and 0 in the other types, by which nothing is divided.
func (r *runner) dynamicQuantize(op trt.DynamicQuantize, in []*trt.Value, out []trt.Info) ([]*trt.Value, error) {
	x, scales, low := in[0], newValue(out[1]), newValue(out[0])
	greatest, whole := float32(greatest8), float32(1)
	if op.To == dtype.Float4E2M1FN {
		greatest = greatest4
	}
	if len(in) > 1 {
		whole = in[1].Floats[0]
	}
	share := sharing(x.Dims, scales.Dims, 0, op.BlockShape)
	for i, v := range x.Floats {
		s := share(i)
		scales.Floats[s] = max(scales.Floats[s], float32(math.Abs(float64(v))))
	}
	for i, v := range scales.Floats {
		switch scales.Floats[i] = v / greatest; op.ScaleType {
		case dtype.Float8E8M0FNU:
			scales.Floats[i] = half.CeilScale8(v / greatest)
		case dtype.Float8E4M3FN:
			scales.Floats[i] = half.RoundFloat8(v / greatest / whole)
		}
	}
	r.scaled(x, scales, 0, op.BlockShape, func(i, s int) {
		if scale := scales.Floats[s] * whole; scale != 0 {
			low.Floats[i] = x.Floats[i] / scale
		}
	})
	return []*trt.Value{low, scales}, nil
}
