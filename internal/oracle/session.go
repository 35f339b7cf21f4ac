package oracle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Library returns where the shared library is expected.
func Library() (string, error) {
	sdk := os.Getenv("TRTBUILD_SDK_DIR")
	if sdk == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		sdk = filepath.Join(cache, "trtbuild", "sdk")
	}
	return filepath.Join(sdk, "onnxruntime", "libonnxruntime.so.1"), nil
}

// Session is a model loaded into ONNX Runtime.
type Session struct {
	session         *ort.DynamicAdvancedSession
	inputs, outputs []*trt.Tensor
}

// NewSession loads the model of a network, to be run on so many threads.
func NewSession(n *trt.Network, model []byte, threads int) (_ *Session, err error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Destroy()) }()
	if err := errors.Join(o.SetIntraOpNumThreads(threads), o.SetInterOpNumThreads(1)); err != nil {
		return nil, err
	}
	s := &Session{inputs: n.Inputs(), outputs: n.Outputs()}
	inputs := names(s.inputs)
	if len(inputs) == 0 {
		inputs = []string{unread}
	}
	s.session, err = ort.NewDynamicAdvancedSessionWithONNXData(model, inputs, names(s.outputs), o)
	return s, err
}

func names(tensors []*trt.Tensor) []string {
	all := make([]string, len(tensors))
	for i, t := range tensors {
		all[i], _ = outside(t)
	}
	return all
}

// Close releases the session.
func (s *Session) Close() error { return s.session.Destroy() }

// Run computes the outputs, in the network's order.
func (s *Session) Run(in map[string]*trt.Value) (_ []*trt.Value, err error) {
	values := make([]ort.Value, len(s.inputs))
	outputs := make([]ort.Value, len(s.outputs))
	defer func() {
		for _, v := range append(values, outputs...) {
			if v != nil {
				err = errors.Join(err, v.Destroy())
			}
		}
	}()
	for i, t := range s.inputs {
		x := in[t.Name]
		raw := encode(x.Type, x.Floats)
		if !x.Type.IsFloat() {
			raw = encodeInts(x.Type, x.Ints)
		}
		if values[i], err = value(t, raw); err != nil {
			return nil, err
		}
	}
	if len(values) == 0 {
		nothing, err := known(ort.NewTensor(ort.NewShape(1), []float32{0}))
		if err != nil {
			return nil, err
		}
		values = append(values, nothing)
	}
	raw := make([][]byte, len(s.outputs))
	for i, y := range s.outputs {
		if !y.Dims.IsStatic() {
			continue // ONNX Runtime says of what dimensions it is
		}
		raw[i] = make([]byte, y.Dims.Count()*int64(width(y.Type)))
		if outputs[i], err = value(y, raw[i]); err != nil {
			return nil, err
		}
	}
	if err := s.session.Run(values, outputs); err != nil {
		return nil, err
	}
	out := make([]*trt.Value, len(s.outputs))
	for i, y := range s.outputs {
		dims := y.Dims
		if !dims.IsStatic() {
			dims = trt.Dims(outputs[i].GetShape())
			if raw[i], err = contents(outputs[i]); err != nil {
				return nil, err
			}
		}
		out[i] = decode(y.Type, dims, raw[i])
	}
	return out, nil
}

// contents returns the bytes of what ONNX Runtime has allocated.
func contents(v ort.Value) ([]byte, error) {
	switch v := v.(type) {
	case *ort.Tensor[float32]:
		return bytesOf(v), nil
	case *ort.Tensor[int32]:
		return bytesOf(v), nil
	case *ort.Tensor[int64]:
		return bytesOf(v), nil
	case *ort.Tensor[int8]:
		return bytesOf(v), nil
	case *ort.Tensor[uint8]:
		return bytesOf(v), nil
	case *ort.Tensor[bool]:
		return bytesOf(v), nil
	case *ort.CustomDataTensor:
		return v.GetData(), nil
	}
	return nil, fmt.Errorf("an output is a %T", v)
}

func bytesOf[T ort.TensorData](t *ort.Tensor[T]) []byte {
	data := t.GetData()
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(one)))
}

// value makes bytes known to ONNX Runtime, which reads or writes them in place.
func value(t *trt.Tensor, raw []byte) (ort.Value, error) {
	_, dims := outside(t)
	shape := ort.NewShape(dims...)
	switch t.Type {
	case dtype.Float32, dtype.Float8E8M0FNU:
		return of[float32](shape, raw)
	case dtype.Int32:
		return of[int32](shape, raw)
	case dtype.Int64:
		return of[int64](shape, raw)
	case dtype.Int8:
		return of[int8](shape, raw)
	case dtype.UInt8:
		return of[uint8](shape, raw)
	case dtype.Bool:
		return of[bool](shape, raw)
	case dtype.Float16:
		return known(ort.NewCustomDataTensor(shape, raw, ort.TensorElementDataTypeFloat16))
	case dtype.BFloat16:
		return known(ort.NewCustomDataTensor(shape, raw, ort.TensorElementDataTypeBFloat16))
	case dtype.Float8E4M3FN:
		return known(ort.NewCustomDataTensor(shape, raw, ort.TensorElementDataTypeFloat8E4M3FN))
	}
	return nil, fmt.Errorf("ONNX Runtime has no %s", t.Type)
}

func of[T ort.TensorData](shape ort.Shape, raw []byte) (ort.Value, error) {
	var one T
	return known(ort.NewTensor(shape, unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/int(unsafe.Sizeof(one)))))
}

// known keeps a nil pointer out of the interface.
func known[V ort.Value](v V, err error) (ort.Value, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

func encodeInts(t dtype.Type, v []int64) []byte {
	var out []byte
	for _, x := range v {
		out = append(out, binary.LittleEndian.AppendUint64(nil, uint64(x))[:t.Size()]...)
	}
	return out
}

func decode(t dtype.Type, d trt.Dims, raw []byte) *trt.Value {
	v := &trt.Value{Type: t, Dims: d}
	le := binary.LittleEndian
	for ; len(raw) > 0; raw = raw[width(t):] {
		switch t {
		case dtype.Float32, dtype.Float8E8M0FNU:
			v.Floats = append(v.Floats, math.Float32frombits(le.Uint32(raw)))
		case dtype.Float16:
			v.Floats = append(v.Floats, half.FromFloat16(le.Uint16(raw)))
		case dtype.BFloat16:
			v.Floats = append(v.Floats, half.FromBFloat16(le.Uint16(raw)))
		case dtype.Float8E4M3FN:
			v.Floats = append(v.Floats, half.FromFloat8(raw[0]))
		case dtype.Int32:
			v.Ints = append(v.Ints, int64(int32(le.Uint32(raw))))
		case dtype.Int64:
			v.Ints = append(v.Ints, int64(le.Uint64(raw)))
		case dtype.Int8:
			v.Ints = append(v.Ints, int64(int8(raw[0])))
		default:
			v.Ints = append(v.Ints, int64(raw[0]))
		}
	}
	return v
}
