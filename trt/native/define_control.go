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
func (d definition) addIf(l *trt.Layer, op trt.If, in []cbridge.ID) ([]cbridge.Tensor, error) {
	name := l.Name
	if op.Operands(len(in)) == nil {
		return nil, unfit("%d inputs", len(in))
	}
	c, err := d.net.OpenIf(name, in[0])
	if err != nil {
		return nil, err
	}
	read := 1
	var results [2][]cbridge.ID
	for i, b := range trt.Bodies(op) {
		for _, x := range b.Network.Inputs() {
			d.narrower[x] = d.narrower[l.Inputs[read]]
			added, err := d.net.AddIfInput(b.Prefix(name)+x.Name, c, in[read])
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
		return nil, unfit("bodies of %d and %d outputs", then, els)
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

// unfit is the error of parts of which TensorRT would not even be told; recorded
// layers have none.
func unfit(format string, args ...any) error {
	return &Error{Kind: fault.Unsupported, Message: "does not fit together: " + fmt.Sprintf(format, args...)}
}

var loopOutputs = map[trt.LoopOutputKind]cbridge.LoopOutputKind{
	trt.LoopLastValue: cbridge.LoopLast, trt.LoopConcatenate: cbridge.LoopConcatenate, trt.LoopReverse: cbridge.LoopReverse,
}

// addLoop replays a loop: the trip count, what the body reads, the layers of the
// body, what they lead to.
func (d definition) addLoop(layer *trt.Layer, op trt.Loop, in []cbridge.ID) ([]cbridge.Tensor, error) {
	name, read := layer.Name, layer.Inputs
	if op.Operands(len(in)) == nil {
		return nil, unfit("%d inputs", len(in))
	}
	l, err := d.net.OpenLoop(name)
	if err != nil {
		return nil, err
	}
	if op.TripCount {
		if err := d.net.AddTripLimit(name+".count", l, cbridge.TripCount, in[0]); err != nil {
			return nil, err
		}
		in, read = in[1:], read[1:]
	}
	inside := names{}
	body := trt.Bodies(op)[0]
	for i, x := range op.Body.Inputs() {
		d.narrower[x] = d.narrower[read[i]]
		if inside[x.Name], err = d.loopInput(body.Prefix(name)+x.Name, op, l, x, in[i]); err != nil {
			return nil, err
		}
		d.ids[x] = inside[x.Name]
	}
	lengths := in[len(op.Body.Inputs()):]
	results, err := d.body(name, body)
	if err != nil {
		return nil, err
	}
	made := names{}
	for i, y := range op.Body.Outputs() {
		made[y.Name] = results[i]
	}
	if err := d.closeLoop(name, op, l, inside, made); err != nil {
		return nil, err
	}
	var out []cbridge.Tensor
	for i, o := range op.Outputs {
		p := cbridge.LoopOutput{Kind: loopOutputs[o.Kind], Axis: o.Axis}
		from := inside
		if o.Kind != trt.LoopLastValue {
			from, p.Length, lengths = made, lengths[0], lengths[1:]
		}
		value, err := from.find(o.Value)
		if err != nil {
			return nil, err
		}
		added, err := d.net.AddLoopOutput(part(name, "output", i), l, value, p)
		if err != nil {
			return nil, err
		}
		out = append(out, added...)
	}
	return out, nil
}

// closeLoop tells how one iteration leads to the next.
func (d definition) closeLoop(name string, op trt.Loop, l cbridge.LoopID, inside, made names) error {
	for _, r := range op.Recurrences {
		state, err := inside.find(r.State)
		if err != nil {
			return err
		}
		next, err := made.find(r.Next)
		if err != nil {
			return err
		}
		if err := d.net.CloseRecurrence(trt.Bodies(op)[0].Prefix(name)+r.State, state, next); err != nil {
			return err
		}
	}
	for _, i := range op.Iterators {
		if _, err := inside.find(i.Input); err != nil {
			return err
		}
	}
	if op.While == "" {
		return nil
	}
	again, err := made.find(op.While)
	if err != nil {
		return err
	}
	return d.net.AddTripLimit(name+".while", l, cbridge.TripWhile, again)
}

// names are the inputs or outputs of a body.
type names map[string]cbridge.ID

func (n names) find(name string) (cbridge.ID, error) {
	id, ok := n[name]
	if !ok {
		return 0, unfit("the body has no %q", name)
	}
	return id, nil
}

// loopInput replays an input of a loop's body, which is a tensor from outside
// unless it is a state or an iterator's, as a layer of the given name.
func (d definition) loopInput(name string, op trt.Loop, l cbridge.LoopID, x *trt.Tensor, in cbridge.ID) (cbridge.ID, error) {
	var added []cbridge.Tensor
	var err error
	parts := 0
	for _, r := range op.Recurrences {
		if r.State == x.Name {
			added, err = d.net.AddRecurrence(name, l, in)
			parts++
		}
	}
	for _, i := range op.Iterators {
		if i.Input == x.Name {
			added, err = d.net.AddIterator(name, l, in, i.Axis, i.Reverse)
			parts++
		}
	}
	switch parts {
	case 0:
		return in, nil
	case 1:
		err = d.took(err, []*trt.Tensor{x}, added)
		return d.ids[x], err
	}
	return 0, unfit("%q is given twice", x.Name)
}

// body replays the layers of a body, whose inputs are known, and returns its
// outputs.
func (d definition) body(name string, b trt.Body) ([]cbridge.ID, error) {
	for _, l := range b.Network.Layers() {
		inner := *l
		inner.Name = b.Prefix(name) + l.Name
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
