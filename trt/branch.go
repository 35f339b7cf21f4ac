package trt

import "slices"

// checkBranch refuses what TensorRT-RTX 1.7 does not build of conditionals and
// loops in a branch of a conditional. dynamic says that a branch returns dynamic
// dimensions and nobody knows which branch it will be.
func checkBranch(b body, dynamic bool) error {
	live := map[*Tensor]bool{}
	for t := range origins(byAnything, b.net.outputs...) {
		live[t] = true
	}
	refuse := func(l *Layer, msg string) error { return &Error{Operand: b.role, Msg: msg, Found: l.Name} }
	for _, l := range b.net.layers {
		if Bodies(l.Op) == nil {
			continue
		}
		for _, x := range l.Inputs {
			if x.producer != nil && !live[x] && dependsOnInput(x) {
				return refuse(l, "computes something for a conditional or a loop that leads to no output, which TensorRT-RTX does not build: leave it out")
			}
		}
		if !slices.ContainsFunc(l.Outputs, func(y *Tensor) bool { return live[y] }) {
			continue
		}
		for _, loop := range loops(l.Op) {
			if dynamic {
				return refuse(l, "has a loop, which TensorRT-RTX does not build where a branch returns dynamic dimensions")
			}
			if loop.While == "" && loop.readsOutside() {
				return refuse(l, "has a loop that reads a tensor from outside, which TensorRT-RTX builds only where the loop has a condition: carry the tensor as a state")
			}
		}
	}
	return nil
}

// checkAttention refuses what TensorRT-RTX 1.7 builds of no type and no size: an
// attention inside of a body, whose inputs it does not find there.
func checkAttention(b body) error {
	for t := range origins(byAnything, b.net.outputs...) {
		if l := t.producer; l != nil && l.Op.Kind() == KindAttention {
			return &Error{Operand: b.role, Msg: "has an attention, which TensorRT-RTX builds outside of conditionals and loops only: make it of products and a softmax", Found: l.Name}
		}
	}
	return nil
}

func dependsOnInput(t *Tensor) bool {
	for x := range origins(byAnything, t) {
		if x.producer == nil {
			return true
		}
	}
	return false
}

// loops are op, if it is one, and those in its bodies.
func loops(op Op) []Loop {
	var all []Loop
	if loop, ok := op.(Loop); ok {
		all = append(all, loop)
	}
	for _, b := range Bodies(op) {
		for _, l := range b.Network.layers {
			all = append(all, loops(l.Op)...)
		}
	}
	return all
}

// readsOutside reports whether an output depends on a tensor from outside.
func (op Loop) readsOutside() bool {
	for name := range op.reached() {
		if op.part(name) == fromOutside {
			return true
		}
	}
	return false
}
