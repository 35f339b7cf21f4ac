package refexec

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// gather refuses an index out of range: what TensorRT then returns is not
// specified.
func (r *runner) gather(op trt.Gather, data, indices *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	put := func(o, from, n int) {
		pick(y.Floats, data.Floats, o, from, n, 1)
		pick(y.Ints, data.Ints, o, from, n, 1)
	}
	switch op.Mode {
	case trt.GatherElement:
		return y, gatherElements(op.Axis, data, indices, put)
	case trt.GatherND:
		return y, gatherTuples(op.BatchDims, data, indices, put)
	}
	return y, gatherRows(op, data, indices, put)
}

// index returns element i of indices, which must lie in [0,extent).
func index(indices *trt.Value, i, extent int) (int, error) {
	v := indices.Ints[i]
	if v < 0 || v >= int64(extent) {
		return 0, &Error{Kind: fault.BadInput, Msg: fmt.Sprintf("index %d is out of range", i), Expected: fmt.Sprintf("0 to %d", extent-1), Found: fmt.Sprint(v)}
	}
	return int(v), nil
}

func gatherRows(op trt.Gather, data, indices *trt.Value, put func(o, from, n int)) error {
	batch, between, inner := volume(data.Dims[:op.BatchDims]), volume(data.Dims[op.BatchDims:op.Axis]), volume(data.Dims[op.Axis+1:])
	extent, each := int(data.Dims[op.Axis]), volume(indices.Dims[op.BatchDims:])
	o := 0
	for b := range batch {
		for i := range between {
			for j := range each {
				at, err := index(indices, b*each+j, extent)
				if err != nil {
					return err
				}
				put(o, ((b*between+i)*extent+at)*inner, inner)
				o += inner
			}
		}
	}
	return nil
}

func gatherElements(axis int, data, indices *trt.Value, put func(o, from, n int)) error {
	from, steps := strides(indices.Dims), strides(data.Dims)
	for o := range indices.Ints {
		at, rest := 0, o
		for i, s := range from {
			c := rest / s
			rest %= s
			if i == axis {
				var err error
				if c, err = index(indices, o, int(data.Dims[axis])); err != nil {
					return err
				}
			}
			at += c * steps[i]
		}
		put(o, at, 1)
	}
	return nil
}

func gatherTuples(batchDims int, data, indices *trt.Value, put func(o, from, n int)) error {
	k := int(indices.Dims[len(indices.Dims)-1])
	inner := volume(data.Dims[batchDims+k:])
	batch, steps := volume(data.Dims[:batchDims]), strides(data.Dims)
	tuples := volume(indices.Dims[:len(indices.Dims)-1])
	for o := range tuples {
		at := o / (tuples / batch) * volume(data.Dims[batchDims:])
		for i := range k {
			c, err := index(indices, o*k+i, int(data.Dims[batchDims+i]))
			if err != nil {
				return err
			}
			at += c * steps[batchDims+i]
		}
		put(o*inner, at, inner)
	}
	return nil
}
