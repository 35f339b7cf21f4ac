package refexec

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// gather counts negative indices from the end, as ONNX says and TensorRT's
// kernels do. An index out of range is refused, as in ONNX; TensorRT stores 0.
func (r *runner) gather(op trt.Gather, data, indices *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	put := func(o, from, n int) {
		pick(y.Floats, data.Floats, o, from, n, 1)
		pick(y.Ints, data.Ints, o, from, n, 1)
	}
	switch op.Mode {
	case trt.GatherElement:
		return y, eachElement(op.Axis, data.Dims, indices, put)
	case trt.GatherND:
		return y, eachTuple(op.BatchDims, data.Dims, indices, put)
	}
	return y, gatherRows(op, data.Dims, indices, put)
}

// index returns element i of indices, which must lie in [0,extent).
func index(indices *trt.Value, i, extent int) (int, error) {
	return indexFrom(0, indices, i, extent)
}

// place is index for indices that count from the end when they are negative.
func place(indices *trt.Value, i int, extent int64) (int, error) {
	at, err := indexFrom(-extent, indices, i, int(extent))
	if at < 0 {
		at += int(extent)
	}
	return at, err
}

func indexFrom(least int64, indices *trt.Value, i, extent int) (int, error) {
	v := indices.Ints[i]
	if v < least || v >= int64(extent) {
		return 0, &Error{Kind: fault.BadInput, Msg: fmt.Sprintf("index %d is out of range", i), Expected: fmt.Sprintf("%d to %d", least, extent-1), Found: fmt.Sprint(v)}
	}
	return int(v), nil
}

// gatherRows repeats data or indices over a batch axis of which they have one
// entry.
func gatherRows(op trt.Gather, data trt.Dims, indices *trt.Value, visit func(o, at, n int)) error {
	batch, ownData, ownIndices := 1, 1, 1
	if op.BatchDims == 1 {
		ownData, ownIndices = int(data[0]), int(indices.Dims[0])
		if batch = max(ownData, ownIndices); min(ownData, ownIndices) == 0 {
			return nil
		}
	}
	between, inner := volume(data[op.BatchDims:op.Axis]), volume(data[op.Axis+1:])
	extent, each := int(data[op.Axis]), volume(indices.Dims[op.BatchDims:])
	o := 0
	for b := range batch {
		for i := range between {
			for j := range each {
				at, err := place(indices, b%ownIndices*each+j, int64(extent))
				if err != nil {
					return err
				}
				visit(o, ((b%ownData*between+i)*extent+at)*inner, inner)
				o += inner
			}
		}
	}
	return nil
}

// eachElement visits the indices and where each points in data.
func eachElement(axis int, data trt.Dims, indices *trt.Value, visit func(o, at, n int)) error {
	from, steps := strides(indices.Dims), strides(data)
	for o := range indices.Ints {
		at, rest := 0, o
		for i, s := range from {
			c := rest / s
			rest %= s
			if i == axis {
				var err error
				if c, err = place(indices, o, data[axis]); err != nil {
					return err
				}
			}
			at += c * steps[i]
		}
		visit(o, at, 1)
	}
	return nil
}

// eachTuple visits the tuples and the slice of data that each points at.
func eachTuple(batchDims int, data trt.Dims, indices *trt.Value, visit func(o, at, n int)) error {
	k := int(indices.Dims[len(indices.Dims)-1])
	inner := volume(data[batchDims+k:])
	batch, steps := volume(data[:batchDims]), strides(data)
	tuples := volume(indices.Dims[:len(indices.Dims)-1])
	for o := range tuples {
		at := o / (tuples / batch) * volume(data[batchDims:])
		for i := range k {
			c, err := place(indices, o*k+i, data[batchDims+i])
			if err != nil {
				return err
			}
			at += c * steps[batchDims+i]
		}
		visit(o*inner, at, inner)
	}
	return nil
}
