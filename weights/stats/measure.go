package stats

import (
	"context"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/glob"
	"github.com/trtbuild/trtbuild/weights"
)

// MaxChannels is the length of an axis up to which it is taken for output
// channels: what is longer is a vocabulary or a table.
const MaxChannels = 1 << 16

// Options say what Measure measures; the zero value is all of a file.
type Options struct {
	// Workers is the number of cores to use; 0: all.
	Workers int
	// Select are globs of names: * stands for any characters, ? for one, a ! in
	// front leaves tensors out. None: all tensors.
	Select []string
}

// Measure measures the tensors of m and returns them in file order. Integers
// and half precision are measured by the float32 they convert to. Complex
// tensors are listed and skipped. Tensors whose format records no shape have
// channels when weights.WithShapes supplies them.
//
// Every tensor is read twice, in chunks and on several cores; no more than a
// chunk for each of them is in memory. The result does not depend on their
// number. A glob that names nothing is an error of kind usage; other errors are
// those of reading the file.
func Measure(ctx context.Context, m weights.Map, o Options) ([]Tensor, error) {
	selected := glob.Parse(o.Select)
	if g, unused := selected.Unused(m.Names()); unused {
		return nil, fault.New(fault.Usage, "trtbuild inspect --tensors lists the names", "no tensor fits %q", g)
	}
	all := weights.All(m)
	axes := channelAxes(all)
	var chosen []*subject
	for _, t := range all {
		if selected.Takes(t.Name) {
			chosen = append(chosen, &subject{Tensor: t, layout: layoutOf(t.Shape, t.Count, axes[t])})
		}
	}
	out := make([]Tensor, 0, len(chosen))
	for len(chosen) > 0 {
		n := together(chosen)
		measured, err := measure(ctx, chosen[:n], o)
		if err != nil {
			return nil, err
		}
		out = append(out, measured...)
		chosen = chosen[n:]
	}
	return out, nil
}

// groupCount is how many values are read before they are read again: enough to
// keep cores busy, few enough for the second reading to find them in memory.
const groupCount = 16 << 20

// together returns how many of the tensors are measured at a time.
func together(subjects []*subject) int {
	var count int64
	for i, s := range subjects {
		if count += s.Count; count > groupCount {
			return max(i, 1)
		}
	}
	return len(subjects)
}

// subject is a tensor being measured.
type subject struct {
	*weights.Tensor
	layout chanstat.Layout
	first  *chanstat.Collector
	stats  []chanstat.Stats
	second *chanstat.Second
}

func measure(ctx context.Context, subjects []*subject, o Options) ([]Tensor, error) {
	for _, s := range subjects {
		if !s.measurable() {
			continue
		}
		var err error
		if s.first, err = chanstat.NewCollector(s.layout, s.Count, weights.ChunkLen); err != nil {
			return nil, err
		}
	}
	if err := read(ctx, subjects, o.Workers, func(s *subject) visit { return s.first.Visit }); err != nil {
		return nil, err
	}
	for _, s := range subjects {
		if !s.measurable() {
			continue
		}
		s.stats = s.first.Channels()
		s.first = nil
		var err error
		if s.second, err = chanstat.NewSecond(s.layout, s.Count, weights.ChunkLen, s.stats); err != nil {
			return nil, err
		}
	}
	if err := read(ctx, subjects, o.Workers, func(s *subject) visit { return s.second.Visit }); err != nil {
		return nil, err
	}
	out := make([]Tensor, len(subjects))
	for i, s := range subjects {
		out[i] = s.result()
	}
	return out, nil
}

type visit = func(chunk []float32, from int64) error

func read(ctx context.Context, subjects []*subject, workers int, visit func(*subject) visit) error {
	var jobs []weights.Job
	for _, s := range subjects {
		if s.measurable() {
			jobs = append(jobs, weights.Job{Name: s.Name, Values: s.Tensor, Count: s.Count, Visit: visit(s)})
		}
	}
	return weights.Read(ctx, workers, jobs)
}

func (s *subject) measurable() bool { return !s.Type.IsComplex() && s.Count > 0 }

// channelAxes returns the axis of the output channels of weights whose layer has
// them elsewhere than first.
func channelAxes(tensors []*weights.Tensor) map[*weights.Tensor]int {
	axes := map[*weights.Tensor]int{}
	for _, m := range weights.Modules(tensors) {
		if w, axis := m.Tensor("weight"), m.Layer.ChannelAxis(); w != nil && axis > 0 {
			axes[w] = axis
		}
	}
	return axes
}

// layoutOf returns the output channels of a tensor: along that one of several
// axes, if each has several values.
func layoutOf(shape []int64, count int64, axis int) chanstat.Layout {
	l := chanstat.Layout{Channels: 1, Inner: count}
	if len(shape) < 2 || count == 0 {
		return l
	}
	inner := int64(1)
	for _, e := range shape[axis+1:] {
		inner *= e
	}
	if n := shape[axis]; n > 0 && n <= MaxChannels && count > n && count%(n*inner) == 0 {
		l = chanstat.Layout{Channels: int(n), Inner: inner}
	}
	return l
}

func (s *subject) result() Tensor {
	t := Tensor{Name: s.Name, Type: s.Type, Shape: s.Shape, Role: s.Role.String(), Channels: []Channel{}, Histogram: Histogram{Log2: []int64{}}}
	t.Count = s.Count
	if s.Type.IsComplex() {
		t.Skipped = s.Type.String() + " values are pairs, which have no ranges of their own"
		t.Risk = RiskUnknown
		return t
	}
	var total chanstat.Stats
	var residuals chanstat.Residuals
	var parts []chanstat.Residuals
	if s.Count > 0 {
		total, parts = chanstat.Merged(s.stats), s.second.Channels()
		t.Histogram = histogramOf(s.second.Histogram())
	}
	for i := range parts {
		c := &s.stats[i]
		residuals.Merge(parts[i])
		// The deviation from the tensor's mean, not from the channel's.
		d := c.Mean() - total.Mean()
		residuals.Deviation += float64(float64(c.Finite()) * d * d) // not fused
	}
	t.Summary = summary(&total, residuals)
	for i := range parts {
		t.Channels = append(t.Channels, Channel{Index: i, Summary: summary(&s.stats[i], parts[i])})
	}
	t.FP16.WorstChannel = worstChannel(t.Channels)
	t.Risk = t.risk()
	return t
}

// worstChannel returns nil unless there are several.
func worstChannel(channels []Channel) *WorstChannel {
	if len(channels) < 2 {
		return nil
	}
	w := slices.MinFunc(channels, ByLoss) // the first of several
	return &WorstChannel{Index: w.Index, AbsMax: w.AbsMax, SQNR: w.FP16.SQNR, SQNRFlush: w.FP16.SQNRFlush}
}

func summary(s *chanstat.Stats, r chanstat.Residuals) Summary {
	out := Summary{
		Count: s.Count, Zeros: s.Zeros, NaN: s.NaN, Inf: s.Inf,
		AbsMax: s.AbsMax(), Mean: s.Mean(),
		FP16: FP16{
			Overflow: s.Overflow, Subnormal: s.Subnormal, Flushed: s.Flushed,
			SQNR: Decibels(s.SQNRFP16()), SQNRFlush: Decibels(s.SQNRFP16Flush()),
		},
		BF16: Loss{r.BF16Overflow, bf16(s, r)},
		TF32: Loss{s.TF32Overflow, Decibels(s.SQNRTF32())},
		INT8: INT8{ratio(s.SumSq, r.ErrTensor), ratio(s.SumSq, r.ErrChannel)},
	}
	if n := s.Finite(); n > 0 {
		out.Min, out.Max = s.Min, s.Max
		out.Std = math.Sqrt(r.Deviation / float64(n))
		if n > s.Zeros {
			out.AbsMinNonzero = s.AbsMin
		}
	}
	return out
}

func bf16(s *chanstat.Stats, r chanstat.Residuals) Decibels {
	if r.BF16Overflow > 0 {
		return Decibels(math.Inf(-1))
	}
	return ratio(s.SumSq, r.ErrBF16)
}

func ratio(signal, noise float64) Decibels {
	if noise == 0 {
		return Decibels(math.Inf(1))
	}
	return Decibels(10 * math.Log10(signal/noise))
}

func histogramOf(h *chanstat.Histogram) Histogram {
	out := Histogram{Linear: h.Linear, Log2: []int64{}}
	for i, n := range h.Log2 {
		if n == 0 {
			continue
		}
		if len(out.Log2) == 0 {
			out.Log2From = i + chanstat.Log2From
		}
		last := i + chanstat.Log2From - out.Log2From
		for len(out.Log2) <= last {
			out.Log2 = append(out.Log2, 0)
		}
		out.Log2[last] = n
	}
	return out
}
