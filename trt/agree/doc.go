// Package agree draws single layers, right ones and wrong ones, to hold the
// rules of trt against the real library's: does it take the layer, and what are
// the types and dimensions of its outputs?
//
// Draw makes a configuration from a seed and a number, nothing else. The kinds
// take turns, so each has its share. Each has a drawer, which draws operands that
// fit the parameters, lists of extents made of shapes, and the bodies of
// conditionals and loops with others in them; some configurations start from the
// kind's cases in trt/backendtest instead. Most are then spoilt in one place or
// two: an extent, a rank, a type, a parameter, the count or type of weights.
//
// Ours answers for the rules. Who has the library answers for it, and Differ
// says in what the two differ. Where trt is stricter on purpose, the difference
// must be one of the few named rules of Stricter.
package agree
