package trt

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Range bounds the dimensions of one dynamic input. Opt is what the library
// optimizes for.
type Range struct {
	Min Dims `json:"min"`
	Opt Dims `json:"opt"`
	Max Dims `json:"max"`
}

// Profile is an optimization profile: a Range for each dynamic input by name.
type Profile map[string]Range

// CheckProfiles refuses profiles that TensorRT would refuse, most of them only
// at build time: each dynamic input needs a range of its own rank that agrees
// with its static dimensions, with 1 <= min <= opt <= max, and every layer must
// hold at all three.
func (n *Network) CheckProfiles(profiles []Profile) error {
	for _, x := range n.inputs {
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
				if x.Dims.IsStatic() {
					continue
				}
				return &Error{Network: n.name, Operand: "input " + x.Name, Msg: fmt.Sprintf("is missing in profile %d", i)}
			}
			if err := checkRange(x, r); err != nil {
				err.Network = n.name
				err.Operand = fmt.Sprintf("input %s, profile %d", x.Name, i)
				return err
			}
		}
		for end, pick := range []func(Range) Dims{
			func(r Range) Dims { return r.Min }, func(r Range) Dims { return r.Opt }, func(r Range) Dims { return r.Max },
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
func (n *Network) inferAt(p Profile, pick func(Range) Dims) *Error {
	known := make(map[*Tensor]Info, len(n.tensors))
	for _, x := range n.inputs {
		known[x] = x.Info()
		if r, ok := p[x.Name]; ok {
			known[x] = Info{Type: x.Type, Dims: pick(r)}
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
		out, err := l.Op.Infer(in, target)
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
		if v == nil || len(v.Dims) != len(r.Min) {
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

func checkRange(x *Tensor, r Range) *Error {
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
