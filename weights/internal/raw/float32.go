package raw

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// littleEndian reports whether the host stores numbers as files do.
var littleEndian = func() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 1
}()

// Float32s converts len(dst) little-endian values of src to float32: integers
// and bool by value, all rounded to nearest even. src may be the end of dst's own
// memory. Complex numbers are a programmer's error.
func Float32s(dst []float32, src []byte, t dtype.Type) {
	le := binary.LittleEndian
	src = src[:len(dst)*t.Size()]
	switch t {
	case dtype.Float32:
		for i := range dst {
			dst[i] = math.Float32frombits(le.Uint32(src[4*i:]))
		}
	case dtype.Float16:
		if h, ok := halves(src); ok {
			half.FromFloat16s(dst, h)
			return
		}
		for i := range dst {
			dst[i] = half.FromFloat16(le.Uint16(src[2*i:]))
		}
	case dtype.BFloat16:
		if h, ok := halves(src); ok {
			half.FromBFloat16s(dst, h)
			return
		}
		for i := range dst {
			dst[i] = half.FromBFloat16(le.Uint16(src[2*i:]))
		}
	case dtype.Float64:
		for i := range dst {
			dst[i] = float32(math.Float64frombits(le.Uint64(src[8*i:])))
		}
	case dtype.Int8:
		for i := range dst {
			dst[i] = float32(int8(src[i]))
		}
	case dtype.UInt8:
		for i := range dst {
			dst[i] = float32(src[i])
		}
	case dtype.Bool:
		for i := range dst {
			v := float32(0)
			if src[i] != 0 {
				v = 1
			}
			dst[i] = v
		}
	case dtype.Int16:
		for i := range dst {
			dst[i] = float32(int16(le.Uint16(src[2*i:])))
		}
	case dtype.UInt16:
		for i := range dst {
			dst[i] = float32(le.Uint16(src[2*i:]))
		}
	case dtype.Int32:
		for i := range dst {
			dst[i] = float32(int32(le.Uint32(src[4*i:])))
		}
	case dtype.UInt32:
		for i := range dst {
			dst[i] = float32(le.Uint32(src[4*i:]))
		}
	case dtype.Int64:
		for i := range dst {
			dst[i] = float32(int64(le.Uint64(src[8*i:])))
		}
	case dtype.UInt64:
		for i := range dst {
			dst[i] = float32(le.Uint64(src[8*i:]))
		}
	case dtype.Float8E4M3FN, dtype.Float8E5M2, dtype.Float8E4M3FNUZ, dtype.Float8E5M2FNUZ, dtype.Float8E8M0FNU:
		table := float8[t]
		for i := range dst {
			dst[i] = table[src[i]]
		}
	default:
		panic(fmt.Sprintf("raw: %v has no float32 values", t))
	}
}

// halves views src as 16-bit words where the host's order and its alignment
// allow.
func halves(src []byte) ([]uint16, bool) {
	p := unsafe.Pointer(unsafe.SliceData(src))
	if !littleEndian || uintptr(p)%2 != 0 {
		return nil, false
	}
	return unsafe.Slice((*uint16)(p), len(src)/2), true
}
