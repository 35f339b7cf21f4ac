package trt

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindKVCacheUpdate names KVCacheUpdate.
const KindKVCacheUpdate Kind = "kv_cache_update"

// KVCacheUpdate writes keys or values into a cache: of cache [batch, heads,
// longest sequence, head size] and update [batch, heads, sequence, head size],
// of which the batch may be smaller, the output is the cache with
//
//	output[i, :, indices[i]+s, :] = update[i, :, s, :]
//
// Whatever would be written beyond the end is left out. TensorRT works in
// place: the cache is an input of the network, the result an output of it, and
// whoever runs the engine binds both to the same memory.
type KVCacheUpdate struct{ noWeights }

// AddKVCacheUpdate adds an update of a cache at int32 indices [batch].
func (n *Network) AddKVCacheUpdate(name string, cache, update, indices *Tensor) *Tensor {
	return n.add(name, KVCacheUpdate{}, cache, update, indices)
}

// Kind returns KindKVCacheUpdate.
func (op KVCacheUpdate) Kind() Kind { return KindKVCacheUpdate }

// Operands names cache, update and indices.
func (op KVCacheUpdate) Operands(n int) []string { return named(n, "cache", "update", "indices") }

// WithWeights returns op: it holds none.
func (op KVCacheUpdate) WithWeights([]*Weights) Op { return op }

// Infer returns the cache's own type and dimensions. Most of these rules
// TensorRT knows only at build, as it does that indices are int32.
func (op KVCacheUpdate) Infer(in []Info, t Target) ([]Info, error) {
	if err := wantSince("update of a cache", t, Version{Major: 10, Minor: 15}, Version{}); err != nil {
		return nil, err
	}
	cache, update, indices := in[0], in[1], in[2]
	if err := wantFloat("cache", cache); err != nil {
		return nil, err
	}
	if err := wantSameType("the cache", "update", cache, update); err != nil {
		return nil, err
	}
	if err := wantType("indices", indices, setOf(dtype.Int32)); err != nil {
		return nil, err
	}
	if len(cache.Dims) != 4 || cache.Dims[2] == Dynamic {
		return nil, &Error{Operand: "cache", Msg: "must have 4 dimensions, the sequence static: batch, heads, sequence, head size", Found: cache.Dims.String()}
	}
	c, u := cache.Dims, update.Dims
	if len(u) != 4 || u[1] != c[1] || u[3] != c[3] {
		return nil, &Error{Operand: "update", Msg: "must have heads and head size of the cache", Expected: c.String(), Found: u.String()}
	}
	for _, axis := range []int{0, 2} {
		if c[axis] != Dynamic && u[axis] > c[axis] {
			return nil, &Error{Operand: "update", Msg: fmt.Sprintf("is larger than the cache in dimension %d", axis), Expected: c.String(), Found: u.String()}
		}
	}
	want := u[:1]
	if len(indices.Dims) == 1 {
		if _, ok := unify(want[0], indices.Dims[0]); ok {
			return in[:1], nil
		}
	}
	return nil, &Error{Operand: "indices", Msg: "must be one for each of the update's batch", Expected: want.String(), Found: indices.Dims.String()}
}

// checkCaches refuses updates of what is no input of the network, and those
// that are no output of it.
func (n *Network) checkCaches() error {
	for _, l := range n.layers {
		if l.Op.Kind() != KindKVCacheUpdate {
			continue
		}
		e := &Error{Network: n.name, Layer: l.Name, Op: l.Op.Kind()}
		if l.Inputs[0].producer != nil {
			e.Operand, e.Msg = "cache", "must be an input of the network, as it is updated in place"
			return e
		}
		if !slices.Contains(n.outputs, l.Outputs[0]) {
			e.Msg = "must be an output of the network, as its cache is updated in place"
			return e
		}
	}
	return nil
}
