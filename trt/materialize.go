package trt

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// chunk is how many elements are converted at a time: 128 KiB of float32, which
// stays in the second-level cache between reading and rounding.
const chunk = 32 << 10

// Materialize returns the network with the bytes that a backend will hold of
// all its weights, off the Go heap, and their SHA-256. Each distinct Weights is
// written once, in parallel on all cores, rounded to nearest even where it is
// stored in 16 bits or 8. The recipes are not needed any more then; what they read
// from may be released. Closing the arena invalidates the returned network's
// Bytes.
func Materialize(ctx context.Context, n *Network) (*Network, *arena.Arena, error) {
	if n.err != nil {
		return nil, nil, n.err
	}
	all := n.distinctWeights()
	sizes := make([]int64, len(all))
	for i, m := range all {
		sizes[i] = m.from.Size()
	}
	mem, err := arena.New(arena.Size(sizes...))
	if err != nil {
		return nil, nil, err
	}
	out, err := n.materializeIn(ctx, mem, all)
	if err != nil {
		return nil, nil, errors.Join(err, mem.Close())
	}
	return out, mem, nil
}

// Materialized reports whether all bytes of weights lie off the Go heap, in the
// arena that Materialize returned.
func (n *Network) Materialized() bool { return n.materialized }

func (n *Network) materializeIn(ctx context.Context, mem *arena.Arena, all []*materialization) (*Network, error) {
	if err := materialize(ctx, mem, all); err != nil {
		return nil, err
	}
	done := make(map[*Weights]*Weights, len(all))
	for _, m := range all {
		done[m.from] = m.to
	}
	out, err := n.MapWeights(func(_ *Layer, o Operand) (*Weights, error) { return done[o.Weights], nil })
	if err != nil {
		return nil, err
	}
	out.materialized = true
	return out, nil
}

// materialization is one distinct Weights on its way into the arena.
type materialization struct {
	from, to *Weights
	layer    *Layer // the first that uses it
	operand  string
	left     atomic.Int64 // chunks not yet written
}

func (n *Network) distinctWeights() []*materialization {
	var all []*materialization
	seen := map[*Weights]bool{}
	for _, l := range n.layers {
		for _, o := range l.Op.Weights() {
			if o.Weights != nil && !seen[o.Weights] {
				seen[o.Weights] = true
				all = append(all, &materialization{from: o.Weights, layer: l, operand: o.Name})
			}
		}
	}
	return all
}

// materialize fills in what the weights become. The largest come first, so that
// no core is left alone with one at the end.
func materialize(ctx context.Context, mem *arena.Arena, all []*materialization) error {
	type piece struct {
		m        *materialization
		from, to int64
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *materialization) int { return cmp.Compare(b.from.Size(), a.from.Size()) })
	var pieces []piece
	for _, m := range all {
		raw, err := mem.Bytes(m.from.Size())
		if err != nil {
			return err
		}
		m.to = m.from.stored(raw)
		count := m.from.Count()
		for at := int64(0); at < count || at == 0; at += chunk {
			pieces = append(pieces, piece{m, at, min(at+chunk, count)})
			m.left.Add(1)
		}
	}
	var failed atomic.Bool
	var once sync.Once
	var first error
	fail := func(err error) {
		once.Do(func() { first = err })
		failed.Store(true)
	}
	parallel.Run(0, len(pieces), func(next func() (int, bool)) {
		scratch := make([]float32, chunk)
		for i, ok := next(); ok && !failed.Load(); i, ok = next() {
			if err := ctx.Err(); err != nil {
				fail(err)
				return
			}
			p := pieces[i]
			if err := p.m.write(scratch, p.from, p.to); err != nil {
				fail(&Error{Layer: p.m.layer.Name, Op: p.m.layer.Op.Kind(), Operand: p.m.operand + " weights", Err: err})
				return
			}
			if p.m.left.Add(-1) == 0 {
				p.m.to.digest = sha256.Sum256(p.m.to.raw)
			}
		}
	})
	return first
}

// write fills elements [from,to) of the destination. Floats are stored in the
// machine's byte order, which is little-endian wherever TensorRT runs.
func (m *materialization) write(scratch []float32, from, to int64) error {
	w := m.from
	first, last := w.Type.Bytes(from), w.Type.Bytes(to) // a chunk is whole bytes, whatever the type
	dst := m.to.raw[first:last]
	if w.raw != nil {
		copy(dst, w.raw[first:last])
		return nil
	}
	if len(dst) == 0 {
		return nil
	}
	if w.Type == dtype.Float32 {
		return w.values.ReadFloat32(view[float32](dst), from)
	}
	src := scratch[:to-from]
	if v, ok := w.values.(Float32s); ok && to <= int64(len(v)) {
		src = v[from:to]
	} else if err := w.values.ReadFloat32(src, from); err != nil {
		return err
	}
	switch w.Type {
	case dtype.Float16:
		half.ToFloat16s(view[uint16](dst), src)
	case dtype.BFloat16:
		half.ToBFloat16s(view[uint16](dst), src)
	case dtype.Float8E4M3FN:
		half.ToFloat8s(dst, src)
	default:
		return fmt.Errorf("values cannot be stored as %s", w.Type)
	}
	return nil
}

// view reads bytes, aligned as the arena's are, as elements.
func view[T float32 | uint16](b []byte) []T {
	var one T
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), len(b)/int(unsafe.Sizeof(one)))
}
