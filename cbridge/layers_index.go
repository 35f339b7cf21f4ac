//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

// The enumerations of the layers that choose, order and place values.
//
//nolint:revive // one comment for all
type (
	TopKKind       int32
	ScatterMode    int32
	CumulativeKind int32
	BoxFormat      int32
)

// Their values.
const (
	TopKMax        TopKKind       = C.TB_TOPK_MAX
	TopKMin        TopKKind       = C.TB_TOPK_MIN
	ScatterElement ScatterMode    = C.TB_SCATTER_ELEMENT
	ScatterND      ScatterMode    = C.TB_SCATTER_ND
	CumulativeSum  CumulativeKind = C.TB_CUMULATIVE_SUM
	BoxCorners     BoxFormat      = C.TB_BOX_CORNERS
	BoxCenter      BoxFormat      = C.TB_BOX_CENTER
)

// AddSelect takes elements of a where condition holds, of b elsewhere.
func (n *Network) AddSelect(name string, condition, a, b ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_select(n.api.c, n.c, s, l, C.int32_t(condition), C.int32_t(a), C.int32_t(b), &out), &out)
}

// TopK is tb_topk.
type TopK struct {
	Kind      TopKKind
	K, Axis   int32
	IndexType DataType
	InputK    ID // in place of K
}

// AddTopK finds the greatest or least entries of an axis: their values and
// indices.
func (n *Network) AddTopK(name string, in ID, p TopK) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_topk{
		kind: C.int32_t(p.Kind), k: C.int32_t(p.K), axis: C.int32_t(p.Axis), index_dtype: C.int32_t(p.IndexType),
		input_k: C.int32_t(p.InputK),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_topk(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// AddScatter puts updates in the places of data that indices name.
func (n *Network) AddScatter(name string, data, indices, updates ID, mode ScatterMode, axis int32) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_scatter{mode: C.int32_t(mode), axis: C.int32_t(axis)}
	var out C.tb_outputs
	return n.added(C.tb_add_scatter(n.api.c, n.c, s, l,
		C.int32_t(data), C.int32_t(indices), C.int32_t(updates), &c, &out), &out)
}

// AddOneHot makes an axis of depth entries, one of which is on.
func (n *Network) AddOneHot(name string, indices, values ID, depth, axis int32) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_one_hot{depth: C.int32_t(depth), axis: C.int32_t(axis)}
	var out C.tb_outputs
	return n.added(C.tb_add_one_hot(n.api.c, n.c, s, l, C.int32_t(indices), C.int32_t(values), &c, &out), &out)
}

// Cumulative is tb_cumulative.
type Cumulative struct {
	Kind               CumulativeKind
	Axis               int32
	Exclusive, Reverse bool
}

// AddCumulative sums along an axis up to each entry.
func (n *Network) AddCumulative(name string, in ID, p Cumulative) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_cumulative{
		kind: C.int32_t(p.Kind), axis: C.int32_t(p.Axis), exclusive: flag(p.Exclusive), reverse: flag(p.Reverse),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_cumulative(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// AddReverseSequence reverses the beginnings of sequences.
func (n *Network) AddReverseSequence(name string, in, lengths ID, batchAxis, sequenceAxis int32) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_reverse_sequence{batch_axis: C.int32_t(batchAxis), sequence_axis: C.int32_t(sequenceAxis)}
	var out C.tb_outputs
	return n.added(C.tb_add_reverse_sequence(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(lengths), &c, &out), &out)
}

// AddNonZero lists the coordinates of what is not zero.
func (n *Network) AddNonZero(name string, in ID, indexType DataType) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_non_zero(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(indexType), &out), &out)
}

// NMS is tb_nms.
type NMS struct {
	Format                       BoxFormat
	IndexType                    DataType
	MaxPerClass, BoxLimit        int32
	IoUThreshold, ScoreThreshold float32
}

// AddNMS selects boxes that no better one overlaps, and counts them.
func (n *Network) AddNMS(name string, boxes, scores ID, p NMS) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_nms{
		format: C.int32_t(p.Format), index_dtype: C.int32_t(p.IndexType),
		max_per_class: C.int32_t(p.MaxPerClass), box_limit: C.int32_t(p.BoxLimit),
		iou_threshold: C.float(p.IoUThreshold), score_threshold: C.float(p.ScoreThreshold),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_nms(n.api.c, n.c, s, l, C.int32_t(boxes), C.int32_t(scores), &c, &out), &out)
}

// AddRaggedSoftmax is a softmax over the beginnings of rows.
func (n *Network) AddRaggedSoftmax(name string, in, bounds ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_ragged_softmax(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(bounds), &out), &out)
}
