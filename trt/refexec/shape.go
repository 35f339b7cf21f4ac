package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) shape(x *trt.Value, out trt.Info) (*trt.Value, error) {
	return &trt.Value{Type: out.Type, Dims: out.Dims, Ints: append([]int64{}, x.Dims...)}, nil
}

// known are the elements of a tensor that is read as dimensions.
func known(v *trt.Value) []trt.Element {
	out := make([]trt.Element, len(v.Ints))
	for i, x := range v.Ints {
		out[i] = trt.Element{Known: true, Int: x}
	}
	return out
}
