package refexec

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// load returns the values of w rounded to its type; nil for absent weights.
func (r *runner) load(w *trt.Weights) (*trt.Value, error) {
	if w == nil {
		return nil, nil
	}
	if raw := w.Bytes(); raw != nil {
		return r.decode(w, raw)
	}
	if v, ok := w.Values().(trt.Float32s); ok && w.Type == dtype.Float32 && int64(len(v)) == w.Count() {
		return &trt.Value{Type: w.Type, Dims: w.Dims, Floats: v}, nil
	}
	v := &trt.Value{Type: w.Type, Dims: w.Dims, Floats: r.temporary(int(w.Count()))}
	job := weights.Job{Name: "weights", Values: w.Values(), Count: w.Count(), Dst: v.Floats}
	if err := weights.Read(r.ctx, r.workers, []weights.Job{job}); err != nil {
		return nil, err
	}
	r.round(v)
	return v, nil
}

// floats is load for operands that are always floating point.
func (r *runner) floats(w *trt.Weights) ([]float32, error) {
	v, err := r.load(w)
	if v == nil {
		return nil, err
	}
	return v.Floats, err
}

// inPlace reads bytes as the little-endian elements that they are, where the
// machine does.
func inPlace[T float32 | uint16](raw []byte) ([]T, bool) {
	var one T
	first := unsafe.Pointer(unsafe.SliceData(raw))
	if len(raw) == 0 || uintptr(first)%unsafe.Alignof(one) != 0 || binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil, false
	}
	return unsafe.Slice((*T)(first), len(raw)/int(unsafe.Sizeof(one))), true
}

// kernelAndBias returns weights, or in the place of absent ones the tensors given;
// the bias may be absent altogether.
func (r *runner) kernelAndBias(given []*trt.Value, kernel, bias *trt.Weights) (k, b []float32, err error) {
	if kernel == nil {
		k, given = given[0].Floats, given[1:]
	} else if k, err = r.floats(kernel); err != nil {
		return nil, nil, err
	}
	if len(given) > 0 {
		return k, given[0].Floats, nil
	}
	b, err = r.floats(bias)
	return k, b, err
}

// decode reads little-endian elements.
func (r *runner) decode(w *trt.Weights, raw []byte) (*trt.Value, error) {
	if int64(len(raw)) != w.Size() {
		return nil, &Error{Msg: "weights hold the wrong number of bytes"}
	}
	if floats, ok := inPlace[float32](raw); ok && w.Type == dtype.Float32 {
		return &trt.Value{Type: w.Type, Dims: w.Dims, Floats: floats}, nil
	}
	v := r.result(trt.Info{Type: w.Type, Dims: w.Dims})
	n := elements(v)
	if halves, ok := inPlace[uint16](raw); ok {
		switch w.Type {
		case dtype.Float16:
			r.each(n, func(from, to int) { half.FromFloat16s(v.Floats[from:to], halves[from:to]) })
			return v, nil
		case dtype.BFloat16:
			r.each(n, func(from, to int) { half.FromBFloat16s(v.Floats[from:to], halves[from:to]) })
			return v, nil
		}
	}
	le := binary.LittleEndian
	for i := range n {
		switch w.Type {
		case dtype.Float32:
			v.Floats[i] = math.Float32frombits(le.Uint32(raw[4*i:]))
		case dtype.Float16:
			v.Floats[i] = half.FromFloat16(le.Uint16(raw[2*i:]))
		case dtype.BFloat16:
			v.Floats[i] = half.FromBFloat16(le.Uint16(raw[2*i:]))
		case dtype.Float8E4M3FN:
			v.Floats[i] = half.FromFloat8(raw[i])
		case dtype.Float8E8M0FNU:
			v.Floats[i] = half.FromScale8(raw[i])
		case dtype.Float4E2M1FN:
			v.Floats[i] = half.FromFloat4(raw[i/2] >> (i % 2 * 4))
		case dtype.Int4:
			v.Ints[i] = int64(int8(raw[i/2]<<(4-i%2*4)) >> 4)
		case dtype.Int32:
			v.Ints[i] = int64(int32(le.Uint32(raw[4*i:])))
		case dtype.Int64:
			v.Ints[i] = int64(le.Uint64(raw[8*i:]))
		case dtype.Int8:
			v.Ints[i] = int64(int8(raw[i]))
		case dtype.UInt8, dtype.Bool:
			v.Ints[i] = int64(raw[i])
		default:
			return nil, &Error{Kind: fault.Unsupported, Msg: "weights of type " + w.Type.String() + " cannot be executed"}
		}
	}
	return v, nil
}
