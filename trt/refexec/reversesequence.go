package refexec

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// reverseSequence refuses a length beyond the extent: TensorRT then leaves
// elements undefined.
func (r *runner) reverseSequence(op trt.ReverseSequence, x, lengths *trt.Value, out trt.Info) (*trt.Value, error) {
	extent := x.Dims[op.SequenceAxis]
	for i, n := range lengths.Ints {
		if n < 0 || n > extent {
			return nil, &Error{Kind: fault.BadInput, Msg: fmt.Sprintf("length %d is out of range", i), Expected: fmt.Sprintf("0 to %d", extent), Found: fmt.Sprint(n)}
		}
	}
	y := newValue(out)
	batch := strides(x.Dims)[op.BatchAxis]
	r.lanes(x.Dims, op.SequenceAxis, func(_, from, step int) {
		n := int(lengths.Ints[from/batch%int(x.Dims[op.BatchAxis])])
		for j := range int(extent) {
			source := j
			if j < n {
				source = n - 1 - j
			}
			pick(y.Floats, x.Floats, from+j*step, from+source*step, 1, 1)
			pick(y.Ints, x.Ints, from+j*step, from+source*step, 1, 1)
		}
	})
	return y, nil
}
