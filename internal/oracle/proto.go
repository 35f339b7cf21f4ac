package oracle

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a protocol buffer in the making. The field numbers used with it are
// those of onnx.proto.
type message []byte

func (m *message) bytes(field protowire.Number, b []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), b)
}

func (m *message) text(field protowire.Number, s string) { m.bytes(field, []byte(s)) }

func (m *message) integer(field protowire.Number, v int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendFixed32(protowire.AppendTag(*m, field, protowire.Fixed32Type), math.Float32bits(v))
}

// attribute is an AttributeProto.
type attribute []byte

func newAttribute(name string, kind int64) message {
	var m message
	m.text(1, name)
	m.integer(20, kind)
	return m
}

func floating(name string, v float32) attribute {
	m := newAttribute(name, 1)
	m.float(2, v)
	return attribute(m)
}

func number[T int | int64](name string, v T) attribute {
	m := newAttribute(name, 2)
	m.integer(3, int64(v))
	return attribute(m)
}

func flag(name string, v bool) attribute {
	if v {
		return number(name, 1)
	}
	return number(name, 0)
}

func word(name, v string) attribute {
	m := newAttribute(name, 3)
	m.text(4, v)
	return attribute(m)
}

func numbers[T int | int64](name string, v []T) attribute {
	m := newAttribute(name, 7)
	for _, x := range v {
		m.integer(8, int64(x))
	}
	return attribute(m)
}
