package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// cast truncates towards zero from floats to integers; what an integer cannot
// hold becomes its nearest bound, NaN 0. Narrow integers keep the low bits.
func (r *runner) cast(x *trt.Value, out trt.Info) (*trt.Value, error) {
	if x.Type == out.Type || x.Type.IsFloat() && out.Type.IsFloat() {
		return view(x, out), nil
	}
	y := newValue(out)
	switch {
	case out.Type.IsFloat():
		for i, v := range x.Ints {
			y.Floats[i] = float32(v)
		}
	case x.Type.IsFloat():
		for i, v := range x.Floats {
			y.Ints[i] = truncate(v, out.Type)
		}
	default:
		for i, v := range x.Ints {
			y.Ints[i] = narrow(v, out.Type)
		}
	}
	return y, nil
}

func truncate(v float32, to dtype.Type) int64 {
	if to == dtype.Bool {
		if v != 0 {
			return 1
		}
		return 0
	}
	lo, hi := bounds(to)
	switch {
	case v != v:
		return 0
	case float64(v) <= float64(lo):
		return lo
	case float64(v) >= float64(hi):
		return hi
	}
	return int64(v)
}

// bounds returns the range of an integer type, or of bools.
func bounds(t dtype.Type) (lo, hi int64) {
	switch t {
	case dtype.Bool:
		return 0, 1
	case dtype.UInt8:
		return 0, math.MaxUint8
	case dtype.Int4:
		return -8, 7
	case dtype.Int8:
		return math.MinInt8, math.MaxInt8
	case dtype.Int32:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

// narrow keeps the bits that fit; for a bool, whether there are any.
func narrow(v int64, to dtype.Type) int64 {
	switch to {
	case dtype.Bool:
		return truncate(float32(v), to)
	case dtype.UInt8:
		return int64(uint8(v))
	case dtype.Int8:
		return int64(int8(v))
	case dtype.Int32:
		return int64(int32(v))
	}
	return v
}
