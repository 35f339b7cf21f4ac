package trt

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindPluginV3 names PluginV3.
const KindPluginV3 Kind = "plugin_v3"

// PluginV3 is a layer of somebody's own code, an IPluginV3 of TensorRT, which the
// creator of this name, version and namespace makes of the fields. The library
// that registers the creator is named where the backend is opened.
//
// What it gives only its code knows, so the outputs are stated. Where the network
// is built they are held against what TensorRT infers of the plugin, and a
// difference is an error.
//
// TensorRT-RTX has no plugins.
type PluginV3 struct {
	noWeights
	Creator   string         `json:"creator"`
	Version   string         `json:"version"`
	Namespace string         `json:"namespace"` // may be empty
	Fields    []PluginField  `json:"fields"`
	Outputs   []PluginOutput `json:"outputs"` // 1 to 16
	// ShapeInputs is how many inputs, the last ones, the plugin reads as
	// dimensions before the network runs.
	ShapeInputs int `json:"shape_inputs"`
}

// PluginOutput is the type and the dimensions of an output, Dynamic where they
// depend on dynamic ones or on elements.
type PluginOutput struct {
	Type dtype.Type `json:"dtype"`
	Dims Dims       `json:"dims"`
}

// PluginFieldType is the type of the elements of a field.
type PluginFieldType string

// The types of fields, TensorRT's but for those of 4 bits and its own structs.
const (
	FieldFloat16  PluginFieldType = "float16"
	FieldFloat32  PluginFieldType = "float32"
	FieldFloat64  PluginFieldType = "float64"
	FieldBFloat16 PluginFieldType = "bfloat16"
	FieldFloat8   PluginFieldType = "float8_e4m3fn"
	FieldInt8     PluginFieldType = "int8"
	FieldInt16    PluginFieldType = "int16"
	FieldInt32    PluginFieldType = "int32"
	FieldInt64    PluginFieldType = "int64"
	FieldChar     PluginFieldType = "char"
)

// PluginField is one attribute of a plugin. NewPluginField and NewPluginText make
// those of Go's own types.
type PluginField struct {
	Name string          `json:"name"`
	Type PluginFieldType `json:"type"`
	Data []byte          `json:"data"` // little-endian elements; base64 in JSON
}

// NewPluginField returns a field of numbers.
func NewPluginField[T float32 | float64 | int8 | int16 | int32 | int64](name string, values ...T) PluginField {
	f := PluginField{Name: name, Data: []byte{}}
	switch any(T(0)).(type) {
	case float32:
		f.Type = FieldFloat32
	case float64:
		f.Type = FieldFloat64
	case int8:
		f.Type = FieldInt8
	case int16:
		f.Type = FieldInt16
	case int32:
		f.Type = FieldInt32
	case int64:
		f.Type = FieldInt64
	}
	f.Data, _ = binary.Append(f.Data, binary.LittleEndian, values) // numbers of fixed size cannot fail
	return f
}

// NewPluginText returns a field of characters. A zero byte follows where the
// plugin reads them, but does not count.
func NewPluginText(name, text string) PluginField {
	return PluginField{Name: name, Type: FieldChar, Data: []byte(text)}
}

// Len returns the number of elements; -1 if the bytes are no whole number of
// elements of a known type.
func (f PluginField) Len() int {
	if f.Type == FieldChar {
		return len(f.Data)
	}
	t, err := dtype.Parse(string(f.Type))
	if err != nil || t.Size() == 0 || len(f.Data)%t.Size() != 0 {
		return -1
	}
	return len(f.Data) / t.Size()
}

// What a plugin can have. TensorRT bounds the names; the rest are our own bounds
// on what is copied and dumped.
const (
	maxPluginName    = 1023 // bytes
	maxPluginFields  = 256
	maxPluginBytes   = 64 << 20 // of all fields
	maxPluginOutputs = 16
)

// AddPluginV3 adds a plugin of tensors, and of the tensors that it reads as
// dimensions: integers of rank 0 or 1. It returns the outputs that op states.
func (n *Network) AddPluginV3(name string, inputs, shapeInputs []*Tensor, op PluginV3) []*Tensor {
	op.ShapeInputs = len(shapeInputs)
	return n.Add(name, op, append(append([]*Tensor{}, inputs...), shapeInputs...)...)
}

// Kind returns KindPluginV3.
func (op PluginV3) Kind() Kind { return KindPluginV3 }

// Operands numbers the inputs, and those that are read as dimensions.
func (op PluginV3) Operands(n int) []string {
	if op.ShapeInputs < 0 || n <= op.ShapeInputs {
		return nil
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("input %d", i)
		if data := n - op.ShapeInputs; i >= data {
			names[i] = fmt.Sprintf("shape input %d", i-data)
		}
	}
	return names
}

func (op PluginV3) outputCount() int { return len(op.Outputs) }

// WithWeights returns op: it holds none.
func (op PluginV3) WithWeights([]*Weights) Op { return op }

func (op PluginV3) shapeInputs(n int) []int { return span(n-op.ShapeInputs, n) }

// withDefaults keeps copies of the fields and the outputs.
func (op PluginV3) withDefaults([]Info) Op {
	fields := make([]PluginField, len(op.Fields))
	for i, f := range op.Fields {
		f.Data = append([]byte{}, f.Data...)
		fields[i] = f
	}
	op.Fields, op.Outputs = fields, slices.Clone(op.Outputs)
	for i, o := range op.Outputs {
		op.Outputs[i].Dims = o.Dims.Clone()
	}
	return op
}

// String returns the name that the creator is registered by.
func (op PluginV3) String() string {
	s := op.Creator + " version " + op.Version
	if op.Namespace != "" {
		s += " of namespace " + op.Namespace
	}
	return s
}

// Infer returns the outputs as they are stated.
func (op PluginV3) Infer(in []Info, t Target) ([]Info, error) {
	if t.Product == RTX {
		return nil, &Error{Msg: "TensorRT-RTX has no plugins: its INetworkDefinition has no addPluginV3", Expected: Enterprise.String(), Found: RTX.String()}
	}
	for _, part := range []struct{ what, name string }{{"creator", op.Creator}, {"version", op.Version}, {"namespace", op.Namespace}} {
		if part.what == "namespace" && part.name == "" {
			continue
		}
		if err := wantPluginName(part.what, part.name); err != nil {
			return nil, err
		}
	}
	if err := op.checkFields(); err != nil {
		return nil, err
	}
	names := op.Operands(len(in))
	for _, i := range op.shapeInputs(len(in)) {
		if err := wantDimensions(names[i], in[i]); err != nil {
			return nil, err
		}
	}
	return op.outputs()
}

func wantPluginName(what, name string) error {
	if name == "" || len(name) > maxPluginName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
		return &Error{Operand: what, Msg: "is no name of a plugin", Expected: fmt.Sprintf("1 to %d printable ASCII characters", maxPluginName), Found: fmt.Sprintf("%.80q", name)}
	}
	return nil
}

func (op PluginV3) checkFields() error {
	if len(op.Fields) > maxPluginFields {
		return &Error{Operand: "fields", Msg: "are too many", Expected: fmt.Sprintf("at most %d", maxPluginFields), Found: fmt.Sprint(len(op.Fields))}
	}
	size := 0
	seen := map[string]bool{}
	for i, f := range op.Fields {
		if err := wantPluginName(fmt.Sprintf("field %d", i), f.Name); err != nil {
			return err
		}
		operand := "field " + f.Name
		if seen[f.Name] {
			return &Error{Operand: operand, Msg: "is there twice"}
		}
		seen[f.Name] = true
		if err := wantOneOf(operand, f.Type, FieldFloat16, FieldFloat32, FieldFloat64, FieldBFloat16, FieldFloat8, FieldInt8, FieldInt16, FieldInt32, FieldInt64, FieldChar); err != nil {
			return err
		}
		if f.Len() < 0 {
			return &Error{Operand: operand, Msg: fmt.Sprintf("is no whole number of %s elements", f.Type), Found: fmt.Sprintf("%d bytes", len(f.Data))}
		}
		if size += len(f.Data); size > maxPluginBytes {
			return &Error{Operand: operand, Msg: "makes the fields too large", Expected: fmt.Sprintf("at most %d bytes in all", maxPluginBytes), Found: fmt.Sprint(size)}
		}
	}
	return nil
}

// wantDimensions refuses what a plugin cannot read before the network runs.
func wantDimensions(operand string, x Info) error {
	if err := wantType(operand, x, integers); err != nil {
		return err
	}
	if len(x.Dims) > 1 {
		return &Error{Operand: operand, Msg: "must have rank 0 or 1", Found: x.Dims.String()}
	}
	if x.Values == nil {
		return &Error{Operand: operand, Msg: fmt.Sprintf("must be computed from dimensions, constants and integer inputs of at most %d elements", maxElements), Found: fmt.Sprintf("%s %v", x.Type, x.Dims)}
	}
	return wantElements(operand, x)
}

func (op PluginV3) outputs() ([]Info, error) {
	if len(op.Outputs) == 0 || len(op.Outputs) > maxPluginOutputs {
		return nil, &Error{Operand: "outputs", Msg: "must be stated", Expected: fmt.Sprintf("1 to %d", maxPluginOutputs), Found: fmt.Sprint(len(op.Outputs))}
	}
	out := make([]Info, len(op.Outputs))
	for i, o := range op.Outputs {
		out[i] = Info{Type: o.Type, Dims: o.Dims}
		operand := fmt.Sprintf("output %d", i)
		if err := wantType(operand, out[i], floats|integers|bools|eightBit|quantized|scales8); err != nil {
			return nil, err
		}
		for axis, e := range o.Dims {
			if e < Dynamic || e == 0 {
				return nil, &Error{Operand: operand, Msg: fmt.Sprintf("dimension %d", axis), Expected: "-1 or more than 0", Found: fmt.Sprint(e)}
			}
		}
	}
	return out, nil
}
