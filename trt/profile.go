package trt

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Range bounds one input: its dimensions where they are dynamic, its Values where
// other dimensions are computed from them. Opt is what the library optimizes
// for.
type Range struct {
	Min Dims `json:"min"`
	Opt Dims `json:"opt"`
	Max Dims `json:"max"`
	// Values bounds each element of an input that is read as dimensions, and is
	// nil for others. Such an input has static dimensions; Min, Opt and Max may be
	// nil then.
	Values *ValueRange `json:"values,omitempty"`
}

// ValueRange bounds the elements of an input, row-major.
type ValueRange struct {
	Min []int64 `json:"min"`
	Opt []int64 `json:"opt"`
	Max []int64 `json:"max"`
}

// Profile is an optimization profile: a Range for each dynamic input by name.
type Profile map[string]Range

// CheckProfiles refuses profiles that TensorRT would refuse, most of them only
// at build time: each dynamic input needs a range of its own rank that agrees
// with its static dimensions, with 1 <= min <= opt <= max, each input that is read
// as dimensions a range of values, and every layer must hold at all three, with
// the best of the values.
func (n *Network) CheckProfiles(profiles []Profile) error {
	shapes := n.shapeInputs()
	for _, x := range n.inputs {
		if shapes[x] && len(profiles) == 0 {
			return &Error{Network: n.name, Operand: "input " + x.Name, Msg: "is read as dimensions but there is no optimization profile with its values"}
		}
		if !x.Dims.IsStatic() && len(profiles) == 0 {
			return &Error{Network: n.name, Operand: "input " + x.Name, Msg: "is dynamic but there is no optimization profile", Found: x.Dims.String()}
		}
	}
	for i, p := range profiles {
		for name := range p {
			if t, ok := n.tensors[name]; !ok || t.producer != nil {
				return &Error{Network: n.name, Operand: fmt.Sprintf("profile %d", i), Msg: "names an input the network does not have", Found: name}
			}
		}
		for _, x := range n.inputs {
			r, ok := p[x.Name]
			if !ok {
				if x.Dims.IsStatic() && !shapes[x] {
					continue
				}
				return &Error{Network: n.name, Operand: "input " + x.Name, Msg: fmt.Sprintf("is missing in profile %d", i)}
			}
			if err := checkRange(x, r, shapes[x]); err != nil {
				err.Network = n.name
				err.Operand = fmt.Sprintf("input %s, profile %d", x.Name, i)
				return err
			}
		}
		for end, pick := range []func(Range) (Dims, []int64){
			func(r Range) (Dims, []int64) { return r.Min, nil },
			func(r Range) (Dims, []int64) {
				if r.Values == nil {
					return r.Opt, nil
				}
				return r.Opt, r.Values.Opt
			},
			func(r Range) (Dims, []int64) { return r.Max, nil },
		} {
			if err := n.inferAt(p, pick); err != nil {
				err.Operand = strings.TrimPrefix(fmt.Sprintf("%s at %s of profile %d", err.Operand, []string{"min", "opt", "max"}[end], i), " ")
				return err
			}
		}
	}
	return nil
}

// inferAt repeats inference with the inputs at one end of a profile.
func (n *Network) inferAt(p Profile, pick func(Range) (Dims, []int64)) *Error {
	known := make(map[*Tensor]Info, len(n.tensors))
	for _, x := range n.inputs {
		known[x] = x.Info()
		if r, ok := p[x.Name]; ok {
			known[x] = at(x, r, pick)
		}
	}
	return n.inferFrom(known, n.target)
}

// inferFrom repeats inference for a target from what is known of the inputs, and
// adds what it finds.
func (n *Network) inferFrom(known map[*Tensor]Info, target Target) *Error {
	for _, l := range n.layers {
		in := make([]Info, len(l.Inputs))
		for i, t := range l.Inputs {
			in[i] = known[t]
		}
		out, err := infer(l.Op, in, target)
		if err != nil {
			e := *asError(err)
			e.Network, e.Layer, e.Op = n.name, l.Name, l.Op.Kind()
			return &e
		}
		if len(out) < len(l.Outputs) {
			return &Error{Network: n.name, Layer: l.Name, Op: l.Op.Kind(), Msg: "has too many outputs", Expected: fmt.Sprint(len(out)), Found: fmt.Sprint(len(l.Outputs))}
		}
		for i, t := range l.Outputs {
			known[t] = out[i]
		}
	}
	return nil
}

// CheckInputs refuses inputs whose dimensions lie in none of the profiles. What
// is wrong with an input by itself, whatever the profile, is left to the engine.
func CheckInputs(profiles []Profile, in map[string]*Value) error {
	var first error
	for i, p := range profiles {
		err := p.takes(in)
		if err == nil {
			return nil
		}
		if first == nil {
			first = fmt.Errorf("no optimization profile takes these inputs; profile %d: %w", i, err)
		}
	}
	return first
}

func (p Profile) takes(in map[string]*Value) error {
	for _, name := range slices.Sorted(maps.Keys(p)) {
		r, v := p[name], in[name]
		if v == nil {
			continue
		}
		if err := takesValues(r.Values, v); err != nil {
			return fault.New(fault.BadInput, "", "input %s: %w", name, err)
		}
		if len(v.Dims) != len(r.Min) {
			continue
		}
		for i, e := range v.Dims {
			if e < r.Min[i] || e > r.Max[i] {
				return fault.New(fault.BadInput, "", "input %s is %v, allowed are %v to %v", name, v.Dims, r.Min, r.Max)
			}
		}
	}
	return nil
}

// takesValues refuses elements out of their range.
func takesValues(r *ValueRange, v *Value) error {
	if r == nil || len(v.Ints) != len(r.Min) {
		return nil
	}
	for i, x := range v.Ints {
		if x < r.Min[i] || x > r.Max[i] {
			return fmt.Errorf("element %d is %d, allowed are %d to %d", i, x, r.Min[i], r.Max[i])
		}
	}
	return nil
}

// at returns x at one end of its range.
func at(x *Tensor, r Range, pick func(Range) (Dims, []int64)) Info {
	i := x.Info()
	d, values := pick(r)
	if d != nil {
		i.Dims = d
	}
	if values != nil {
		i.Values = known(Dims(values))
	}
	return i
}

// shapeInputs returns the inputs that are read before the network runs: those
// that lead to an input of a layer that is read as dimensions, by layers other
// than Shape.
func (n *Network) shapeInputs() map[*Tensor]bool {
	inputs, _ := n.early()
	return inputs
}

func checkValues(x *Tensor, v *ValueRange, shape bool) *Error {
	if v == nil {
		if shape {
			return &Error{Msg: "is read as dimensions but has no values"}
		}
		return nil
	}
	if !shape {
		return &Error{Msg: "has values but is not read as dimensions"}
	}
	want := int(x.Dims.Count())
	if len(v.Min) != want || len(v.Opt) != want || len(v.Max) != want {
		return &Error{Msg: "has the wrong number of values", Expected: fmt.Sprint(want), Found: fmt.Sprintf("%d, %d, %d", len(v.Min), len(v.Opt), len(v.Max))}
	}
	for i := range want {
		if v.Min[i] > v.Opt[i] || v.Opt[i] > v.Max[i] {
			return &Error{Msg: fmt.Sprintf("value %d must satisfy min <= opt <= max", i), Found: fmt.Sprintf("min %d, opt %d, max %d", v.Min[i], v.Opt[i], v.Max[i])}
		}
	}
	return nil
}

func checkRange(x *Tensor, r Range, shape bool) *Error {
	if err := checkValues(x, r.Values, shape); err != nil {
		return err
	}
	if shape && r.Min == nil && r.Opt == nil && r.Max == nil {
		return nil
	}
	for _, d := range []Dims{r.Min, r.Opt, r.Max} {
		if len(d) != len(x.Dims) {
			return &Error{Msg: "has another rank than the input", Expected: x.Dims.String(), Found: d.String()}
		}
	}
	for i, e := range x.Dims {
		lo, opt, hi := r.Min[i], r.Opt[i], r.Max[i]
		if e != Dynamic && (lo != e || opt != e || hi != e) {
			return &Error{Msg: fmt.Sprintf("differs from the input's static dimension %d", i), Expected: fmt.Sprint(e), Found: fmt.Sprintf("min %d, opt %d, max %d", lo, opt, hi)}
		}
		if lo < 1 || lo > opt || opt > hi {
			return &Error{Msg: fmt.Sprintf("dimension %d must satisfy 1 <= min <= opt <= max", i), Found: fmt.Sprintf("min %d, opt %d, max %d", lo, opt, hi)}
		}
	}
	return nil
}
