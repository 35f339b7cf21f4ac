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
			return newMatch(f, l, v), nil
		}
	}
	return nil, unknown(v)
}

func newMatch(f family, l layout, v *bind.View) *Match {
	d := l.describe()
	m := &Match{
		Family: f.name(), Variant: l.variant(), Task: d.task, Classes: d.classes,
		Confidence: Certain, Nearest: []Near{}, Notes: d.notes, layout: l,
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
		candidates = append(candidates, f.published(name, f.classes(v)))
	}
	if l := f.derive(v); l != nil {
		candidates = append(candidates, l)
	}
	best := Near{Fit: -1}
	for _, l := range candidates {
		n, _ := compare(v, l.tensors())
		if n.Fit > best.Fit {
			best = n
			best.Family, best.Variant = f.name(), l.variant()
		}
	}
	best.Reason = f.explain(v, best)
	return best
}

// compare finds the first tensor of want that v lacks or has in another size,
// else the first that v has too many. ok is false when there is one.
func compare(v *bind.View, want []checkpoint.Tensor) (n Near, ok bool) {
	expected, fits, extra := 0, 0, 0
	first := func(x Near) {
		if n.Tensor == "" {
			n = x
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
			first(Near{Tensor: w.Name, Problem: Absent, Expected: elements(w.Count(), w.Shape)})
		case t.Count != w.Count():
			first(Near{Tensor: w.Name, Problem: WrongCount, Expected: elements(w.Count(), w.Shape), Found: elements(t.Count, t.Shape)})
		case t.Shape != nil && !bind.SameShape(t.Shape, w.Shape):
			first(Near{Tensor: w.Name, Problem: WrongShape, Expected: trt.Dims(w.Shape).String(), Found: trt.Dims(t.Shape).String()})
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
		first(Near{Tensor: name, Problem: Unexpected, Found: elements(t.Count, t.Shape)})
	}
	n.Fit = float64(fits) / float64(expected+extra)
	return n, n.Tensor == ""
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
