package trt

import (
	"slices"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// TensorRT follows extents and elements as symbols: that of a batch stays the
// same through most layers, and reshaping [B,3,4] to (B,-1) makes [B,12] whatever
// B is. The rules of the ops know nothing of symbols. Instead each layer's rule is
// asked again with numbers in their place, small and large primes that all
// differ: what always comes out as one symbol's number is that symbol, and what
// is always the same number is that number.

// symbol is something that is not known before the network runs; 0 is none.
type symbol int

// symbols are those of a tensor's extents and elements, 0 where they are known.
type symbols struct{ extents, elements []symbol }

// The numbers for the symbols of a layer, in rounds.
var primes = [3][16]int64{
	{3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59},
	{10007, 10009, 10037, 10039, 10061, 10067, 10069, 10079, 10091, 10093, 10099, 10103, 10111, 10133, 10139, 10141},
	{20011, 20021, 20023, 20029, 20047, 20051, 20063, 20071, 20089, 20101, 20107, 20113, 20117, 20123, 20129, 20143},
}

// give gives each extent and element that is not known a symbol of its own, but
// for those that have one.
func (n *Network) give(x Info, s *symbols) {
	next := func() symbol { n.symbols++; return n.symbols }
	for i, e := range x.Dims {
		if e == Dynamic && s.extents[i] == 0 {
			s.extents[i] = next()
		}
	}
	for i, e := range x.Values {
		if !e.Known && e.fault == "" && s.elements[i] == 0 {
			s.elements[i] = next()
		}
	}
}

// follow finds the symbols of a layer's outputs, and makes known in out what the
// rule by itself could not know.
func (n *Network) follow(l *Layer, out []Info) []symbols {
	found := make([]symbols, len(out))
	for i, o := range out {
		found[i] = symbols{make([]symbol, len(o.Dims)), make([]symbol, len(o.Values))}
	}
	if slices.ContainsFunc(out, open) {
		n.conclude(l, out, found)
	}
	for i := range out {
		n.give(out[i], &found[i])
	}
	return found
}

// open reports whether anything is not known of x.
func open(x Info) bool {
	return !x.Dims.IsStatic() || slices.ContainsFunc(x.Values, func(e Element) bool { return !e.Known })
}

// polynomial reports whether TensorRT follows the elements that op makes by
// symbols: not so quotients, bounds and comparisons.
func polynomial(op Op) bool {
	switch op := op.(type) {
	case ElementWise:
		return op.Operation == Sum || op.Operation == Sub || op.Operation == Prod
	case Reduce:
		return op.Operation == ReduceSum || op.Operation == ReduceProd
	case Unary:
		return op.Operation == Neg || op.Operation == Abs
	case Cast:
		return op.To != dtype.Bool
	}
	return true
}

// conclude asks the rule in every round. Nothing follows when it refuses one.
func (n *Network) conclude(l *Layer, out []Info, found []symbols) {
	asked := distinct(l.Inputs)
	answers := make([][]Info, len(primes))
	for round := range primes {
		in := make([]Info, len(l.Inputs))
		for i, t := range l.Inputs {
			in[i] = t.with(asked, primes[round])
		}
		var err error
		if answers[round], err = infer(l.Op, in, n.target); err != nil || len(answers[round]) != len(out) {
			return
		}
	}
	elements := polynomial(l.Op)
	for i := range out {
		for axis, e := range out[i].Dims {
			if e != Dynamic {
				continue
			}
			v, s := agree(asked, func(round int) (int64, bool) {
				d := answers[round][i].Dims
				return d[axis], d[axis] != Dynamic
			})
			if s == 0 && v >= 0 {
				out[i].Dims = out[i].Dims.Clone()
				out[i].Dims[axis] = v
			}
			found[i].extents[axis] = s
		}
		for j, e := range out[i].Values {
			if e.Known || e.fault != "" || !elements || out[i].Type.IsFloat() {
				continue
			}
			v, s := agree(asked, func(round int) (int64, bool) {
				if answers[round][i].Values == nil {
					return 0, false
				}
				e := answers[round][i].Values[j]
				return e.Int, e.Known
			})
			if s == 0 && v >= 0 {
				out[i].Values = slices.Clone(out[i].Values)
				out[i].Values[j] = whole(v)
			}
			found[i].elements[j] = s
		}
	}
}

// distinct returns the symbols of tensors, extents first, as many as there are
// numbers for.
func distinct(in []*Tensor) []symbol {
	var all []symbol
	add := func(list []symbol) {
		for _, s := range list {
			if s != 0 && len(all) < len(primes[0]) && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	for _, t := range in {
		add(t.symbols.extents)
	}
	for _, t := range in {
		add(t.symbols.elements)
	}
	return all
}

// with returns what is known of t when each symbol is a number.
func (t *Tensor) with(asked []symbol, numbers [16]int64) Info {
	x := Info{Type: t.Type, Dims: t.Dims.Clone(), Values: slices.Clone(t.Values)}
	for axis, s := range t.symbols.extents {
		if i := slices.Index(asked, s); s != 0 && i >= 0 {
			x.Dims[axis] = numbers[i]
		}
	}
	for j, s := range t.symbols.elements {
		if i := slices.Index(asked, s); s != 0 && i >= 0 && !t.Type.IsFloat() && t.Type != dtype.Bool {
			x.Values[j] = whole(numbers[i])
		}
	}
	return x
}

// agree returns the symbol whose number is the answer in every round, or the
// number that always is; -1 when neither is so.
func agree(asked []symbol, answer func(round int) (int64, bool)) (int64, symbol) {
	same := true
	first, ok := answer(0)
	if !ok {
		return -1, 0
	}
	order := slices.Index(primes[0][:len(asked)], first)
	for round := 1; round < len(primes); round++ {
		v, ok := answer(round)
		if !ok {
			return -1, 0
		}
		same = same && v == first
		if order >= 0 && primes[round][order] != v {
			order = -1
		}
	}
	switch {
	case order >= 0:
		return 0, asked[order]
	case same:
		return first, 0
	}
	return -1, 0
}
