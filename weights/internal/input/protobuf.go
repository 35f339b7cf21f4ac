package input

import (
	"encoding/binary"
	"io"
)

// Fields of onnx.ModelProto and caffe.NetParameter by which they are told
// apart, and the wire types these have.
const (
	onnxVersion  = 1 // ir_version, a number
	onnxGraph    = 7
	onnxOpset    = 8
	caffeName    = 1 // a string
	caffeV1Layer = 2
	caffeLayer   = 100

	wireVarint = 0
	wireBytes  = 2
)

// protobufKind walks over the top-level fields of what may be a message,
// without reading what they hold.
func protobufKind(r io.ReaderAt, size int64) Format {
	var version, name, graph, opset, layers bool
	for at, fields := int64(0), 0; at < size && fields < 4096; fields++ {
		head := make([]byte, min(size-at, 2*binary.MaxVarintLen64))
		if n, _ := r.ReadAt(head, at); n < len(head) {
			return Unknown
		}
		tag, n := binary.Uvarint(head)
		if n <= 0 || tag>>3 == 0 || tag>>3 >= 1<<29 {
			return Unknown
		}
		value, m := binary.Uvarint(head[n:])
		field, wire := tag>>3, tag&7
		at += int64(n)
		switch wire {
		case wireVarint:
			if m <= 0 {
				return Unknown
			}
			at += int64(m)
			version = version || field == onnxVersion
		case wireBytes:
			if m <= 0 || value > uint64(size-at-int64(m)) {
				// A file that was cut short still says what it is.
				return kindOf(version, name, graph || field == onnxGraph, opset, layers || field == caffeLayer || field == caffeV1Layer)
			}
			at += int64(m) + int64(value)
			name = name || field == caffeName
			graph = graph || field == onnxGraph
			opset = opset || field == onnxOpset
			layers = layers || field == caffeV1Layer || field == caffeLayer
		case 1:
			at += 8
		case 5:
			at += 4
		default:
			return Unknown
		}
	}
	return kindOf(version, name, graph, opset, layers)
}

func kindOf(version, name, graph, opset, layers bool) Format {
	switch {
	case version && !name && (graph || opset):
		return ONNX
	case layers && !version:
		return Caffe
	}
	return Unknown
}
