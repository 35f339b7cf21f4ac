package trt

import "iter"

// dependence says whether the outputs of a layer depend on its inputs, in the sense
// of the question.
type dependence func(l *Layer) bool

func byAnything(*Layer) bool { return true }

// byElements leaves out a Shape, which needs no elements of its input.
func byElements(l *Layer) bool { return l.Op.Kind() != KindShape }

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
				if l := t.producer; l != nil && how(l) && !visit(l.Inputs) {
					return false
				}
			}
			return true
		}
		visit(from)
	}
}
