package zoo

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
)

// Detect recognises the network that m holds the weights of, from names and
// element counts, and from shapes where m has them. No value is read. When no
// family fits, the error is an *UnknownError.
func Detect(m weights.Map) (*Match, error) {
	v := bind.NewView(m)
	for _, f := range families() {
		l := f.derive(v)
		if l == nil {
			continue
		}
		if _, ok := compare(v, l.tensors()); ok {
			return newMatch(f, l, v, recordedEps(m)), nil
		}
	}
	return nil, unknown(v)
}

func newMatch(f family, l layout, v *bind.View, eps []float64) *Match {
	d := l.describe()
	m := &Match{
		Family: f.name(), Variant: l.variant(), Task: d.task, Classes: d.classes,
		Confidence: Certain, Nearest: []Near{}, Notes: d.notes, layout: l, prefix: v.Prefix(),
	}
	if d.eps != "" {
		m.Notes = append(m.Notes, epsNote(eps, d.eps))
	}
	if m.Variant == Custom {
		m.Confidence = Likely
	}
	m.Evidence = append(m.Evidence, fmt.Sprintf("all %d tensors fit the names and sizes of a %s, and none is missing", len(v.Names()), f.name()))
	m.Evidence = append(m.Evidence, d.evidence...)
	if v.Prefix() != "" {
		m.Evidence = append(m.Evidence, fmt.Sprintf("every name begins with %q, which a wrapper added", v.Prefix()))
	}
	return m
}

// maxNear is the number of families that a refusal names.
const maxNear = 3

func unknown(v *bind.View) *UnknownError {
	e := &UnknownError{File: v.File(), Tensors: len(v.Names()), LooksLike: foreign(v)}
	for _, f := range families() {
		e.Nearest = append(e.Nearest, nearest(f, v))
	}
	slices.SortStableFunc(e.Nearest, func(a, b Near) int { return cmp.Compare(b.Fit, a.Fit) })
	keep := 1
	for keep < min(len(e.Nearest), maxNear) && e.Nearest[keep].Fit > 0 {
		keep++
	}
	e.Nearest = e.Nearest[:keep]
	return e
}

// nearest compares v with what f derives from it and with every published
// variant, and keeps the best.
func nearest(f family, v *bind.View) Near {
	var candidates []layout
	for _, name := range f.variants() {
		l := f.published(name, f.classes(v))
		if free, ok := l.(adaptable); ok {
			l = free.like(v)
		}
		candidates = append(candidates, l)
	}
	if l := f.derive(v); l != nil {
		candidates = append(candidates, l)
	}
	best := Near{Fit: -1}
	var like layout
	for _, l := range candidates {
		n, _ := compare(v, l.tensors())
		if n.Fit > best.Fit {
			best, like = n, l
		}
	}
	best.Family, best.Name, best.Variant = f.name(), like.model(), like.variant()
	best.Reason = f.explain(v, best)
	return best
}

// compare finds the first tensor of want that v lacks or has in another size,
// else the first that v has too many. ok is false when there is one.
func compare(v *bind.View, want []checkpoint.Tensor) (n Near, ok bool) {
	expected, fits, extra := 0, 0, 0
	first := func(w checkpoint.Tensor, p Problem, found *weights.Tensor) {
		if n.Tensor == "" {
			n = misfit(w, p, found)
		}
	}
	names := make(map[string]bool, len(want))
	for _, w := range want {
		names[w.Name] = true
		if bind.Ignorable(w.Name) != "" {
			continue
		}
		expected++
		t, found := v.Tensor(w.Name)
		switch {
		case !found:
			first(w, Absent, nil)
		case t.Count != w.Count():
			first(w, WrongCount, t)
		case t.Shape != nil && !bind.SameShape(t.Shape, w.Shape):
			first(w, WrongShape, t)
		default:
			fits++
		}
	}
	for _, name := range v.Names() {
		if names[name] || bind.Ignorable(name) != "" {
			continue
		}
		extra++
		t, _ := v.Tensor(name)
		first(checkpoint.Tensor{Name: name}, Unexpected, t)
	}
	n.Fit = float64(fits) / float64(expected+extra)
	return n, n.Tensor == ""
}

// misfit says how what was found differs from what was wanted.
func misfit(want checkpoint.Tensor, p Problem, found *weights.Tensor) Near {
	n := Near{Tensor: want.Name, Problem: p}
	if p == WrongShape {
		n.Expected, n.Found = trt.Dims(want.Shape).String(), trt.Dims(found.Shape).String()
		return n
	}
	if p != Unexpected {
		n.Expected = elements(want.Count(), want.Shape)
	}
	if found != nil {
		n.Found = elements(found.Count, found.Shape)
	}
	return n
}

func elements(count int64, shape []int64) string {
	s := fmt.Sprintf("%d elements", count)
	if count == 1 {
		s = "1 element"
	}
	if shape != nil {
		s += " " + trt.Dims(shape).String()
	}
	return s
}
