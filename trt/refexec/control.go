package refexec

import (
	"errors"

	"github.com/trtbuild/trtbuild/trt"
)

// conditional runs the body that the condition chooses.
func (r *runner) conditional(op trt.If, in []*trt.Value) ([]*trt.Value, error) {
	bodies := trt.Bodies(op)
	split := 1 + len(op.Then.Inputs())
	if in[0].Ints[0] != 0 {
		return r.body(bodies[0], in[1:split])
	}
	return r.body(bodies[1], in[split:])
}

// body computes the outputs of a body. Errors name its layers as ROLE/LAYER.
func (r *runner) body(b trt.Body, in []*trt.Value) ([]*trt.Value, error) {
	out, err := r.network(b.Network, in, Options{})
	var e *Error
	if errors.As(err, &e) && e.Layer != "" {
		e.Layer = b.Role + "/" + e.Layer
	}
	return out, err
}
