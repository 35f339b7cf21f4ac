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
	layout Layout
	chunk  int64
	parts  []part // one per chunk
}

// part holds the statistics of one chunk: stats[k] of channel first+k, modulo
// the number of channels.
type part struct {
	first int
	stats []Stats
}

// NewCollector returns a collector for a tensor of count elements that is
// visited in chunks of the given length, the last one shorter.
func NewCollector(l Layout, count, chunk int64) (*Collector, error) {
	if l.Channels < 1 || l.Inner < 1 || count < 0 || count%(int64(l.Channels)*l.Inner) != 0 || chunk < 1 {
		return nil, fmt.Errorf("statistics of %d elements in %d channels of runs of %d, by chunks of %d", count, l.Channels, l.Inner, chunk)
	}
	return &Collector{layout: l, chunk: chunk, parts: make([]part, (count+chunk-1)/chunk)}, nil
}

// Visit takes in the elements from index from on. Chunks may come in any order
// and from several goroutines, each chunk once.
func (c *Collector) Visit(chunk []float32, from int64) error {
	i := from / c.chunk
	if from%c.chunk != 0 || i >= int64(len(c.parts)) || c.parts[i].stats != nil {
		return fmt.Errorf("statistics: chunk at element %d is not expected", from)
	}
	n, inner := int64(len(chunk)), c.layout.Inner
	lead := from % inner // elements of the first run that the chunk before has
	runs := (lead + n + inner - 1) / inner
	stats := make([]Stats, min(runs, int64(c.layout.Channels)))
	period := int64(c.layout.Channels) * inner
	var gathered []float32
	for k := range stats {
		at := int64(k)*inner - lead
		if at+period >= n {
			stats[k].Add(chunk[max(at, 0):min(at+inner, n)])
			continue
		}
		gathered = gathered[:0]
		for ; at < n; at += period {
			gathered = append(gathered, chunk[max(at, 0):min(at+inner, n)]...)
		}
		stats[k].Add(gathered)
	}
	c.parts[i] = part{int(from / inner % int64(c.layout.Channels)), stats}
	return nil
}

// Channels returns the statistics of each channel, once all chunks have been
// visited. They do not depend on the order of the visits.
func (c *Collector) Channels() []Stats {
	all := make([]Stats, c.layout.Channels)
	for _, p := range c.parts {
		for k, s := range p.stats {
			all[(p.first+k)%len(all)].Merge(s)
		}
	}
	return all
}

// Merged returns the statistics of all values together.
func Merged(all []Stats) Stats {
	var s Stats
	for _, o := range all {
		s.Merge(o)
	}
	return s
}
