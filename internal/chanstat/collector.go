package chanstat

import "fmt"

// Layout says to which channel the elements of a tensor belong: element i to
// channel (i/Inner) mod Channels. With output channels first, Inner is the
// count divided by Channels; for a deconvolution's [in, out, h, w] it is h*w;
// for a matrix of [in, out] it is 1.
type Layout struct {
	Channels int
	Inner    int64
}

// Collector takes the statistics of a tensor that is visited in chunks.
type Collector struct {
	layout   Layout
	count    int64
	chunk    int64
	channels []Stats // of channels that lie within one chunk, or merged
	parts    []part  // one per chunk; nil once merged
}

// part is what one chunk has of channels that other chunks have some of too.
type part struct {
	visited bool
	pieces  []piece
}

type piece struct {
	channel int
	stats   Stats
}

// NewCollector returns a collector for a tensor of count elements that is
// visited in chunks of the given length, the last one shorter.
func NewCollector(l Layout, count, chunk int64) (*Collector, error) {
	if l.Channels < 1 || l.Inner < 1 || count < 0 || count%(int64(l.Channels)*l.Inner) != 0 || chunk < 1 {
		return nil, fmt.Errorf("statistics of %d elements in %d channels of runs of %d, by chunks of %d", count, l.Channels, l.Inner, chunk)
	}
	return &Collector{
		layout: l, count: count, chunk: chunk,
		channels: make([]Stats, l.Channels), parts: make([]part, (count+chunk-1)/chunk),
	}, nil
}

// Visit takes in the elements from index from on. Chunks may come in any order
// and from several goroutines, each chunk once, and before Channels.
func (c *Collector) Visit(chunk []float32, from int64) error {
	i := from / c.chunk
	if from%c.chunk != 0 || i >= int64(len(c.parts)) || c.parts[i].visited {
		return fmt.Errorf("statistics: chunk at element %d is not expected", from)
	}
	var (
		n        = int64(len(chunk))
		inner    = c.layout.Inner
		period   = int64(c.layout.Channels) * inner
		pieces   []piece
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
			c.channels[channel].Add(run)
			continue
		}
		p := piece{channel: channel}
		p.stats.Add(run)
		pieces = append(pieces, p)
	}
	c.parts[i] = part{true, pieces}
	return nil
}

// Channels returns the statistics of each channel, once all chunks have been
// visited. They do not depend on the order of the visits.
func (c *Collector) Channels() []Stats {
	for _, p := range c.parts {
		for _, p := range p.pieces {
			c.channels[p.channel].Merge(p.stats)
		}
	}
	c.parts = nil
	return c.channels
}

// Merged returns the statistics of all values together.
func Merged(all []Stats) Stats {
	var s Stats
	for _, o := range all {
		s.Merge(o)
	}
	return s
}
