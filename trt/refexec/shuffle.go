package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) shuffle(op trt.Shuffle, x *trt.Value, out trt.Info) (*trt.Value, error) {
	if op.FirstTranspose != nil {
		x = r.transpose(x, op.FirstTranspose)
	}
	reshaped := out.Dims
	if op.SecondTranspose != nil {
		reshaped = make(trt.Dims, len(out.Dims))
		for i, p := range op.SecondTranspose {
			reshaped[p] = out.Dims[i]
		}
	}
	x = view(x, trt.Info{Type: out.Type, Dims: reshaped})
	if op.SecondTranspose != nil {
		x = r.transpose(x, op.SecondTranspose)
	}
	return x, nil
}
