package trt

import (
	"fmt"
	"slices"
	"strings"
)

// KindEinsum names Einsum.
const KindEinsum Kind = "einsum"

// Einsum multiplies operands of one type and sums, as torch.einsum: one
// lower-case letter an axis, "..." for those that are not named, which must be
// as many in every operand that has it. Axes of one letter have one extent; an
// extent of 1 stretches where they are of different operands, and on TensorRT-RTX
// not by a third operand or a later one. Without "->" the output has the ellipsis
// and the letters that occur once, in their order.
type Einsum struct {
	noWeights
	Equation string `json:"equation"`
}

// AddEinsum adds a sum of products.
func (n *Network) AddEinsum(name, equation string, operands ...*Tensor) *Tensor {
	return n.add(name, Einsum{Equation: equation}, operands...)
}

// Kind returns KindEinsum.
func (op Einsum) Kind() Kind { return KindEinsum }

// Operands numbers the inputs, of which there is at least one.
func (op Einsum) Operands(n int) []string {
	if n == 0 {
		return nil
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("input %d", i)
	}
	return names
}

// WithWeights returns op: it holds none.
func (op Einsum) WithWeights([]*Weights) Op { return op }

// Infer returns the extents of the output's letters.
func (op Einsum) Infer(in []Info, t Target) ([]Info, error) {
	ranks := make([]int, len(in))
	for i, x := range in {
		if err := wantFloat(fmt.Sprintf("input %d", i), x); err != nil {
			return nil, err
		}
		if err := wantSameType("input 0", fmt.Sprintf("input %d", i), in[0], x); err != nil {
			return nil, err
		}
		ranks[i] = len(x.Dims)
	}
	labels, out, err := op.Labels(ranks)
	if err != nil {
		return nil, err
	}
	if t.Product == RTX {
		if err := wantEvenSum(labels, out, in); err != nil {
			return nil, err
		}
	}
	if err := wantDiagonals(labels, in); err != nil {
		return nil, err
	}
	extents := map[byte]int64{}
	for i, x := range in {
		if t.Product == RTX && i > 1 {
			if err := wantStretched(extents, labels[i], x.Dims, fmt.Sprintf("input %d", i)); err != nil {
				return nil, err
			}
		}
		if err := merge(extents, labels[i], x.Dims, fmt.Sprintf("input %d", i)); err != nil {
			return nil, err
		}
	}
	d := make(Dims, len(out))
	for i := range out {
		d[i] = extents[out[i]]
	}
	return []Info{{Type: in[0].Type, Dims: d}}, nil
}

// wantStretched refuses an operand behind the second that stretches what was 1 in
// all before it: TensorRT-RTX multiplies the first ones as if it had been
// stretched already.
func wantStretched(before map[byte]int64, labels string, d Dims, operand string) error {
	for axis := range labels {
		if before[labels[axis]] == 1 && d[axis] > 1 {
			return &Error{Operand: operand, Msg: fmt.Sprintf("stretches %c, which is 1 in all inputs before it; TensorRT-RTX builds that in the second at the latest: put it first", labels[axis]), Found: d.String()}
		}
	}
	return nil
}

// wantEvenSum refuses batched products of matrices that sum over an axis which
// one operand stretches: TensorRT-RTX builds few of them.
func wantEvenSum(labels []string, out string, in []Info) error {
	batch, stretched := false, -1
	free := map[int]bool{} // operands with an axis of their own that is kept
	for _, l := range "ABCDEFGH" + letters {
		var where []int
		var ones, more bool
		for i, x := range in {
			if axis := strings.IndexRune(labels[i], l); axis >= 0 {
				where = append(where, i)
				ones, more = ones || x.Dims[axis] == 1, more || x.Dims[axis] > 1
			}
		}
		switch kept := strings.ContainsRune(out, l); {
		case len(where) == 0:
		case kept && len(where) == 1:
			free[where[0]] = true
		case kept:
			batch = true
		case ones && more:
			stretched = where[len(where)-1]
		}
	}
	if batch && len(free) > 1 && stretched >= 0 {
		return &Error{Operand: fmt.Sprintf("input %d", stretched), Msg: "is summed over an axis that one input stretches, which TensorRT-RTX seldom builds of matrices in batches: reduce the longer one first", Found: in[stretched].Dims.String()}
	}
	return nil
}

// wantDiagonals refuses a diagonal that stretches, or is stretched by, the first
// axis of its letter, unless it is the first input's own.
func wantDiagonals(labels []string, in []Info) error {
	first := map[byte]int64{}
	for i, x := range in {
		for axis, e := range x.Dims {
			l := labels[i][axis]
			want, seen := first[l]
			if !seen {
				first[l] = e
				continue
			}
			if strings.IndexByte(labels[i], l) < axis && want != e && want != Dynamic && e != Dynamic {
				return &Error{Operand: fmt.Sprintf("input %d", i), Msg: fmt.Sprintf("has different extents on the diagonal %c, or others than its first axis", l), Expected: fmt.Sprint(want), Found: x.Dims.String()}
			}
		}
	}
	return nil
}

// merge adds the extents of one operand to those of the operands before it.
func merge(extents map[byte]int64, labels string, d Dims, operand string) error {
	own := map[byte]int64{}
	for axis := range labels {
		l := labels[axis]
		e, seen := own[l]
		if !seen {
			own[l] = d[axis]
			continue
		}
		same, ok := unify(e, d[axis])
		if !ok {
			return &Error{Operand: operand, Msg: fmt.Sprintf("has different extents on the diagonal %c", l), Found: d.String()}
		}
		// The real library does not know that a dynamic extent beside a 1 is 1.
		if same == 1 && e != d[axis] {
			same = Dynamic
		}
		own[l] = same
	}
	for l, e := range own {
		before, seen := extents[l]
		switch {
		case !seen || before == 1:
			extents[l] = e
		case e != 1:
			same, ok := unify(before, e)
			if !ok {
				return &Error{Operand: operand, Msg: fmt.Sprintf("has another extent of %c than the inputs before it", l), Expected: fmt.Sprint(before), Found: fmt.Sprint(e)}
			}
			extents[l] = same
		}
	}
	return nil
}

// Labels reads the equation for operands of the given ranks: a byte an axis
// for each of them and for the output, capital letters standing for the axes
// of the ellipsis.
func (op Einsum) Labels(ranks []int) (in []string, out string, err error) {
	left, out, explicit := strings.Cut(strings.ReplaceAll(op.Equation, " ", ""), "->")
	in = strings.Split(left, ",")
	if len(in) != len(ranks) {
		return nil, "", op.bad("has another number of terms than there are inputs", len(ranks), len(in))
	}
	wide := -1
	for i, term := range in {
		before, after, has := strings.Cut(term, "...")
		if err := op.wantLetters(before + after); err != nil {
			return nil, "", err
		}
		named := len(before) + len(after)
		if n := ranks[i] - named; has {
			if wide >= 0 && n != wide || n < 0 {
				return nil, "", op.bad(fmt.Sprintf("leaves another number of axes to the ellipsis of input %d", i), max(wide, 0), n)
			}
			wide = n
		} else if n != 0 {
			return nil, "", op.bad(fmt.Sprintf("has another number of letters than input %d has dimensions", i), ranks[i], named)
		}
	}
	rest := "ABCDEFGH"[:max(wide, 0)]
	for i, term := range in {
		in[i] = strings.Replace(term, "...", rest, 1)
	}
	all := strings.Join(in, "")
	if !explicit {
		return in, rest + once(all, rest), nil
	}
	before, after, has := strings.Cut(out, "...")
	if wide < 0 && has {
		return nil, "", op.bad("has an ellipsis in the output alone", "none", out)
	}
	if err := op.wantLetters(before + after); err != nil {
		return nil, "", err
	}
	out = strings.Replace(out, "...", rest, 1)
	for i := range out {
		if !strings.Contains(all, out[i:i+1]) || strings.Contains(out[:i], out[i:i+1]) {
			return nil, "", op.bad("has an output that is not each of the inputs' letters at most once", all, out)
		}
	}
	return in, out, nil
}

// once returns the letters that occur once, in alphabetical order.
func once(all, besides string) string {
	var letters []byte
	for _, l := range []byte(all) {
		if strings.Count(all, string(l)) == 1 && !strings.Contains(besides, string(l)) {
			letters = append(letters, l)
		}
	}
	slices.Sort(letters)
	return string(letters)
}

const letters = "abcdefghijklmnopqrstuvwxyz"

func (op Einsum) wantLetters(term string) error {
	for _, l := range term {
		if l < 'a' || l > 'z' {
			return op.bad("must be of lower-case letters", "a to z", string(l))
		}
	}
	return nil
}

func (op Einsum) bad(msg string, expected, found any) error {
	return &Error{Operand: "equation " + op.Equation, Msg: msg, Expected: fmt.Sprint(expected), Found: fmt.Sprint(found)}
}
