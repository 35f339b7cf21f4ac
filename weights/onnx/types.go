package onnx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// typeString is the number of the one type with values of no fixed size.
const typeString = 8

// types are the numbers of TensorProto.DataType in onnx.proto, IR version 14,
// and the field that holds values that are not in raw_data.
var types = [...]struct {
	name  string
	dtype dtype.Type // Invalid: not read
	field protowire.Number
}{
	0:          {"undefined", dtype.Invalid, 0},
	1:          {"float", dtype.Float32, fieldFloats},
	2:          {"uint8", dtype.UInt8, fieldInt32s},
	3:          {"int8", dtype.Int8, fieldInt32s},
	4:          {"uint16", dtype.UInt16, fieldInt32s},
	5:          {"int16", dtype.Int16, fieldInt32s},
	6:          {"int32", dtype.Int32, fieldInt32s},
	7:          {"int64", dtype.Int64, fieldInt64s},
	typeString: {"string", dtype.Invalid, 0},
	9:          {"bool", dtype.Bool, fieldInt32s},
	10:         {"float16", dtype.Float16, fieldInt32s},
	11:         {"double", dtype.Float64, fieldDoubles},
	12:         {"uint32", dtype.UInt32, fieldUint64s},
	13:         {"uint64", dtype.UInt64, fieldUint64s},
	14:         {"complex64", dtype.Complex64, fieldFloats},
	15:         {"complex128", dtype.Complex128, fieldDoubles},
	16:         {"bfloat16", dtype.BFloat16, fieldInt32s},
	17:         {"float8e4m3fn", dtype.Float8E4M3FN, fieldInt32s},
	18:         {"float8e4m3fnuz", dtype.Float8E4M3FNUZ, fieldInt32s},
	19:         {"float8e5m2", dtype.Float8E5M2, fieldInt32s},
	20:         {"float8e5m2fnuz", dtype.Float8E5M2FNUZ, fieldInt32s},
	21:         {"uint4", dtype.Invalid, 0},
	22:         {"int4", dtype.Invalid, 0},
	23:         {"float4e2m1", dtype.Invalid, 0},
	24:         {"float8e8m0", dtype.Float8E8M0FNU, fieldInt32s},
	25:         {"uint2", dtype.Invalid, 0},
	26:         {"int2", dtype.Invalid, 0},
}

// typeName names a DataType for messages.
func typeName(n int64) string {
	if n < 0 || n >= int64(len(types)) {
		return fmt.Sprintf("data type %d", n)
	}
	return types[n].name
}

// typedFields are the fields of TensorProto with values by type.
var typedFields = [...]struct {
	number  protowire.Number
	name    string
	element protowire.Type
}{
	{fieldFloats, "float_data", protowire.Fixed32Type},
	{fieldInt32s, "int32_data", protowire.VarintType},
	{fieldInt64s, "int64_data", protowire.VarintType},
	{fieldDoubles, "double_data", protowire.Fixed64Type},
	{fieldUint64s, "uint64_data", protowire.VarintType},
}
