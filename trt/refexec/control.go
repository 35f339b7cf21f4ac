package refexec

import (
	"fmt"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
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

// body computes the outputs of a body.
func (r *runner) body(b trt.Body, in []*trt.Value) ([]*trt.Value, error) {
	return r.network(b.Network, in, b.Prefix(r.scope+r.name))
}

// loop runs the body until the trip count is reached or the condition is false.
func (r *runner) loop(op trt.Loop, in []*trt.Value, out []trt.Info) ([]*trt.Value, error) {
	trips := int64(math.MaxInt64)
	if op.TripCount {
		trips, in = in[0].Ints[0], in[1:]
	}
	inputs, outputs := places(op.Body.Inputs()), places(op.Body.Outputs())
	given, lengths := in[:len(inputs)], in[len(inputs):]
	values := slices.Clone(given)
	joined := make([][]*trt.Value, len(op.Outputs))
	done := int64(0)
	for ; done < trips; done++ {
		for _, i := range op.Iterators {
			at := done
			if i.Reverse {
				at = trips - 1 - done
			}
			x := given[inputs[i.Input]]
			if at >= x.Dims[i.Axis] {
				return nil, &Error{Kind: fault.BadInput, Msg: "iterates over " + i.Input + " beyond its end", Expected: fmt.Sprintf("at most %d iterations", x.Dims[i.Axis]), Found: fmt.Sprint(at + 1)}
			}
			values[inputs[i.Input]] = entry(x, i.Axis, int(at))
		}
		results, err := r.body(trt.Bodies(op)[0], values)
		if err != nil {
			return nil, err
		}
		if op.While != "" && results[outputs[op.While]].Ints[0] == 0 {
			break
		}
		k := 0
		for i, o := range op.Outputs {
			if o.Kind == trt.LoopLastValue {
				continue
			}
			if n := lengths[k].Ints[0]; done >= n {
				return nil, otherLength(i, fmt.Sprintf("more than %d", done), n)
			}
			k++
			joined[i] = append(joined[i], results[outputs[o.Value]])
		}
		for _, s := range op.Recurrences {
			state, next := values[inputs[s.State]], results[outputs[s.Next]]
			if !next.Dims.Equal(state.Dims) {
				return nil, &Error{Kind: fault.BadInput, Msg: "state " + s.State + " changes its dimensions", Expected: state.Dims.String(), Found: next.Dims.String()}
			}
			values[inputs[s.State]] = next
		}
	}
	ys := make([]*trt.Value, len(op.Outputs))
	for i, o := range op.Outputs {
		if o.Kind == trt.LoopLastValue {
			// A value of its own: the state may be an operand, or another output.
			v := values[inputs[o.Value]]
			ys[i] = view(v, trt.Info{Type: v.Type, Dims: v.Dims})
			continue
		}
		if n := lengths[0].Ints[0]; n != done {
			return nil, otherLength(i, fmt.Sprint(done), n)
		}
		lengths = lengths[1:]
		if o.Kind == trt.LoopReverse {
			slices.Reverse(joined[i])
		}
		y, err := stack(joined[i], o.Axis, out[i])
		if err != nil {
			return nil, err
		}
		ys[i] = y
	}
	return ys, nil
}

func otherLength(output int, expected string, found int64) error {
	return &Error{Kind: fault.BadInput, Msg: fmt.Sprintf("output %d has another length than there are iterations", output), Expected: expected, Found: fmt.Sprint(found)}
}

func places(ts []*trt.Tensor) map[string]int {
	at := map[string]int{}
	for i, t := range ts {
		at[t.Name] = i
	}
	return at
}

// entry is x at one place of an axis, without the axis.
func entry(x *trt.Value, axis, at int) *trt.Value {
	y := newValue(trt.Info{Type: x.Type, Dims: slices.Delete(x.Dims.Clone(), axis, axis+1)})
	extent, inner := int(x.Dims[axis]), volume(x.Dims[axis+1:])
	for o := range volume(x.Dims[:axis]) {
		pick(y.Floats, x.Floats, o*inner, (o*extent+at)*inner, inner, 1)
		pick(y.Ints, x.Ints, o*inner, (o*extent+at)*inner, inner, 1)
	}
	return y
}

// stack joins values along a new axis; info says what none are joined to.
func stack(xs []*trt.Value, axis int, info trt.Info) (*trt.Value, error) {
	dims := info.Dims.Clone()
	if len(xs) > 0 {
		dims = slices.Insert(xs[0].Dims.Clone(), axis, 0)
	}
	dims[axis] = int64(len(xs))
	if !dims.IsStatic() {
		return nil, &Error{Kind: fault.BadInput, Msg: "joins nothing of unknown dimensions", Found: dims.String()}
	}
	y := newValue(trt.Info{Type: info.Type, Dims: dims})
	inner := volume(dims[axis+1:])
	for i, x := range xs {
		if !x.Dims.Equal(xs[0].Dims) {
			return nil, &Error{Kind: fault.BadInput, Msg: "joins other dimensions", Expected: xs[0].Dims.String(), Found: x.Dims.String()}
		}
		for o := range volume(dims[:axis]) {
			pick(y.Floats, x.Floats, (o*len(xs)+i)*inner, o*inner, inner, 1)
			pick(y.Ints, x.Ints, (o*len(xs)+i)*inner, o*inner, inner, 1)
		}
	}
	return y, nil
}
