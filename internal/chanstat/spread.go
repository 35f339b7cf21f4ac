package chanstat

import "fmt"

// spread keeps one S for each channel of a tensor that is visited in chunks,
// and merges what chunks have in common in the order of the chunks.
type spread[S any, P merger[S]] struct {
	layout   Layout
	count    int64
	chunk    int64
	channels []S       // of channels that lie within one chunk, or merged
	parts    []part[S] // one per chunk; nil once merged
}

type merger[S any] interface {
	*S
	Merge(S)
}

// part is what one chunk has of channels that other chunks have some of too.
type part[S any] struct {
	visited bool
	pieces  []piece[S]
}

type piece[S any] struct {
	channel int
	stats   S
}

func newSpread[S any, P merger[S]](l Layout, count, chunk int64) (spread[S, P], error) {
	if l.Channels < 1 || l.Inner < 1 || count < 0 || count%(int64(l.Channels)*l.Inner) != 0 || chunk < 1 {
		return spread[S, P]{}, fmt.Errorf("statistics of %d elements in %d channels of runs of %d, by chunks of %d", count, l.Channels, l.Inner, chunk)
	}
	return spread[S, P]{
		layout: l, count: count, chunk: chunk,
		channels: make([]S, l.Channels), parts: make([]part[S], (count+chunk-1)/chunk),
	}, nil
}

// visit hands what the chunk has of each channel to add, once.
func (c *spread[S, P]) visit(chunk []float32, from int64, add func(s P, channel int, run []float32)) error {
	i := from / c.chunk
	if from%c.chunk != 0 || i >= int64(len(c.parts)) || c.parts[i].visited {
		return fmt.Errorf("statistics: chunk at element %d is not expected", from)
	}
	var (
		n        = int64(len(chunk))
		inner    = c.layout.Inner
		period   = int64(c.layout.Channels) * inner
		pieces   []piece[S]
		gathered []float32
	)
	// The first run may have begun in the chunk before.
	for at := -(from % inner); at < min(n, period-from%inner); at += inner {
		channel := int((from + at) / inner % int64(c.layout.Channels))
		run := chunk[max(at, 0):min(at+inner, n)]
		if at+period < n { // the channel recurs in this chunk
			gathered = gathered[:0]
			for k := at; k < n; k += period {
				gathered = append(gathered, chunk[max(k, 0):min(k+inner, n)]...)
			}
			run = gathered
		}
		if c.count == period && int64(len(run)) == inner {
			add(&c.channels[channel], channel, run)
			continue
		}
		p := piece[S]{channel: channel}
		add(&p.stats, channel, run)
		pieces = append(pieces, p)
	}
	c.parts[i] = part[S]{true, pieces}
	return nil
}

func (c *spread[S, P]) merged() []S {
	for _, p := range c.parts {
		for _, p := range p.pieces {
			P(&c.channels[p.channel]).Merge(p.stats)
		}
	}
	c.parts = nil
	return c.channels
}
