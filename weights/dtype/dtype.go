// Package dtype names the element types of tensors. It is the only such enum
// in the module: readers of weight files, recorded networks and backends all
// speak it, and only the C++ shim translates it to TensorRT's own numbers.
package dtype

import "fmt"

// Type is an element type. The zero value is Invalid.
type Type uint8

// The element types, spelled as PyTorch and safetensors know them.
const (
	Invalid Type = iota
	Float32
	Float16  // IEEE 754 binary16
	BFloat16 // upper half of a float32
	Float64
	Int8
	UInt8
	Int16
	Int32
	Int64
	Bool
	Float8E4M3FN   // OCP FP8: finite, NaN is 0x7f and 0xff
	Float8E5M2     // OCP FP8
	Float8E4M3FNUZ // finite, no negative zero: 0x80 is NaN; exponent bias 8
	Float8E5M2FNUZ // likewise; exponent bias 16
	Float8E8M0FNU  // an exponent alone: 2^(byte-127), 0xff is NaN
	UInt16
	UInt32
	UInt64
	Complex32 // two float16
	Complex64
	Complex128
	Int4         // two elements a byte, the first in the low bits
	Float4E2M1FN // OCP FP4, likewise: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives
)

type info struct {
	name  string
	size  int
	float bool
}

var infos = [...]info{
	Invalid:        {"invalid", 0, false},
	Float32:        {"float32", 4, true},
	Float16:        {"float16", 2, true},
	BFloat16:       {"bfloat16", 2, true},
	Float64:        {"float64", 8, true},
	Int8:           {"int8", 1, false},
	UInt8:          {"uint8", 1, false},
	Int16:          {"int16", 2, false},
	Int32:          {"int32", 4, false},
	Int64:          {"int64", 8, false},
	Bool:           {"bool", 1, false},
	Float8E4M3FN:   {"float8_e4m3fn", 1, true},
	Float8E5M2:     {"float8_e5m2", 1, true},
	Float8E4M3FNUZ: {"float8_e4m3fnuz", 1, true},
	Float8E5M2FNUZ: {"float8_e5m2fnuz", 1, true},
	Float8E8M0FNU:  {"float8_e8m0fnu", 1, true},
	UInt16:         {"uint16", 2, false},
	UInt32:         {"uint32", 4, false},
	UInt64:         {"uint64", 8, false},
	Complex32:      {"complex32", 4, false},
	Complex64:      {"complex64", 8, false},
	Complex128:     {"complex128", 16, false},
	Int4:           {"int4", 0, false},
	Float4E2M1FN:   {"float4_e2m1fn", 0, true},
}

func (t Type) info() info {
	if int(t) >= len(infos) {
		return info{name: fmt.Sprintf("dtype(%d)", uint8(t))}
	}
	return infos[t]
}

// String returns the name used in JSON and messages, for example "float16".
func (t Type) String() string { return t.info().name }

// Size returns the bytes one element takes; 0 for Invalid, and for the types of
// 4 bits, of which Bits says how many they are.
func (t Type) Size() int { return t.info().size }

// Bits returns the bits one element takes; 0 for Invalid.
func (t Type) Bits() int {
	if t == Int4 || t == Float4E2M1FN {
		return 4
	}
	return 8 * t.Size()
}

// Bytes returns the bytes that n elements take, packed.
func (t Type) Bytes(n int64) int64 { return (n*int64(t.Bits()) + 7) >> 3 }

// IsComplex reports whether t is a pair of floating-point numbers, which no
// float32 stands for.
func (t Type) IsComplex() bool { return t >= Complex32 && t <= Complex128 }

// IsFloat reports whether t is a real floating-point type.
func (t Type) IsFloat() bool { return t.info().float }

// Parse returns the type of a name that String prints.
func Parse(name string) (Type, error) {
	for i, in := range infos {
		if Type(i) != Invalid && in.name == name {
			return Type(i), nil
		}
	}
	return Invalid, fmt.Errorf("unknown element type %q", name)
}

// MarshalText writes the name.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a name that String prints.
func (t *Type) UnmarshalText(b []byte) (err error) {
	*t, err = Parse(string(b))
	return err
}
