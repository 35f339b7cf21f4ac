package trt

import (
	"cmp"
	"fmt"
	"slices"
)

// KindGather names Gather.
const KindGather Kind = "gather"

// GatherMode says what an index points at.
type GatherMode string

// The modes of Gather.
const (
	GatherDefault GatherMode = "default" // an entry of Axis
	GatherElement GatherMode = "element" // an element, its other coordinates being the index's own
	GatherND      GatherMode = "nd"      // the last axis of the indices holds tuples of coordinates
)

// Gather takes elements of data by int32 or int64 indices: ONNX's Gather,
// GatherElements and GatherND. BatchDims leading axes are shared by both: 0 or 1
// in GatherDefault, where size 1 broadcasts, 0 in GatherElement. The Axis is 0 in
// GatherND. Negative indices count from the end. Indices are not checked against
// the extents, here or in TensorRT, which stores 0 for those out of range.
type Gather struct {
	noWeights
	Mode      GatherMode `json:"mode"` // "" means GatherDefault
	Axis      int        `json:"axis"`
	BatchDims int        `json:"batch_dims"`
}

// AddGather adds a gather.
func (n *Network) AddGather(name string, data, indices *Tensor, op Gather) *Tensor {
	return n.add(name, op, data, indices)
}

func (op Gather) withDefaults([]Info) Op {
	op.Mode = cmp.Or(op.Mode, GatherDefault)
	return op
}

// Kind returns KindGather.
func (op Gather) Kind() Kind { return KindGather }

// Operands names data and indices.
func (op Gather) Operands(n int) []string { return named(n, "data", "indices") }

// WithWeights returns op: it holds none.
func (op Gather) WithWeights([]*Weights) Op { return op }

// Infer returns data's type and the dimensions
//
//	GatherDefault  data[:Axis] + indices[BatchDims:] + data[Axis+1:]
//	GatherElement  those of the indices
//	GatherND       indices[:last] + data[BatchDims+indices[last]:]
func (op Gather) Infer(in []Info, _ Target) ([]Info, error) {
	data, indices := in[0], in[1]
	if err := wantType("data", data, floats|integers|bools); err != nil {
		return nil, err
	}
	if err := wantType("indices", indices, integers); err != nil {
		return nil, err
	}
	var rule func(d, i Dims) (Dims, error)
	switch op.Mode {
	case GatherDefault:
		rule = op.entries
	case GatherElement:
		rule = op.elements
	case GatherND:
		rule = op.tuples
	default:
		return nil, wantOneOf("mode", op.Mode, GatherDefault, GatherElement, GatherND)
	}
	dims, err := rule(data.Dims, indices.Dims)
	if err != nil {
		return nil, err
	}
	out := Info{Type: data.Type, Dims: dims}
	out.Values = op.values(data, indices, out)
	return []Info{out}, nil
}

// values follows elements. Negative indices count from the end.
func (op Gather) values(data, indices, out Info) []Element {
	if data.Values == nil || indices.Values == nil || !small(out) {
		return nil
	}
	y := make([]Element, out.Dims.Count())
	visit(out.Dims, func(i int, at []int) {
		coordinates, axes, where := op.source(data, indices, at)
		for j, e := range where {
			if e.fault != "" {
				y[i] = e
				return
			}
			if !e.Known {
				return
			}
			extent := data.Dims[axes[j]]
			if e.Int < 0 {
				e.Int += extent
			}
			if e.Int < 0 || e.Int >= extent {
				y[i] = faulty(fmt.Sprintf("index %d is out of range", e.Int))
				return
			}
			coordinates[axes[j]] = int(e.Int)
		}
		y[i] = data.Values[offset(data.Dims, coordinates)] // a batch may stretch
	})
	return y
}

// source returns the coordinates in data of an element of the output, and on
// which axes indices set them.
func (op Gather) source(data, indices Info, at []int) (coordinates, axes []int, where []Element) {
	rank := len(data.Dims)
	switch op.Mode {
	case GatherElement:
		coordinates = append(coordinates, at...)
		return coordinates, []int{op.Axis}, indices.Values[place(indices.Dims, at):][:1]
	case GatherND:
		last := len(indices.Dims) - 1
		k := int(indices.Dims[last])
		from := place(indices.Dims[:last], at[:last]) * k
		for i := range k {
			axes = append(axes, op.BatchDims+i)
		}
		coordinates = append(append(append(coordinates, at[:op.BatchDims]...), make([]int, k)...), at[last:]...)
		return coordinates, axes, indices.Values[from : from+k]
	}
	tail := len(at) - (rank - op.Axis - 1)
	index := append(append([]int{}, at[:op.BatchDims]...), at[op.Axis:tail]...)
	coordinates = append(append(append(coordinates, at[:op.Axis]...), 0), at[tail:]...)
	return coordinates, []int{op.Axis}, indices.Values[offset(indices.Dims, index):][:1]
}

func (op Gather) entries(d, i Dims) (Dims, error) {
	if err := wantAxis("axis", op.Axis, len(d)); err != nil {
		return nil, err
	}
	b := op.BatchDims
	if err := op.checkBatch(i, min(1, op.Axis)); err != nil {
		return nil, err
	}
	out, err := broadcast("data", "indices", d[:b], i[:b])
	if err != nil {
		return nil, err
	}
	return slices.Concat(out, d[b:op.Axis], i[b:], d[op.Axis+1:]), nil
}

func (op Gather) elements(d, i Dims) (Dims, error) {
	if err := wantAxis("axis", op.Axis, len(d)); err != nil {
		return nil, err
	}
	if err := op.checkBatch(i, 0); err != nil {
		return nil, err
	}
	if err := wantSameRank("data", "indices", d, i); err != nil {
		return nil, err
	}
	for axis := range d {
		if axis != op.Axis && d[axis] != Dynamic && i[axis] > d[axis] {
			return nil, &Error{Operand: "indices", Msg: fmt.Sprintf("go beyond data in dimension %d", axis), Expected: d.String(), Found: i.String()}
		}
	}
	return i, nil
}

func (op Gather) tuples(d, i Dims) (Dims, error) {
	last := len(i) - 1
	if last < 0 || i[last] == Dynamic || op.Axis != 0 {
		return nil, &Error{Operand: "indices", Msg: "must hold tuples of a known length in their last dimension, and the axis be 0", Found: i.String()}
	}
	if err := op.checkBatch(i, min(last, len(d)-1)); err != nil {
		return nil, err
	}
	for axis := range op.BatchDims {
		if _, ok := unify(d[axis], i[axis]); !ok {
			return nil, &Error{Operand: "indices", Msg: fmt.Sprintf("differ from data in the shared dimension %d", axis), Expected: d.String(), Found: i.String()}
		}
	}
	kept := int64(op.BatchDims) + i[last]
	if i[last] < 1 || kept > int64(len(d)) {
		return nil, &Error{Operand: "indices", Msg: "hold tuples that are longer than data has dimensions", Expected: d.String(), Found: i.String()}
	}
	return append(i[:last].Clone(), d[kept:]...), nil
}

func (op Gather) checkBatch(i Dims, most int) error {
	most = min(most, len(i))
	if op.BatchDims < 0 || op.BatchDims > most {
		return &Error{Operand: "batch dimensions", Msg: "are out of range", Expected: fmt.Sprintf("0 to %d", most), Found: fmt.Sprint(op.BatchDims)}
	}
	return nil
}
