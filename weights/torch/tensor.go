package torch

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// storage is elements that lie one behind the other in a record.
type storage struct {
	rec     *record
	typ     dtype.Type
	count   int64
	base    int64  // in bytes
	quant   string // the quantized type, if it is one
	untyped bool   // of bytes: the tensor says what they are
}

// tensor is a view of a storage, or the reason why there is none.
type tensor struct {
	storage   *storage
	typ       dtype.Type
	offset    int64 // in elements
	shape     []int64
	strides   []int64
	parameter bool // made as an nn.Parameter
	refused   *refusal
}

// refusal is why a tensor has no values that can be read.
type refusal struct {
	what string // completes "is …"
	next string
}

// elements are the element types by the names of PyTorch's storage classes and
// of its dtypes.
var elements = map[string]dtype.Type{
	"FloatStorage": dtype.Float32, "DoubleStorage": dtype.Float64, "HalfStorage": dtype.Float16, "BFloat16Storage": dtype.BFloat16,
	"LongStorage": dtype.Int64, "IntStorage": dtype.Int32, "ShortStorage": dtype.Int16, "CharStorage": dtype.Int8,
	"ByteStorage": dtype.UInt8, "BoolStorage": dtype.Bool, "ComplexFloatStorage": dtype.Complex64, "ComplexDoubleStorage": dtype.Complex128,
	"QInt8Storage": dtype.Int8, "QUInt8Storage": dtype.UInt8, "QInt32Storage": dtype.Int32, "QUInt4x2Storage": dtype.UInt8, "QUInt2x4Storage": dtype.UInt8,
	"UntypedStorage": dtype.UInt8,

	"float32": dtype.Float32, "float": dtype.Float32, "float64": dtype.Float64, "double": dtype.Float64, "float16": dtype.Float16, "half": dtype.Float16,
	"bfloat16": dtype.BFloat16, "int64": dtype.Int64, "long": dtype.Int64, "int32": dtype.Int32, "int": dtype.Int32, "int16": dtype.Int16, "short": dtype.Int16,
	"int8": dtype.Int8, "uint8": dtype.UInt8, "bool": dtype.Bool, "uint16": dtype.UInt16, "uint32": dtype.UInt32, "uint64": dtype.UInt64,
	"complex32": dtype.Complex32, "chalf": dtype.Complex32, "complex64": dtype.Complex64, "cfloat": dtype.Complex64, "complex128": dtype.Complex128, "cdouble": dtype.Complex128,
	"float8_e4m3fn": dtype.Float8E4M3FN, "float8_e5m2": dtype.Float8E5M2, "float8_e4m3fnuz": dtype.Float8E4M3FNUZ,
	"float8_e5m2fnuz": dtype.Float8E5M2FNUZ, "float8_e8m0fnu": dtype.Float8E8M0FNU,
}

// storageClass returns what the elements of a storage class are.
func storageClass(g *pickle.Global) (t dtype.Type, quant string, ok bool) {
	if g.Module != "torch" && g.Module != "torch.cuda" && g.Module != "torch.storage" || !strings.HasSuffix(g.Name, "Storage") {
		return dtype.Invalid, "", false
	}
	t, ok = elements[g.Name]
	if strings.HasPrefix(g.Name, "Q") {
		quant = strings.ToLower(strings.TrimSuffix(g.Name, "Storage"))
	}
	return t, quant, ok
}

// layout is what all rebuilding functions begin their arguments with: storage,
// offset, shape, strides.
func (l *loader) layout(args []any, what string) (*tensor, error) {
	if len(args) < 4 {
		return nil, l.malformed("%s with %d arguments", what, len(args))
	}
	s, ok := args[0].(*storage)
	if !ok {
		return nil, l.malformed("%s of what is no storage", what)
	}
	offset, ok := args[1].(int64)
	if !ok {
		return nil, l.malformed("%s without an offset", what)
	}
	shape, err := l.dims(args[2], what)
	if err != nil {
		return nil, err
	}
	strides, err := l.dims(args[3], what)
	if err != nil {
		return nil, err
	}
	if len(shape) != len(strides) || offset < 0 {
		return nil, l.malformed("%s of %d dimensions with %d strides at element %d", what, len(shape), len(strides), offset)
	}
	if err := l.budget.Charge(tensorSize); err != nil {
		return nil, l.malformed("%v", err)
	}
	return &tensor{storage: s, typ: s.typ, offset: offset, shape: shape, strides: strides}, nil
}

// Sizes of what is kept, for the budget: of a tensor in the pickle with its
// storage, of a record with its place in the map, of a descriptor with its own,
// and of one dimension.
const (
	tensorSize     = 160
	recordSize     = 240
	descriptorSize = 320
	dimSize        = 8
)

func (l *loader) dims(v any, what string) ([]int64, error) {
	var items []any
	switch v := v.(type) {
	case *pickle.Tuple:
		items = v.Items
	case *pickle.List:
		items = v.Items
	default:
		return nil, l.malformed("%s without a shape and strides", what)
	}
	if len(items) > maxRank {
		return nil, l.malformed("%s of %d dimensions", what, len(items))
	}
	if err := l.budget.Charge(int64(len(items)) * dimSize); err != nil {
		return nil, l.malformed("%v", err)
	}
	dims := make([]int64, len(items))
	for i, item := range items {
		n, ok := item.(int64)
		if !ok || n < 0 {
			return nil, l.malformed("%s with %v for a dimension or stride", what, simple(item))
		}
		dims[i] = n
	}
	return dims, nil
}

// slack is how many bytes more than its storage has a tensor may show through
// strides of zero.
const slack = 16 << 20

// fit checks that a tensor lies within its storage, and returns how many
// elements it has, or what is wrong and what to do about it.
func (t *tensor) fit() (count int64, problem, next string) {
	s := t.storage
	have := uint64(s.count)
	if s.untyped {
		have = uint64(s.count) / uint64(t.typ.Size())
	}
	n, last, empty := uint64(1), uint64(t.offset), false
	var over bool
	for i, d := range t.shape {
		if d == 0 {
			empty = true
			continue
		}
		hi, lo := bits.Mul64(n, uint64(d))
		stepHi, step := bits.Mul64(uint64(d-1), uint64(t.strides[i]))
		sum, carry := bits.Add64(last, step, 0)
		n, last = lo, sum
		over = over || hi != 0 || stepHi != 0 || carry != 0 || lo >= 1<<62 || sum >= 1<<62
	}
	switch {
	case over:
		return 0, fmt.Sprintf("its shape %v with strides %v is beyond all sizes", t.shape, t.strides), writeAgain
	case empty:
		return 0, "", ""
	case last >= have:
		return 0, fmt.Sprintf("its shape %v with strides %v reaches element %d, its storage %s has %d", t.shape, t.strides, last, s.rec.key, have), writeAgain
	case n > have && n-have > slack/uint64(t.typ.Size()):
		return 0, fmt.Sprintf("it repeats the %d elements of its storage to %d", have, n), "if that is meant, call .contiguous() on it and save again"
	}
	return int64(n), "", ""
}

// contiguous reports whether the elements lie in row-major order.
func (t *tensor) contiguous() bool {
	next := int64(1)
	for i := len(t.shape) - 1; i >= 0; i-- {
		if t.shape[i] == 0 {
			return true
		}
		if t.shape[i] != 1 && t.strides[i] != next {
			return false
		}
		next *= t.shape[i]
	}
	return true
}

// malformed is a tensor or storage that the pickle describes wrongly.
func (l *loader) malformed(format string, args ...any) error {
	var cause error
	for _, a := range args {
		if err, ok := a.(error); ok {
			cause = err
		}
	}
	return &damage{err: cause, record: l.pickled, offset: l.machine.Offset(), next: writeAgain, text: fmt.Sprintf("builds "+format+" before byte %d", append(args, l.machine.Offset())...)}
}

func refused(what, next string) *tensor { return &tensor{refused: &refusal{what, next}} }
