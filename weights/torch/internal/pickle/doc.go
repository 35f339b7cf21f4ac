// Package pickle interprets Python pickles of protocols 0 to 5 without being
// able to do anything: a global is a pair of names, and what a pickle would call
// or build is either made by the caller's Hooks, which know PyTorch's few
// constructors, or becomes an inert Object that remembers class, arguments and
// state.
//
// It is a machine of its own and not a general one under guard, because the
// guarding would be the larger half: a pickle says how long its strings are, at
// which index it remembers a value and how often it repeats one, and each of
// these is a way to ask for memory. Here every allocation is charged to a Budget
// before it is made. The budget grows with the bytes that were really read, so
// that no file makes more than a small multiple of its own size; nothing is ever
// credited back, so the collector's timing does not matter. The machine has no
// recursion, and what it builds may be cyclic or share parts: who walks it
// bounds the walk.
package pickle
