//go:build tensorrt && cgo

package native

import (
	"fmt"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// addIf replays a conditional: the condition, what the branches read, the layers
// of the branches, their results.
func (d definition) addIf(name string, op trt.If, in []cbridge.ID) ([]cbridge.Tensor, error) {
	c, err := d.net.OpenIf(name, in[0])
	if err != nil {
		return nil, err
	}
	read := 0
	var results [2][]cbridge.ID
	for i, b := range trt.Bodies(op) {
		for _, x := range b.Network.Inputs() {
			added, err := d.net.AddIfInput(fmt.Sprintf("%s.input%d", name, read), c, in[1+read])
			if err = d.took(err, []*trt.Tensor{x}, added); err != nil {
				return nil, err
			}
			read++
		}
		if results[i], err = d.body(name, b); err != nil {
			return nil, err
		}
	}
	if then, els := len(results[0]), len(results[1]); then != els {
		return nil, &Error{Kind: fault.Unsupported, Message: fmt.Sprintf("bodies of %d and %d outputs", then, els)}
	}
	var out []cbridge.Tensor
	for i, then := range results[0] {
		added, err := d.net.AddIfOutput(part(name, "output", i), c, then, results[1][i])
		if err != nil {
			return nil, err
		}
		out = append(out, added...)
	}
	return out, nil
}

// body replays the layers of a body, whose inputs are known, and returns its
// outputs.
func (d definition) body(name string, b trt.Body) ([]cbridge.ID, error) {
	for _, l := range b.Network.Layers() {
		inner := *l
		inner.Name = name + "/" + b.Role + "/" + l.Name
		added, err := d.add(&inner)
		if err = d.took(err, inner.Outputs, added); err != nil {
			return nil, inLayer(d.of, inner.Name, l.Op.Kind(), err)
		}
	}
	out := make([]cbridge.ID, len(b.Network.Outputs()))
	for i, t := range b.Network.Outputs() {
		out[i] = d.ids[t]
	}
	return out, nil
}

// part names the i-th of several layers that TensorRT makes of one; the first has
// the layer's own name.
func part(name, what string, i int) string {
	if i == 0 {
		return name
	}
	return fmt.Sprintf("%s.%s%d", name, what, i)
}
