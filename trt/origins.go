package trt

import "iter"

// dependence is how one tensor may depend on another.
type dependence bool

const (
	byAnything dependence = false
	byElements dependence = true // a Shape needs no elements of its input
)

// origins yields the tensors that those of from depend on, themselves included,
// each once, and each before what it is computed from.
func origins(how dependence, from ...*Tensor) iter.Seq[*Tensor] {
	return func(yield func(*Tensor) bool) {
		seen := map[*Tensor]bool{}
		var visit func(all []*Tensor) bool
		visit = func(all []*Tensor) bool {
			for _, t := range all {
				if seen[t] {
					continue
				}
				seen[t] = true
				if !yield(t) {
					return false
				}
				l := t.producer
				if l == nil || how == byElements && l.Op.Kind() == KindShape {
					continue
				}
				if !visit(l.Inputs) {
					return false
				}
			}
			return true
		}
		visit(from)
	}
}
