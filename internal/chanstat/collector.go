package chanstat

// Layout says to which channel the elements of a tensor belong: element i to
// channel (i/Inner) mod Channels. With output channels first, Inner is the
// count divided by Channels; for a deconvolution's [in, out, h, w] it is h*w;
// for a matrix of [in, out] it is 1.
type Layout struct {
	Channels int
	Inner    int64
}

// Collector takes the statistics of a tensor that is visited in chunks.
type Collector struct{ spread[Stats, *Stats] }

// NewCollector returns a collector for a tensor of count elements that is
// visited in chunks of the given length, the last one shorter.
func NewCollector(l Layout, count, chunk int64) (*Collector, error) {
	s, err := newSpread[Stats](l, count, chunk)
	if err != nil {
		return nil, err
	}
	return &Collector{s}, nil
}

// Visit takes in the elements from index from on. Chunks may come in any order
// and from several goroutines, each chunk once, and before Channels.
func (c *Collector) Visit(chunk []float32, from int64) error {
	return c.visit(chunk, from, func(s *Stats, _ int, run []float32) { s.Add(run) })
}

// Channels returns the statistics of each channel, once all chunks have been
// visited. They do not depend on the order of the visits.
func (c *Collector) Channels() []Stats { return c.merged() }

// Merged returns the statistics of all values together.
func Merged(all []Stats) Stats {
	var s Stats
	for _, o := range all {
		s.Merge(o)
	}
	return s
}
