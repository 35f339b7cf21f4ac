//go:build tensorrt && cgo

package native

import (
	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/trt"
)

// Layers that choose, order and place values.

var topKs = map[trt.TopKOperation]cbridge.TopKKind{trt.TopKMax: cbridge.TopKMax, trt.TopKMin: cbridge.TopKMin}

var scatters = map[trt.ScatterMode]cbridge.ScatterMode{
	trt.ScatterElement: cbridge.ScatterElement, trt.ScatterND: cbridge.ScatterND,
}

var cumulatives = map[trt.CumulativeOperation]cbridge.CumulativeKind{trt.CumulativeSum: cbridge.CumulativeSum}

var boxFormats = map[trt.BoxFormat]cbridge.BoxFormat{trt.BoxCorners: cbridge.BoxCorners, trt.BoxCenter: cbridge.BoxCenter}

func (d definition) topK(name string, in []cbridge.ID, op trt.TopK) ([]cbridge.Tensor, error) {
	return d.net.AddTopK(name, in[0], cbridge.TopK{
		Kind: topKs[op.Operation], K: int32(op.K), Axis: int32(op.Axis), IndexType: dataTypes[op.IndexType], InputK: optional(in, 1),
	})
}

func (d definition) scatter(name string, in []cbridge.ID, op trt.Scatter) ([]cbridge.Tensor, error) {
	return d.net.AddScatter(name, in[0], in[1], in[2], scatters[op.Mode], int32(op.Axis))
}

func (d definition) oneHot(name string, in []cbridge.ID, op trt.OneHot) ([]cbridge.Tensor, error) {
	return d.net.AddOneHot(name, in[0], in[1], int32(op.Depth), int32(op.Axis))
}

func (d definition) cumulative(name string, in []cbridge.ID, op trt.Cumulative) ([]cbridge.Tensor, error) {
	return d.net.AddCumulative(name, in[0], cbridge.Cumulative{
		Kind: cumulatives[op.Operation], Axis: int32(op.Axis), Exclusive: op.Exclusive, Reverse: op.Reverse,
	})
}

func (d definition) reverseSequence(name string, in []cbridge.ID, op trt.ReverseSequence) ([]cbridge.Tensor, error) {
	return d.net.AddReverseSequence(name, in[0], in[1], int32(op.BatchAxis), int32(op.SequenceAxis))
}

func (d definition) nms(name string, in []cbridge.ID, op trt.NMS) ([]cbridge.Tensor, error) {
	return d.net.AddNMS(name, in[0], in[1], cbridge.NMS{
		Format: boxFormats[op.Format], IndexType: dataTypes[op.IndexType],
		MaxPerClass: int32(op.MaxPerClass), BoxLimit: int32(op.BoxLimit),
		IoUThreshold: op.IoUThreshold, ScoreThreshold: op.ScoreThreshold,
	})
}
