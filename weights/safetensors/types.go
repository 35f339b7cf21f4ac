package safetensors

import "github.com/trtbuild/trtbuild/weights/dtype"

// types are the element types by their names in the header. F4, F6_E2M3 and
// F6_E3M2 exist too, whose elements are no whole bytes.
var types = map[string]dtype.Type{
	"BOOL":        dtype.Bool,
	"U8":          dtype.UInt8,
	"I8":          dtype.Int8,
	"F8_E4M3":     dtype.Float8E4M3FN,
	"F8_E5M2":     dtype.Float8E5M2,
	"F8_E8M0":     dtype.Float8E8M0FNU,
	"F8_E4M3FNUZ": dtype.Float8E4M3FNUZ,
	"F8_E5M2FNUZ": dtype.Float8E5M2FNUZ,
	"I16":         dtype.Int16,
	"U16":         dtype.UInt16,
	"F16":         dtype.Float16,
	"BF16":        dtype.BFloat16,
	"I32":         dtype.Int32,
	"U32":         dtype.UInt32,
	"F32":         dtype.Float32,
	"F64":         dtype.Float64,
	"I64":         dtype.Int64,
	"U64":         dtype.UInt64,
	"C64":         dtype.Complex64,
}

// typeName returns the name of t in the header, if it has one.
func typeName(t dtype.Type) (string, bool) {
	for name, u := range types {
		if u == t {
			return name, true
		}
	}
	return "", false
}
