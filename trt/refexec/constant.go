package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) constant(op trt.Constant, _ trt.Info) (*trt.Value, error) { return r.load(op.Value) }
