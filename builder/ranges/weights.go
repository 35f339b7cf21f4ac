package ranges

import (
	"context"
	"errors"
	"math"

	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// use is a distinct weight and the first place that uses it.
type use struct {
	place  Place
	w      *trt.Weights
	layout layout
	stats  *chanstat.Collector
	fact   *Weight
}

// load reads every distinct float32 weight of n once into a block of memory
// and takes its statistics. The network returned reads from the block.
func load(ctx context.Context, n *trt.Network, workers int) (map[Place]*Weight, *trt.Network, *arena.Arena, error) {
	uses, places := distinct(n)
	sizes := make([]int64, len(uses))
	for i, u := range uses {
		sizes[i] = 4 * u.w.Count()
	}
	block, err := arena.New(arena.Size(sizes...))
	if err != nil {
		return nil, nil, nil, err
	}
	facts, resident, err := fill(ctx, n, uses, places, block, workers)
	if err != nil {
		return nil, nil, nil, errors.Join(err, block.Close())
	}
	return facts, resident, block, nil
}

func distinct(n *trt.Network) ([]*use, map[Place]*use) {
	var uses []*use
	known := map[*trt.Weights]*use{}
	places := map[Place]*use{}
	consumers := n.Consumers()
	for _, l := range n.Layers() {
		for _, o := range l.Op.Weights() {
			if o.Weights == nil || o.Weights.Type != dtype.Float32 || o.Weights.Values() == nil {
				continue
			}
			u := known[o.Weights]
			if u == nil {
				u = &use{place: Place{l.Name, o.Name}, w: o.Weights, layout: layoutOf(l, o, consumers)}
				known[o.Weights] = u
				uses = append(uses, u)
			}
			places[Place{l.Name, o.Name}] = u
		}
	}
	return uses, places
}

func fill(ctx context.Context, n *trt.Network, uses []*use, places map[Place]*use, block *arena.Arena, workers int) (map[Place]*Weight, *trt.Network, error) {
	jobs := make([]weights.Job, len(uses))
	resident := map[*trt.Weights]*trt.Weights{}
	for i, u := range uses {
		values, err := block.Float32(u.w.Count())
		if err != nil {
			return nil, nil, err
		}
		if u.stats, err = chanstat.NewCollector(u.layout.runs, u.w.Count(), weights.ChunkLen); err != nil {
			return nil, nil, err
		}
		u.fact = &Weight{Values: values}
		jobs[i] = weights.Job{Name: u.place.Layer, Values: u.w.Values(), Count: u.w.Count(), Dst: values, Visit: u.stats.Visit}
		resident[u.w] = u.w.WithValues(trt.Float32s(values))
	}
	if err := weights.Read(ctx, workers, jobs); err != nil {
		return nil, nil, err
	}
	for _, u := range uses {
		u.fact.Channels = u.layout.merge(u.stats.Channels())
		u.stats = nil
		u.fact.Total = chanstat.Merged(u.fact.Channels)
		if u.fact.Total.NaN+u.fact.Total.Inf > 0 {
			return nil, nil, u.bad()
		}
	}
	facts := make(map[Place]*Weight, len(places))
	for p, u := range places {
		facts[p] = u.fact
	}
	out, err := n.MapWeights(func(_ *trt.Layer, o trt.Operand) (*trt.Weights, error) {
		if w, ok := resident[o.Weights]; ok {
			return w, nil
		}
		return o.Weights, nil
	})
	return facts, out, err
}

// bad returns the error of the first value that is not finite.
func (u *use) bad() error {
	for i, v := range u.fact.Values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return valueError(u.place, u.w, int64(i), u.layout.channel(int64(i)), v)
		}
	}
	return nil
}
