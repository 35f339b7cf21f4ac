package diff

import (
	"cmp"
	"context"
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// Options say what counts as the same. The zero value allows no difference of
// values.
type Options struct {
	Atol float64 // absolute tolerance
	Rtol float64 // tolerance relative to A's value
	// Rename, when set, is applied to the names of both files first.
	Rename func(name string) string
	// Select, when set, reports whether the tensor of this name is compared.
	// Names are renamed and without the prefix that is taken off.
	Select func(name string) bool
}

// Status is the outcome for one tensor.
type Status string

// The outcomes, from the worst on. Same and Within pass.
const (
	Missing Status = "missing" // A has it, B has not
	Extra   Status = "extra"   // B has it, A has not
	Shape   Status = "shape"   // shapes or element counts differ; values are not compared
	Beyond  Status = "beyond"  // some element is beyond the tolerance
	Within  Status = "within"  // values differ, or their bits do, within the tolerance
	Same    Status = "same"    // bit for bit; of two types: in value
)

var ranks = []Status{Missing, Extra, Shape, Beyond, Within, Same}

// Report is the outcome for two files.
type Report struct {
	// PrefixA and PrefixB were taken off every name of a file because without
	// them no name was in both.
	PrefixA string  `json:"prefix_a,omitempty"`
	PrefixB string  `json:"prefix_b,omitempty"`
	Atol    float64 `json:"atol"`
	Rtol    float64 `json:"rtol"`
	// Tensors are those of A in file order, then those that only B has.
	Tensors []Tensor `json:"tensors"`
}

// Tensor is the outcome for one tensor.
type Tensor struct {
	Name   string     `json:"name"` // without the prefix that was taken off
	Status Status     `json:"status"`
	A      *Described `json:"a"` // nil: A has none
	B      *Described `json:"b"`
	Errors *Errors    `json:"errors,omitempty"` // nil: values were not compared
}

// Described is what one file says of a tensor.
type Described struct {
	Type  dtype.Type `json:"dtype"`
	Shape []int64    `json:"shape"` // null: the format does not record it
	Count int64      `json:"count"`
}

// Errors are how far B's values are from A's. Of complex tensors only bits are
// compared: MaxAbs and MaxRel are not known.
type Errors struct {
	Bitwise bool `json:"bitwise_equal"` // of two types: equal in value
	// MaxAbs is the largest |b-a| of two finite values.
	MaxAbs   float64 `json:"max_abs"`
	MaxAbsAt []int64 `json:"max_abs_at,omitempty"` // index by axis; by position where no shape is known
	// MaxRel is the largest |b-a|/|a| of two finite values where a is not zero.
	MaxRel   float64 `json:"max_rel"`
	MaxRelAt []int64 `json:"max_rel_at,omitempty"`
	// SQNR is 10 log10(sum a^2 / sum (b-a)^2): +Inf where all values are equal,
	// -Inf where a NaN or an infinity is not matched.
	SQNR      stats.Decibels `json:"sqnr_db"`
	Differing int64          `json:"differing"` // elements of different value
	Beyond    int64          `json:"beyond"`    // elements beyond the tolerance
	Nonfinite int64          `json:"nonfinite"` // among them NaN and infinities that the other file does not have
}

// Failed reports whether the tensor is not the same within the tolerance. A
// change of type alone is no failure.
func (t *Tensor) Failed() bool { return t.Status != Within && t.Status != Same }

// Retyped reports whether the files store the tensor in different types.
func (t *Tensor) Retyped() bool { return t.A != nil && t.B != nil && t.A.Type != t.B.Type }

// Count returns the number of tensors of an outcome.
func (r *Report) Count(s Status) int {
	n := 0
	for i := range r.Tensors {
		if r.Tensors[i].Status == s {
			n++
		}
	}
	return n
}

// Failed returns the number of tensors that are not the same within the
// tolerance.
func (r *Report) Failed() int {
	return len(r.Tensors) - r.Count(Within) - r.Count(Same)
}

// WorstFirst returns the tensors by outcome, then by SQNR, then by name.
func (r *Report) WorstFirst() []Tensor {
	sorted := slices.Clone(r.Tensors)
	slices.SortStableFunc(sorted, func(x, y Tensor) int {
		c := cmp.Compare(slices.Index(ranks, x.Status), slices.Index(ranks, y.Status))
		if c == 0 && x.Errors != nil && y.Errors != nil {
			c = cmp.Or(cmp.Compare(x.Errors.SQNR, y.Errors.SQNR), cmp.Compare(y.Errors.MaxAbs, x.Errors.MaxAbs))
		}
		return cmp.Or(c, cmp.Compare(x.Name, y.Name))
	})
	return sorted
}

// Compare holds b against a. Memory does not grow with the files: a chunk of
// each is held for each core. Errors are those of the files and fault.Usage for
// tolerances that are negative or NaN; tensors that differ are no error.
func Compare(ctx context.Context, a, b weights.Map, o Options) (*Report, error) {
	if !(o.Atol >= 0) || !(o.Rtol >= 0) {
		return nil, fault.New(fault.Usage, "", "tolerances %g and %g: expected numbers from 0 on", o.Atol, o.Rtol)
	}
	na, err := newNames(a, o.Rename)
	if err != nil {
		return nil, err
	}
	nb, err := newNames(b, o.Rename)
	if err != nil {
		return nil, err
	}
	r := &Report{Atol: o.Atol, Rtol: o.Rtol, Tensors: []Tensor{}}
	r.PrefixA, r.PrefixB = prefixes(na.order, nb.order)
	takes := func(name string) bool { return o.Select == nil || o.Select(name) }
	var pairs []*pair
	for _, full := range na.order {
		name := full[len(r.PrefixA):]
		if !takes(name) {
			continue
		}
		ta := na.tensors[full]
		t := Tensor{Name: name, Status: Missing, A: described(ta)}
		if tb, ok := nb.tensors[r.PrefixB+name]; ok {
			t.B = described(tb)
			t.Status = Shape
			if sameShape(ta, tb) {
				pairs = append(pairs, &pair{a: ta, b: tb, at: len(r.Tensors)})
			}
		}
		r.Tensors = append(r.Tensors, t)
	}
	for _, full := range nb.order {
		name := full[len(r.PrefixB):]
		if na.tensors[r.PrefixA+name] == nil && takes(name) {
			r.Tensors = append(r.Tensors, Tensor{Name: name, Status: Extra, B: described(nb.tensors[full])})
		}
	}
	if err := compareAll(ctx, pairs, o); err != nil {
		return nil, err
	}
	for _, p := range pairs {
		e := p.errors()
		t := &r.Tensors[p.at]
		t.Errors = e
		switch {
		case e.Beyond > 0:
			t.Status = Beyond
		case e.Bitwise:
			t.Status = Same
		default:
			t.Status = Within
		}
	}
	return r, nil
}

func described(t *weights.Tensor) *Described { return &Described{t.Type, t.Shape, t.Count} }

// sameShape holds counts against each other where a format records no shape.
func sameShape(a, b *weights.Tensor) bool {
	return a.Count == b.Count && (a.Shape == nil || b.Shape == nil || slices.Equal(a.Shape, b.Shape))
}
